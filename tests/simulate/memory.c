#include "tests/simulate/memory.h"

#include <string.h>
#include <unistd.h>

#include "engine/core/activity.h"
#include "engine/core/groups.h"
#include "engine/core/seen.h"
#include "tests/simulate/grouped.h"
#include "tests/simulate/plans.h"
#include "tests/simulate/report.h"
#include "tests/simulate/server.h"

#define number_of(number) ((unsigned long long)(number))

static unsigned looks; /* at the order of activity */

/* By number: one pass costs less than many searches. */
static const struct task *tasks[DISK_TASKS + 1];

void memory_reset(void)
{
	looks = 0;
}

void memory_find_tasks(void)
{
	const struct order *order = &server_core.registry.order;
	memset(tasks, 0, sizeof(tasks));
	for (const struct task *task = order_at(order, 0); task; task = order_next(order, task))
		tasks[task->number] = task;
}

const struct task *memory_task(uint64_t number)
{
	return tasks[number];
}

static void memory_check_run(const struct task *task, const struct disk_row *row)
{
	const struct run *run = task->run;
	bool began = row->state == TASK_CLAIMED && task->status.state == TASK_RUNNING && run &&
	             (run->phase == RUN_RUNNING || run->phase == RUN_ENDED);
	must((int)task->status.state == row->state || began, "task %s is in state %d, and is put in state %d",
	     task_id(task), task->status.state, row->state);
	must(!run || run->phase != RUN_RUNNING || task->status.state != TASK_CLAIMED,
	     "task %s runs, and is shown as queued", task_id(task));
	if (!task_state_active((enum task_state)row->state)) {
		must(task_state_terminal((enum task_state)row->state) || !run ||
		             run->phase == RUN_PREPARING || run->phase == RUN_CLOSING ||
		             run->phase == RUN_RECALLING || run->phase == RUN_RECALLING_EARLY,
		     "task %s is in state %d, and has a run", task_id(task), row->state);
		return;
	}
	must(run, "task %s is in state %d, and has no run", task_id(task), row->state);
	must(run->process.entry == row->process.entry, "task %s has another entry", task_id(task));
	must(run->process.stop_signal == row->process.stop_signal &&
	             run->process.kill_at == row->process.kill_at,
	     "task %s is stopped in another way than is put", task_id(task));
}

static void memory_check_task(uint64_t number, const struct disk_row *row)
{
	const struct task *task = tasks[number];
	must(task, "task %llu is put, and is not there", number_of(number));
	const char *name = task_given_name(task);
	const struct task *parent = task_parent(task);
	must(strcmp(task_id(task), row->id) == 0 && registry_find(&server_core.registry, row->id) == task,
	     "task %s is put as %s", task_id(task), row->id);
	must(!(row->has_nonce || row->copied) ||
	             registry_find_nonce(&server_core.registry, row->nonce) == task,
	     "task %s has another nonce", row->id);
	must(task_hook_target(task) == row->target, "task %s is a hook, or not", row->id);
	must(grouped_of_task(task) == row->group, "task %s is put with another group", task_id(task));
	must(strcmp(name ? name : "", row->name) == 0, "task %s is put with name %s", task_id(task),
	     row->name);
	must((parent ? parent->number : 0) == row->parent, "task %s is put with parent %llu", task_id(task),
	     number_of(row->parent));
	must(task->status.exit_code == row->exit_code && task->status.term_signal == row->term_signal &&
	             task->status.ended_at == row->ended_at,
	     "task %s is put with another end", task_id(task));
	const struct task_usage used = task_status_usage(&task->status);
	const char *message = task->status.message;
	must(used.cpu_ms == row->cpu_ms && used.max_rss == row->max_rss,
	     "task %s used %lld ms and %lld bytes, and %lld and %lld are put", task_id(task),
	     (long long)used.cpu_ms, (long long)used.max_rss, (long long)row->cpu_ms,
	     (long long)row->max_rss);
	must(!task_state_terminal((enum task_state)row->state) ||
	             strcmp(message ? message : "", row->message) == 0,
	     "task %s is put with another message", task_id(task));
	plans_check_task(task, row);
	memory_check_run(task, row);
}

/* A task has a place in the queue until its command is about to start. */
static bool memory_check_place(const struct task *task, const struct disk_row *row)
{
	const struct run *run = task->run;
	bool claimed = run && (run->phase == RUN_PREPARING || run->phase == RUN_CLAIMING ||
	                       run->phase == RUN_READY || run->phase == RUN_RECALLING_EARLY ||
	                       run->phase == RUN_RECALLING);
	bool over = task_state_terminal((enum task_state)row->state);
	bool waits = (claimed && !over) || (!run && row->state == TASK_QUEUED);
	must(waits == (task->standing && task->standing->rank.ranked), "task %s is in the queue, or not",
	     task_id(task));
	return waits;
}

