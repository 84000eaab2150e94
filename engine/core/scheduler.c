#include "config.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <utlist.h>

#include "engine/core/ending.h"
#include "engine/core/groups.h"
#include "engine/core/holdings.h"
#include "engine/core/lifecycle.h"
#include "engine/core/queue.h"
#include "engine/core/rota.h"
#include "engine/core/runs.h"
#include "engine/core/scheduler.h"
#include "engine/task/messages.h"

enum {
	SCHEDULER_LIST = 64, /* runs that one call of a verb takes */
	SCHEDULER_GROUPS =
		100, /* that have no claims: so many may get some at once, those whose turn is next */
};

static unsigned scheduler_room_of(const struct core *core, const struct task_group *group)
{
	struct executor *executor = core_executor(core, group);
	return executor->verbs->room(executor);
}

/* How many more commands there is room for, by the slots of the server and by what the system has. */
static unsigned scheduler_room(const struct core *core, const struct task_group *group)
{
	unsigned room = scheduler_room_of(core, group), slots = core->options.slots;
	if (core->backing_off)
		return 0;
	if (slots == 0 || groups_is_remote(core, group))
		return room;
	slots = core->used < slots ? slots - core->used : 0;
	return slots < room ? slots : room;
}

static bool scheduler_is_paused(const struct core *core, const struct task_group *group)
{
	return core->options.paused || core->paused || core->cancelling.upto > 0 || core->sweep ||
	       rota_is_held(group);
}

static struct task *scheduler_task(struct rank *rank)
{
	return rank ? ((struct standing *)rank)->task : NULL;
}

/* The group whose first task is next.  NULL: no task waits in a group that has room. */
static struct task_group *scheduler_group(struct core *core)
{
	rota_settle(core);
	struct task_group *group = rota_turn(core);
	return group && !scheduler_is_paused(core, group) ? group : NULL;
}

/* The task goes back to its place in the queue. */
static void scheduler_give_up(struct core *core, struct run *run)
{
	struct task *task = run->task;
	run_free(run);
	queue_judge(core, task);
}

void scheduler_dequeue(struct core *core, struct task *task)
{
	queue_leave(core, task);
	run_abandon(core, task);
}

void scheduler_undo_start(struct core *core, struct task *task)
{
	scheduler_dequeue(core, task);
	queue_dismiss(core, task);
}

static void scheduler_claimed(struct core *core, struct task *task)
{
	struct run *run = task->run;
	run_step(run, RUN_EVENT_CLAIMED);
	if (task->status.state == TASK_STOPPING)
		ending_withdraw(core, run);
}

static void scheduler_claim_undone(struct core *core, struct task *task)
{
	struct run *run = task->run;
	run->executor->verbs->forget(run->executor, &run, 1);
	scheduler_give_up(core, run);
}

/* Where it will run is stored with the claim. */
static int scheduler_note_job(struct run *run, struct lifecycle_fill *fill)
{
	struct executor_place place = { .pid = 0 };
	struct task_plan *plan = record_make_plan(run->task);
	if (!plan)
		return -ENOMEM;
	run->executor->verbs->describe(run->executor, run, &place);
	fill->fields |= LIFECYCLE_MARKS;
	fill->marks = plan->marks;
	return plan_set_job(plan, strtoull(place.job, NULL, 10), *place.directory ? place.directory : NULL);
}

void scheduler_prepared(struct core *core, struct run *run, const struct task_process *process)
{
	static const struct lifecycle_effect effect = { .committed = scheduler_claimed,
		                                        .undone = scheduler_claim_undone };
	run_step(run, RUN_EVENT_PREPARED);
	run->process = *process;
	/* A slot is free, so the commit is not delayed. */
	struct lifecycle_fill fill = { .urgent = ranking_place_of_ready(&run->task->standing->rank) <
		                                 scheduler_room(core, run->task->standing->group) };
	int error = core_is_remote(core, run) ? scheduler_note_job(run, &fill) : 0;
	if (error || lifecycle_apply(core, run->task, TASK_EVENT_CLAIM, &fill, &effect)) {
		run->executor->verbs->forget(run->executor, &run, 1);
		scheduler_refused(core, run);
	}
}

void scheduler_refused(struct core *core, struct run *run)
{
	core->backing_off = true;
	core_retry(core);
	scheduler_give_up(core, run);
}

