#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/exec/local/cap.h"
#include "engine/exec/local/census.h"
#include "engine/exec/local/ending.h"
#include "engine/exec/local/files.h"
#include "engine/exec/local/lingering.h"
#include "engine/exec/local/parent.h"
#include "engine/exec/local/progress.h"
#include "engine/exec/local/settling.h"
#include "engine/exec/local/strays.h"
#include "engine/exec/local/survivors.h"
#include "engine/exec/local/watch.h"
#include "engine/task/messages.h"

/*
 * Processes that only fork and exit would make the server look all the time.  After this many looks, it looks
 * once a second.
 */
enum { ENDING_LOOKS_AT_ONCE = 64 };

static void ending_look_soon(struct local_attempt *attempt)
{
	struct local *local = attempt->local;
	attempt->stage = LOCAL_LEFT;
	local_list_append(&local->ended, attempt);
	if (attempt->looks++ < ENDING_LOOKS_AT_ONCE)
		event_active(local->end_event, EV_TIMEOUT, 0);
	else
		local_retry_later(local);
}

static void ending_exited(struct local_attempt *attempt)
{
	struct local *local = attempt->local;
	int error = local_parent_peek(attempt);
	if (error && error != -ECHILD) {
		local_watch_without_pidfd(attempt);
		if (error != -EAGAIN)
			local_retry_later(local);
		return;
	}
	local_watch_stop(attempt);
	local->active--;
	attempt->known = error == 0;
	ending_look_soon(attempt);
	/* Reads its last progress. */
	local_progress_read_all(attempt);
}

void local_ending_await(struct local_attempt *attempt)
{
	local_watch(attempt, ending_exited);
}

void local_ending_take(struct local_attempt *attempt)
{
	local_watch_exited(attempt, ending_exited);
}

void local_ending_unseen(struct local_attempt *attempt)
{
	ending_look_soon(attempt);
}

static void ending_report(struct local_attempt *attempt, unsigned left, char *survivors)
{
	const struct executor_reports *reports = &attempt->local->executor.reports;
	char *unseen = attempt->known ? NULL : MSG_ENDED_UNSEEN;
	struct run_end end = {
		.known = attempt->known,
		.exit_code = attempt->known ? attempt->exit_code : -1,
		.term_signal = attempt->known ? attempt->term_signal : 0,
		.usage = attempt->usage,
		.left = left,
		.message = attempt->message ? attempt->message : unseen,
		.survivors = survivors,
		.processes = attempt->processes,
		.lingers = attempt->processes.length > 0,
	};
	attempt->told = true;
	attempt->stage = left > 0 ? LOCAL_LEFT : LOCAL_GONE;
	reports->ended(reports->ctx, attempt->run, &end);
}

void local_ending_lost(struct local_attempt *attempt, const char *message)
{
	attempt->message = strdup(message);
	ending_report(attempt, 0, NULL);
}

static void ending_again(struct local_attempt *attempt)
{
	local_list_append(&attempt->local->ended, attempt);
	local_retry_later(attempt->local);
}

/*
 * Some processes must be gone before the run is over.  They are waited for, and reported only the first time.
 */
static void ending_wait(struct local_attempt *attempt, struct local_survivors *survivors, char *text)
{
	if (!local_survivors_watch(attempt, survivors, ending_look_soon))
		ending_look_soon(attempt);
	if (!attempt->told)
		ending_report(attempt, survivors->awaited, text);
}

static void ending_capped(struct local_attempt *attempt)
{
	ending_report(attempt, 0, attempt->remarks);
}

/* No process is waited for any more.  Output beyond --max-log is removed before the end is reported. */
static void ending_conclude(struct local_attempt *attempt, const char *named)
{
	/*
	 * The task may have ignored that it could not write.  Then only this message says why some output is
	 * missing.
	 */
	bool full = local_files_disk_is_full(attempt->local);
	const char *parts[] = { named ? named : "", named && full ? "; " : "",
		                full ? MSG_OUTPUT_DISK_FULL : "" };
	if ((named || full) && asprintf(&attempt->remarks, "%s%s%s", parts[0], parts[1], parts[2]) < 0)
		attempt->remarks = NULL;
	if (!local_cap_last(attempt, ending_capped))
		ending_capped(attempt);
}

static void ending_tell(struct local_attempt *attempt, struct local_survivors *survivors)
{
	char text[TASK_MESSAGE_MAX];
	strings_release(&attempt->processes);
	if (local_survivors_list(survivors, &attempt->processes)) {
		ending_again(attempt);
		return;
	}
	attempt->left = survivors->count > 0;
	if (attempt->known && !attempt->told)
		local_progress_scan(attempt);
	bool any = local_survivors_describe(survivors, text, sizeof(text));
	if (survivors->awaited > 0)
		ending_wait(attempt, survivors, any ? text : NULL);
	else
		ending_conclude(attempt, any ? text : NULL);
}

