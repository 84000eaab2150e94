#include "config.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "engine/core/registry.h"
#include "engine/exec/local/stuck.h"
#include "engine/run/ledger.h"
#include "engine/run/pool.h"
#include "engine/run/process.h"
#include "engine/task/messages.h"

enum {
	STUCK_SOON_MS = 100,        /* most commands are executed within a millisecond */
	STUCK_SAID_MS = 1000,       /* people are told */
	STUCK_LONGEST_MS = 86400000 /* what a timer gets at most */
};

static void stuck_look_in(struct local *local, int64_t milliseconds)
{
	struct timeval delay = { .tv_sec = milliseconds / 1000, .tv_usec = milliseconds % 1000 * 1000 };
	event_add(local->stuck_event, &delay);
}

/* The process of an attempt that has not executed its command, or 0. */
static pid_t stuck_process(const struct local_attempt *attempt, struct process_info *info)
{
	struct process_info own;
	bool left = attempt->list == &attempt->local->unadopted; /* by an earlier server */
	pid_t pid = left || attempt->stage == LOCAL_STARTING
	                    ? ledger_pid(attempt->local->ledger, attempt->entry)
	                    : 0;
	if (pid <= 0 || process_read(pid, info))
		return 0;
	if (left)
		return strcmp(info->name, POOL_THREAD_NAME) == 0 ? pid : 0;
	return process_read(getpid(), &own) || process_has_executed(info, &own) ? 0 : pid;
}

/*
 * Returns when it is to be looked at again, in milliseconds; 0: never.  The process may have no session yet, but its id is
 * its own: nobody reaps it before its worker is done, which this thread hears of.
 */
static int64_t stuck_stop(struct local_attempt *attempt)
{
	const struct run_stop *stop = &attempt->run->stop;
	struct process_info info;
	int64_t left = stop->kill_at > 0 ? stop->kill_at - attempt->local->now() : 0;
	int number = stop->kill_at > 0 && left <= 0 ? SIGKILL : stop->signal;
	pid_t pid = stuck_process(attempt, &info);
	/* Its worker has not come to it, or is just about to tell of it. */
	if (pid == 0)
		return STUCK_SOON_MS;
	if (number > 0 && number != attempt->sent_early)
		kill(pid, number);
	attempt->sent_early = number;
	return left <= 0 ? 0 : left < STUCK_LONGEST_MS ? left : STUCK_LONGEST_MS;
}

void local_stuck_due(evutil_socket_t fd, short what, void *ctx)
{
	(void)fd, (void)what;
	struct local *local = ctx;
	int64_t soonest = 0;
	for (struct local_attempt *attempt = local->starting; attempt; attempt = attempt->list_next) {
		bool stops = attempt->run && attempt->run->phase == RUN_STARTING_STOPPED;
		int64_t again = stops ? stuck_stop(attempt) : 0;
		if (again > 0 && (soonest == 0 || again < soonest))
			soonest = again;
	}
	if (soonest > 0)
		stuck_look_in(local, soonest);
}

void local_stuck_withhold(struct executor *executor, struct run *const *runs, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct local_attempt *attempt = local_attempt_of(runs[i]);
		if (attempt && attempt->stage == LOCAL_STARTING && runs[i]->phase == RUN_STARTING_STOPPED)
			stuck_look_in(local_of(executor), STUCK_SOON_MS);
	}
}

const char *local_stuck_reason(struct executor *executor, const struct run *run)
{
	struct local *local = local_of(executor);
	const struct local_attempt *attempt = local_attempt_of(run);
	struct process_info info;
	pid_t pid = attempt ? stuck_process(attempt, &info) : 0;
	uint64_t per_second = (uint64_t)sysconf(_SC_CLK_TCK), now = process_ticks();
	if (pid == 0 || now < info.start + STUCK_SAID_MS * per_second / 1000)
		return NULL;
	snprintf(local->stuck, sizeof(local->stuck), MSG_WHY_STUCK, task_cwd(run->task), pid);
	return local->stuck;
}
