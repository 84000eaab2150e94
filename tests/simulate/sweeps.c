#include "tests/simulate/sweeps.h"

#include <errno.h>
#include <string.h>

#include "engine/core/askers.h"
#include "engine/core/groups.h"
#include "engine/core/pausing.h"
#include "engine/core/sweeping.h"
#include "tests/simulate/chance.h"
#include "tests/simulate/grouped.h"
#include "tests/simulate/machine.h"
#include "tests/simulate/promises.h"
#include "tests/simulate/report.h"
#include "tests/simulate/server.h"
#include "tests/simulate/users.h"
#include "tests/simulate/wishes.h"
#include "tests/unit/scarce.h"

enum { SWEEPS_CALLS = 8, SWEEPS_ALL = DISK_GROUPS };

#define number_of(number) ((unsigned long long)(number))

/* What is being done to each group, and to all. */
static struct sweeps_request {
	bool excused[DISK_TASKS + 1]; /* a user has done the opposite to it since */
	bool crossed;                 /* another sweep has done the opposite since */
} requests[SWEEPS_ALL + 1];

/* Somebody who is to be told. */
static struct sweeps_call {
	struct core_asker asker;
	bool waits;
	int group;
	unsigned gone; /* how often the group was gone when that was asked for */
} calls[SWEEPS_CALLS];

static unsigned gone[SWEEPS_ALL + 1]; /* how often each group was to be removed */

static uint64_t slices[SWEEPS_ALL + 1]; /* the changes that are on their way; 0: none */

bool sweeps_are_asked;

void sweeps_crash(void)
{
	sweeps_are_asked = false;
	for (int i = 0; i < SWEEPS_CALLS; i++)
		calls[i].waits = false;
}

void sweeps_reset(void)
{
	memset(requests, 0, sizeof(requests));
	memset(slices, 0, sizeof(slices));
	memset(gone, 0, sizeof(gone));
	sweeps_crash();
}

static enum group_sweep sweeps_mark_of(const struct disk_image *image, int group)
{
	if (group == SWEEPS_ALL)
		return image->sweep;
	return image->groups[group].exists ? image->groups[group].settings.sweep : GROUP_SWEEP_NONE;
}

/* What users ask for. */

void sweeps_gone(int group)
{
	gone[group]++;
}

static void sweeps_told(void *ctx)
{
	struct sweeps_call *call = ctx;
	must(call->waits, "who swept group %d is told twice", call->group);
	call->waits = false;
	/* The mark may be that of another group of that name. */
	must(server_is_failing || server_is_dead() || call->gone != gone[call->group] ||
	             sweeps_mark_of(&disk_durable, call->group) == GROUP_SWEEP_NONE,
	     "who swept group %d is told before all of it is durable", call->group);
}

static struct sweeps_call *sweeps_call(int group)
{
	for (int i = 0; i < SWEEPS_CALLS; i++) {
		if (calls[i].waits)
			continue;
		calls[i] = (struct sweeps_call){ .asker = { .ctx = &calls[i], .over = sweeps_told },
			                         .group = group,
			                         .gone = gone[group] };
		return &calls[i];
	}
	return NULL;
}

static void sweeps_begin(int group, bool pause)
{
	enum group_sweep opposite = pause ? GROUP_SWEEP_RESUMES : GROUP_SWEEP_PAUSES;
	bool ends = sweeps_mark_of(&disk_ahead, group) == GROUP_SWEEP_NONE;
	if (ends && sweeps_mark_of(&disk_durable, group) == GROUP_SWEEP_NONE)
		memset(&requests[group], 0, sizeof(requests[group]));
	else if (ends) /* the end of the one before is on its way */
		requests[group].crossed = true;
	for (int other = 0; other <= SWEEPS_ALL; other++) {
		if (sweeps_mark_of(&disk_ahead, other) == opposite)
			requests[other].crossed = requests[group].crossed = true;
	}
}

