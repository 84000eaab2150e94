#include "config.h"

#include <utlist.h>

#include "engine/core/agenda.h"
#include "engine/core/groups.h"
#include "engine/core/queue.h"

int queue_admit(struct core *core, struct task *task)
{
	int error = record_make_standing(&core->registry.slabs, task);
	if (error)
		return error;
	task->standing->group = groups_of(core, task);
	task->standing->group->members++;
	task->standing->group->left++;
	error = agenda_admit(core, task);
	if (error)
		queue_dismiss(core, task);
	return error;
}

uint64_t queue_next_start(struct core *core)
{
	return ++core->start_order;
}

/* True if it waits for something other than a slot. */
static bool queue_waits(const struct core *core, const struct task *task)
{
	const struct task_plan *plan = task_plan(task);
	(void)core;
	return plan->marks.held || plan->after_count > 0 || agenda_waits(task) || task->standing->lingers;
}

static bool queue_is_claimed(const struct run *run)
{
	return run->phase == RUN_PREPARING || run->phase == RUN_CLAIMING || run->phase == RUN_READY;
}

static bool queue_is_withheld(const struct run *run)
{
	return run->phase == RUN_RECALLING_EARLY || run->phase == RUN_RECALLING;
}

static enum rank_kind queue_kind(const struct core *core, const struct task *task)
{
	const struct run *run = task->run;
	if (!run)
		return queue_waits(core, task) ? RANK_WAITING : RANK_OPEN;
	enum task_state state = task->status.state;
	/*
	 * A claim does not count if it is being given back, or its task waits for a time, or if a stop or a
	 * pause came meanwhile.  A task that is Running here was paused and resumed while it was being
	 * started.  This must be durable before its command goes.
	 */
	bool waits = agenda_waits(task) && state != TASK_RUNNING;
	bool claimed = queue_is_claimed(run) && run->pauses == 0 && !waits &&
	               (state == TASK_QUEUED || state == TASK_CLAIMED || state == TASK_RUNNING);
	return claimed ? RANK_CLAIMED : RANK_WAITING;
}

void queue_enter(struct core *core, struct task *task)
{
	struct standing *standing = task->standing;
	struct rank *rank = &standing->rank;
	if (rank->ranked)
		return;
	agenda_follow(core, task);
	rank->priority = task_plan(task)->priority;
	rank->start = task->status.start_order;
	rank->number = task->number;
	rank->kind = queue_kind(core, task);
	ranking_add(&standing->group->ranking, rank);
	core_touch(core, standing->group);
	core_need(core, CORE_DUE_SCHEDULE);
}

void queue_return(struct core *core, struct task *task)
{
	const struct run *run = task->run;
	bool runs = run && !queue_is_claimed(run) && !queue_is_withheld(run);
	if (task->status.state == TASK_QUEUED && !runs)
		queue_enter(core, task);
}

void queue_leave(struct core *core, struct task *task)
{
	struct standing *standing = task->standing;
	if (!standing->rank.ranked)
		return;
	ranking_remove(&standing->group->ranking, &standing->rank);
	core_touch(core, standing->group);
	agenda_leave(core, task);
	core_need(core, CORE_DUE_SCHEDULE);
}

void queue_dismiss(struct core *core, struct task *task)
{
	if (!task->standing)
		return;
	queue_leave(core, task);
	agenda_dismiss(core, task);
	task->standing->group->members--;
	task->standing->group->left -= !task_state_terminal(task->status.state);
	record_drop_standing(&core->registry.slabs, task);
}

void queue_judge(struct core *core, struct task *task)
{
	struct standing *standing = task->standing;
	if (!standing || !standing->rank.ranked)
		return;
	agenda_follow(core, task);
	enum rank_kind kind = queue_kind(core, task);
	core_touch(core, standing->group);
	if (kind == standing->rank.kind)
		return;
	ranking_set_kind(&standing->group->ranking, &standing->rank, kind);
	core_need(core, CORE_DUE_SCHEDULE);
}

void queue_follow(struct core *core, struct task *task)
{
	const struct run *run = task->run;
	/* The task may have been stopped while its claim was being given back. */
	if ((!queue_is_claimed(run) && !queue_is_withheld(run)) || task_state_terminal(task->status.state))
		queue_leave(core, task);
	else if (task->standing->rank.ranked)
		queue_judge(core, task);
	else
		queue_enter(core, task);
	if (run->phase == RUN_READY)
		core_need(core, CORE_DUE_SCHEDULE);
}

void queue_move(struct core *core, struct task *task, struct task_group *group)
{
	struct standing *standing = task->standing;
	uint32_t weight = task->run && task->run->holds_slots ? task_plan(task)->weight : 0;
	bool ranked = standing->rank.ranked;
	bool runs = task->run && task->run->counts_running, paused = task->run && task->run->counts_paused;
	queue_leave(core, task);
	bool left = !task_state_terminal(task->status.state);
	standing->group->members--;
	standing->group->left -= left;
	standing->group->used -= weight;
	standing->group->running -= runs;
	standing->group->paused -= paused;
	if (weight > 0) {
		DL_DELETE2(standing->group->holders, task->run, holder_prev, holder_next);
		DL_APPEND2(group->holders, task->run, holder_prev, holder_next);
	}
	core_touch(core, standing->group);
	core_touch(core, group);
	standing->group = group;
	group->members++;
	group->left += left;
	group->used += weight;
	group->running += runs;
	group->paused += paused;
	if (ranked)
		queue_enter(core, task);
}

/* Every element of a utlist has a previous one.  For the first element, this is the last one. */
void queue_unfinished(struct core *core, struct run *run)
{
	if (!run->prev)
		DL_APPEND(core->unfinished, run);
}

void queue_drop_run(struct core *core, struct run *run)
{
	if (!run->prev)
		return;
	DL_DELETE(core->unfinished, run);
	run->prev = run->next = NULL;
}
