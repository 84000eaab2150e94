#include "config.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <utlist.h>

#include "engine/core/registry.h"
#include "engine/exec/local/census.h"
#include "engine/exec/local/kinship.h"
#include "engine/exec/local/reach.h"
#include "engine/exec/local/strays.h"
#include "engine/run/ledger.h"
#include "engine/run/output.h"
#include "engine/run/pool.h"
#include "engine/run/process.h"

/* The data of an attempt while a census is taken. */
struct local_subject {
	struct reach reach;
	struct local_attempt *attempt;
	uint64_t number;
	bool looks;
	bool await_all;
	struct local_survivors survivors;
};

struct local_census {
	struct pool_job job; /* first */
	struct local *local;
	struct kin kin;
	struct local_subject *subjects;
	size_t count;
	/* What the thread found: */
	int error;
	struct kin_stray *strays;
	size_t stray_count;
};

static void census_free(struct local_census *census)
{
	for (size_t i = 0; i < census->count; i++)
		local_survivors_release(&census->subjects[i].survivors);
	kin_release(&census->kin);
	free(census->subjects);
	free(census->strays);
	free(census);
}

/* ---- On the thread ---- */

static int census_gather(struct local_census *census)
{
	for (size_t i = 0; i < census->count; i++) {
		struct local_subject *subject = &census->subjects[i];
		subject->reach.run = kin_run(&census->kin, subject->number);
		if (subject->looks && local_survivors_gather(&subject->survivors, &census->kin,
		                                             subject->reach.run, subject->await_all))
			return -ENOMEM;
	}
	return 0;
}

static int census_reach(struct local_census *census)
{
	size_t count = 0;
	struct reach **reaches = calloc(census->count + 1, sizeof(struct reach *));
	if (!reaches)
		return -ENOMEM;
	for (size_t i = 0; i < census->count; i++) {
		if (census->subjects[i].reach.signals.count > 0)
			reaches[count++] = &census->subjects[i].reach;
	}
	int error = count > 0 ? reach_all(&census->kin, reaches, count) : 0;
	free(reaches);
	return error;
}

/* No memory, or no descriptor: does as much as is possible without. */
static void census_reach_groups(struct local_census *census)
{
	for (size_t i = 0; i < census->count; i++) {
		struct local_subject *subject = &census->subjects[i];
		int run = kin_run(&census->kin, subject->number);
		if (run >= 0 && census->kin.runs[run].held && census->kin.runs[run].leader > 1)
			reach_group_of(census->kin.runs[run].leader, &subject->reach.signals);
	}
}

/*
 * Finds which process belongs to which run before any signal is sent.  A first process leads to its
 * descendants only while it exists, and the signal may end it.
 */
static void census_work(struct pool_job *job)
{
	struct local_census *census = (struct local_census *)job;
	census->error = kinship_find(&census->kin);
	if (!census->error)
		census->error = kinship_list_strays(&census->kin, &census->strays, &census->stray_count);
	if (!census->error)
		census->error = census_gather(census);
	if (!census->error)
		census->error = census_reach(census);
	else
		census_reach_groups(census);
}

/* ---- What it is to know ---- */

static struct kin_run census_run(const struct local_attempt *attempt)
{
	const struct local *local = attempt->local;
	pid_t pid = attempt->pid;
	/* A worker may have started it just now. */
	if (pid == 0 && attempt->stage == LOCAL_STARTING)
		pid = ledger_pid(local->ledger, attempt->entry);
	return (struct kin_run){
		.number = attempt->number,
		.created_at = attempt->created_at,
		.leader = pid,
		.start = attempt->start,
		.held = attempt->parent != LOCAL_PARENT_NOBODY,
		.open = attempt->stage == LOCAL_STARTING || attempt->stage == LOCAL_RUNNING ||
		        attempt->stage == LOCAL_LEFT,
		/* Once they are known, they need not be looked for in each census. */
		.left = attempt->remnant &&
		        (attempt->signals.count > 0 || attempt->list == &attempt->local->looking),
		.written = attempt->written,
		.files = attempt->files,
		.pipe = attempt->pipe,
	};
}

