#include "config.h"

#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "engine/core/agenda.h"
#include "engine/core/dependencies.h"
#include "engine/core/groups.h"
#include "engine/core/holdings.h"
#include "engine/core/reasons.h"
#include "engine/core/rota.h"
#include "engine/core/runs.h"
#include "engine/task/devices.h"
#include "engine/task/duration.h"
#include "engine/task/messages.h"

const char *reason_name(enum reason_kind kind)
{
	static const char *const names[REASON_KINDS] = {
		[REASON_HELD] = "Held",
		[REASON_GROUP_PAUSED] = "GroupPaused",
		[REASON_SERVER_PAUSED] = "ServerPaused",
		[REASON_BEGIN_TIME] = "BeginTime",
		[REASON_RETRY] = "Retry",
		[REASON_SURVIVORS] = "Survivors",
		[REASON_DEPENDENCY] = "Dependency",
		[REASON_SLOTS] = "Slots",
		[REASON_WEIGHT] = "Weight",
		[REASON_PRIORITY] = "Priority",
		[REASON_DEVICES] = "Devices",
		[REASON_SYSTEM] = "System",
		[REASON_EXECUTOR] = "Executor",
	};
	return names[kind];
}

static __attribute__((format(printf, 3, 4))) struct reason *
reasons_add(struct reasons *reasons, enum reason_kind kind, const char *format, ...)
{
	struct reason *reason = &reasons->list[reasons->count++];
	va_list arguments;
	reason->kind = kind;
	reason->task_count = 0;
	reason->group = NULL;
	reason->until = 0;
	va_start(arguments, format);
	/* NOLINTNEXTLINE: va_start() was called */
	vsnprintf(reason->message, sizeof(reason->message), format, arguments);
	va_end(arguments);
	return reason;
}

static void reason_name_task(struct reason *reason, const struct task *task)
{
	if (reason->task_count < REASON_TASKS)
		reason->tasks[reason->task_count++] = task;
}

/* Of the queues without a name, that of hooks has slots; in the other one are tasks whose group was never added. */
static const char *reasons_group_name(const struct task_group *group, const struct task *task)
{
	const char *label = task_group(task);
	return group->name ? group->name : label ? label : MSG_WHY_HOOKS;
}

static const struct {
	const char *name;
	int64_t seconds;
} reasons_units[] = { { "d", 86400 }, { "h", 3600 }, { "min", 60 }, { "s", 1 } };

static size_t reasons_unit(int64_t seconds)
{
	size_t i = 0;
	while (i < sizeof(reasons_units) / sizeof(*reasons_units) - 1 && seconds < reasons_units[i].seconds)
		i++;
	return i;
}

/* For how long something has been so.  "2 h": the largest unit is enough, not rounded up; "0.4 s" below a second. */
static const char *reasons_since(int64_t milliseconds, char text[32])
{
	int64_t seconds = milliseconds / 1000;
	size_t i = reasons_unit(seconds);
	if (seconds == 0)
		snprintf(text, 32, "0.%d s", (int)(milliseconds < 0 ? 0 : milliseconds / 100));
	else
		snprintf(text, 32, "%lld %s", (long long)(seconds / reasons_units[i].seconds),
		         reasons_units[i].name);
	return text;
}

/* How long something will be so.  "1 h 59 min": it matters whether two hours are left or one. */
static const char *reasons_left(int64_t milliseconds, char text[32])
{
	int64_t seconds = (milliseconds + 999) / 1000;
	size_t i = reasons_unit(seconds);
	int64_t whole = seconds / reasons_units[i].seconds, rest = seconds % reasons_units[i].seconds;
	if (rest > 0 && rest >= reasons_units[i + 1].seconds)
		snprintf(text, 32, "%lld %s %lld %s", (long long)whole, reasons_units[i].name,
		         (long long)(rest / reasons_units[i + 1].seconds), reasons_units[i + 1].name);
	else
		snprintf(text, 32, "%lld %s", (long long)whole, reasons_units[i].name);
	return text;
}

/* --- what a user has put off */

static void reasons_pauses(const struct core *core, const struct task *task, struct reasons *reasons)
{
	const struct task_group *group = task->standing->group;
	if (task_plan(task)->marks.held)
		(void)reasons_add(reasons, REASON_HELD, MSG_WHY_HELD, task_id(task));
	if (group->settings.paused)
		reasons_add(reasons, REASON_GROUP_PAUSED, MSG_WHY_GROUP_PAUSED, group->name, group->name)
			->group = group->name;
	if (core->paused)
		(void)reasons_add(reasons, REASON_SERVER_PAUSED, MSG_WHY_SERVER_PAUSED);
	else if (core->options.paused)
		(void)reasons_add(reasons, REASON_SERVER_PAUSED, MSG_WHY_SERVER_STOPPING);
}

/* --- times and attempts */