/* Of tasks that another server adopts it may not be known yet that they have ended. */
static void sweeps_check_all(const struct disk_image *image, int group, enum group_sweep mark)
{
	for (uint64_t number = 1; number <= DISK_TASKS; number++) {
		const struct disk_row *row = &image->rows[number];
		const struct machine_fate *fate = &machine_fates[number];
		bool concerned = row->exists && !row->target &&
		                 (group == SWEEPS_ALL || row->group == group) &&
		                 !requests[group].excused[number];
		bool runs = fate->begun > row->plan.marks.attempt && !fate->over;
		if (!concerned || !runs)
			continue;
		must(mark != GROUP_SWEEP_PAUSES || (row->state != TASK_RUNNING && row->state != TASK_CLAIMED),
		     "all of group %d is paused, and task %llu runs", group, number_of(number));
		must(mark != GROUP_SWEEP_RESUMES || row->state != TASK_PAUSED,
		     "all of group %d is resumed, and task %llu is paused", group, number_of(number));
	}
}

static void sweeps_ask(int group, bool pause, struct sweeps_call *call)
{
	struct task_group *there = group == SWEEPS_ALL ? NULL : grouped_find(group);
	sweeps_begin(group, pause);
	sweeps_are_asked = true;
	int code = sweeping_begin(&server_core, there, pause, &call->asker);
	sweeps_are_asked = false;
	tell("    %s all that runs in group %d: %d", pause ? "pauses" : "resumes", group, code);
	if (server_is_dead())
		return;
	must(code == 0 || code == 1 || code == -ENOMEM || (code == -ENOSPC && disk_scarce && pause),
	     "error %d", code);
	call->waits |= code == 1;
	if (code == 0 && !requests[group].crossed)
		sweeps_check_all(&disk_ahead, group, pause ? GROUP_SWEEP_PAUSES : GROUP_SWEEP_RESUMES);
	if (group < SWEEPS_ALL)
		grouped_swept(group, code >= 0);
}

static void sweeps_act_on(int group)
{
	bool pause = chance_draw(2);
	struct sweeps_call *call = sweeps_call(group);
	if (call && (group == SWEEPS_ALL || grouped_sweep(group, pause)))
		sweeps_ask(group, pause, call);
}

void sweeps_act(void)
{
	sweeps_act_on((int)chance_draw(SWEEPS_ALL + 1));
}

/* The group of one whose end is on its way to the store; -1: there is none. */
static int sweeps_ending(void)
{
	for (const struct sweep *sweep = server_core.sweeps; sweep; sweep = sweep->next) {
		int group = sweep->group ? grouped_of(sweep->group->name, strlen(sweep->group->name))
		                         : SWEEPS_ALL;
		if (sweep->steps > 0 && sweeps_mark_of(&disk_ahead, group) == GROUP_SWEEP_NONE)
			return group;
	}
	return -1;
}

bool sweeps_act_again(void)
{
	int group = sweeps_ending();
	if (group < 0 || !promises_have_room())
		return false;
	sweeps_act_on(group);
	if (!server_is_dead() && disk_waiting() > 1 && chance_draw(2))
		users_lose_last();
	return true;
}

/* The next one that the sweep changes, if its next slice looks at it. */
static struct task *sweeps_next(const struct sweep *sweep, enum task_state state)
{
	const struct order *order = &server_core.registry.order;
	size_t rank = order_rank_of(order, sweep->at);
	for (unsigned looks = SWEEPS_LOOKS; rank > 0 && looks > 0; looks--) {
		struct task *task = order_at(order, --rank);
		bool concerned = !sweep->group || (task->standing && task->standing->group == sweep->group);
		if (concerned && task->status.state == state && wish_is_task(task))
			return task;
	}
	return NULL;
}

