#include "tests/simulate/plans.h"

#include <stdio.h>
#include <string.h>

#include "engine/task/messages.h"
#include "tests/simulate/adoptions.h"
#include "tests/simulate/chance.h"
#include "tests/simulate/clock.h"
#include "tests/simulate/copies.h"
#include "tests/simulate/machine.h"
#include "tests/simulate/overdue.h"
#include "tests/simulate/report.h"
#include "tests/simulate/server.h"
#include "tests/simulate/sweeps.h"
#include "tests/simulate/users.h"

#define number_of(number) ((unsigned long long)(number))

/* What users ask for. */

/* They are sorted, and each is there once. */
static void plans_choose_after(struct wish_form *form)
{
	const struct order *order = &server_core.registry.order;
	unsigned at = 0;
	for (unsigned i = 0; i < WISH_AFTER && order->count > 0; i++) {
		at += chance_draw(4);
		const struct task *task = order_at(order, at++ % order->count);
		if (form->plan.after_count > 0 &&
		    form->after[form->plan.after_count - 1].number >= task->number)
			continue;
		form->after[form->plan.after_count++] = (struct plan_after){
			.number = task->number,
			.condition = (enum plan_condition)chance_draw(PLAN_CONDITION_COUNT),
		};
	}
	form->plan.unmet_hold = chance_draw(3) == 0;
}

static void plans_choose_retries(struct wish_form *form)
{
	static char rule[] = DISK_RULE;
	form->plan.retries = chance_draw(4) ? chance_draw(DISK_RETRIES + 1) : 0;
	form->plan.retry_delay = chance_draw(2000);
	form->plan.retry_max = 5000;
	form->plan.retry_lost = chance_draw(2);
	form->plan.retry_rule = chance_draw(3) == 0 ? rule : NULL;
}

void plans_choose(struct wish_form *form)
{
	form->plan = plan_default;
	form->is_planned = chance_draw(2);
	if (!form->is_planned)
		return;
	form->plan.priority = (int32_t)chance_draw(3) - 1;
	form->plan.weight = chance_draw(4) ? 1 : chance_draw(4);
	if (chance_draw(2))
		plans_choose_after(form);
	if (chance_draw(2))
		form->plan.begin_at = clock_wall(NULL) + chance_draw(4000) - 1000;
	else if (chance_draw(4) == 0)
		form->plan.begin_at = -1 - (int64_t)chance_draw(3000);
	if (chance_draw(20) == 0)
		form->plan.begin_at = clock_wall(NULL) + chance_draw(3 * 3600 * 1000);
	if (chance_draw(6) == 0)
		form->plan.expire_at = clock_wall(NULL) + 500 + chance_draw(5000);
	if (chance_draw(3) == 0)
		form->plan.time_limit = 100 + chance_draw(3000);
	form->plan.schedule.has_niceness = chance_draw(4) == 0;
	form->plan.schedule.niceness = form->plan.schedule.has_niceness ? (short)(2 + chance_draw(3)) : 0;
	form->plan.kill_after = chance_draw(2) ? -1 : (int64_t)chance_draw(2000);
	plans_choose_retries(form);
}

bool plans_fill(const struct wish *wish, struct task_spec *spec)
{
	const struct wish_form *form = &wish->forms[0];
	struct task_plan plan = form->plan;
	for (size_t i = 0; i < plan.after_count; i++) {
		if (!order_find(&server_core.registry.order, form->after[i].number))
			return false;
	}
	plan.after = (struct plan_after *)form->after;
	plan.unique = wish_key(wish);
	if (!form->is_planned && !wish->key)
		return true;
	spec->plan = plan_copy(&plan);
	return spec->plan;
}

bool plans_wait_for(uint64_t number)
{
	const struct order *order = &server_core.registry.order;
	for (const struct task *task = order_at(order, 0); task; task = order_next(order, task)) {
		const struct task_plan *plan = task_plan(task);
		for (size_t i = 0; i < plan->after_count && !task_state_terminal(task->status.state); i++) {
			if (plan->after[i].number == number)
				return true;
		}
	}
	return false;
}

