#include "config.h"

#include <stdlib.h>
#include <utlist.h>

#include "engine/core/adoption.h"
#include "engine/core/agenda.h"
#include "engine/core/askers.h"
#include "engine/core/attempts.h"
#include "engine/core/cancelling.h"
#include "engine/core/core.h"
#include "engine/core/dependencies.h"
#include "engine/core/dependents.h"
#include "engine/core/grouping.h"
#include "engine/core/groups.h"
#include "engine/core/hooks.h"
#include "engine/core/leftovers.h"
#include "engine/core/removal.h"
#include "engine/core/reports.h"
#include "engine/core/runs.h"
#include "engine/core/seen.h"
#include "engine/core/settle.h"
#include "engine/core/sweeping.h"
#include "engine/core/uniques.h"

/* This write changes nothing visible.  It only tests whether commits succeed again. */
static void core_probe_answered(struct journal_change *change)
{
	free(change);
}

static void core_probe(struct core *core)
{
	struct journal_change *change = calloc(1, sizeof(*change));
	struct store_batch batch = STORE_BATCH_INIT;
	int error = -1;
	if (change) {
		change->effect = change->undo = change->drop = core_probe_answered;
		store_batch_probe(&batch, core_now(core));
		error = journal_put_unseen(&core->journal, change, &batch, true);
	}
	if (error) {
		free(change);
		core_retry(core);
	}
}

void core_look(struct core *core)
{
	if (core->executor->verbs->look)
		core->executor->verbs->look(core->executor, NULL);
}

static void core_try_again(struct core *core)
{
	core->backing_off = false;
	core->lacking = NULL;
	core->executor->verbs->retry(core->executor);
	if (core->remote != core->executor)
		core->remote->verbs->retry(core->remote);
	agenda_review(core);
	attempts_retry(core);
	leftovers_retry(core);
	core_need(core, CORE_DUE_ENDINGS);
	core_need(core, CORE_DUE_SCHEDULE);
}

/* While commits fail, all else waits until one succeeds. */
static void core_retry_now(struct core *core)
{
	core->retry_at = INT64_MAX;
	if (core->troubled)
		core_probe(core);
	else
		core_try_again(core);
}

void core_init(struct core *core, const struct core_options *options)
{
	*core = (struct core){ .options = *options,
		               .executor = options->executor,
		               .remote = options->remote ? options->remote : options->executor,
		               .retry_at = INT64_MAX,
		               .hungry_at = INT64_MAX,
		               .alarm = INT64_MAX,
		               .dependents_slice = DEPENDENCIES_SLICE,
		               .adoption_most = ADOPTION_MOST,
		               .adoption_slice = ADOPTION_SLICE,
		               .hook_limit = HOOKS_LIMIT_MS,
		               .removal_looks = REMOVAL_LOOKS,
		               .removal_slice = REMOVAL_SLICE,
		               .grouping_looks = GROUPING_LOOKS,
		               .grouping_slice = GROUPING_SLICE,
		               .cancelling_slice = CANCELLING_SLICE,
		               .sweeping_looks = SWEEPING_LOOKS,
		               .sweeping_slice = SWEEPING_SLICE };
	groups_init(core);
	registry_init(&core->registry);
	journal_init(&core->journal, &options->sink);
	dependencies_connect(core);
	reports_connect(core);
}

void core_release(struct core *core)
{
	core->hooks = (struct core_hooks){ 0 };
	/* A task may have an appointment until its stop is durable, and be removed meanwhile. */
	agenda_release(core);
	journal_release(&core->journal);
	leftovers_release(core);
	askers_forget(&core->end_askers);
	sweeping_release(core);
	adoption_release(core);
	removal_release(core);
	hooks_release(core);
	seen_release(core);
	const struct order *order = &core->registry.order;
	for (struct task *task = order_at(order, 0); task; task = order_next(order, task)) {
		if (task->run)
			run_free(task->run);
	}
	registry_release(&core->registry);
	dependents_release(core);
	uniques_release(core);
	groups_end(core);
	timers_release(&core->timers);
	timers_release(&core->limits);
}

void core_set_hooks(struct core *core, const struct core_hooks *hooks)
{
	core->hooks = *hooks;
	core->alarm = INT64_MAX;
	core->wake = 0;
	settle_core(core);
}

void core_clock(struct core *core, bool was_set)
{
	/* It fires once. */
	core->wake = 0;
	if (was_set) {
		agenda_review(core);
		registry_doubt(&core->registry);
	}
	settle_core(core);
}

void core_alarm(struct core *core)
{
	/* The timer of the loop has fired.  It must be set again, even for the same time. */
	core->alarm = INT64_MAX;
	int64_t ticks = core_ticks(core);
	if (core->retry_at <= ticks)
		core_retry_now(core);
	if (core->hungry_at <= ticks) {
		core->hungry_at = INT64_MAX;
		core_need(core, CORE_DUE_SCHEDULE);
	}
	timers_run(&core->timers, ticks);
	timers_run(&core->limits, ticks);
	if (core->removing)
		removal_go_on(core);
	if (core->joins > 0)
		grouping_go_on(core);
	if (core_cancels(core))
		cancelling_go_on(core);
	if (core_sweeps(core))
		sweeping_go_on(core);
	if (core_adopts(core))
		adoption_go_on(core);
	if (dependencies_are_due(core))
		dependencies_go_on(core);
	settle_core(core);
}

void core_committed(struct core *core, uint64_t committed)
{
	bool any = committed > core->journal.committed;
	journal_committed(&core->journal, committed);
	/* When nothing waits for the store any more, this too is a change to report. */
	core_need(core, CORE_DUE_CHANGED);
	if (core->troubled && any) {
		core->troubled = false;
		core_try_again(core);
	}
	settle_core(core);
}

/* What others had stopped, paused, resumed or removed was passed by, and that is undone: there is another walk. */
static void core_walk_again(struct core *core)
{
	struct sweep *sweep;
	core->cancelling.failed |= core->cancelling.upto > 0;
	DL_FOREACH(core->sweeps, sweep)
	{
		sweep->failed = true;
	}
	adoption_failed(core);
}

void core_failed(struct core *core, uint64_t committed)
{
	core->troubled = true;
	journal_failed(&core->journal, committed);
	core_walk_again(core);
	/* A commit of changes made before the failure does not show that the trouble is over. */
	core->journal.committed = committed;
	core_retry(core);
}
