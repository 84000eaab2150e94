/* The store on a disk that holds syncs or fails: what the store reports, and what is left on the disk. */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/store/store.h"
#include "tests/unit/disk.h"
#include "tests/unit/scratch.h"
#include "tests/unit/unit.h"

static struct store *store;

/* The loaded tasks, each as a letter: 'a' is number 1. */
static char loaded[32];

static int see_slots(void *ctx, unsigned slots)
{
	(void)ctx, (void)slots;
	return 0;
}

static int see_paused(void *ctx, bool paused)
{
	(void)ctx, (void)paused;
	return 0;
}

static int see_group(void *ctx, const char *name, const struct group_settings *settings)
{
	(void)ctx, (void)name, (void)settings;
	return 0;
}

static int see_environment(void *ctx, const char *hash, const char *block, size_t length)
{
	(void)ctx, (void)hash, (void)block, (void)length;
	return 0;
}

static int see_task(void *ctx, const struct store_task *task)
{
	(void)ctx;
	ck_assert_uint_lt(strlen(loaded), sizeof(loaded) - 1);
	loaded[strlen(loaded)] = (char)('a' + task->number - 1);
	return 0;
}

static int see_reserved(void *ctx, uint64_t id)
{
	(void)ctx, (void)id;
	return 0;
}

static int see_counters(void *ctx, uint64_t last_number, uint64_t next_id)
{
	(void)ctx, (void)last_number, (void)next_id;
	return 0;
}

/* Opens the store in that directory. */
static struct store *load_from(const char *directory)
{
	static const struct store_reader reader = {
		.slots = see_slots,
		.paused = see_paused,
		.group = see_group,
		.environment = see_environment,
		.task = see_task,
		.reserved = see_reserved,
		.counters = see_counters,
	};
	struct store *opened = NULL;
	char *error = NULL;

	memset(loaded, 0, sizeof(loaded));
	ck_assert_msg(store_open(&opened, directory, &error) == 0, "%s", error);
	ck_assert_msg(store_load(opened, &reader, NULL, &error) == 0, "%s", error);
	return opened;
}

static void setup(void)
{
	scratch_make();
	disk_make();
	store = load_from(scratch_path(""));
	ck_assert_int_eq(store_start(store), 0);
}

static void teardown(void)
{
	store_close(store);
	scratch_remove();
}

static void put(uint64_t number)
{
	char id[16], directory[] = "/";
	struct store_task task = {
		.number = number,
		.spec = { .id = id, .cwd = directory },
		.status = TASK_STATUS_INIT,
		.process = TASK_PROCESS_INIT,
	};
	struct store_batch batch = STORE_BATCH_INIT;
	uint64_t sequence;

	snprintf(id, sizeof(id), "%d", (int)number);
	strings_add(&task.spec.command, "true");
	store_batch_create(&batch, &task, number + 1);
	ck_assert_int_eq(store_put(store, &batch, true, &sequence), 0);
	strings_release(&task.spec.command);
}

/* Polls until this many changes are durable, or until a commit has failed.  Returns true if it failed. */
static bool fails_before(uint64_t wanted)
{
	uint64_t committed = 0;

	while (committed < wanted) {
		struct pollfd readable = { .fd = store_fd(store), .events = POLLIN };
		char *error = NULL;

		ck_assert_int_eq(poll(&readable, 1, -1), 1);
		int rc = store_poll(store, &committed, &error);
		ck_assert((rc == 0) == (error == NULL));
		free(error);
		if (rc)
			return true;
	}
	return false;
}

/* Does the same, and returns the error message. */
static char *refusal_before(uint64_t wanted)
{
	uint64_t committed = 0;
	char *error = NULL;

	while (committed < wanted && !error) {
		struct pollfd readable = { .fd = store_fd(store), .events = POLLIN };

		ck_assert_int_eq(poll(&readable, 1, -1), 1);
		(void)store_poll(store, &committed, &error);
	}
	return error;
}

/* Opens a copy of the files, as a start after a crash would find them now. */
static const char *after_a_crash(void)
{
	char command[600];

	snprintf(command, sizeof(command), "mkdir -p %s/copy && cp %s/tasks.db %s/tasks.db-wal %s/copy",
	         scratch_path(""), scratch_path(""), scratch_path(""), scratch_path(""));
	ck_assert_int_eq(system(command), 0); /* NOLINT(cert-env33-c): of this test's own paths */
	store_close(load_from(scratch_path("copy")));
	return loaded;
}

START_TEST(nothing_is_told_before_it_is_synced)
{
	struct pollfd readable = { .fd = store_fd(store), .events = POLLIN };

	disk_hold();
	put(1);
	disk_held();
	ck_assert_int_eq(poll(&readable, 1, 0), 0);
	disk_proceed(false);
	ck_assert(!fails_before(1));
	ck_assert_str_eq(after_a_crash(), "a");
}
END_TEST