bool plans_wait_in_vain(const struct task *task)
{
	const struct task_plan *plan = task_plan(task);
	for (size_t i = 0; i < plan->after_count; i++) {
		const struct task *target = order_find(&server_core.registry.order, plan->after[i].number);
		if (!target || target->status.state == TASK_CREATED ||
		    task_state_terminal(target->status.state))
			return true;
	}
	return false;
}

/* The oracle. */

static bool plans_is_met(const struct disk_row *target, enum plan_condition condition)
{
	switch (condition) {
	case PLAN_AFTER_OK:
		return target->state == TASK_COMPLETED;
	case PLAN_AFTER_FAIL:
		return target->state == TASK_FAILED;
	default:
		return task_state_terminal((enum task_state)target->state);
	}
}

/* If it is not known whether the command has begun, it counts as one that has not. */
bool plans_would_meet(const struct plan_after *after)
{
	const struct disk_row *target = &disk_ahead.rows[after->number];
	return target->exists && plans_is_met(target, after->condition) &&
	       (target->state == TASK_COMPLETED || target->exit_code >= 0 || target->term_signal > 0);
}

bool plans_can_never_meet(const struct plan_after *after)
{
	const struct disk_row *target = &disk_ahead.rows[after->number];
	return target->exists && task_state_terminal((enum task_state)target->state) &&
	       !plans_is_met(target, after->condition);
}

static const struct plan_after *plans_after(uint64_t number, uint64_t target)
{
	const struct disk_row *row = &disk_durable.rows[number];
	for (unsigned i = 0; i < row->plan.after_count; i++) {
		if (row->after[i].number == target)
			return &row->after[i];
	}
	return NULL;
}

void plans_check_met(uint64_t number, uint64_t target)
{
	const struct disk_row *row = &disk_durable.rows[target];
	const struct plan_after *after = plans_after(number, target);
	must(after && row->exists && plans_is_met(row, after->condition) && machine_fates[target].begun > 0,
	     "task %llu is stored in state %d, and task %llu waits for it no more", number_of(target),
	     row->state, number_of(number));
}

/* Of a command whose end nobody saw it may be unknown whether it has begun. */
void plans_check_unmet(uint64_t number, uint64_t target)
{
	const struct plan_after *after = plans_after(number, target);
	const struct disk_row *row = &disk_durable.rows[after->number];
	bool unknown = row->exit_code == -1 && row->term_signal == 0;
	bool never =
		task_state_terminal((enum task_state)row->state) &&
		(!plans_is_met(row, after->condition) || machine_fates[after->number].begun == 0 || unknown);
	must(row->exists && never, "task %llu is stored in state %d, and task %llu is not run",
	     number_of(after->number), row->state, number_of(number));
	must(disk_durable.rows[number].state == TASK_STOPPED && !disk_durable.rows[number].plan.unmet_hold,
	     "task %llu is not run, and is stored in state %d", number_of(number),
	     disk_durable.rows[number].state);
}

bool plans_not_run(const struct disk_row *row)
{
	if (row->state != TASK_STOPPED)
		return false;
	for (unsigned i = 0; i < row->plan.after_count; i++) {
		if (row->after[i].unmet)
			return true;
	}
	return strcmp(row->message, MSG_TOO_LATE) == 0 && row->plan.expire_at &&
	       row->plan.expire_at <= row->ended_at;
}

/*
 * The core has looked at all times before, unless somebody has just set the clock back, or something waits to
 * be tried again.
 */
void plans_check_go(uint64_t number)
{
	const struct task_plan *plan = &disk_durable.rows[number].plan;
	/* What was paused and resumed while it was being started cannot be taken back. */
	bool looked = disk_durable.rows[number].state == TASK_CLAIMED && !clock_was_set;
	int64_t now = looked ? clock_wall(NULL) : clock_latest;
	must(plan->after_count == 0, "task %llu goes, and waits for others", number_of(number));
	must(plan->begin_at >= 0 || plan->marks.not_before > 0, "task %llu counts no delay",
	     number_of(number));
	must(plan->begin_at <= now && plan->marks.not_before <= now, "task %llu goes too early",
	     number_of(number));
	must(!looked || !plan->expire_at || plan->marks.attempt > 0 || plan->expire_at > clock_wall(NULL),
	     "task %llu goes too late", number_of(number));
}

