/* The engine under a clock that a test sets: the kernel says so, or refuses the timer. */
#include "config.h"

#include <check.h>
#include <errno.h>
#include <event2/event.h>
#include <stdlib.h>
#include <string.h>

#include "engine/core/agenda.h"
#include "engine/engine.h"
#include "engine/run/alarm.h"
#include "tests/unit/scratch.h"
#include "tests/unit/unit.h"

enum { HOUR = 3600000 };

static struct event_base *base;
static struct engine *engine;
static int64_t shift; /* how much our clock is ahead of the system's */

static int64_t system_now(void)
{
	struct timespec now;
	clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int64_t our_now(void)
{
	return system_now() + shift;
}

/* What the engine does with the timer of the wall clock, and what the kernel says. */
static struct {
	unsigned calls;
	int fd;
	int64_t at;
	bool was_set;        /* the next alarm_take() says that the clock was set */
	int64_t set_forward; /* the clock is set by so much, just before the timer is */
} wall;

/* The linker requires these names. */
/* NOLINTBEGIN(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp) */
int __real_alarm_set(int fd, int64_t at, bool watch);
int __wrap_alarm_set(int fd, int64_t at, bool watch);
bool __real_alarm_take(int fd);
bool __wrap_alarm_take(int fd);

int __wrap_alarm_set(int fd, int64_t at, bool watch)
{
	int result = __real_alarm_set(fd, at, watch);
	if (!watch)
		return result;
	wall.calls++;
	wall.fd = fd;
	wall.at = at;
	shift += wall.set_forward;
	result = wall.set_forward ? -ECANCELED : result;
	wall.set_forward = 0;
	return result;
}

bool __wrap_alarm_take(int fd)
{
	bool was_set = __real_alarm_take(fd) || (fd == wall.fd && wall.was_set);
	if (fd == wall.fd)
		wall.was_set = false;
	return was_set;
}

/* NOLINTEND(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp) */

static void setup(void)
{
	char *error = NULL;
	scratch_make();
	base = event_base_new();
	shift = 24 * (int64_t)HOUR;
	memset(&wall, 0, sizeof(wall));
	wall.fd = -1;
	const struct engine_options options = {
		.base = base, .directory = scratch_path("."), .address = "unix:/none", .now = our_now
	};
	int code = engine_open(&engine, &options, &error);
	ck_assert_msg(code == 0, "%s", error ? error : "?");
}

static void teardown(void)
{
	engine_close(engine);
	event_base_free(base);
	scratch_remove();
}

static struct task *make_later(int64_t delay)
{
	struct task_spec spec = { .cwd = strdup("/"), .plan = plan_copy(NULL) };
	struct task *task = NULL;
	char *error = NULL;
	strings_add(&spec.command, "true");
	spec.plan->begin_at = delay ? our_now() + delay : 0;
	ck_assert_int_eq(engine_create(engine, &spec, NULL, NULL, true, &task, &error), 0);
	return task;
}

static void await_end(const struct task *task)
{
	while (!task_state_terminal(task->status.state))
		event_base_loop(base, EVLOOP_ONCE);
}

START_TEST(it_wakes_when_the_time_has_come)
{
	const struct task *task = make_later(200);
	await_end(task);
	ck_assert_int_ge(task->status.started_at, task_plan(task)->begin_at);
}
END_TEST

START_TEST(nothing_is_asked_of_the_clock_without_times)
{
	await_end(make_later(0));
	ck_assert_uint_eq(wall.calls, 0);
}
END_TEST

/* Somebody sets the clock, and the kernel says so. */
static void set_clock(int64_t by)
{
	shift += by;
	wall.was_set = true;
	ck_assert_int_eq(alarm_set(wall.fd, 1, false), 0);
	while (wall.was_set)
		event_base_loop(base, EVLOOP_ONCE);
}

START_TEST(a_clock_that_is_set_is_noticed)
{
	engine_pause(engine);
	const struct task *task = make_later(HOUR);
	ck_assert_uint_eq(wall.calls, 1);
	ck_assert_int_le(llabs(wall.at - system_now() - HOUR), 60000);
	set_clock(2 * HOUR);
	ck_assert(!agenda_waits(task));
	set_clock(-2 * HOUR);
	ck_assert(agenda_waits(task));
	set_clock(2 * HOUR);
	engine_resume(engine);
	await_end(task);
	ck_assert_int_ge(task->status.started_at, task_plan(task)->begin_at);
}
END_TEST

/* The kernel refuses a timer if the clock was set before, and nobody was told. */
START_TEST(a_clock_that_was_set_before_is_noticed)
{
	wall.set_forward = 2 * HOUR;
	await_end(make_later(HOUR));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("engine: clock");
	TCase *tc = tcase_create("clock");
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 30);
	tcase_add_test(tc, it_wakes_when_the_time_has_come);
	tcase_add_test(tc, nothing_is_asked_of_the_clock_without_times);
	tcase_add_test(tc, a_clock_that_is_set_is_noticed);
	tcase_add_test(tc, a_clock_that_was_set_before_is_noticed);
	suite_add_tcase(suite, tc);
	return unit_main(suite);
}
