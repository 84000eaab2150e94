#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <utlist.h>

#include "engine/core/askers.h"
#include "engine/core/grouping.h"
#include "engine/core/groups.h"
#include "engine/core/pausing.h"
#include "engine/core/runs.h"
#include "engine/core/settle.h"
#include "engine/core/sweeping.h"

/* A step on its way to the store: the mark, a slice, or the end. */
struct sweeping_step {
	struct journal_change change; /* first */
	struct sweep *sweep;
	uint64_t serial; /* of the asker whose mark it is; 0: none */
};

/* ---- The mark ---- */

static enum group_sweep sweeping_mark(const struct sweep *sweep)
{
	return sweep->group ? sweep->group->settings.sweep : sweep->core->sweep;
}

static int sweeping_put_mark(struct core *core, struct task_group *group, bool paused, enum group_sweep mark)
{
	if (!group)
		return pausing_set_server(core, paused, mark);
	struct group_settings settings = group->settings;
	settings.paused = paused;
	settings.sweep = mark;
	return grouping_set(core, group, &settings);
}

/* ---- Sweeps ---- */

static struct sweep *sweeping_of(const struct core *core, const struct task_group *group)
{
	struct sweep *sweep;
	DL_FOREACH(core->sweeps, sweep)
	{
		if (sweep->group == group)
			return sweep;
	}
	return NULL;
}

static struct sweep *sweeping_new(struct core *core, struct task_group *group)
{
	struct sweep *sweep = calloc(1, sizeof(*sweep));
	if (!sweep)
		return NULL;
	sweep->core = core;
	sweep->group = group;
	DL_APPEND(core->sweeps, sweep);
	return sweep;
}

static void sweeping_free(struct sweep *sweep)
{
	DL_DELETE(sweep->core->sweeps, sweep);
	askers_forget(&sweep->askers);
	free(sweep);
}

static void sweeping_walk(struct sweep *sweep)
{
	sweep->failed = false;
	sweep->at = sweep->core->registry.last_number + 1;
}

/* ---- Steps ---- */

static struct sweep *sweeping_settled(struct journal_change *journaled)
{
	struct sweep *sweep = ((struct sweeping_step *)journaled)->sweep;
	sweep->steps--;
	return sweep;
}

static void sweeping_durable(struct journal_change *journaled)
{
	(void)sweeping_settled(journaled);
	free(journaled);
}

/* A step is put before its mark, and undone after it: the mark is the one before. */
static void sweeping_undone(struct journal_change *journaled)
{
	struct sweep *sweep = sweeping_settled(journaled);
	uint64_t serial = ((struct sweeping_step *)journaled)->serial;
	sweep->failed = true;
	if (serial > 0)
		askers_tell(&sweep->askers, serial);
	/* The end of what others had asked for is durable. */
	if (sweep->steps == 0 && sweeping_mark(sweep) == GROUP_SWEEP_NONE) {
		askers_tell(&sweep->askers, 0);
		sweeping_free(sweep);
	}
	free(journaled);
}

static void sweeping_over(struct journal_change *journaled)
{
	struct sweep *sweep = sweeping_settled(journaled);
	struct core *core = sweep->core;
	free(journaled);
	/* A user has asked for it again meanwhile. */
	if (sweeping_mark(sweep) != GROUP_SWEEP_NONE)
		return;
	askers_tell(&sweep->askers, 0);
	sweeping_free(sweep);
	core_need(core, CORE_DUE_SCHEDULE);
	core_need(core, CORE_DUE_CHANGED);
}

static void sweeping_drop(struct journal_change *journaled)
{
	free(journaled);
}

static int sweeping_put(struct sweep *sweep, uint64_t serial, void (*effect)(struct journal_change *change))
{
	struct sweeping_step *step = calloc(1, sizeof(*step));
	struct store_batch batch = STORE_BATCH_INIT;
	int error = -ENOMEM;
	if (step) {
		step->change = (struct journal_change){ .effect = effect,
			                                .undo = sweeping_undone,
			                                .drop = sweeping_drop };
		step->sweep = sweep;
		step->serial = serial;
		error = journal_put(&sweep->core->journal, &step->change, &batch, true);
	}
	if (error)
		free(step);
	else
		sweep->steps++;
	return error;
}

/* ---- Tasks ---- */

/* What runs may be among those that are still to join the group. */
static bool sweeping_concerns(struct core *core, const struct task_group *group, const struct task *task)
{
	const struct standing *standing = task->standing;
	if (!standing || standing->rank.ranked || task_hook_target(task))
		return false;
	return !group || standing->group == group ||
	       (standing->group == &core->labels && groups_of(core, task) == group);
}

/* An end that another attempt follows may be on its way: nothing runs then.  True: it was changed, or could not be. */
static bool sweeping_act(struct core *core, struct task *task, enum group_sweep mark, int *error)
{
	enum task_state state = task->status.state;
	if (mark == GROUP_SWEEP_PAUSES)
		*error = state == TASK_QUEUED ? -EPERM : pausing_pause(core, task);
	else
		*error = state == TASK_PAUSED ? pausing_resume(core, task) : -EPERM;
	if (*error != -EPERM)
		return true;
	*error = 0;
	return false;
}

