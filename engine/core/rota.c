#include "config.h"

#include <limits.h>
#include <stddef.h>

#include "engine/core/groups.h"
#include "engine/core/rota.h"

enum { ROTA_FRACTION = 32 /* bits of a share */ };

static struct task_group *rota_group(struct rank *turn)
{
	return turn ? (struct task_group *)((char *)turn - offsetof(struct task_group, turn)) : NULL;
}

/* The first of its tasks that misses only a slot. */
static const struct task *rota_head(const struct task_group *group)
{
	const struct rank *rank = ranking_first(&group->ranking, RANKING_READY);
	return rank ? ((const struct standing *)rank)->task : NULL;
}

bool rota_is_held(const struct task_group *group)
{
	return group->settings.paused || group->unsettled > 0 || group->settings.sweep;
}

/* What is prepared elsewhere may take long, and nobody waits for that.  What was claimed here does not run there. */
static bool rota_is_prepared(const struct core *core, const struct task_group *group, const struct task *task)
{
	const struct run *run = task->run;
	struct executor *executor = core_executor(core, group);
	return executor == core->executor
	               ? !run || !core_is_remote(core, run)
	               : run && run->phase == RUN_READY && !run->worthless && run->executor == executor;
}

bool rota_is_open(const struct core *core, const struct task_group *group)
{
	const struct task *head = rota_head(group);
	return head && groups_fits(group, head) && rota_is_prepared(core, group, head);
}

unsigned rota_width(const struct core *core, const struct task_group *group)
{
	unsigned slots = core->options.slots, its = group->settings.slots, most = ROTA_WIDEST;
	if (slots > 0 && slots < most)
		most = slots;
	return its > 0 && its < most ? its : most;
}

/* How much of its slots is used, as a fixed point number. */
static uint64_t rota_share(const struct core *core, const struct task_group *group)
{
	uint64_t server = core->options.slots ? core->options.slots : UINT_MAX;
	uint64_t slots = group->settings.slots ? group->settings.slots : server;
	uint64_t whole = group->used / slots, rest = group->used % slots;
	return whole << ROTA_FRACTION | (rest << ROTA_FRACTION) / slots;
}

static void rota_leave(struct core *core, struct task_group *group)
{
	if (group->turn.ranked)
		ranking_remove(&core->rota, &group->turn);
	core->widths -= group->width;
	group->width = 0;
}

static void rota_enter(struct core *core, struct task_group *group)
{
	struct rank *turn = &group->turn;
	turn->priority = group->settings.priority;
	turn->start = rota_share(core, group);
	turn->number = rota_head(group)->standing->rank.start;
	turn->kind = rota_is_open(core, group) ? RANK_OPEN : RANK_WAITING;
	ranking_add(&core->rota, turn);
	group->width = rota_width(core, group);
	core->widths += group->width;
}

/* Whoever has claims may have to give them back, and what runs elsewhere is always prepared in advance. */
static void rota_follow_claims(struct core *core, struct task_group *group)
{
	bool claims = ranking_count_kind(&group->ranking, RANK_CLAIMED) > 0 ||
	              (groups_is_remote(core, group) && rota_head(group));
	if (claims && !group->claims_prev)
		DL_APPEND2(core->claiming, group, claims_prev, claims_next);
	if (claims || !group->claims_prev)
		return;
	DL_DELETE2(core->claiming, group, claims_prev, claims_next);
	group->claims_prev = group->claims_next = NULL;
}

static void rota_drop_stale(struct core *core, struct task_group *group)
{
	if (!group->stale_prev)
		return;
	DL_DELETE2(core->stale, group, stale_prev, stale_next);
	group->stale_prev = group->stale_next = NULL;
}

void rota_settle(struct core *core)
{
	struct task_group *group;
	while ((group = core->stale)) {
		rota_drop_stale(core, group);
		/* Hooks are served before all groups. */
		if (group == &core->hook_queue)
			continue;
		rota_follow_claims(core, group);
		rota_leave(core, group);
		if (rota_head(group) && !rota_is_held(group))
			rota_enter(core, group);
	}
}

void rota_forget(struct core *core, struct task_group *group)
{
	rota_drop_stale(core, group);
	rota_leave(core, group);
	if (group->claims_prev)
		DL_DELETE2(core->claiming, group, claims_prev, claims_next);
}

struct task_group *rota_turn(const struct core *core)
{
	return rota_first(core, RANK_OPEN);
}

struct task_group *rota_first(const struct core *core, enum rank_kind kind)
{
	return rota_group(ranking_first(&core->rota, 1u << kind));
}

struct task_group *rota_next(struct task_group *group, enum rank_kind kind)
{
	return rota_group(ranking_next(&group->turn, 1u << kind));
}