START_TEST(a_failed_sync_leaves_nothing_in_the_log)
{
	put(1);
	ck_assert(!fails_before(1));
	disk_fail();
	put(2);
	ck_assert(fails_before(2));
	ck_assert_str_eq(after_a_crash(), "a");
	put(3);
	ck_assert(!fails_before(3));
}
END_TEST

START_TEST(a_failed_sync_leaves_nothing_in_the_queue)
{
	put(1);
	ck_assert(!fails_before(1));
	disk_hold();
	put(2);
	disk_held();
	/* These changes build on 2, whose failure nobody knows yet. */
	put(3);
	put(4);
	disk_proceed(true);
	ck_assert(fails_before(2));
	put(5);
	ck_assert(!fails_before(5));
	ck_assert_str_eq(after_a_crash(), "ae");
}
END_TEST

START_TEST(no_sync_that_fails_leaves_anything_for_a_crash)
{
	put(1);
	ck_assert(!fails_before(1));
	disk_break(true);
	for (uint64_t number = 2; number < 6; number++) {
		put(number);
		ck_assert(fails_before(number));
		ck_assert_str_eq(after_a_crash(), "a");
	}
	disk_break(false);
	put(6);
	ck_assert(!fails_before(6));
	ck_assert_str_eq(after_a_crash(), "af");
}
END_TEST

START_TEST(a_log_that_begins_anew_with_a_failure_is_taken_back_too)
{
	/* A failed commit empties the log, so the next commit is the first in it. */
	put(1);
	ck_assert(!fails_before(1));
	disk_fail();
	put(2);
	ck_assert(fails_before(2));
	disk_break(true);
	put(3);
	ck_assert(fails_before(3));
	ck_assert_str_eq(after_a_crash(), "a");
	disk_break(false);
}
END_TEST

/* On a full disk, that makes room for the next commit. */
START_TEST(a_failure_copies_what_was_stored_before_out_of_the_log)
{
	char command[400];

	put(1);
	ck_assert(!fails_before(1));
	disk_fail();
	put(2);
	ck_assert(fails_before(2));
	snprintf(command, sizeof(command), "mkdir %s/alone && cp %s/tasks.db %s/alone", scratch_path(""),
	         scratch_path(""), scratch_path(""));
	ck_assert_int_eq(system(command), 0); /* NOLINT(cert-env33-c): of this test's own paths */
	store_close(load_from(scratch_path("alone")));
	ck_assert_str_eq(loaded, "a");
}
END_TEST

static void take_away(const char *name)
{
	char kept[300];

	snprintf(kept, sizeof(kept), "%s.away", scratch_path(name));
	ck_assert_int_eq(rename(scratch_path(name), kept), 0);
}

static void put_back(const char *name)
{
	char kept[300];

	snprintf(kept, sizeof(kept), "%s.away", scratch_path(name));
	ck_assert_int_eq(rename(kept, scratch_path(name)), 0);
}

START_TEST(nothing_is_stored_in_files_that_are_gone)
{
	static const char *const names[] = { "tasks.db", "tasks.db-wal" };
	uint64_t number = 1;

	for (int i = 0; i < 2; i++) {
		take_away(names[i]);
		put(number);
		char *refusal = refusal_before(number++);
		ck_assert_ptr_nonnull(refusal);
		ck_assert_ptr_nonnull(strstr(refusal, "is no longer there"));
		ck_assert_ptr_nonnull(strstr(refusal, names[i]));
		free(refusal);
		/* Another file with the same name is not accepted. */
		scratch_write(names[i], "", 0600);
		put(number);
		ck_assert(fails_before(number++));
		put_back(names[i]);
		put(number);
		ck_assert(!fails_before(number++));
	}
	ck_assert_str_eq(after_a_crash(), "cf");
}
END_TEST

START_TEST(nothing_is_stored_in_files_that_were_cut_off)
{
	const char *name = _i ? "tasks.db" : "tasks.db-wal";

	put(1);
	ck_assert(!fails_before(1));
	ck_assert_ptr_null(store_missing(store));
	ck_assert_int_eq(truncate(scratch_path(name), 0), 0);
	ck_assert_ptr_nonnull(strstr(store_missing(store), name));
	for (uint64_t number = 2; number < 4; number++) {
		put(number);
		char *refusal = refusal_before(number);
		ck_assert_ptr_nonnull(refusal);
		ck_assert_ptr_nonnull(strstr(refusal, "was cut off"));
		ck_assert_ptr_nonnull(strstr(refusal, name));
		free(refusal);
	}
}
END_TEST

static off_t size_of(const char *name)
{
	struct stat status;

	ck_assert_int_eq(stat(scratch_path(name), &status), 0);
	return status.st_size;
}

