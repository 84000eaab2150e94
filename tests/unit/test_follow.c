/*
 * Follows a file: each arming tells once that it grew, with other followers, and with callbacks that change
 * them.
 */
#include "engine/run/follow.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/unit/scratch.h"
#include "tests/unit/unit.h"

enum { FOLLOWERS = 4 };

struct follower {
	int fired;
	int rearm; /* how often it arms itself again */
	const char *path;
	struct follow_watch *watch;
	struct follower *victim; /* the follower that it disarms when it fires */
};

static struct follow *follow;
static struct follower followers[FOLLOWERS];
static char file[256], other[256];

static void setup(void)
{
	scratch_make();
	(void)snprintf(file, sizeof(file), "%s", scratch_path("file"));
	(void)snprintf(other, sizeof(other), "%s", scratch_path("other"));
	scratch_write("file", "", 0600);
	scratch_write("other", "", 0600);
	memset(followers, 0, sizeof(followers));
	ck_assert_int_eq(follow_new(&follow), 0);
}

static void teardown(void)
{
	follow_free(follow);
	scratch_remove();
}

static void fired(void *ctx)
{
	struct follower *self = ctx;

	self->fired++;
	self->watch = NULL;
	if (self->victim && self->victim->watch) {
		follow_disarm(follow, self->victim->watch);
		self->victim->watch = NULL;
	}
	if (self->rearm > 0) {
		self->rearm--;
		ck_assert_int_eq(follow_arm(follow, self->path, fired, self, &self->watch), 0);
	}
}

static void arm(struct follower *follower, const char *path)
{
	follower->path = path;
	ck_assert_int_eq(follow_arm(follow, path, fired, follower, &follower->watch), 0);
}

static void disarm(struct follower *follower)
{
	follow_disarm(follow, follower->watch);
	follower->watch = NULL;
}

static void grow(const char *path)
{
	int fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC);

	ck_assert_int_eq(write(fd, "x", 1), 1);
	(void)close(fd);
}

/* Handles all events so far.  The kernel queues an event before the write returns. */
static void dispatch_all(void)
{
	struct pollfd poller = { .fd = follow_fd(follow), .events = POLLIN };

	while (poll(&poller, 1, 0) == 1)
		follow_dispatch(follow);
}

START_TEST(fires_once)
{
	arm(&followers[0], file);
	dispatch_all();
	ck_assert_int_eq(followers[0].fired, 0);
	grow(other);
	dispatch_all();
	ck_assert_int_eq(followers[0].fired, 0);
	grow(file);
	grow(file);
	dispatch_all();
	ck_assert_int_eq(followers[0].fired, 1);
	grow(file);
	dispatch_all();
	ck_assert_int_eq(followers[0].fired, 1);
	arm(&followers[0], file);
	grow(file);
	dispatch_all();
	ck_assert_int_eq(followers[0].fired, 2);
	/* Truncation is a change too. */
	arm(&followers[0], file);
	ck_assert_int_eq(truncate(file, 0), 0);
	dispatch_all();
	ck_assert_int_eq(followers[0].fired, 3);
}
END_TEST

START_TEST(all_that_follow_one_file_are_told)
{
	char alias[256];
	int i;

	(void)snprintf(alias, sizeof(alias), "%s", scratch_path("alias"));
	ck_assert_int_eq(link(file, alias), 0);
	arm(&followers[0], file);
	arm(&followers[1], alias);
	arm(&followers[2], file);
	arm(&followers[3], other);
	disarm(&followers[2]);
	grow(alias);
	dispatch_all();
	for (i = 0; i < FOLLOWERS; i++)
		ck_assert_int_eq(followers[i].fired, i < 2);
	disarm(&followers[3]);
	grow(other);
	dispatch_all();
	ck_assert_int_eq(followers[3].fired, 0);
}
END_TEST

START_TEST(a_callback_may_arm_again)
{
	int i;

	followers[0].rearm = 5;
	arm(&followers[0], file);
	arm(&followers[1], file);
	for (i = 1; i <= 8; i++) {
		grow(file);
		dispatch_all();
		ck_assert_int_eq(followers[0].fired, i < 6 ? i : 6);
		ck_assert_int_eq(followers[1].fired, 1);
	}
}
END_TEST