/* What is known about orphans when some runs have ended. */
struct ending_orphans {
	bool unknown;           /* there are orphans that no census has seen */
	bool unknown_of_anchor; /* the same for the anchor's children */
};

/* 0 or -errno: not now. */
static int ending_look_at_orphans(struct local *local, struct ending_orphans *orphans)
{
	int own = local_strays_reap(local);
	int other = own >= 0 && local->anchored > 0 ? local_strays_of_anchor(local) : 0;
	if (own < 0 || other < 0)
		return own < 0 ? own : other;
	orphans->unknown = own;
	orphans->unknown_of_anchor = other;
	return 0;
}

/*
 * If a descendant of it is left, then one of its ancestors has lost its parent and became the child of a
 * reaper.
 */
static bool ending_may_have_left(const struct local_attempt *attempt, const struct ending_orphans *orphans)
{
	if (attempt->pid <= 0)
		return false;
	if (attempt->parent == LOCAL_PARENT_NOBODY || local_strays_left_by(attempt->local, attempt->number))
		return true;
	return attempt->parent == LOCAL_PARENT_ANCHOR ? orphans->unknown_of_anchor : orphans->unknown;
}

/*
 * A process may fork and end while a census looks at others, so that the census sees neither it nor its
 * child.  The child is then an orphan that no census has seen yet.  If orphans go to a process that we do not
 * know, another census finds it.
 */
static bool ending_may_have_missed(struct local_attempt *attempt, const struct local_survivors *survivors)
{
	struct ending_orphans orphans;
	bool was_empty = attempt->empty;
	attempt->empty = survivors->awaited == 0;
	if (!attempt->empty)
		return false;
	if (attempt->parent == LOCAL_PARENT_NOBODY)
		return !was_empty;
	return ending_look_at_orphans(attempt->local, &orphans) != 0 ||
	       (attempt->parent == LOCAL_PARENT_ANCHOR ? orphans.unknown_of_anchor : orphans.unknown);
}

void local_ending_counted(struct local_attempt *attempt, struct local_survivors *survivors, int error)
{
	const struct executor_reports *reports = &attempt->local->executor.reports;
	if (attempt->lingers) {
		local_lingering_counted(attempt, survivors, error);
	} else if (!attempt->run && attempt->signals.count > 0) {
		/* Not all processes were reached.  The next census continues. */
		return;
	} else if (!attempt->run) {
		local_parent_reap(attempt);
		local_ending_release(attempt);
	} else if (survivors && error) {
		ending_again(attempt);
	} else if (survivors && ending_may_have_missed(attempt, survivors)) {
		ending_look_soon(attempt);
	} else if (survivors && !local_settling_waits(attempt, survivors)) {
		ending_tell(attempt, survivors);
		reports->room(reports->ctx);
	}
}

void local_ending_look(evutil_socket_t fd, short what, void *ctx)
{
	(void)fd, (void)what;
	struct local *local = ctx;
	const struct executor_reports *reports = &local->executor.reports;
	struct ending_orphans orphans;
	struct local_survivors nobody = { .listed = NULL };
	if (!local->ended)
		return;
	if (ending_look_at_orphans(local, &orphans)) {
		local_retry_later(local);
		return;
	}
	for (struct local_attempt *attempt; (attempt = local->ended);) {
		local_list_remove(attempt);
		attempt->written = local_files_are_written(attempt);
		if (attempt->written || ending_may_have_left(attempt, &orphans))
			local_census_look(attempt);
		else
			ending_tell(attempt, &nobody);
	}
	reports->room(reports->ctx);
}

void local_ending_forget(struct local_attempt *attempt)
{
	attempt->run->execution = NULL;
	if (local_census_leave(attempt)) {
		local_parent_reap(attempt);
		local_ending_release(attempt);
		return;
	}
	if (attempt->stage == LOCAL_STARTING || attempt->stage == LOCAL_RUNNING)
		attempt->local->active--;
	attempt->run = NULL;
	attempt->stage = LOCAL_GONE;
	local_watch_stop(attempt);
	local_progress_close(attempt);
	local_list_remove(attempt);
	local_survivors_unwatch(attempt);
}

void local_ending_release(struct local_attempt *attempt)
{
	struct local *local = attempt->local;
	if (attempt->stage == LOCAL_STARTING || attempt->stage == LOCAL_RUNNING)
		local->active--;
	local_watch_stop(attempt);
	local_progress_close(attempt);
	local_settling_stop(attempt);
	local_survivors_unwatch(attempt);
	local_attempt_free(attempt);
}