/* As who restores a copy does, with the database in use. */
START_TEST(nothing_is_stored_over_an_earlier_log)
{
	static char before[2 << 20];
	ssize_t length;
	int fd;

	put(1);
	ck_assert(!fails_before(1));
	fd = open(scratch_path("tasks.db-wal"), O_RDONLY | O_CLOEXEC);
	length = read(fd, before, sizeof(before));
	(void)close(fd);
	ck_assert(length > 0 && length < (ssize_t)sizeof(before));
	put(2);
	ck_assert(!fails_before(2));
	ck_assert_ptr_null(store_missing(store));
	scratch_write_bytes("tasks.db-wal", before, (size_t)length, 0600);
	ck_assert_ptr_nonnull(strstr(store_missing(store), "tasks.db-wal"));
	put(3);
	char *refusal = refusal_before(3);
	ck_assert_ptr_nonnull(refusal);
	ck_assert_ptr_nonnull(strstr(refusal, "written over"));
	free(refusal);
	/* What there was at that time is whole. */
	store_close(store);
	store = load_from(scratch_path(""));
	ck_assert_str_eq(loaded, "a");
}
END_TEST

static void shorten_database(off_t size)
{
	ck_assert_int_eq(truncate(scratch_path("tasks.db"), size), 0);
}

/* SQLite itself cuts it off when it has copied the log, and whoever was killed may have left it there. */
START_TEST(room_ahead_may_be_cut_off)
{
	off_t before;

	put(1);
	ck_assert(!fails_before(1));
	store_close(store);
	before = size_of("tasks.db");
	shorten_database(before + (1 << 20));
	store = load_from(scratch_path(""));
	ck_assert_int_eq(store_start(store), 0);
	shorten_database(before);
	ck_assert_ptr_null(store_missing(store));
	put(2);
	ck_assert(!fails_before(1));
	ck_assert_str_eq(after_a_crash(), "ab");
	shorten_database(4096);
	ck_assert_ptr_nonnull(store_missing(store));
}
END_TEST

/* If there is no free descriptor at that moment, SQLite opens a file without the right to write it. */
START_TEST(what_can_only_be_read_is_not_opened)
{
	static const int kinds[] = { SQLITE_OPEN_MAIN_DB, SQLITE_OPEN_WAL };
	struct store *opened = NULL;
	char *error = NULL;

	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		disk_refuse_writing(kinds[i]);
		ck_assert_int_eq(store_open(&opened, scratch_path(""), &error), -EROFS);
		free(error);
		store_close(load_from(scratch_path("")));
	}
}
END_TEST

START_TEST(a_database_that_was_lost_is_not_begun_anew)
{
	struct store *opened = NULL;
	char *error = NULL;

	ck_assert_int_eq(mkdir(scratch_path("other"), 0700), 0);
	ck_assert_int_eq(mkdir(scratch_path("other/log"), 0700), 0);
	scratch_write("other/log/7.out", "", 0600);
	for (int i = 0; i < 2; i++) {
		ck_assert_int_lt(store_open(&opened, scratch_path("other"), &error), 0);
		ck_assert_ptr_nonnull(strstr(error, i ? "tasks.db is empty" : "tasks.db is not there"));
		ck_assert_ptr_nonnull(strstr(error, "to begin anew"));
		free(error);
		scratch_write("other/tasks.db", "", 0600);
	}
	ck_assert_int_eq(remove(scratch_path("other/log/7.out")), 0);
	store_close(load_from(scratch_path("other")));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("store on a disk");
	TCase *tcase = tcase_create("disk");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, nothing_is_told_before_it_is_synced);
	tcase_add_test(tcase, a_failed_sync_leaves_nothing_in_the_log);
	tcase_add_test(tcase, a_failed_sync_leaves_nothing_in_the_queue);
	tcase_add_test(tcase, no_sync_that_fails_leaves_anything_for_a_crash);
	tcase_add_test(tcase, a_log_that_begins_anew_with_a_failure_is_taken_back_too);
	tcase_add_test(tcase, a_failure_copies_what_was_stored_before_out_of_the_log);
	tcase_add_test(tcase, nothing_is_stored_in_files_that_are_gone);
	tcase_add_loop_test(tcase, nothing_is_stored_in_files_that_were_cut_off, 0, 2);
	tcase_add_test(tcase, nothing_is_stored_over_an_earlier_log);
	tcase_add_test(tcase, room_ahead_may_be_cut_off);
	tcase_add_test(tcase, what_can_only_be_read_is_not_opened);
	tcase_add_test(tcase, a_database_that_was_lost_is_not_begun_anew);
	suite_add_tcase(suite, tcase);
	unit_apart();
	return unit_main(suite);
}