void plans_check_removal(uint64_t target)
{
	for (uint64_t number = 1; number <= DISK_TASKS; number++) {
		const struct disk_row *row = &disk_durable.rows[number];
		must(!row->exists || task_state_terminal((enum task_state)row->state) ||
		             !plans_after(number, target),
		     "task %llu is removed, and task %llu waits for it", number_of(target),
		     number_of(number));
	}
}

static bool plans_same(const struct task_plan *a, const struct task_plan *b)
{
	return a->priority == b->priority && a->weight == b->weight && a->begin_at == b->begin_at &&
	       a->expire_at == b->expire_at && a->unmet_hold == b->unmet_hold &&
	       a->time_limit == b->time_limit && a->kill_after == b->kill_after && a->retries == b->retries &&
	       a->retry_delay == b->retry_delay && a->retry_max == b->retry_max &&
	       a->retry_lost == b->retry_lost && a->schedule.has_niceness == b->schedule.has_niceness &&
	       a->schedule.niceness == b->schedule.niceness;
}

/* It, or one whose place it has, takes over what could not be made. */
static bool plans_stands_in(uint64_t number)
{
	while (number && !adoptions_stand_in(number))
		number = copies_former(number);
	return number > 0;
}

/* The same, or for a task that has taken the place of that one. */
static bool plans_stands_for(const struct plan_after *after, const struct plan_after *asked)
{
	return (after->condition == asked->condition && copies_stand_for(after->number, asked->number)) ||
	       plans_stands_in(after->number);
}

/* By this task, or by one that has taken its place, or stands in for it. */
static bool plans_was_met(const struct plan_after *after)
{
	for (uint64_t number = after->number; number <= DISK_TASKS; number++) {
		const struct disk_row *row = &disk_durable.rows[number];
		bool gone = !row->exists && number != after->number;
		bool over = gone || task_state_terminal((enum task_state)row->state);
		if (copies_stand_for(number, after->number) && (gone || plans_is_met(row, after->condition)))
			return true;
		if (adoptions_stand_in(number) && over)
			return true;
	}
	return false;
}

/* It waits for what was asked for, and for no other, apart from what is met. */
static void plans_check_after(const struct wish_form *form, const struct disk_row *row)
{
	for (size_t i = 0; i < form->plan.after_count; i++) {
		const struct plan_after *asked = &form->after[i];
		const struct disk_row *target = &disk_durable.rows[asked->number];
		bool waits = false;
		for (size_t j = 0; j < row->plan.after_count; j++)
			waits |= plans_stands_for(&row->after[j], asked);
		must(waits || !target->exists || plans_was_met(asked),
		     "task %s waits for task %llu in another way", row->id, number_of(asked->number));
	}
	for (size_t j = 0; j < row->plan.after_count; j++) {
		bool named = false;
		for (size_t i = 0; i < form->plan.after_count; i++)
			named |= plans_stands_for(&row->after[j], &form->after[i]);
		must(named, "task %s waits for what nobody named", row->id);
	}
}

void plans_check_wish(const struct wish *wish, const struct wish_form *form, const struct disk_row *row)
{
	const char *key = wish_key(wish);
	must(plans_same(&row->plan, &form->plan) && row->has_rule == (form->plan.retry_rule != NULL) &&
	             strcmp(row->key, key ? key : "") == 0,
	     "task %s has another plan", row->id);
	plans_check_after(form, row);
}

void plans_check_task(const struct task *task, const struct disk_row *row)
{
	const struct task_plan *plan = task_plan(task);
	const struct plan_marks *marks = &plan->marks, *put = &row->plan.marks;
	must(plans_same(plan, &row->plan) && !plan->retry_rule == !row->has_rule &&
	             strcmp(plan->unique ? plan->unique : "", row->key) == 0,
	     "task %s has another plan than is put", task_id(task));
	must(plan->after_count == row->plan.after_count, "task %s waits for %zu, and for %zu is put",
	     task_id(task), plan->after_count, row->plan.after_count);
	for (size_t i = 0; i < plan->after_count; i++) {
		const struct plan_after *after = &plan->after[i], *its = NULL;
		for (size_t j = 0; j < plan->after_count; j++)
			its = row->after[j].number == after->number ? &row->after[j] : its;
		must(its && its->condition == after->condition && its->unmet == after->unmet,
		     "task %s waits for task %llu in another way than is put", task_id(task),
		     number_of(after->number));
	}
	must(plan->attempt_count == put->attempt, "task %s has %zu attempts, and %u are put", task_id(task),
	     plan->attempt_count, put->attempt);
	must(marks->held == put->held && marks->attempt == put->attempt &&
	             marks->not_before == put->not_before && marks->ran == put->ran &&
	             marks->resumed_at == put->resumed_at,
	     "task %s has other marks than are put", task_id(task));
	overdue_check(task);
}

