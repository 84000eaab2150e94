#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "engine/core/registry.h"
#include "engine/exec/local/census.h"
#include "engine/exec/local/lingering.h"
#include "engine/exec/local/survivors.h"
#include "engine/run/process.h"

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

int local_watch_left(struct executor *executor, const struct task *task, const struct strings *processes)
{
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
	attempt->empty = !error && survivors->awaited == 0;
	if (attempt->empty && was_empty)
		lingering_over(attempt);
	else if (attempt->empty)
		lingering_look(attempt);
	else if (error || !local_survivors_watch(attempt, survivors, lingering_look))
		lingering_look_later(attempt);
}
