#include "tests/simulate/whys.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "engine/core/reasons.h"
#include "engine/task/messages.h"
#include "tests/simulate/clock.h"
#include "tests/simulate/grouped.h"
#include "tests/simulate/lines.h"
#include "tests/simulate/report.h"
#include "tests/simulate/runner.h"
#include "tests/simulate/server.h"

#define number_of(number) ((unsigned long long)(number))

enum { WHYS_MOST = 24 };

/* What is expected of one task, in order. */
static struct {
	enum reason_kind kind;
	char message[160]; /* how it begins */
} whys[WHYS_MOST];
static unsigned count;

static __attribute__((format(printf, 2, 3))) void whys_add(enum reason_kind kind, const char *format, ...)
{
	va_list arguments;
	must(count < WHYS_MOST, "too many reasons");
	whys[count].kind = kind;
	va_start(arguments, format);
	/* NOLINTNEXTLINE(clang-analyzer-valist.Uninitialized): it is */
	vsnprintf(whys[count++].message, sizeof(whys[0].message), format, arguments);
	va_end(arguments);
}

/* Hours are the most that a plan of the simulation waits. */
static const char *whys_left(int64_t milliseconds, char text[40])
{
	long long seconds = milliseconds / 1000 + (milliseconds % 1000 > 0);
	long long hours = seconds / 3600, minutes = seconds / 60 % 60, rest = seconds % 60;
	if (hours > 0 && minutes > 0)
		snprintf(text, 40, "%lld h %lld min", hours, minutes);
	else if (hours > 0)
		snprintf(text, 40, "%lld h", hours);
	else if (minutes > 0 && rest > 0)
		snprintf(text, 40, "%lld min %lld s", minutes, rest);
	else
		snprintf(text, 40, minutes > 0 ? "%lld min" : "%lld s", minutes > 0 ? minutes : rest);
	return text;
}

static const char *whys_name(int queue)
{
	return queue == SHARES_HOOKS ? "of hooks" : queue == 0 ? "default" : grouped_label(queue);
}

static void whys_pauses(const struct disk_row *row, int queue)
{
	if (row->plan.marks.held)
		whys_add(REASON_HELD, "held: until krtask resume %s", row->id);
	if (lines_group(queue).settings.paused)
		whys_add(REASON_GROUP_PAUSED, "paused: group %s, until krtask group resume %s",
		         whys_name(queue), whys_name(queue));
	if (disk_ahead.paused)
		whys_add(REASON_SERVER_PAUSED, "paused: the server, until krtask server resume");
}

static void whys_times(uint64_t number, const struct disk_row *row)
{
	const struct plan_marks *marks = &row->plan.marks;
	int64_t now = clock_wall(NULL), begin = row->plan.begin_at;
	char text[40];
	if (begin < 0)
		begin = marks->attempt == 0 ? marks->not_before : 0;
	if (begin > now)
		whys_add(REASON_BEGIN_TIME, "time: it begins in %s", whys_left(begin - now, text));
	if (marks->attempt > 0 && marks->not_before > now)
		whys_add(REASON_RETRY, "retry: attempt %u of %u begins in %s", marks->attempt + 1,
		         row->plan.retries + 1, whys_left(marks->not_before - now, text));
	if (lines_lingers(number))
		whys_add(REASON_SURVIVORS, "survivors: attempt %u has left processes: ", marks->attempt);
}

static void whys_others(const struct disk_row *row)
{
	static const char *const states[TASK_STATE_COUNT] = {
		[TASK_CREATED] = "Created",   [TASK_QUEUED] = "Queued",       [TASK_CLAIMED] = "Queued",
		[TASK_RUNNING] = "Running",   [TASK_PAUSED] = "Paused",       [TASK_OVERTIME] = "Stopping",
		[TASK_STOPPING] = "Stopping", [TASK_COMPLETED] = "Completed", [TASK_FAILED] = "Failed",
		[TASK_STOPPED] = "Stopped",
	};
	for (unsigned i = 0; i < row->plan.after_count; i++) {
		const struct task *task = order_find(&server_core.registry.order, row->after[i].number);
		const struct disk_row *target = &disk_ahead.rows[row->after[i].number];
		bool never = task_state_terminal((enum task_state)target->state);
		/* That a command has begun is not put. */
		enum task_state state = task ? task->status.state : (enum task_state)target->state;
		if (!target->exists)
			whys_add(REASON_DEPENDENCY, "after: that task no longer exists");
		else
			whys_add(REASON_DEPENDENCY, "after: task %s is %s%s (needs: ", target->id,
			         states[state], never ? ", and will not change" : "");
	}
}

static void whys_slots(const struct disk_row *row, int queue)
{
	unsigned slots = lines_group(queue).settings.slots, most = server_core.options.slots;
	unsigned used = shares_find(queue).used, all = shares_find(SHARES_ALL).used;
	if (row->plan.weight == 0)
		return;
	if (slots > 0 && used >= slots)
		whys_add(REASON_SLOTS, "slots: group %s uses %u of %u", whys_name(queue), used, slots);
	else if (most > 0 && all >= most && queue != SHARES_HOOKS)
		whys_add(REASON_SLOTS, "slots: the server uses %u of %u", all, most);
}