START_TEST(a_callback_may_disarm_others)
{
	/*
	 * Victims: the next follower of the same file, one of another file with its own event, and the first
	 * one.
	 */
	followers[0].victim = &followers[1];
	followers[2].victim = &followers[3];
	arm(&followers[0], file);
	arm(&followers[1], file);
	arm(&followers[2], file);
	arm(&followers[3], other);
	grow(file);
	grow(other);
	dispatch_all();
	ck_assert_int_eq(followers[0].fired, 1);
	ck_assert_int_eq(followers[1].fired, 0);
	ck_assert_int_eq(followers[2].fired, 1);
	ck_assert_int_eq(followers[3].fired, 0);
}
END_TEST

START_TEST(a_callback_may_disarm_the_last_one)
{
	followers[0].victim = &followers[1];
	followers[0].rearm = 1;
	arm(&followers[0], file);
	arm(&followers[1], file);
	grow(file);
	dispatch_all();
	grow(file);
	dispatch_all();
	ck_assert_int_eq(followers[0].fired, 2);
	ck_assert_int_eq(followers[1].fired, 0);
}
END_TEST

START_TEST(disarmed_with_its_event_on_the_way)
{
	arm(&followers[0], file);
	grow(file);
	disarm(&followers[0]);
	dispatch_all();
	ck_assert_int_eq(followers[0].fired, 0);
	/* Then another follower is armed, and the late events are not for it. */
	arm(&followers[0], file);
	grow(file);
	disarm(&followers[0]);
	arm(&followers[1], file);
	dispatch_all();
	ck_assert_int_eq(followers[1].fired, 0);
	grow(file);
	dispatch_all();
	ck_assert_int_eq(followers[0].fired, 0);
	ck_assert_int_eq(followers[1].fired, 1);
}
END_TEST

START_TEST(armed_with_an_event_on_the_way)
{
	arm(&followers[0], file);
	grow(file);
	arm(&followers[1], file);
	grow(file);
	dispatch_all();
	ck_assert_int_eq(followers[0].fired, 1);
	ck_assert_int_eq(followers[1].fired, 1);
}
END_TEST

START_TEST(the_end_of_a_file_is_told)
{
	char moved[256];

	arm(&followers[0], file);
	ck_assert_int_eq(unlink(file), 0);
	dispatch_all();
	ck_assert_int_eq(followers[0].fired, 1);
	/* A new name is no change, because the watch is on the file. */
	(void)snprintf(moved, sizeof(moved), "%s", scratch_path("moved"));
	arm(&followers[1], other);
	ck_assert_int_eq(rename(other, moved), 0);
	dispatch_all();
	ck_assert_int_eq(followers[1].fired, 0);
	grow(moved);
	dispatch_all();
	ck_assert_int_eq(followers[1].fired, 1);
}
END_TEST

START_TEST(after_lost_events_all_are_told)
{
	char line[32] = "";
	long i, limit;
	int fd = open("/proc/sys/fs/inotify/max_queued_events", O_RDONLY | O_CLOEXEC);

	ck_assert_int_gt(read(fd, line, sizeof(line) - 1), 0);
	(void)close(fd);
	limit = strtol(line, NULL, 10);
	arm(&followers[0], file);
	arm(&followers[1], other);
	/* Each arming and its end queue an event, so the queue becomes full. */
	for (i = 0; i < limit + 8; i++) {
		arm(&followers[2], file);
		disarm(&followers[0]);
		disarm(&followers[2]);
		arm(&followers[0], file);
	}
	grow(file);
	grow(other);
	followers[0].rearm = 1;
	dispatch_all();
	ck_assert_int_eq(followers[0].fired, 1);
	ck_assert_int_eq(followers[1].fired, 1);
	grow(file);
	dispatch_all();
	ck_assert_int_eq(followers[0].fired, 2);
}
END_TEST

START_TEST(trouble_is_an_error)
{
	struct follow_watch *watch = NULL;

	ck_assert_int_eq(follow_arm(follow, scratch_path("none"), fired, &followers[0], &watch), -ENOENT);
	ck_assert_ptr_null(watch);
	follow_disarm(follow, NULL);
	follow_free(NULL);
	/* The end also frees what is still armed. */
	arm(&followers[0], file);
	arm(&followers[1], file);
	arm(&followers[2], other);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		fires_once,
		all_that_follow_one_file_are_told,
		a_callback_may_arm_again,
		a_callback_may_disarm_others,
		a_callback_may_disarm_the_last_one,
		disarmed_with_its_event_on_the_way,
		armed_with_an_event_on_the_way,
		the_end_of_a_file_is_told,
		after_lost_events_all_are_told,
		trouble_is_an_error,
	};

	return unit_run("follow", setup, teardown, tests);
}
