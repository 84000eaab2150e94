/* How a task asks to be scheduled. */
#include "engine/task/schedule.h"

#include <errno.h>
#include <string.h>

#include "engine/task/plan.h"
#include "tests/unit/unit.h"

START_TEST(classes_of_io_go_both_ways)
{
	static const char *const texts[] = { "idle", "be:0", "be:7" };
	char text[SCHEDULE_IO_SIZE];

	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		int io_priority = schedule_parse_io(texts[i]);
		ck_assert_int_gt(io_priority, 0);
		schedule_format_io(io_priority, text);
		ck_assert_str_eq(text, texts[i]);
	}
	/* <linux/ioprio.h>: the best effort class is 2, idle is 3. */
	ck_assert_int_eq(schedule_parse_io("be:4"), 2 << 13 | 4);
	ck_assert_int_eq(schedule_parse_io("idle"), 3 << 13);
	schedule_format_io(1 << 13, text);
	ck_assert_str_eq(text, "");
	schedule_format_io(0, text);
	ck_assert_str_eq(text, "");
}
END_TEST

START_TEST(every_other_class_is_refused)
{
	static const char *const texts[] = { "",     "idle ", "Idle",  "be",   "be:",
		                             "be:8", "be:-1", "be:10", "rt:0", "2" };

	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		ck_assert_int_eq(schedule_parse_io(texts[i]), -1);
}
END_TEST

static struct environment of_caller(void)
{
	struct environment environment = { .has_schedule = true, .niceness = 3, .io_priority = 2 << 13 };

	cpus_add(&environment.cpus, 0);
	return environment;
}

START_TEST(what_was_not_asked_for_stays_as_the_caller_has_it)
{
	struct environment environment = of_caller();
	const struct environment before = environment;
	struct task_schedule schedule = { .cpus = NULL };

	ck_assert(!schedule_asks(&schedule));
	schedule_apply(&schedule, &environment);
	ck_assert_mem_eq(&environment, &before, sizeof(before));
	schedule.has_niceness = true;
	ck_assert(schedule_asks(&schedule));
	schedule_apply(&schedule, &environment);
	ck_assert_int_eq(environment.niceness, 0);
	ck_assert_int_eq(environment.io_priority, before.io_priority);
	ck_assert_mem_eq(&environment.cpus, &before.cpus, sizeof(before.cpus));
}
END_TEST

START_TEST(what_was_asked_for_is_put_in_its_place)
{
	static char list[] = "1,3-5:2";
	const struct task_schedule schedule = {
		.cpus = list, .io_priority = 3 << 13, .niceness = -20, .has_niceness = true
	};
	struct environment environment = of_caller();
	char cpus[CPUS_TEXT_SIZE];

	schedule_apply(&schedule, &environment);
	cpus_format(&environment.cpus, cpus);
	ck_assert_str_eq(cpus, "1,3,5");
	ck_assert_int_eq(environment.io_priority, 3 << 13);
	ck_assert_int_eq(environment.niceness, -20);
	/* An environment that says nothing of this, as older ones do. */
	struct environment older = { .umask = 022 }, own = { .umask = 0 };
	const struct task_schedule io = { .io_priority = 3 << 13 };
	schedule_apply(&io, &older);
	environment_capture_schedule(&own);
	ck_assert(older.has_schedule);
	ck_assert_int_eq(older.io_priority, 3 << 13);
	ck_assert_int_eq(older.niceness, own.niceness);
	ck_assert_mem_eq(&older.cpus, &own.cpus, sizeof(own.cpus));
}
END_TEST

START_TEST(a_plan_is_copied_with_it)
{
	static char list[] = "0-1";
	struct task_plan plan = plan_default;
	plan.schedule = (struct task_schedule){ .cpus = list, .niceness = 4, .has_niceness = true };
	struct task_plan *copy = plan_copy(&plan);

	ck_assert_str_eq(copy->schedule.cpus, list);
	ck_assert_ptr_ne(copy->schedule.cpus, list);
	ck_assert_int_eq(copy->schedule.niceness, 4);
	plan_free(copy);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		classes_of_io_go_both_ways,
		every_other_class_is_refused,
		what_was_not_asked_for_stays_as_the_caller_has_it,
		what_was_asked_for_is_put_in_its_place,
		a_plan_is_copied_with_it,
	};
	return unit_run("schedule", NULL, NULL, tests);
}
