/* The order of activity says what sorting all tasks says, after any changes. */
#include "config.h"

#include <check.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine/core/activity.h"
#include "engine/core/editing.h"
#include "engine/core/pausing.h"
#include "engine/core/removal.h"
#include "engine/core/requests.h"
#include "engine/core/seen.h"
#include "engine/core/settle.h"
#include "tests/unit/bare_core.h"
#include "tests/unit/scarce.h"
#include "tests/unit/unit.h"

enum { ROUNDS = 5000, MOST = 500, PARTS = 1 << (ACTIVITY_CREATED + 1) };

static unsigned state;
static struct task *sorted[MOST * 4];
static size_t sorted_count, most[ACTIVITY_CREATED + 1]; /* of tasks that were on each shelf */

static void setup_activity(void)
{
	state = 5;
	setup();
	ck_assert_int_eq(requests_set_slots(&core, 40), 0);
}

static unsigned random_below(unsigned limit)
{
	state ^= state << 13;
	state ^= state >> 17;
	state ^= state << 5;
	return state % limit;
}

static struct task *random_task(void)
{
	const struct order *order = &core.registry.order;
	return order_at(order, order->count ? random_below((unsigned)order->count) : 0);
}

static int compare_tasks(const void *a, const void *b)
{
	const struct task *x = *(struct task *const *)a, *y = *(struct task *const *)b;
	uint64_t seen = seen_cursor(&core, geteuid());
	int64_t first = activity_key(x, now, seen), other = activity_key(y, now, seen);
	if (first != other)
		return first < other ? -1 : 1;
	int order = activity_compare(x, y);
	return order ? order : x->number < y->number ? -1 : x->number > y->number;
}

static void sort_all(unsigned parts)
{
	const struct registry *registry = &core.registry;
	uint64_t seen = seen_cursor(&core, geteuid());
	sorted_count = 0;
	for (size_t i = 0; i < registry->order.count; i++) {
		struct task *task = order_at(&registry->order, i);
		if (!task_is_hidden(task) && parts >> activity_of(task, seen) & 1)
			sorted[sorted_count++] = task;
	}
	qsort(sorted, sorted_count, sizeof(*sorted), compare_tasks);
}

static void arrange(void)
{
	int done = 0;
	while (done == 0) {
		size_t units = 1 + random_below(50);
		done = activity_go_on(&core, &units);
	}
	ck_assert_int_eq(done, 1);
}

/* The whole order, and a part of it from somewhere on. */
static void compare_parts(unsigned parts)
{
	const struct registry *registry = &core.registry;
	sort_all(parts);
	ck_assert_uint_eq(activity_count(registry, parts), sorted_count);
	size_t from = random_below((unsigned)sorted_count + 2);
	struct activity_walk walk = activity_begin(registry, parts, from);
	for (size_t i = from; i < sorted_count; i++) {
		if (activity_next(&walk) != sorted[i])
			ck_abort_msg("parts %x: place %zu of %zu", parts, i, sorted_count);
	}
	ck_assert_ptr_null(activity_next(&walk));
	for (size_t i = 0; i < sorted_count; i++) {
		if (activity_place(registry, parts, sorted[i]) != (int64_t)i)
			ck_abort_msg("parts %x: task at place %zu of %zu", parts, i, sorted_count);
	}
}

static void compare_all(void)
{
	arrange();
	for (int shelf = ACTIVITY_RUNS; shelf <= ACTIVITY_CREATED; shelf++) {
		size_t count = shelves_count(&core.registry.shelves, shelf);
		most[shelf] = count > most[shelf] ? count : most[shelf];
	}
	compare_parts(ACTIVITY_ALL);
	compare_parts(random_below(PARTS));
}

static void change_priority(struct task *task)
{
	struct task_plan plan = plan_default;
	plan.priority = (int32_t)random_below(3);
	const struct editing edit = { .task = task, .fields = EDITING_PLAN, .spec = { .plan = &plan } };
	char *error = NULL;
	(void)editing_apply(&core, &edit, 1, &error);
	free(error);
}

/* Lets the commands begin that are to, and one end. */
static void run_some(void)
{
	unsigned which = random_below(started_count + 1);
	for (unsigned i = 0; i < started_count; i++) {
		if (started[i] && started[i]->phase == RUN_STARTING)
			began(started[i]);
		else if (i == which && started[i] && started[i]->phase == RUN_RUNNING)
			ended(started[i], (int)random_below(2), 0);
	}
}

