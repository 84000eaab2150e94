#include "config.h"

#include <limits.h>
#include <utlist.h>

#include "engine/core/groups.h"

void groups_init(struct core *core)
{
	DL_APPEND(core->groups, &core->common);
	DL_APPEND(core->groups, &core->labels);
}

struct task_group *groups_find(struct core *core, const char *label)
{
	return label ? &core->labels : &core->common;
}

unsigned groups_room(const struct task_group *group)
{
	if (group->slots == 0)
		return UINT_MAX;
	return group->used < group->slots ? group->slots - group->used : 0;
}

/* The first of its tasks that waits for nothing but a slot. */
static const struct rank *groups_head(const struct task_group *group)
{
	return ranking_first(&group->ranking, RANKING_READY);
}

int groups_compare(const struct core *core, const struct task_group *a, const struct task_group *b)
{
	if (a->priority != b->priority)
		return a->priority > b->priority ? -1 : 1;
	/* used / slots, without a division */
	uint64_t server = core->options.slots ? core->options.slots : UINT_MAX;
	uint64_t x = a->used * (b->slots ? b->slots : server), y = b->used * (a->slots ? a->slots : server);
	if (x != y)
		return x < y ? -1 : 1;
	const struct rank *first = groups_head(a), *other = groups_head(b);
	if (first->start != other->start)
		return first->start < other->start ? -1 : 1;
	return first->number < other->number ? -1 : 1;
}

uint64_t groups_able(const struct core *core)
{
	uint64_t able = 0;
	const struct task_group *group;
	DL_FOREACH(core->groups, group)
	{
		if (!core->paused && !group->paused)
			able += ranking_count_kind(&group->ranking, RANK_OPEN);
	}
	return able + core->registry.counts[TASK_CLAIMED];
}

size_t groups_waiting(const struct core *core)
{
	size_t waiting = 0;
	const struct task_group *group;
	DL_FOREACH(core->groups, group)
	{
		waiting += ranking_count(&group->ranking);
	}
	return waiting;
}

/* Its command runs, or is on its way.  A paused task gives its slots back. */
static bool groups_holds_slots(const struct run *run)
{
	enum run_phase phase = run->phase;
	bool live = phase == RUN_STARTING || phase == RUN_STARTING_PAUSED || phase == RUN_STARTING_STOPPED ||
	            phase == RUN_ADOPTING || phase == RUN_ADOPTING_PAUSED || phase == RUN_ADOPTING_STOPPED ||
	            phase == RUN_RUNNING;
	return live && run->task->status.state != TASK_PAUSED;
}

static void groups_count(struct core *core, struct run *run, bool holds)
{
	uint32_t weight = task_plan(run->task)->weight;
	struct task_group *group = run->task->standing->group;
	if (holds == run->holds_slots)
		return;
	run->holds_slots = holds;
	core->used += holds ? weight : -weight;
	group->used += holds ? weight : -weight;
	core_need(core, CORE_DUE_SCHEDULE);
}

void groups_weigh(struct core *core, struct run *run)
{
	groups_count(core, run, groups_holds_slots(run));
}

void groups_release(struct core *core, struct run *run)
{
	groups_count(core, run, false);
}
