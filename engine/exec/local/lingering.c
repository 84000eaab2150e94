#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "engine/core/registry.h"
#include "engine/exec/local/census.h"
#include "engine/exec/local/lingering.h"
#include "engine/exec/local/survivors.h"
#include "engine/run/process.h"

/* So many tasks are watched for which nothing waits. */
enum { LINGERING_SPARING_MAX = 64 };

static void lingering_look(struct local_attempt *attempt)
{
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
static int lingering_spare(struct local *local, const struct task *task)
{
	struct local_attempt *attempt =
		local->sparing < LINGERING_SPARING_MAX ? local_attempt_of_left(local, task) : NULL;
	if (!attempt)
		return local->sparing < LINGERING_SPARING_MAX ? -ENOMEM : 0;
	attempt->lingers = attempt->sparing = true;
	local->sparing++;
	lingering_look(attempt);
	return 0;
}

int local_watch_left(struct executor *executor, const struct task *task, const struct strings *processes)
{
	if (!processes)
		return lingering_spare(local_of(executor), task);
	struct local_survivors survivors = {
		.listed = calloc(LOCAL_SURVIVORS_MAX, sizeof(*survivors.listed)),
	};
	struct local_attempt *attempt =
		survivors.listed ? local_attempt_of_left(local_of(executor), task) : NULL;
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

/*
 * Only one descriptor is held.  Nobody who is only guessed is waited for, and without a descriptor nobody is.
 */
static void lingering_watch_one(struct local_attempt *attempt, struct local_survivors *survivors)
{
	bool held = false;
	for (unsigned i = 0; i < survivors->listed_count; i++) {
		struct local_listed *listed = &survivors->listed[i];
		if (held && listed->pidfd >= 0) {
			close(listed->pidfd);
			listed->pidfd = -1;
		}
		held |= listed->pidfd >= 0;
	}
	if (!local_survivors_watch(attempt, survivors, lingering_look))
		local_attempt_free(attempt);
}

static void lingering_over(struct local_attempt *attempt)
{
	const struct executor_reports *reports = &attempt->local->executor.reports;
	uint64_t number = attempt->number;
	local_survivors_unwatch(attempt);
	local_attempt_free(attempt);
	reports->left_gone(reports->ctx, number);
}

void local_lingering_counted(struct local_attempt *attempt, struct local_survivors *survivors, int error)
{
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
}