static void memory_check_lists(void)
{
	unsigned waiting = 0;
	for (int number = 1; number <= DISK_TASKS; number++) {
		const struct disk_row *row = &disk_ahead.rows[number];
		const struct task *task = row->exists ? tasks[number] : NULL;
		if (task)
			waiting += memory_check_place(task, row);
	}
	must(groups_waiting(&server_core) == waiting, "%zu tasks are in the queue, %u wait",
	     groups_waiting(&server_core), waiting);
	for (const struct run *run = server_core.unfinished; run; run = run->next)
		must(run->phase == RUN_ENDED || run->phase == RUN_VOID || run->phase == RUN_READY,
		     "task %s is unfinished", task_id(run->task));
}

/* A reply waits for everything that it shows, and it never waits forever. */
static void memory_check_replies(void)
{
	uint64_t sequence = server_core.journal.sequence;
	must(sequence >= disk_latest_seen(), "replies do not wait for %llu", number_of(disk_latest_seen()));
	must(disk_waiting() > 0 || disk_has_news() || sequence <= server_core.journal.committed,
	     "replies wait for %llu, which was dropped", number_of(sequence));
}

/* A parent knows how many of its children have ended. */
static void memory_check_children(void)
{
	uint32_t all[DISK_TASKS + 1] = { 0 }, ended[DISK_TASKS + 1] = { 0 };
	for (int number = 1; number <= DISK_TASKS; number++) {
		const struct disk_row *row = &disk_ahead.rows[number];
		if (!row->exists || row->parent == 0)
			continue;
		all[row->parent]++;
		ended[row->parent] += task_state_terminal((enum task_state)row->state);
	}
	for (int number = 1; number <= DISK_TASKS; number++) {
		const struct task *task = disk_ahead.rows[number].exists ? tasks[number] : NULL;
		if (!task)
			continue;
		must(task_children(task) == all[number] && task_children_ended(task) == ended[number],
		     "task %s has %u children, of which %u have ended: %u, %u", task_id(task), all[number],
		     ended[number], task_children(task), task_children_ended(task));
	}
}

static void memory_check_tasks(void)
{
	uint64_t counts[TASK_STATE_COUNT] = { 0 };
	size_t all = 0;
	for (int number = 1; number <= DISK_TASKS; number++) {
		const struct disk_row *row = &disk_ahead.rows[number];
		if (!row->exists)
			continue;
		memory_check_task((uint64_t)number, row);
		enum task_state state = tasks[number]->status.state;
		counts[state] += row->target == 0 || state == TASK_FAILED;
		all++;
	}
	must(server_core.registry.order.count == all, "%zu tasks, of which %zu are put",
	     server_core.registry.order.count, all);
	must(memcmp(counts, server_core.registry.counts, sizeof(counts)) == 0, "the counts are wrong");
	must(!disk_ahead.has_slots || server_core.options.slots == disk_ahead.slots,
	     "%u slots, of which %u are put", server_core.options.slots, disk_ahead.slots);
}

/* All that are shown are in the order of activity, one after the other.  Between two looks several changes are made. */
static void memory_check_activity(void)
{
	const struct registry *registry = &server_core.registry;
	const uint64_t seen = seen_cursor(&server_core, geteuid());
	const int64_t now = core_now(&server_core);
	const struct task *before = NULL, *task;
	size_t units = SIZE_MAX, shown = 0;
	if (looks++ % 4 > 0 || activity_go_on(&server_core, &units) < 0)
		return;
	for (task = order_at(&registry->order, 0); task; task = order_next(&registry->order, task))
		shown += !task_is_hidden(task);
	must(activity_count(registry, ACTIVITY_ALL) == shown,
	     "%zu tasks are in the order of activity, not %zu", activity_count(registry, ACTIVITY_ALL),
	     shown);
	struct activity_walk walk = activity_begin(registry, ACTIVITY_ALL, 0);
	for (; (task = activity_next(&walk)); before = task) {
		int64_t key = activity_key(task, now, seen),
			last = before ? activity_key(before, now, seen) : 0;
		int order = before ? activity_compare(before, task) : -1;
		bool follows = order < 0 || (order == 0 && before->number < task->number);
		must(!before || last < key || (last == key && follows), "task %s is before its turn",
		     task_id(task));
	}
}

void memory_check(void)
{
	memory_check_tasks();
	memory_check_children();
	memory_check_lists();
	memory_check_activity();
	memory_check_replies();
}
