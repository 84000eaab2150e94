#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <utlist.h>

#include "engine/exec/local/ending.h"
#include "engine/exec/local/parent.h"
#include "engine/exec/local/progress.h"
#include "engine/exec/local/survivors.h"
#include "engine/exec/local/watch.h"
#include "engine/task/messages.h"

/* Processes that do nothing but fork and exit would have us look all the time: from then on it is once a second. */
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
	if (error == -EAGAIN) {
		local_watch_without_pidfd(attempt);
		return;
	}
	local_watch_stop(attempt);
	local->active--;
	attempt->known = error == 0;
	ending_look_soon(attempt);
	/* Its last progress. */
	local_progress_read_all(attempt);
}

void local_ending_await(struct local_attempt *attempt)
{
	local_watch(attempt, ending_exited);
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
		.left = left,
		.message = attempt->message ? attempt->message : unseen,
		.survivors = survivors,
	};
	attempt->told = true;
	attempt->stage = left > 0 ? LOCAL_LEFT : LOCAL_GONE;
	reports->ended(reports->ctx, attempt->run, &end);
}

void local_ending_lost(struct local_attempt *attempt, const char *message)
{
	attempt->message = strdup(message);
	attempt->held = true;
	ending_report(attempt, 0, NULL);
}

/* The survivors could not be found now. */
static void ending_look_again(struct local_attempt *attempt, int error)
{
	if (error == -EAGAIN) {
		ending_look_soon(attempt);
		return;
	}
	local_list_append(&attempt->local->ended, attempt);
	local_retry_later(attempt->local);
}

/* Some of its group are left: waits for them, and reports them the first time only. */
static void ending_wait(struct local_attempt *attempt, const struct local_survivors *survivors, char *text)
{
	int error = local_survivors_watch(attempt, survivors, ending_look_soon);
	if (error)
		ending_look_again(attempt, error);
	if (!attempt->told)
		ending_report(attempt, survivors->in_group, text);
}

static void ending_find(struct local_attempt *attempt, struct local_look *look)
{
	struct local_survivors survivors;
	char text[TASK_MESSAGE_MAX];
	int error = local_survivors_find(&survivors, look, attempt);
	if (error) {
		ending_look_again(attempt, error);
		return;
	}
	attempt->held = survivors.count > 0;
	if (attempt->known && attempt->exit_code != 0)
		local_progress_scan(attempt);
	bool any = local_survivors_describe(&survivors, text, sizeof(text));
	if (survivors.in_group > 0)
		ending_wait(attempt, &survivors, any ? text : NULL);
	else
		ending_report(attempt, 0, any ? text : NULL);
}

void local_ending_look(evutil_socket_t fd, short what, void *ctx)
{
	(void)fd, (void)what;
	struct local *local = ctx;
	const struct executor_reports *reports = &local->executor.reports;
	struct local_look look;
	/* Not from inside a report. */
	if (!local->ended || local->looking)
		return;
	if (local_look_begin(&look, local)) {
		local_retry_later(local);
		return;
	}
	for (struct local_attempt *attempt; (attempt = local->ended);)
		local_list_append(&local->looking, attempt);
	for (struct local_attempt *attempt; (attempt = local->looking);) {
		local_list_remove(attempt);
		ending_find(attempt, &look);
	}
	local_look_end(&look);
	reports->room(reports->ctx);
}

void local_ending_release(struct local_attempt *attempt)
{
	struct local *local = attempt->local;
	if (attempt->stage == LOCAL_STARTING || attempt->stage == LOCAL_RUNNING)
		local->active--;
	local_watch_stop(attempt);
	local_progress_close(attempt);
	local_survivors_unwatch(attempt);
	local_attempt_free(attempt);
}