/* Returns the number of the task at which the next slice goes on; 0: that was all. */
static uint64_t sweeping_some(struct core *core, const struct task_group *group, enum group_sweep mark,
                              uint64_t at, int *error)
{
	const struct order *order = &core->registry.order;
	size_t rank = order_rank_of(order, at);
	unsigned acts = core->sweeping_slice, looks = core->sweeping_looks;
	*error = 0;
	while (rank > 0 && acts > 0 && looks-- > 0) {
		struct task *task = order_at(order, --rank);
		int its = 0;
		at = task->number;
		if (sweeping_concerns(core, group, task))
			acts -= sweeping_act(core, task, mark, &its);
		*error = its ? its : *error;
	}
	return rank == 0 ? 0 : at;
}

/* There are so few tasks that one commit does it. */
static bool sweeping_is_small(const struct core *core, const struct task_group *group)
{
	return !sweeping_of(core, group) && core_runs(core) <= core->sweeping_slice &&
	       order_rank_of(&core->registry.order, core->registry.last_number + 1) <= core->sweeping_looks;
}

static int sweeping_at_once(struct core *core, struct task_group *group, bool pause)
{
	enum group_sweep mark = pause ? GROUP_SWEEP_PAUSES : GROUP_SWEEP_RESUMES;
	int error = 0, marking = sweeping_put_mark(core, group, pause, GROUP_SWEEP_NONE);
	if (!marking)
		(void)sweeping_some(core, group, mark, core->registry.last_number + 1, &error);
	return marking ? marking : error;
}

static int sweeping_in_slices(struct core *core, struct task_group *group, bool pause,
                              struct core_asker *asker)
{
	struct sweep *sweep = sweeping_of(core, group), *made = sweep ? NULL : sweeping_new(core, group);
	if (made)
		sweep = made;
	if (!sweep)
		return -ENOMEM;
	asker->serial = ++core->sweep_serial;
	int error = sweeping_put(sweep, asker->serial, sweeping_durable);
	if (!error)
		error = sweeping_put_mark(core, group, pause,
		                          pause ? GROUP_SWEEP_PAUSES : GROUP_SWEEP_RESUMES);
	else if (made)
		sweeping_free(made);
	return error;
}

static void sweeping_started(struct sweep *sweep, struct core_asker *asker)
{
	askers_add(&sweep->askers, asker);
	sweeping_walk(sweep);
}

int sweeping_begin(struct core *core, struct task_group *group, bool pause, struct core_asker *asker)
{
	bool small = sweeping_is_small(core, group);
	if (pause && journal_is_scarce(&core->journal))
		return -ENOSPC;
	settle_hold(core);
	journal_open(&core->journal);
	int error =
		small ? sweeping_at_once(core, group, pause) : sweeping_in_slices(core, group, pause, asker);
	if (error)
		journal_abort(&core->journal);
	else
		error = journal_close(&core->journal);
	if (!error && !small)
		sweeping_started(sweeping_of(core, group), asker);
	core_asked(core);
	settle_go_on(core);
	return error ? error : !small;
}

/* The next slice waits for this one, so that others wait for a short commit. */
static void sweeping_slice(struct sweep *sweep)
{
	struct core *core = sweep->core;
	int error;
	settle_hold(core);
	journal_open(&core->journal);
	sweep->at = sweeping_some(core, sweep->group, sweeping_mark(sweep), sweep->at, &error);
	if (core->journal.bundle && !error)
		error = sweeping_put(sweep, 0, sweeping_durable);
	if (error) {
		sweep->failed = true;
		core_retry(core);
	}
	if (journal_close(&core->journal))
		core_retry(core);
	settle_go_on(core);
}

static void sweeping_end(struct sweep *sweep)
{
	struct core *core = sweep->core;
	bool paused = sweep->group ? sweep->group->settings.paused : core->paused;
	settle_hold(core);
	journal_open(&core->journal);
	int error = sweeping_put(sweep, 0, sweeping_over);
	if (!error)
		error = sweeping_put_mark(core, sweep->group, paused, GROUP_SWEEP_NONE);
	if (error)
		journal_abort(&core->journal);
	else
		error = journal_close(&core->journal);
	if (error) {
		sweep->failed = true;
		core_retry(core);
	}
	settle_go_on(core);
}

void sweeping_go_on(struct core *core)
{
	struct sweep *sweep = core_sweeps(core);
	/* Others have their turn after this. */
	DL_DELETE(core->sweeps, sweep);
	DL_APPEND(core->sweeps, sweep);
	if (sweep->at > 0)
		sweeping_slice(sweep);
	else if (sweep->failed)
		sweeping_walk(sweep);
	else
		sweeping_end(sweep);
}

static int sweeping_resume(struct core *core, struct task_group *group)
{
	struct sweep *sweep = sweeping_new(core, group);
	if (sweep)
		sweeping_walk(sweep);
	return sweep ? 0 : -ENOMEM;
}

int sweeping_recover(struct core *core)
{
	struct task_group *group;
	int error = core->sweep ? sweeping_resume(core, NULL) : 0;
	DL_FOREACH(core->groups, group)
	{
		if (!error && group->settings.sweep)
			error = sweeping_resume(core, group);
	}
	return error;
}

void sweeping_release(struct core *core)
{
	struct sweep *sweep, *next;
	DL_FOREACH_SAFE(core->sweeps, sweep, next)
	{
		sweeping_free(sweep);
	}
}
