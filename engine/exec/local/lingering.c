#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "engine/core/registry.h"
#include "engine/exec/local/census.h"
#include "engine/exec/local/lingering.h"
#include "engine/exec/local/spares.h"
#include "engine/exec/local/survivors.h"
#include "engine/run/process.h"

/* Tasks for which nothing waits: */
enum {
	LINGERING_LOOKS = 64, /* so many are looked at in one census */
	LINGERING_SHARE = 8,  /* of so many descriptors, one may be held for them */
};

static void lingering_look(struct local_attempt *attempt)
{
	attempt->local->spared -= attempt->spared;
	attempt->spared = false;
	/* Somebody who only writes to its output is found by that alone. */
	attempt->written = attempt->sparing;
	local_census_look(attempt);
}

/* Not all could be watched: no memory, or no descriptor. */
static void lingering_look_later(struct local_attempt *attempt)
{
	local_list_append(&attempt->local->looking, attempt);
	local_retry_later(attempt->local);
}

static void lingering_open(struct local_survivors *survivors, const struct strings *processes)
{
	for (const char *text = NULL; (text = strings_next(processes, text));) {
		struct plan_left left;
		if (survivors->listed_count == LOCAL_SURVIVORS_MAX || !plan_parse_left(text, &left))
			continue;
		struct local_listed *listed = &survivors->listed[survivors->listed_count++];
		listed->info = (struct process_info){ .pid = left.pid, .start = left.start };
		listed->pidfd = process_pidfd_of(&listed->info);
	}
}

/* A census tells how many there are, and opens their descriptors. */
void local_lingering_spare(struct local *local)
{
	struct local_spare spare;
	while (local->sparing - local->spared < LINGERING_LOOKS && local_spares_take(local, &spare)) {
		struct local_attempt *attempt = local_attempt_of_left(local, spare.number, spare.created_at);
		if (!attempt) {
			/* There is room, since it was there before. */
			(void)local_spares_add(local, spare.number, spare.created_at, true);
			local_retry_later(local);
			return;
		}
		attempt->lingers = attempt->sparing = true;
		local->sparing++;
		lingering_look(attempt);
	}
}

static int lingering_spare(struct local *local, const struct task *task)
{
	int error = local_spares_add(local, task->number, task->created_at, true);
	local_lingering_spare(local);
	return error;
}

int local_watch_left(struct executor *executor, const struct task *task, const struct strings *processes)
{
	if (!processes)
		return lingering_spare(local_of(executor), task);
	struct local_survivors survivors = {
		.listed = calloc(LOCAL_SURVIVORS_MAX, sizeof(*survivors.listed)),
	};
	struct local_attempt *attempt =
		survivors.listed ? local_attempt_of_left(local_of(executor), task->number, task->created_at)
				 : NULL;
	if (!attempt) {
		free(survivors.listed);
		return -ENOMEM;
	}
	attempt->lingers = true;
	lingering_open(&survivors, processes);
	if (!local_survivors_watch(attempt, &survivors, lingering_look))
		lingering_look(attempt);
	local_survivors_release(&survivors);
	return 0;
}

static bool lingering_may_hold(const struct local *local)
{
	return local->spared < (local->descriptors + LINGERING_SHARE - 1) / LINGERING_SHARE;
}

static bool lingering_lives(const struct local_survivors *survivors)
{
	for (unsigned i = 0; i < survivors->listed_count; i++) {
		const struct process_info *info = &survivors->listed[i].info;
		struct process_info now;
		if (process_read(info->pid, &now) == 0 && now.start == info->start && process_is_live(&now))
			return true;
	}
	return false;
}

/*
 * One that lives will be heard of when it ends.  If all have ended since the census, that is past.  There is room
 * among the spares, since it was there before.
 */
static void lingering_rest(struct local_attempt *attempt, const struct local_survivors *survivors)
{
	if (!lingering_lives(survivors)) {
		lingering_look(attempt);
		return;
	}
	(void)local_spares_add(attempt->local, attempt->number, attempt->created_at, false);
	local_attempt_free(attempt);
}

/*
 * Only one descriptor is held.  Who is only guessed to be of the task is waited for like the others, since the
 * message names all.
 */
static void lingering_watch_one(struct local_attempt *attempt, struct local_survivors *survivors)
{
	bool held = !lingering_may_hold(attempt->local);
	for (unsigned i = 0; i < survivors->listed_count; i++) {
		struct local_listed *listed = &survivors->listed[i];
		if (held && listed->pidfd >= 0)
			close(listed->pidfd);
		if (held)
			listed->pidfd = -1;
		else if (listed->pidfd < 0)
			listed->pidfd = process_pidfd_of(&listed->info);
		held |= listed->pidfd >= 0;
	}
	attempt->written = false;
	if (!local_survivors_watch(attempt, survivors, lingering_look)) {
		lingering_rest(attempt, survivors);
		return;
	}
	attempt->spared = true;
	attempt->local->spared++;
}

static void lingering_over(struct local_attempt *attempt)
{
	const struct executor_reports *reports = &attempt->local->executor.reports;
	uint64_t number = attempt->number;
	if (attempt->sparing)
		local_spares_wake_next(attempt->local);
	local_survivors_unwatch(attempt);
	local_attempt_free(attempt);
	reports->left_gone(reports->ctx, number);
}

void local_lingering_counted(struct local_attempt *attempt, struct local_survivors *survivors, int error)
{
	struct local *local = attempt->local;
	/* A process may fork and end while a census looks at others.  The next one finds its child. */
	bool was_empty = attempt->empty;
	attempt->empty = !error && (attempt->sparing ? survivors->count : survivors->awaited) == 0;
	if (attempt->empty && was_empty)
		lingering_over(attempt);
	else if (attempt->empty)
		lingering_look(attempt);
	else if (attempt->sparing && !error)
		lingering_watch_one(attempt, survivors);
	else if (error || !local_survivors_watch(attempt, survivors, lingering_look))
		lingering_look_later(attempt);
	local_lingering_spare(local);
}