static int census_copy_runs(struct local_census *census)
{
	struct local *local = census->local;
	struct kin *kin = &census->kin;
	struct local_attempt *attempt;
	size_t count;
	DL_COUNT(local->attempts, attempt, count);
	kin->runs = calloc(count + 1, sizeof(*kin->runs));
	if (!kin->runs)
		return -ENOMEM;
	DL_FOREACH(local->attempts, attempt)
	{
		kin->runs[kin->run_count++] = census_run(attempt);
	}
	return 0;
}

static int census_copy_strays(struct local_census *census)
{
	const struct local *local = census->local;
	struct kin *kin = &census->kin;
	kin->strays = calloc(local->stray_count + 1, sizeof(*kin->strays));
	if (!kin->strays)
		return -ENOMEM;
	if (local->stray_count > 0)
		memcpy(kin->strays, local->strays, local->stray_count * sizeof(*kin->strays));
	kin->stray_count = local->stray_count;
	kin->alone_since = local->alone_since;
	return 0;
}

static void census_add_subject(struct local_census *census, struct local_attempt *attempt)
{
	struct local_subject *subject = &census->subjects[census->count++];
	subject->attempt = attempt;
	subject->number = attempt->number;
	subject->reach.signals = attempt->signals;
	subject->looks = attempt->list == &census->local->looking;
	subject->await_all = attempt->killed || attempt->lingers;
	attempt->signals = (struct reach_signals){ .count = 0 };
	attempt->subject = subject;
}

/* Collects all attempts that want something now. */
static int census_take_subjects(struct local_census *census)
{
	struct local *local = census->local;
	struct local_attempt *attempt, *next;
	size_t signalled, looking;
	DL_COUNT2(local->signalled, attempt, signalled, signal_next);
	DL_COUNT2(local->looking, attempt, looking, list_next);
	census->subjects = calloc(signalled + looking + 1, sizeof(*census->subjects));
	if (!census->subjects)
		return -ENOMEM;
	DL_FOREACH_SAFE2(local->signalled, attempt, next, signal_next)
	{
		DL_DELETE2(local->signalled, attempt, signal_prev, signal_next);
		census_add_subject(census, attempt);
		if (attempt->list == &local->looking)
			local_list_remove(attempt);
	}
	while ((attempt = local->looking)) {
		census_add_subject(census, attempt);
		local_list_remove(attempt);
	}
	return 0;
}

static struct local_census *census_new(struct local *local)
{
	struct local_census *census = calloc(1, sizeof(*census));
	if (!census)
		return NULL;
	census->local = local;
	census->kin.identity = local->identity;
	census->kin.reapers[0] = getpid();
	census->kin.reapers[1] = local->anchor ? local->anchor->pid : 0;
	kin_know_directory(&census->kin, output_dirfd(local->output));
	if (census_copy_runs(census) || census_copy_strays(census) || census_take_subjects(census)) {
		census_free(census);
		return NULL;
	}
	return census;
}

/* ---- What comes of it ---- */

static void census_want_signal(struct local_attempt *attempt, int number)
{
	struct local *local = attempt->local;
	if (attempt->signals.count == 0)
		DL_APPEND2(local->signalled, attempt, signal_prev, signal_next);
	reach_signals_add(&attempt->signals, number);
	attempt->killed |= number == SIGKILL;
}

static void census_want_none(struct local_attempt *attempt)
{
	if (attempt->signals.count > 0)
		DL_DELETE2(attempt->local->signalled, attempt, signal_prev, signal_next);
	attempt->signals = (struct reach_signals){ .count = 0 };
}

/* Signals that it did not send are wanted again, before those that came meanwhile. */
static void census_restore(struct local_subject *subject, int error)
{
	struct local_attempt *attempt = subject->attempt;
	const struct reach_signals *undone = &subject->reach.signals, later = attempt->signals;
	if (!error && subject->reach.again)
		census_want_signal(attempt, SIGKILL);
	if (!error || undone->count == 0)
		return;
	if (later.count > 0)
		DL_DELETE2(attempt->local->signalled, attempt, signal_prev, signal_next);
	attempt->signals = (struct reach_signals){ .count = 0 };
	for (unsigned i = 0; i < undone->count; i++)
		census_want_signal(attempt, undone->numbers[i]);
	attempt->signals.group_had = undone->group_had;
	for (unsigned i = 0; i < later.count; i++)
		census_want_signal(attempt, later.numbers[i]);
}