static void reasons_times(const struct core *core, const struct task *task, struct reasons *reasons)
{
	const struct task_plan *plan = task_plan(task);
	int64_t now = core_now(core), begin = plan_begin(plan);
	char span[32];
	if (begin > now)
		reasons_add(reasons, REASON_BEGIN_TIME, MSG_WHY_BEGIN_TIME, reasons_left(begin - now, span))
			->until = begin;
	if (plan->marks.attempt > 0 && plan->marks.not_before > now)
		reasons_add(reasons, REASON_RETRY, MSG_WHY_RETRY, plan->marks.attempt + 1, plan->retries + 1,
		            reasons_left(plan->marks.not_before - now, span))
			->until = plan->marks.not_before;
}

/* The first string names the boot. */
static void reasons_survivors(const struct task *task, struct reasons *reasons)
{
	const struct plan_attempt *attempt = plan_last_attempt(task_plan(task));
	char text[TASK_MESSAGE_MAX] = "";
	size_t length = 0;
	struct plan_left left;
	const char *string = NULL;
	if (!task->standing->lingers)
		return;
	while (attempt && (string = strings_next(&attempt->left, string)) && length < sizeof(text) / 2) {
		if (plan_parse_left(string, &left))
			length += (size_t)snprintf(text + length, sizeof(text) - length, "%s%d (%s)",
			                           length > 0 ? ", " : "", (int)left.pid, left.name);
	}
	(void)reasons_add(reasons, REASON_SURVIVORS, MSG_WHY_SURVIVORS, task_plan(task)->marks.attempt, text);
}

/* --- other tasks */

static void reasons_dependencies(const struct core *core, const struct task *task, struct reasons *reasons)
{
	const struct task_plan *plan = task_plan(task);
	size_t most = plan->after_count < REASONS_DEPENDENCIES ? plan->after_count : REASONS_DEPENDENCIES;
	for (size_t i = 0; i < most; i++) {
		const char *needs = plan_condition_needs(plan->after[i].condition);
		struct task *target;
		bool never = dependencies_verdict(core, &plan->after[i], &target) == DEPENDENCY_NEVER;
		if (!target) {
			(void)reasons_add(reasons, REASON_DEPENDENCY, MSG_WHY_AFTER_GONE);
			continue;
		}
		const char *state = task_state_name(task_state_shown(target->status.state));
		struct reason *reason =
			reasons_add(reasons, REASON_DEPENDENCY, never ? MSG_WHY_AFTER_NEVER : MSG_WHY_AFTER,
		                    task_id(target), state, needs);
		reason_name_task(reason, target);
	}
}

/* --- slots */

/* Adds " (38 since 2 h, 39, 40": who holds them, the first one first.  False: there are more. */
static bool reasons_list_holders(const struct core *core, struct reason *reason, const struct run *holders,
                                 bool its)
{
	size_t length = strlen(reason->message), size = sizeof(reason->message);
	char span[32];
	for (const struct run *run = holders; run; run = its ? run->holder_next : run->server_next) {
		const struct task *task = run->task;
		int64_t began = run_started_at(task, core_now(core));
		bool first = reason->task_count == 0;
		if (reason->task_count == REASON_TASKS)
			return false;
		length += (size_t)snprintf(reason->message + length, size - length, "%s%s",
		                           first ? " (" : ", ", task_id(task));
		if (first && began)
			length += (size_t)snprintf(reason->message + length, size - length, " since %s",
			                           reasons_since(core_now(core) - began, span));
		reason_name_task(reason, task);
	}
	return true;
}

/* group NULL: those of all groups whose tasks run here. */
static void reasons_holders(const struct core *core, struct reason *reason, const struct task_group *group)
{
	bool all = reasons_list_holders(core, reason, group ? group->holders : core->holders, group != NULL);
	size_t length = strlen(reason->message);
	if (reason->task_count > 0)
		snprintf(reason->message + length, sizeof(reason->message) - length, all ? ")" : ", ...)");
}

static void reasons_slots(const struct core *core, const struct task *task, struct reasons *reasons)
{
	const struct task_group *group = task->standing->group;
	unsigned slots = group->settings.slots, most = core->options.slots;
	if (task_plan(task)->weight == 0)
		return;
	if (slots > 0 && group->used >= slots) {
		struct reason *reason = reasons_add(reasons, REASON_SLOTS, MSG_WHY_GROUP_SLOTS,
		                                    reasons_group_name(group, task), group->used, slots);
		reason->group = group->name;
		reasons_holders(core, reason, group);
	} else if (most > 0 && core->used >= most && group != &core->hook_queue) {
		struct reason *reason =
			reasons_add(reasons, REASON_SLOTS, MSG_WHY_SERVER_SLOTS, core->used, most);
		reasons_holders(core, reason, NULL);
	}
}

static const struct task *reasons_head(const struct task_group *group)
{
	const struct rank *rank = ranking_first(&group->ranking, RANKING_READY);
	return rank ? ((const struct standing *)rank)->task : NULL;
}