static void change_clock(void)
{
	int64_t step = (int64_t)random_below(20000) - 10000;
	ticks += 10;
	set_clock(now + (random_below(4) ? 10 : step));
}

/* That may fail to be stored. */
static void see(void)
{
	(void)seen_set(&core, geteuid(), core.start_order - random_below(30));
	arrange();
	if (random_below(3) == 0)
		fail_commit();
	settle_core(&core);
}

static void change_task(struct task *task)
{
	switch (random_below(12)) {
	case 0:
		(void)requests_start(&core, task);
		break;
	case 1:
		(void)requests_stop(&core, task, &term);
		break;
	case 2:
		(void)pausing_pause(&core, task);
		break;
	case 3:
		(void)pausing_resume(&core, task);
		break;
	case 4:
		change_priority(task);
		break;
	case 5:
		(void)removal_remove(&core, task);
		break;
	default:
		(void)requests_progress(&core, task, (int)random_below(100), "text");
		break;
	}
}

static void change(void)
{
	struct task *task = random_task();
	switch (random_below(8)) {
	case 0:
	case 1:
		if (core.registry.order.count < MOST && random_below(3) && started_count < RUNS_MAX - 10)
			(void)make_planned(NULL, NULL, (int32_t)random_below(3), 1);
		else if (core.registry.order.count < MOST)
			(void)make(NULL, false);
		break;
	case 2:
		commit();
		break;
	case 3:
		if (random_below(8) == 0)
			fail_commit();
		else if (random_below(8) == 0)
			see();
		break;
	case 4:
		change_clock();
		break;
	case 5:
		run_some();
		break;
	default:
		if (task)
			change_task(task);
		break;
	}
	settle_core(&core);
}

START_TEST(its_order_is_that_of_a_sort)
{
	for (int round = 0; round < ROUNDS; round++) {
		change();
		if (round % 11 == 0)
			compare_all();
	}
	compare_all();
	for (int shelf = ACTIVITY_RUNS; shelf <= ACTIVITY_CREATED; shelf++)
		ck_assert_msg(most[shelf] > 5, "at most %zu on shelf %d", most[shelf], shelf);
}
END_TEST

/* What cannot be put into its place for want of memory is there when there is memory again. */
START_TEST(memory_that_ran_out_is_made_good)
{
	for (int i = 0; i < 300; i++)
		(void)make(NULL, i % 2);
	scarce_after(0);
	size_t units = 1000;
	int result = activity_go_on(&core, &units);
	scarce_end();
	ck_assert_int_eq(result, -ENOMEM);
	compare_all();
	ck_assert_uint_eq(activity_count(&core.registry, ACTIVITY_ALL), 300);
}
END_TEST

/* Nobody reads the order, so a task that changes is only put aside; but of these there are not too many. */
START_TEST(what_nobody_reads_is_put_into_its_place_all_the_same)
{
	const struct shelves *shelves = &core.registry.shelves;
	for (int i = 0; i < 10000; i++) {
		(void)make(NULL, false);
		settle_core(&core);
		ck_assert_uint_le(shelves_count(shelves, SHELF_LOOSE), 4097);
	}
	ck_assert_uint_gt(shelves_count(shelves, ACTIVITY_CREATED), 5000);
}
END_TEST

/* What an earlier server left is put into its place in slices, one at each alarm. */
START_TEST(many_loose_tasks_are_a_chore)
{
	settle_hold(&core);
	for (int i = 0; i < 10000; i++)
		(void)make(NULL, false);
	settle_go_on(&core);
	unsigned alarms = 0;
	for (; alarm_at == 0; alarms++)
		ring();
	ck_assert_uint_ge(alarms, 4);
	ck_assert_uint_le(shelves_count(&core.registry.shelves, SHELF_LOOSE), 4096);
	commit();
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		its_order_is_that_of_a_sort,
		memory_that_ran_out_is_made_good,
		what_nobody_reads_is_put_into_its_place_all_the_same,
		many_loose_tasks_are_a_chore,
	};

	return unit_run("activity", setup_activity, teardown, tests);
}