/* Attempts. */

/* True if another attempt is to follow this end, as far as there are attempts left. */
static bool plans_want_again(const struct disk_row *row, bool known, int exit_code, int term_signal)
{
	if (!known)
		return row->plan.retry_lost;
	return row->has_rule ? exit_code == 1 && term_signal == 0 : true;
}

/* Nobody knows whether the command of a lost attempt began: it counts as one that did. */
void plans_check_attempt(uint64_t number, const struct plan_attempt *attempt)
{
	const struct disk_row *row = &disk_durable.rows[number];
	struct machine_fate *fate = &machine_fates[number];
	bool known = attempt->exit_code >= 0 || attempt->term_signal > 0;
	must(row->state == TASK_QUEUED && row->plan.marks.attempt == attempt->ordinal &&
	             attempt->ordinal <= row->plan.retries,
	     "attempt %u of task %llu has ended, and it is stored in state %d", attempt->ordinal,
	     number_of(number), row->state);
	if (!known && fate->begun == attempt->ordinal - 1)
		*fate = (struct machine_fate){
			.begun = attempt->ordinal, .over = true, .unseen = true, .sealed = true
		};
	must(fate->begun == attempt->ordinal && fate->over && fate->sealed,
	     "attempt %u of task %llu has not ended", attempt->ordinal, number_of(number));
	must(known ? attempt->exit_code == fate->exit_code && attempt->term_signal == fate->term_signal
	           : fate->unseen,
	     "attempt %u of task %llu is stored with %d, %d", attempt->ordinal, number_of(number),
	     attempt->exit_code, attempt->term_signal);
	must(plans_want_again(row, known, attempt->exit_code, attempt->term_signal),
	     "attempt %u of task %llu is followed by another", attempt->ordinal, number_of(number));
	must(fate->left == 0 || attempt->left.length > 0,
	     "attempt %u of task %llu leaves %u, which are not stored", attempt->ordinal, number_of(number),
	     fate->left);
}

void plans_tell_attempt(const struct disk_row *row, uint32_t attempt, char *text, size_t size)
{
	static const char late[] = MSG_TIME_LIMIT_REACHED;
	const char *words = row->words[attempt - 1];
	bool fine =
		row->attempts[attempt - 1].exit_code == 0 && strncmp(words, late, strcspn(late, "%")) != 0;
	char status[64] = "";
	if (fine)
		snprintf(status, sizeof(status), MSG_ENDED_WITH_STATUS "%s", 0, *words ? "; " : "");
	int used = snprintf(text, size, MSG_ATTEMPT_ENDED, attempt, status);
	snprintf(text + used, size - (size_t)used, "%s", words);
}

bool plans_gave_up(const struct disk_row *before, const struct disk_row *row)
{
	return before->state == TASK_QUEUED && (row->state == TASK_COMPLETED || row->state == TASK_FAILED) &&
	       row->plan.marks.attempt > row->plan.retries;
}

void plans_check_failure(uint64_t number, const struct disk_row *row)
{
	bool known = row->exit_code >= 0 || row->term_signal > 0;
	must(row->plan.marks.attempt >= row->plan.retries ||
	             !plans_want_again(row, known, row->exit_code, row->term_signal),
	     "task %llu has failed, and is not tried again", number_of(number));
}

void plans_check_overtime(uint64_t number)
{
	const struct disk_row *row = &disk_durable.rows[number];
	const struct machine_fate *fate = &machine_fates[number];
	must(row->plan.time_limit > 0, "task %llu has no time limit", number_of(number));
	/* What was paused counts as having run, for a millisecond at least. */
	must(fate->server != server_generation || fate->ran + 1 >= row->plan.time_limit,
	     "task %llu has run for %lld of %lld ms (before its pause %lld)", number_of(number),
	     (long long)fate->ran, (long long)row->plan.time_limit, (long long)row->plan.marks.ran);
}