/* Some slots are free, but not enough for this task, or for the one that is first and passed by none. */
static void reasons_weight(const struct core *core, const struct task *task, struct reasons *reasons)
{
	const struct task_group *group = task->standing->group;
	unsigned slots = group->settings.slots, most = core->options.slots;
	unsigned room = slots == 0 ? UINT_MAX : group->used < slots ? slots - group->used : 0;
	unsigned server = most == 0 ? UINT_MAX : core->used < most ? most - core->used : 0;
	const struct task *head = reasons_head(group);
	uint32_t weight = task_plan(task)->weight;
	room = server < room ? server : room;
	if (room == 0)
		return;
	if (head && head != task && head->standing->rank.ranked &&
	    ranking_compare(&head->standing->rank, &task->standing->rank) < 0 &&
	    task_plan(head)->weight > room)
		reason_name_task(reasons_add(reasons, REASON_WEIGHT, MSG_WHY_HEAD_WEIGHT, task_id(head),
		                             task_plan(head)->weight, room),
		                 head);
	else if (weight > room)
		(void)reasons_add(reasons, REASON_WEIGHT, MSG_WHY_WEIGHT, weight, room);
}

static void reasons_priority(const struct core *core, const struct task *task, struct reasons *reasons)
{
	const struct task_group *own = task->standing->group, *group = rota_turn(core);
	const struct task *head = reasons_head(own);
	int32_t priority = head ? task_plan(head)->priority : INT32_MIN;
	if (priority > task_plan(task)->priority) {
		struct reason *reason =
			reasons_add(reasons, REASON_PRIORITY, MSG_WHY_PRIORITY, task_id(head), priority);
		reason->group = own->name;
		reason_name_task(reason, head);
	}
	if (!group || group->settings.priority <= own->settings.priority || core->options.slots == 0 ||
	    own == &core->hook_queue)
		return;
	head = reasons_head(group);
	struct reason *reason = reasons_add(reasons, REASON_PRIORITY, MSG_WHY_GROUP_PRIORITY,
	                                    reasons_group_name(group, head), group->settings.priority);
	reason->group = group->name;
	reason_name_task(reason, head);
}

static void reasons_devices(const struct task *task, struct reasons *reasons)
{
	const struct task_group *group = task->standing->group;
	const char *list = group->settings.devices;
	unsigned all = devices_count(list), used = 0;
	if (all == 0 || holdings_suffice(group, task))
		return;
	for (unsigned i = 0; i < all; i++)
		used += group->devices[i].holders > 0;
	struct reason *reason =
		reasons_add(reasons, REASON_DEVICES, MSG_WHY_DEVICES, (int)devices_variable(list), list,
	                    all - used, all, task_plan(task)->weight);
	reason->group = group->name;
	for (unsigned i = 0; i < all; i++) {
		if (group->devices[i].task)
			reason_name_task(reason, group->devices[i].task);
	}
}

static void reasons_system(const struct core *core, const struct task *task, struct reasons *reasons)
{
	struct executor *executor = core_executor(core, task->standing->group);
	const struct executor_verbs *verbs = executor->verbs;
	if (core->troubled || (core->starved && !task->run))
		(void)reasons_add(reasons, REASON_SYSTEM, MSG_WHY_STORE);
	else if (core->backing_off || verbs->room(executor) == 0)
		(void)reasons_add(reasons, REASON_SYSTEM, MSG_WHY_SYSTEM,
		                  core->lacking ? core->lacking : verbs->shortage(executor));
}

/* It may have its slot here, and wait elsewhere. */
static void reasons_executor(const struct task *task, struct reasons *reasons)
{
	const struct run *run = task->run;
	const char *reason =
		run && run->executor->verbs->reason ? run->executor->verbs->reason(run->executor, run) : NULL;
	if (reason)
		(void)reasons_add(reasons, REASON_EXECUTOR, "%s", reason);
}

void reasons_find(const struct core *core, const struct task *task, struct reasons *reasons)
{
	enum task_state state = task_state_shown(task->status.state);
	reasons->count = 0;
	if ((state != TASK_QUEUED && state != TASK_STOPPING && state != TASK_PAUSED) || !task->standing)
		return;
	/* One that is to stop, or is paused, may wait elsewhere, too. */
	if (state != TASK_QUEUED || !task->standing->rank.ranked) {
		reasons_executor(task, reasons);
		return;
	}
	reasons_pauses(core, task, reasons);
	reasons_times(core, task, reasons);
	reasons_survivors(task, reasons);
	reasons_dependencies(core, task, reasons);
	reasons_slots(core, task, reasons);
	reasons_weight(core, task, reasons);
	reasons_priority(core, task, reasons);
	reasons_devices(task, reasons);
	reasons_system(core, task, reasons);
	reasons_executor(task, reasons);
}

bool reasons_place(const struct task *task, size_t *place, size_t *count)
{
	const struct standing *standing = task->standing;
	if (!standing || !standing->rank.ranked)
		return false;
	*place = ranking_place(&standing->rank) + 1;
	*count = ranking_count(&standing->group->ranking);
	return true;
}
