/*
 * Calls that are answered when what they ask for is done in slices: who waits for a sweep or an adoption is told about
 * that alone.  Others have asked for something since, and that is not stored.
 */
#include "config.h"

#include <check.h>
#include <unistd.h>

#include "engine/parts.h"
#include "tests/unit/disk.h"
#include "tests/unit/served_engine.h"
#include "tests/unit/unit.h"

/* A change has been put, and waits for the disk. */
static void hold_the_next(uint64_t before)
{
	while (engine->core.journal.sequence == before)
		turn();
	disk_held();
}

static bool sweep_ends(void)
{
	return engine->core.sweep == GROUP_SWEEP_NONE;
}

static bool adoption_ends(void)
{
	return engine->core.adoptions->phase == ADOPTION_ENDS && engine->core.adoptions->steps > 0;
}

/* The call was sent, with the disk held.  Each change becomes durable, up to the last one, which is held. */
static void hold_the_last(uint64_t before, bool (*ends)(void))
{
	hold_the_next(before);
	while (!ends()) {
		before = engine->core.journal.sequence;
		disk_hold();
		disk_proceed(false);
		hold_the_next(before);
	}
}

static bool sweep_is_over(void)
{
	return !engine->core.sweeps;
}

static bool adoption_is_over(void)
{
	return !engine->core.adoptions || engine->core.adoptions->phase == ADOPTION_OVER;
}

/* While the last change is held, another one is asked for.  The last one is stored, and the other one is not. */
static void check_replies(int asker, bool (*over)(void))
{
	int other = dial();
	make(other, "other", "true", false);
	while (!engine_find(engine, "other"))
		turn();
	disk_hold();
	disk_proceed(false);
	while (!over())
		turn();
	disk_held();
	disk_proceed(true);
	expect_error(other, "io.krtask.StoreFailed", NULL);
	expect_done(asker);
	close(other);
	close(asker);
}

START_TEST(who_resumes_all_is_told_about_that_alone)
{
	int fd = dial();
	make(fd, "a", "true", false);
	expect_done(fd);
	make(fd, "b", "true", false);
	expect_done(fd);
	engine->core.sweeping_looks = 1;
	uint64_t before = engine->core.journal.sequence;
	disk_hold();
	call(fd, "ServerResume", "{s:b}", "running", 1);
	hold_the_last(before, sweep_ends);
	check_replies(fd, sweep_is_over);
}
END_TEST

START_TEST(who_takes_over_others_is_told_about_that_alone)
{
	int fd = dial();
	make(fd, "first", "exit 1", false);
	expect_done(fd);
	for (int i = 0; i < 2; i++) {
		call(fd, "Create", "{s:[s],s:s,s:b,s:[s]}", "command", "true", "cwd", "/", "start", 1,
		     "after", "first:ok");
		expect_done(fd);
	}
	call(fd, "Start", "{s:s}", "id", "first");
	expect_done(fd);
	until("first", TASK_FAILED);
	until("2", TASK_STOPPED);
	engine->core.adoption_most = engine->core.adoption_slice = 1;
	uint64_t before = engine->core.journal.sequence;
	disk_hold();
	call(fd, "Again", "{s:s,s:b,s:b}", "task", "first", "adopt", 1, "start", 0);
	hold_the_last(before, adoption_ends);
	check_replies(fd, adoption_is_over);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		who_resumes_all_is_told_about_that_alone,
		who_takes_over_others_is_told_about_that_alone,
	};
	unit_apart();
	return unit_run("calls in slices", setup, teardown, tests);
}