void sweeps_cross(void)
{
	const struct sweep *sweep = core_sweeps(&server_core);
	bool pause = (sweep->group ? sweep->group->settings.sweep : server_core.sweep) == GROUP_SWEEP_PAUSES;
	struct task *task = sweeps_next(sweep, pause ? TASK_RUNNING : TASK_PAUSED);
	if (!task)
		return;
	int error = pause ? pausing_pause(&server_core, task) : pausing_resume(&server_core, task);
	tell("    %s task %llu, and that is not stored: %d", pause ? "pauses" : "resumes",
	     number_of(task->number), error);
	if (server_is_dead())
		return;
	users_are_acting = false;
	server_ring();
	disk_write(0, true);
	users_are_acting = true;
}

bool sweeps_send(void)
{
	return sweeps_are_asked || server_core.sweeps;
}

void sweeps_excuse(uint64_t number, bool pause)
{
	for (int group = 0; group <= SWEEPS_ALL; group++) {
		if (sweeps_mark_of(&disk_ahead, group) == (pause ? GROUP_SWEEP_RESUMES : GROUP_SWEEP_PAUSES))
			requests[group].excused[number] = true;
	}
}

/* The oracle. */

void sweeps_mark(int group, enum group_sweep mark)
{
	enum group_sweep was = sweeps_mark_of(&disk_durable, group);
	if (was != GROUP_SWEEP_NONE && mark == GROUP_SWEEP_NONE && !requests[group].crossed)
		sweeps_check_all(&disk_durable, group, was);
}

static bool sweeps_changes(const struct disk_row *before, const struct disk_row *row)
{
	bool pauses =
		row->state == TASK_PAUSED && (before->state == TASK_RUNNING || before->state == TASK_CLAIMED);
	return pauses || (row->state == TASK_RUNNING && before->state == TASK_PAUSED);
}

void sweeps_put(const struct disk_row *before, const struct disk_row *row)
{
	unsigned may = 0, marked = 0, going = 0;
	bool more = false;
	if (users_are_acting || chance_calm || !sweeps_changes(before, row))
		return;
	for (int group = 0; group <= SWEEPS_ALL; group++) {
		bool ahead = sweeps_mark_of(&disk_ahead, group) != GROUP_SWEEP_NONE;
		marked += ahead;
		may += ahead && sweeps_mark_of(&disk_durable, group) != GROUP_SWEEP_NONE;
		going += slices[group] > 0;
		more |= slices[group] == disk_latest();
		must(slices[group] != disk_latest() || server_core.sweeping_slice > SWEEPS_SLICE,
		     "one slice of a sweep changes more than one task");
	}
	must(may > 0, "task %s is paused or resumed by nobody, or before that is durable", row->id);
	/* It belongs to a slice that others of its change are counted for. */
	if (more)
		return;
	must(going < marked, "a slice of a sweep does not wait for the one before");
	/* Without memory it goes on at once. */
	for (int group = 0; group <= SWEEPS_ALL && !scarce_failed(); group++) {
		if (slices[group] > 0)
			continue;
		slices[group] = disk_latest();
		break;
	}
}

void sweeps_written(uint64_t sequence)
{
	for (int group = 0; group <= SWEEPS_ALL; group++) {
		if (sequence >= slices[group])
			slices[group] = 0;
	}
}

void sweeps_check_go(const struct disk_row *row)
{
	bool all = sweeps_mark_of(&disk_ahead, SWEEPS_ALL) != GROUP_SWEEP_NONE;
	must(!all && (row->target || sweeps_mark_of(&disk_ahead, row->group) == GROUP_SWEEP_NONE),
	     "task %s goes, and all are being paused or resumed", row->id);
	/* The end of the sweep may be on its way. */
	for (int group = 0; group <= SWEEPS_ALL; group++)
		requests[group].excused[row - disk_durable.rows] = true;
}

void sweeps_check_over(void)
{
	must(!server_core.sweeps, "a sweep is not over");
	for (int group = 0; group <= SWEEPS_ALL; group++)
		must(sweeps_mark_of(&disk_durable, group) == GROUP_SWEEP_NONE, "group %d is still marked",
		     group);
	for (int i = 0; i < SWEEPS_CALLS; i++)
		must(!calls[i].waits, "who swept group %d is not told", calls[i].group);
}