static void census_tell(struct local_census *census)
{
	struct local *local = census->local;
	for (size_t i = 0; i < census->count; i++) {
		struct local_subject *subject = &census->subjects[i];
		struct local_attempt *attempt = subject->attempt;
		attempt->subject = NULL;
		if (attempt->run || attempt->remnant)
			census_restore(subject, census->error);
		local->counted(attempt, subject->looks ? &subject->survivors : NULL, census->error);
	}
}

static void census_begin(struct local *local);

static void census_done(struct pool_job *job)
{
	struct local_census *census = (struct local_census *)job;
	struct local *local = census->local;
	local->census = NULL;
	if (!local->counted) {
		census_free(census);
		return;
	}
	if (!census->error) {
		local_strays_take(local, census->strays, census->stray_count);
		census->strays = NULL;
	}
	bool failed = census->error != 0;
	census_tell(census);
	census_free(census);
	if (failed)
		local_retry_later(local);
	else
		census_begin(local);
}

static void census_begin(struct local *local)
{
	if (local->census || (!local->signalled && !local->looking))
		return;
	local->census = census_new(local);
	if (!local->census) {
		local_retry_later(local);
		return;
	}
	local->census->job.work = census_work;
	local->census->job.done = census_done;
	pool_submit(local->census_pool, &local->census->job);
}

static void census_event(evutil_socket_t fd, short what, void *local)
{
	(void)fd, (void)what;
	census_begin(local);
}

static void census_pool_event(evutil_socket_t fd, short what, void *ctx)
{
	(void)fd, (void)what;
	struct local *local = ctx;
	pool_reap(local->census_pool);
}

/* ---- For the other files ---- */

int local_census_open(struct local *local, local_counted *counted)
{
	int error = pool_new(&local->census_pool, 1);
	if (error)
		return error;
	local->counted = counted;
	local->census_event = event_new(local->base, -1, 0, census_event, local);
	local->census_done = event_new(local->base, pool_fd(local->census_pool), EV_READ | EV_PERSIST,
	                               census_pool_event, local);
	bool added = local->census_event && local->census_done && event_add(local->census_done, NULL) == 0;
	return added ? 0 : -ENOMEM;
}

void local_census_close(struct local *local)
{
	local->counted = NULL;
	if (local->census_done)
		event_free(local->census_done);
	if (local->census_event)
		event_free(local->census_event);
	if (local->census_pool)
		pool_free(local->census_pool);
}

/* It has no process but the first, as far as one look can tell. */
static bool census_is_alone(const struct local_attempt *attempt)
{
	return attempt->stage == LOCAL_RUNNING && attempt->parent == LOCAL_PARENT_SERVER &&
	       attempt->pid > 1 && !attempt->subject && local_strays_none(attempt->local) &&
	       process_is_alone(attempt->pid);
}

void local_census_signal(struct local_attempt *attempt, int signal)
{
	census_want_signal(attempt, signal);
	/* This does not take away what leads to other processes.  Who is forked just now is of the group. */
	bool alone = census_is_alone(attempt);
	if (alone)
		reach_group_of(attempt->pid, &attempt->signals);
	/* Nobody is there whom a census could find.  But SIGKILL is sent until nobody new is found. */
	if (alone && !attempt->killed && census_is_alone(attempt))
		census_want_none(attempt);
	else
		event_active(attempt->local->census_event, EV_TIMEOUT, 0);
}

void local_census_look(struct local_attempt *attempt)
{
	local_list_append(&attempt->local->looking, attempt);
	event_active(attempt->local->census_event, EV_TIMEOUT, 0);
}

bool local_census_leave(struct local_attempt *attempt)
{
	census_want_none(attempt);
	return !attempt->subject;
}

void local_census_retry(struct local *local)
{
	census_begin(local);
}