/* Counts the tasks that could have a slot but wait for something that the executor lacks. */
static void scheduler_explain(struct core *core)
{
	unsigned slots = core->options.slots;
	struct task_group *group = scheduler_group(core);
	struct executor *executor = group ? core_executor(core, group) : NULL;
	char message[TASK_MESSAGE_MAX];
	if (!group || core->backing_off || (slots > 0 && core->used >= slots) ||
	    executor->verbs->room(executor) > 0)
		return;
	snprintf(message, sizeof(message), MSG_TASK_WAITING, executor->verbs->shortage(executor));
	for (struct rank *rank = ranking_first(&group->ranking, 1u << RANK_CLAIMED); rank;
	     rank = ranking_next(rank, 1u << RANK_CLAIMED)) {
		struct task *task = scheduler_task(rank);
		if (task->status.message || task_status_set_message(&task->status, message))
			continue;
		lifecycle_touch(core, task);
	}
}

static struct run *scheduler_head(const struct task_group *group)
{
	const struct task *task = scheduler_task(ranking_first(&group->ranking, RANKING_READY));
	return task && task->run && task->run->phase == RUN_READY ? task->run : NULL;
}

/*
 * The run that gets the next slot.  NULL: there is none, or its claim is not durable yet.  A hook has slots of
 * its own, so no other task waits for it.
 */
static struct run *scheduler_next(struct core *core, size_t going)
{
	bool possible = !core->backing_off;
	struct run *hook = scheduler_head(&core->hook_queue);
	if (possible && hook && !scheduler_is_paused(core, &core->hook_queue) &&
	    rota_is_open(core, &core->hook_queue) && scheduler_room_of(core, &core->hook_queue) > going)
		return hook;
	struct task_group *group = possible ? scheduler_group(core) : NULL;
	if (group && scheduler_room_of(core, group) <= going)
		return NULL;
	struct task *task = group ? scheduler_task(ranking_first(&group->ranking, RANKING_READY)) : NULL;
	return task && groups_fits_server(core, task) ? scheduler_head(group) : NULL;
}

/* False: there is no memory now for what it is to hold. */
static bool scheduler_go(struct core *core, struct run *run)
{
	if (holdings_take(core, run)) {
		core->backing_off = true;
		core_retry(core);
		return false;
	}
	/* The task was to be held, but that was undone. */
	queue_drop_run(core, run);
	/* Why it had to wait must not be stored with what happens to it from now on. */
	if (!run->task->reported)
		(void)task_status_set_message(&run->task->status, NULL);
	return run_step(run, RUN_EVENT_GO);
}

/* Those of one executor follow each other mostly. */
static void scheduler_go_all(struct run **list, size_t count)
{
	for (size_t first = 0, end; first < count; first = end) {
		struct executor *executor = list[first]->executor;
		for (end = first; end < count && list[end]->executor == executor;)
			end++;
		executor->verbs->go(executor, list + first, end - first);
	}
}

static void scheduler_start(struct core *core)
{
	struct run *list[SCHEDULER_LIST];
	size_t count = 0;
	do {
		count = 0;
		while (count < SCHEDULER_LIST && (list[count] = scheduler_next(core, count)) &&
		       scheduler_go(core, list[count]))
			count++;
		if (count > 0)
			scheduler_go_all(list, count);
	} while (count == SCHEDULER_LIST);
}

/* False: not possible now. */
static bool scheduler_claim(struct core *core, struct task *task)
{
	struct run *run = run_new(core, task, RUN_PREPARING);
	if (!run) {
		core_retry(core);
		return false;
	}
	run->executor->verbs->prepare(run->executor, &run, 1);
	return !core->backing_off;
}

/*
 * How many tasks at the front of a group are to be claimed.  Claims in advance are shared by all groups in which tasks
 * wait: the more can run at once, the sooner they are used up.  Where there are few groups, each has some.
 */
static unsigned scheduler_wanted(const struct core *core, const struct task_group *group)
{
	unsigned room = scheduler_room(core, group), its = groups_room(group);
	unsigned width = rota_width(core, group), widths = core->widths;
	unsigned ahead = SCHEDULER_CLAIMS_AHEAD * width / (widths > width ? widths : width);
	unsigned least = SCHEDULER_CLAIMS_AHEAD / (core->group_count + 1);
	least = least < SCHEDULER_CLAIMS_LEAST ? least : SCHEDULER_CLAIMS_LEAST;
	ahead = ahead > least ? ahead : least;
	room = its < room ? its : room;
	return room < SCHEDULER_CLAIMS_AT_ONCE ? room + ahead : SCHEDULER_CLAIMS_AT_ONCE;
}

/* A task could be claimed, but what is claimed must have room to end in the store.  A server may wait for hooks. */
static bool scheduler_starves(struct core *core, const struct task_group *group)
{
	if (group == &core->hook_queue || !journal_is_scarce(&core->journal))
		return false;
	core->starved = true;
	if (core->hungry_at == INT64_MAX)
		core->hungry_at = core_ticks(core) + CORE_RETRY_MS;
	return true;
}