void plans_check_waiting(uint64_t number)
{
	const struct disk_row *row = &disk_durable.rows[number];
	must(!row->exists || (row->state != TASK_QUEUED && row->state != TASK_CREATED) ||
	             machine_fates[number].begun == row->plan.marks.attempt,
	     "task %llu waits after %u attempts, and %u have begun", number_of(number),
	     row->plan.marks.attempt, machine_fates[number].begun);
}

/* The delay doubles up to its limit, and differs by a tenth at most. */
static void plans_check_delay(uint64_t number, const struct disk_row *row)
{
	const struct plan_marks *marks = &row->plan.marks;
	int64_t delay = row->plan.retry_delay;
	if (marks->attempt == 0 || row->state != TASK_QUEUED)
		return;
	for (uint32_t nth = 1; nth < marks->attempt; nth++)
		delay *= 2;
	if (delay > row->plan.retry_max)
		delay = row->plan.retry_max;
	int64_t waits = marks->not_before - row->attempts[marks->attempt - 1].ended_at;
	must(waits >= delay * 9 / 10 - 1 && waits <= delay * 11 / 10 + 1,
	     "attempt %u of task %llu begins after %lld ms, not %lld", marks->attempt + 1, number_of(number),
	     (long long)waits, (long long)delay);
}

/* One that begins so long after its Start. */
static void plans_check_not_before(uint64_t number, const struct disk_row *before, const struct disk_row *row)
{
	const struct task_plan *plan = &row->plan;
	bool starts = row->state == TASK_QUEUED && (!before->exists || before->state == TASK_CREATED);
	bool counts = row->state == TASK_QUEUED && plan->marks.attempt == 0 &&
	              before->plan.marks.not_before == 0 && before->plan.marks.attempt == 0;
	if ((!starts && !counts) || row->target)
		return;
	must(plan->begin_at >= 0 || plan->marks.not_before == clock_wall(NULL) - plan->begin_at,
	     "task %llu begins %lld ms after its start: %lld", number_of(number), (long long)-plan->begin_at,
	     (long long)(plan->marks.not_before - clock_wall(NULL)));
}

/* What counts for its time limit.  What was paused has run for a millisecond at least. */
static void plans_check_ran(uint64_t number, const struct disk_row *row)
{
	const struct machine_fate *fate = &machine_fates[number];
	const struct plan_marks *marks = &row->plan.marks;
	bool begun = fate->begun > marks->attempt;
	must(marks->ran <= 1 || begun, "task %llu has run %lld ms, and has not begun", number_of(number),
	     (long long)marks->ran);
	must(row->state != TASK_QUEUED || (marks->ran == 0 && marks->resumed_at == 0),
	     "task %llu waits, and has run %lld ms", number_of(number), (long long)marks->ran);
	/* Once its process has ended, while it was stopped perhaps, no limit depends on it. */
	must(!begun || fate->over || fate->server != server_generation || marks->ran <= fate->ran + 1,
	     "task %llu has run %lld ms, not %lld", number_of(number), (long long)fate->ran,
	     (long long)marks->ran);
}

void plans_check_put(uint64_t number, const struct disk_row *before, const struct disk_row *row)
{
	plans_check_ran(number, row);
	bool held = row->plan.marks.held && !before->plan.marks.held && before->exists;
	must(!held || before->state != TASK_QUEUED || row->state != TASK_QUEUED ||
	             (users_are_acting && !sweeps_are_asked),
	     "task %llu is held by nobody", number_of(number));
	must(before->state != TASK_PAUSED || row->state != TASK_QUEUED || row->plan.marks.held ||
	             row->plan.marks.attempt > before->plan.marks.attempt,
	     "task %llu was paused, and waits", number_of(number));
	plans_check_delay(number, row);
	plans_check_not_before(number, before, row);
	must(row->state != TASK_CLAIMED || before->state == TASK_CLAIMED ||
	             (row->plan.after_count == 0 && !row->plan.marks.held &&
	              row->plan.begin_at <= clock_latest && row->plan.marks.not_before <= clock_latest),
	     "task %llu is claimed, and waits", number_of(number));
}