static unsigned whys_free(unsigned slots, unsigned used)
{
	return slots == 0 ? UINT32_MAX : used < slots ? slots - used : 0;
}

/* Some slots are free, but too few for this task, or for the first one. */
static void whys_weight(uint64_t number, const struct disk_row *row, int queue, uint64_t head)
{
	unsigned its = whys_free(lines_group(queue).settings.slots, shares_find(queue).used);
	unsigned all = whys_free(server_core.options.slots, shares_find(SHARES_ALL).used);
	unsigned free = its < all ? its : all;
	const struct disk_row *first = &disk_ahead.rows[head];
	if (free == 0)
		return;
	if (head > 0 && head != number && lines_before(head, number) && first->plan.weight > free)
		whys_add(REASON_WEIGHT, "weight: task %s comes first and takes %u slots (free: %u)",
		         first->id, first->plan.weight, free);
	else if (row->plan.weight > free)
		whys_add(REASON_WEIGHT, "weight: it takes %u slots (free: %u)", row->plan.weight, free);
}

/* Another group comes first.  If there are several, one of them is named. */
static void whys_groups(int queue)
{
	int32_t own = lines_group(queue).settings.priority;
	const char *name = NULL;
	bool sure, several = false;
	for (int other = SHARES_LABELS; other < DISK_GROUPS; other++) {
		const struct disk_group group = lines_group(other);
		uint64_t head = lines_head(other, &sure);
		if (other == queue || head == 0 || !group.exists || group.settings.paused ||
		    group.settings.priority <= own || !lines_fits(head))
			continue;
		several = name != NULL;
		name = other == SHARES_LABELS ? grouped_label(disk_ahead.rows[head].group) : whys_name(other);
	}
	if (name)
		whys_add(REASON_PRIORITY, "priority: group %s", several ? "" : name);
}

static void whys_priority(const struct disk_row *row, int queue, uint64_t head)
{
	const struct disk_row *first = &disk_ahead.rows[head];
	if (head > 0 && first->plan.priority > row->plan.priority)
		whys_add(REASON_PRIORITY, "priority: task %s comes first, with %d", first->id,
		         first->plan.priority);
	if (server_core.options.slots > 0 && queue != SHARES_HOOKS)
		whys_groups(queue);
}

static void whys_devices(const struct disk_row *row, int queue)
{
	const struct disk_group group = lines_group(queue);
	unsigned all = *group.devices ? devices_count(group.devices) : 0, free = 0;
	for (unsigned place = 0; place < all; place++)
		free += !shares_uses(queue, place);
	if (free < all && free < row->plan.weight)
		whys_add(REASON_DEVICES, "devices: DEVICE has %u of %u free, and it needs %u", free, all,
		         row->plan.weight);
}

static void whys_system(void)
{
	if (runner_has_no_room())
		whys_add(REASON_SYSTEM, "system: there is no room");
}

static void whys_find(uint64_t number)
{
	const struct disk_row *row = &disk_ahead.rows[number];
	int queue = shares_queue_of(row);
	bool sure;
	count = 0;
	if ((row->state != TASK_QUEUED && row->state != TASK_CLAIMED) || !lines_waits(number))
		return;
	uint64_t head = lines_head(queue, &sure);
	whys_pauses(row, queue);
	whys_times(number, row);
	whys_others(row);
	whys_slots(row, queue);
	whys_weight(number, row, queue, head);
	whys_priority(row, queue, head);
	whys_devices(row, queue);
	whys_system();
}

static void whys_check_place(const struct task *task)
{
	size_t place, all, its_place, its_all;
	bool waits = lines_waits(task->number);
	must(reasons_place(task, &place, &all) == waits, "task %llu has a place, or not",
	     number_of(task->number));
	if (!waits)
		return;
	lines_place(task->number, &its_place, &its_all);
	must(place == its_place && all == its_all, "task %llu has place %zu of %zu: %zu of %zu",
	     number_of(task->number), its_place, its_all, place, all);
}

static void whys_check_task(const struct task *task)
{
	static struct reasons reasons;
	reasons_find(&server_core, task, &reasons);
	whys_find(task->number);
	for (unsigned i = 0; i < count || i < reasons.count; i++) {
		must(i < count, "task %llu waits for nothing more, and says: %s", number_of(task->number),
		     reasons.list[i].message);
		must(i < reasons.count, "task %llu does not say: %s", number_of(task->number),
		     whys[i].message);
		must(whys[i].kind == reasons.list[i].kind &&
		             strncmp(whys[i].message, reasons.list[i].message, strlen(whys[i].message)) == 0,
		     "task %llu waits (%s), and says: %s", number_of(task->number), whys[i].message,
		     reasons.list[i].message);
	}
	whys_check_place(task);
}

void whys_check(void)
{
	const struct order *order = &server_core.registry.order;
	for (const struct task *task = order_at(order, 0); task; task = order_next(order, task))
		whys_check_task(task);
}