/* The next one to claim.  As long as nothing has changed in the queue since there was none, there is none. */
static struct rank *scheduler_unclaimed(struct core *core, struct task_group *group)
{
	const struct ranking *ranking = &group->ranking;
	unsigned wanted = scheduler_wanted(core, group);
	if (group->served == ranking->changes && wanted <= group->served_most)
		return NULL;
	struct rank *rank = ranking_first(ranking, 1u << RANK_OPEN);
	if (rank && ranking_place_of_ready(rank) < wanted)
		return rank;
	group->served = ranking->changes;
	group->served_most = wanted;
	return NULL;
}

static bool scheduler_claim_group(struct core *core, struct task_group *group)
{
	struct rank *rank;
	while (!core->troubled && !core->backing_off && (rank = scheduler_unclaimed(core, group))) {
		/* Other groups may have claims to give back. */
		if (scheduler_starves(core, group))
			return true;
		if (!scheduler_claim(core, scheduler_task(rank)))
			return false;
	}
	return true;
}

/* The last claim of the group that can be given back; NULL: there is none. */
static struct run *scheduler_last(const struct task_group *group)
{
	struct rank *last = ranking_last(&group->ranking, 1u << RANK_CLAIMED);
	struct run *run = last ? scheduler_task(last)->run : NULL;
	if (!run || ending_can_recall(run))
		return run;
	/* What was paused and resumed while it was being started stays claimed, and is no reason to keep the others. */
	run = NULL;
	for (struct rank *rank = ranking_first(&group->ranking, 1u << RANK_CLAIMED); rank;
	     rank = ranking_next(rank, 1u << RANK_CLAIMED)) {
		struct run *its = scheduler_task(rank)->run;
		run = ending_can_recall(its) ? its : run;
	}
	return run;
}

/* If there are more claims than are wanted, the last ones are given back. */
static void scheduler_withdraw(struct core *core, struct task_group *group, unsigned most)
{
	while (!core->troubled && ranking_count_kind(&group->ranking, RANK_CLAIMED) > most) {
		struct run *last = scheduler_last(group);
		if (!last || ending_recall(core, last, NULL))
			return;
	}
}

/* It came to this group, or the group to another executor, after it was claimed. */
static void scheduler_return_foreign(struct core *core, struct task_group *group)
{
	struct task *task = scheduler_task(ranking_first(&group->ranking, 1u << RANK_CLAIMED));
	if (!core->troubled && task && task->run->phase == RUN_READY &&
	    task->run->executor != core_executor(core, group))
		(void)ending_recall(core, task->run, NULL);
}

/* Claims in it what is wanted.  False: not possible now. */
static bool scheduler_serve(struct core *core, struct task_group *group)
{
	bool paused = core->paused || group->settings.paused;
	if (scheduler_is_paused(core, group)) {
		scheduler_withdraw(core, group, paused ? 0 : UINT_MAX);
		return true;
	}
	if (!scheduler_claim_group(core, group))
		return false;
	scheduler_return_foreign(core, group);
	scheduler_withdraw(core, group, 2 * SCHEDULER_CLAIMS_AT_ONCE);
	return true;
}

/* Those of the rota that are open, or not, and have no claims.  False: not possible now. */
static bool scheduler_serve_kind(struct core *core, enum rank_kind kind)
{
	unsigned left = SCHEDULER_GROUPS;
	struct task_group *group = rota_first(core, kind);
	for (; group && left > 0; group = rota_next(group, kind), left--) {
		if (!group->claims_prev && !scheduler_serve(core, group))
			return false;
	}
	return true;
}

/*
 * Where tasks wait in very many groups, only the first of these get claims.  So what a turn costs does not depend on how
 * many there are, and those that have no turn soon claim nothing.
 */
static void scheduler_serve_all(struct core *core)
{
	struct task_group *group;
	rota_settle(core);
	if (!scheduler_serve(core, &core->hook_queue))
		return;
	DL_FOREACH2(core->claiming, group, claims_next)
	{
		if (!scheduler_serve(core, group))
			return;
	}
	if (scheduler_serve_kind(core, RANK_OPEN))
		(void)scheduler_serve_kind(core, RANK_WAITING);
}

void scheduler_run(struct core *core)
{
	bool starved = core->starved;
	core->starved = false;
	scheduler_start(core);
	scheduler_explain(core);
	scheduler_serve_all(core);
	if (core->starved != starved)
		core_need(core, CORE_DUE_CHANGED);
}
