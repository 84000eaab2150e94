#include "config.h"

#include <errno.h>
#include <unistd.h>
#include <utlist.h>

#include "engine/core/registry.h"
#include "engine/exec/local/adopt.h"
#include "engine/exec/local/cap.h"
#include "engine/exec/local/ending.h"
#include "engine/exec/local/holding.h"
#include "engine/exec/local/parent.h"
#include "engine/exec/local/progress.h"
#include "engine/exec/local/traces.h"
#include "engine/run/ledger.h"
#include "engine/run/output.h"
#include "engine/run/process.h"
#include "engine/run/spawn.h"
#include "engine/task/messages.h"

/* In milliseconds since boot, as clock ticks; 0: not known. */
static int64_t adopt_tick(uint64_t ticks)
{
	return (int64_t)(ticks * 1000 / (uint64_t)sysconf(_SC_CLK_TCK));
}

/* When a process began: what the server before said, too. */
static int64_t adopt_started_at(const struct local_attempt *attempt)
{
	const struct local *local = attempt->local;
	if (attempt->start == 0)
		return local->now();
	int64_t about = local->now() - process_uptime() + adopt_tick(attempt->start);
	return ledger_began(local->ledger, attempt->entry, about);
}

static void adopt_pipe(struct local_attempt *attempt)
{
	struct local *local = attempt->local;
	if (!local_may_pipe(local))
		return;
	int fd = spawn_progress_reopen(attempt->pid);
	if (fd < 0)
		return;
	local->pipes++;
	local_progress_watch(attempt, fd, true);
}

static void adopt_tell(struct local_attempt *attempt)
{
	struct local *local = attempt->local;
	const struct executor_reports *reports = &local->executor.reports;
	struct executor_began began = {
		.process = attempt->run->process,
		.started_at = adopt_started_at(attempt),
		.tick = adopt_tick(attempt->start),
	};
	began.process.entry = attempt->entry;
	began.process.pid = attempt->pid;
	began.process.pid_start = attempt->start;
	reports->began(reports->ctx, attempt->run, &began);
}

/* The first process exists, perhaps only as a zombie.  Next its end is found out. */
static void adopt_began(struct local_attempt *attempt)
{
	struct local *local = attempt->local;
	attempt->stage = LOCAL_RUNNING;
	local->active++;
	adopt_pipe(attempt);
	local_cap_watch(attempt);
	local_ending_await(attempt);
	adopt_tell(attempt);
}

/* The first process is gone.  When it began is known, unless the worker did not come to record it. */
static void adopt_ended(struct local_attempt *attempt)
{
	local_ending_unseen(attempt);
	if (attempt->start)
		adopt_tell(attempt);
}

/*
 * Two runs never have the same pair.  If they do all the same, the second gets none, since it must not use
 * the files of another.
 */
static void adopt_files(struct local_attempt *attempt)
{
	const struct local *local = attempt->local;
	int files = ledger_files(local->ledger, attempt->entry, attempt->number);
	if (attempt->files < 0 && files >= 0 && output_take_this(local->output, files) == 0)
		attempt->files = files;
}

/* A run of this boot, with an entry. */
static void adopt_by_ledger(struct local_attempt *attempt)
{
	struct local *local = attempt->local;
	const struct executor_reports *reports = &local->executor.reports;
	pid_t pid = ledger_pid(local->ledger, attempt->entry);
	uint64_t start = ledger_start(local->ledger, attempt->entry);
	if (pid <= 0) {
		ledger_set_files(local->ledger, attempt->entry, -1, attempt->number);
		local_holding_forget(attempt);
		reports->never_began(reports->ctx, attempt->run);
		return;
	}
	adopt_files(attempt);
	local_holding_report(attempt);
	int found = local_parent_find(attempt, pid, start);
	if (found < 0) {
		local_list_append(&local->unadopted, attempt);
		local_retry_later(local);
		return;
	}
	ledger_set_start(local->ledger, attempt->entry, attempt->start);
	if (found)
		adopt_began(attempt);
	else
		adopt_ended(attempt);
}

/*
 * A run of this boot.  Its entry is in a ledger that is not of this boot (the ledger was lost), or it has
 * none.  If its process is not found, it may have been started all the same, so it is not started again.
 */
static int adopt_by_traces(struct local_attempt *attempt, const char *lost)
{
	int found = local_traces_find(attempt);
	if (found > 0)
		adopt_by_ledger(attempt);
	else if (found == 0)
		local_ending_lost(attempt, lost);
	return found < 0 ? -ENOMEM : 0;
}

static int adopt_run(struct local *local, struct run *run, bool other_boot)
{
	int entry = run->process.entry;
	/* Nothing is known of a process by the entry of another task. */
	bool its_own =
		other_boot || !local->same_boot || ledger_is_of(local->ledger, entry, run->task->number);
	bool valid = its_own && ledger_adopt(local->ledger, entry) == 0;
	struct local_attempt *attempt = local_attempt_new(local, run, valid ? entry : -1);
	if (!attempt)
		return -ENOMEM;
	if (other_boot) {
		adopt_files(attempt);
		local_ending_lost(attempt, MSG_ENDED_RESTARTED);
	} else if (!valid) {
		local_list_append(&local->unentered, attempt);
	} else if (!local->same_boot) {
		return adopt_by_traces(attempt, MSG_ENDED_LEDGER_LOST);
	} else {
		adopt_by_ledger(attempt);
	}
	return 0;
}

int local_adopt_runs(struct local *local, struct run *const *runs, const bool *other_boot, size_t count)
{
	int error = 0;
	for (size_t i = 0; i < count && !error; i++)
		error = adopt_run(local, runs[i], other_boot[i]);
	/* Whose entry is not known gets one that is nobody else's. */
	for (struct local_attempt *attempt; !error && (attempt = local->unentered);) {
		const char *doubt = attempt->run->end.message;
		local_list_remove(attempt);
		error = adopt_by_traces(attempt, doubt ? doubt : MSG_ENDED_NO_ENTRY);
	}
	return error;
}

void local_adopt_retry(struct local *local)
{
	unsigned count;
	struct local_attempt *attempt;
	DL_COUNT2(local->unadopted, attempt, count, list_next);
	while (count-- > 0 && (attempt = local->unadopted)) {
		local_list_remove(attempt);
		adopt_by_ledger(attempt);
	}
}
