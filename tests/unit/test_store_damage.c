/* Files that are no database, and rows that make no sense. */
#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/store/migrations.h"
#include "engine/store/store.h"
#include "engine/task/messages.h"
#include "tests/unit/stored.h"
#include "tests/unit/unit.h"

static void assert_not_opened(int rc, const char *text)
{
	char *error = NULL;

	ck_assert_int_eq(store_open(&store, directory, &error), rc);
	ck_assert_ptr_null(store);
	ck_assert_ptr_nonnull(error);
	ck_assert_msg(strstr(error, path) && strstr(error, text), "%s", error);
	free(error);
}

START_TEST(what_is_no_database_is_refused)
{
	char text[4096];

	memset(text, 'x', sizeof(text));
	write_file(text, sizeof(text));
	assert_not_opened(-EBADMSG, unit_says(MSG_DATABASE_FOREIGN, path, directory));
}
END_TEST

START_TEST(somebody_elses_database_is_refused_and_left_alone)
{
	struct stat before, after;

	execute("CREATE TABLE theirs (x)");
	ck_assert_int_eq(stat(path, &before), 0);
	assert_not_opened(-EBADMSG, unit_says(MSG_DATABASE_FOREIGN, path, directory));
	ck_assert_int_eq(stat(path, &after), 0);
	ck_assert_int_eq(before.st_mtim.tv_nsec, after.st_mtim.tv_nsec);
	ck_assert_int_eq(before.st_size, after.st_size);
}
END_TEST

/* Of a link, SQLite would keep its log elsewhere. */
START_TEST(only_a_file_is_a_database)
{
	char moved[128];

	open_and_start();
	close_store();
	(void)snprintf(moved, sizeof(moved), "%s/moved", directory);
	ck_assert_int_eq(rename(path, moved), 0);
	ck_assert_int_eq(symlink(moved, path), 0);
	assert_not_opened(-EINVAL, unit_says(MSG_DATABASE_NO_FILE, path));
	ck_assert_int_eq(unlink(path), 0);
	ck_assert_int_eq(mkfifo(path, 0600), 0);
	assert_not_opened(-EINVAL, unit_says(MSG_DATABASE_NO_FILE, path));
	ck_assert_int_eq(unlink(path), 0);
	ck_assert_int_eq(rename(moved, path), 0);
	open_and_start();
	close_store();
}
END_TEST

START_TEST(a_newer_schema_is_refused)
{
	open_and_start();
	close_store();
	execute("PRAGMA user_version = 1000");
	assert_not_opened(-ENOTSUP, "newer krtaskd (its schema is 1000");
}
END_TEST

START_TEST(a_missing_folder_is_named)
{
	char *error = NULL;

	ck_assert_int_eq(store_open(&store, "/nonexistent/krtask", &error), -ENOENT);
	ck_assert_str_eq(error, unit_says(MSG_FILE_NOT_CREATED, "/nonexistent/krtask/tasks.db",
	                                  "No such file or directory"));
	free(error);
}
END_TEST

static void load_again(void)
{
	char *error = NULL;

	ck_assert_int_eq(store_open(&store, directory, &error), 0);
	forget();
	ck_assert_int_eq(store_load(store, &reader, NULL, &error), 0);
}

static void assert_not_loaded(int rc, const char *text)
{
	char *error = NULL;

	ck_assert_int_eq(store_open(&store, directory, &error), 0);
	forget();
	ck_assert_int_eq(store_load(store, &reader, NULL, &error), rc);
	ck_assert_ptr_nonnull(error);
	ck_assert_msg(strstr(error, path) && strstr(error, text), "%s", error);
	free(error);
}

/* Each statement makes a row that krtaskd never writes. */
static const struct {
	const char *sql, *what;
} damages[] = {
	{ "REPLACE INTO statuses SELECT number, 99, 0, 0, 0, 0, 0, 0, 0, NULL, 0, 0, 0, 0, NULL, 0, 0, 0 FROM tasks",
	  "state" },
	{ "REPLACE INTO statuses SELECT number, -1, 0, 0, 0, 0, 0, 0, 0, NULL, 0, 0, 0, 0, NULL, 0, 0, 0 FROM tasks",
	  "state" },
	{ "REPLACE INTO statuses SELECT number, 4294967296, 0, 0, 0, 0, 0, 0, 0, NULL, 0, 0, 0, 0, NULL, 0, 0, 0 FROM tasks",
	  "state" },
	{ "REPLACE INTO statuses SELECT number, 'x', 0, 0, 0, 0, 0, 0, 0, NULL, 0, 0, 0, 0, NULL, 0, 0, 0 FROM tasks",
	  "state" },
	{ "UPDATE tasks SET id = printf('%.*c', 65, 'i')", "id" },
	{ "UPDATE tasks SET id = '\"'", "id" },
	{ "UPDATE tasks SET id = ''", "id" },
	{ "UPDATE tasks SET command = x'41'", "command" },
	{ "UPDATE tasks SET command = x''", "command" },
	{ "UPDATE tasks SET command = x'410042'", "command" },
	{ "UPDATE tasks SET variables = x'41'", "variables" },
	{ "UPDATE tasks SET environment = x'41'", "environment" },
	{ "UPDATE tasks SET created_at = -9223372036854775808", "time of its creation" },
	{ "UPDATE tasks SET created_at = 253402300800000", "time of its creation" },
	{ "UPDATE statuses SET started_at = 9223372036854775807", "start time" },
	{ "UPDATE statuses SET started_at = 'x'", "start time" },
	{ "UPDATE statuses SET ended_at = -9223372036854775808", "end time" },
};

START_TEST(a_row_that_makes_no_sense_is_a_failed_task)
{
	open_and_start();
	create(1);
	close_store();
	execute(damages[_i].sql);
	open_and_start();
	create(2);
	close_store();
	load_again();
	ck_assert_uint_eq(seen.tasks, 2);
	ck_assert_int_eq(seen.task[0].status.state, TASK_FAILED);
	ck_assert_str_eq(seen.task[0].status.message, unit_says(MSG_TASK_DAMAGED, damages[_i].what));
	ck_assert(task_id_valid(seen.task[0].spec.id));
	ck_assert_uint_gt(seen.task[0].spec.command.length, 0);
	ck_assert_int_eq(seen.task[1].status.state, TASK_CREATED);
}
END_TEST

/* It has ended, so there is nothing to look for. */
START_TEST(a_task_that_has_ended_stays_so_without_its_state)
{
	open_and_start();
	create(1);
	close_store();
	execute("UPDATE statuses SET state = 99, started_at = 1000, ended_at = 3000, exit_code = 0, message = 'm'");
	load_again();
	ck_assert_int_eq(seen.task[0].status.state, TASK_FAILED);
	ck_assert(!seen.task[0].uncertain);
	ck_assert_str_eq(seen.task[0].status.message, unit_says(MSG_TASK_DAMAGED, "state"));
	ck_assert_int_eq(seen.task[0].status.started_at, 1000);
	ck_assert_int_eq(seen.task[0].status.ended_at, 3000);
	ck_assert_int_eq(seen.task[0].status.exit_code, -1);
}
END_TEST

START_TEST(a_task_has_no_time_that_cannot_be_written)
{
	open_and_start();
	create(1);
	close_store();
	char sql[160];
	snprintf(sql, sizeof(sql),
	         "UPDATE statuses SET state = %d, started_at = 1000, ended_at = -9223372036854775808",
	         TASK_COMPLETED);
	execute(sql);
	snprintf(sql, sizeof(sql),
	         "INSERT INTO attempts (number, attempt, started_at, ended_at, exit_code, term_signal)"
	         " VALUES (1, 1, -9223372036854775807, 9223372036854775807, 3, 0)");
	execute(sql);
	load_again();
	ck_assert_int_eq(seen.task[0].status.state, TASK_COMPLETED);
	ck_assert_int_eq(seen.task[0].status.ended_at, 1000);
	ck_assert_str_eq(seen.attempt, "1.1 0 0 3 0 - (); ");
}
END_TEST

/* The same for what few tasks have. */
static const struct {
	const char *sql, *what;
} misplans[] = {
	{ "UPDATE plans SET priority = 4294967296", "priority" },
	{ "UPDATE plans SET priority = 'x'", "priority" },
	{ "UPDATE plans SET weight = -5", "weight" },
	{ "UPDATE plans SET weight = 1000001", "weight" },
	{ "UPDATE plans SET begin_at = 9223372036854775807", "begin time" },
	{ "UPDATE plans SET expire_at = -9223372036854775807", "expiry" },
	{ "UPDATE plans SET time_limit = -1", "time limit" },
	{ "UPDATE plans SET time_limit = 'zz'", "time limit" },
	{ "UPDATE plans SET time_limit = 0.5", "time limit" },
	{ "UPDATE plans SET kill_after = -2", "time before a kill" },
	{ "UPDATE plans SET retries = 10001", "number of retries" },
	{ "UPDATE plans SET retry_delay = -1", "delay of retries" },
	{ "UPDATE plans SET retry_max = 9223372036854775807", "longest delay of retries" },
	{ "UPDATE plans SET retry_rule = 'on 256'", "retry rule" },
	{ "UPDATE plans SET retry_lost = 2", "retry after a loss" },
	{ "UPDATE plans SET unmet_hold = -1", "rule for what cannot happen" },
	{ "UPDATE plans SET auto_remove = 7", "removal at its end" },
	{ "UPDATE plans SET held = 'x'", "hold" },
	{ "UPDATE plans SET attempt = -3", "attempt" },
	{ "UPDATE plans SET not_before = 9223372036854775807", "time of the next attempt" },
	{ "UPDATE plans SET ran = 'x'", "run time" },
	{ "UPDATE plans SET resumed_at = 'x'", "time of the last resume" },
	{ "UPDATE plans SET niceness = 4000", "niceness" },
	{ "UPDATE plans SET niceness = -21", "niceness" },
	{ "UPDATE plans SET niceness = 'x'", "niceness" },
	{ "UPDATE plans SET io_priority = 77", "I/O class" },
	{ "UPDATE plans SET io_priority = 65536", "I/O class" },
	{ "UPDATE plans SET cpus = 'zz'", "CPU list" },
	{ "UPDATE plans SET cpus = ''", "CPU list" },
	{ "UPDATE plans SET unique_key = ''", "unique key" },
	{ "UPDATE plans SET sbatch = '--wait'", "options of sbatch" },
	{ "UPDATE plans SET job = -1", "job" },
	{ "UPDATE plans SET job_directory = 'x'", "job" },
	{ "UPDATE hooks SET on_end = ' '", "hook" },
	{ "UPDATE hooks SET webhook = 'ftp://w/'", "hook" },
	{ "UPDATE dependencies SET target = number", "dependency" },
	{ "UPDATE dependencies SET target = -4", "dependency" },
	{ "UPDATE dependencies SET condition = 3", "dependency" },
	{ "UPDATE dependencies SET condition = 'x'", "dependency" },
};

START_TEST(a_plan_that_makes_no_sense_is_a_failed_task)
{
	struct plan_hooks hooks = { .on_end = (char *)"e" };
	const struct plan_after after = { .number = 1 };
	struct store_batch batch = STORE_BATCH_INIT;
	uint64_t sequence;
	open_and_start();
	create(1);
	create(2);
	store_batch_plan(&batch, 2, &plan_default);
	store_batch_hooks(&batch, 2, &hooks);
	store_batch_dependency(&batch, 2, &after);
	ck_assert_int_eq(store_put(store, &batch, true, &sequence), 0);
	reopen();
	ck_assert_int_eq(seen.task[1].status.state, TASK_CREATED);
	close_store();
	execute(misplans[_i].sql);
	load_again();
	ck_assert_int_eq(seen.task[0].status.state, TASK_CREATED);
	ck_assert_int_eq(seen.task[1].status.state, TASK_FAILED);
	ck_assert_str_eq(seen.task[1].status.message, unit_says(MSG_TASK_DAMAGED, misplans[_i].what));
}
END_TEST

static const char *const losses[] = {
	"DELETE FROM statuses",
	"UPDATE tasks SET number = number + 7",
};

START_TEST(a_task_whose_status_is_missing_is_not_as_it_was_created)
{
	open_and_start();
	create(1);
	close_store();
	execute(losses[_i]);
	load_again();
	ck_assert_uint_eq(seen.tasks, 1);
	ck_assert_int_eq(seen.task[0].status.state, TASK_FAILED);
	ck_assert(seen.task[0].uncertain);
	ck_assert_str_eq(seen.task[0].status.message, MSG_TASK_STATUS_MISSING);
	ck_assert_int_eq(seen.task[0].status.ended_at, seen.task[0].created_at);
}
END_TEST

/* In the first version, a task that had never started had no status. */
/* Puts what one task waits for, and what it does not wait for any more. */

START_TEST(an_environment_without_a_name_is_not_read)
{
	open_and_start();
	create(1);
	close_store();
	execute("INSERT INTO environments VALUES (x'41', x'42')");
	load_again();
	ck_assert_uint_eq(seen.environments, 0);
	ck_assert_int_eq(seen.task[0].status.state, TASK_CREATED);
}
END_TEST

START_TEST(damaged_pages_are_an_error)
{
	char junk[4096];

	open_and_start();
	for (uint64_t number = 1; number < 500; number++)
		create(number);
	close_store();
	/* all pages but the first, which has the header and the schema */
	memset(junk, 0xa5, sizeof(junk));
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	struct stat status;
	ck_assert_int_eq(fstat(fd, &status), 0);
	for (off_t at = 4096; at < status.st_size; at += 4096)
		ck_assert_int_eq(pwrite(fd, junk, sizeof(junk), at), sizeof(junk));
	close(fd);
	assert_not_loaded(-EBADMSG, "is damaged");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("store damage");
	TCase *tcase = tcase_create("store damage");

	tcase_add_checked_fixture(tcase, make_directory, remove_directory);
	tcase_add_test(tcase, what_is_no_database_is_refused);
	tcase_add_test(tcase, somebody_elses_database_is_refused_and_left_alone);
	tcase_add_test(tcase, only_a_file_is_a_database);
	tcase_add_test(tcase, a_newer_schema_is_refused);
	tcase_add_test(tcase, a_missing_folder_is_named);
	tcase_add_loop_test(tcase, a_row_that_makes_no_sense_is_a_failed_task, 0,
	                    sizeof(damages) / sizeof(damages[0]));
	tcase_add_test(tcase, a_task_that_has_ended_stays_so_without_its_state);
	tcase_add_test(tcase, a_task_has_no_time_that_cannot_be_written);
	tcase_add_loop_test(tcase, a_plan_that_makes_no_sense_is_a_failed_task, 0,
	                    sizeof(misplans) / sizeof(misplans[0]));
	tcase_add_loop_test(tcase, a_task_whose_status_is_missing_is_not_as_it_was_created, 0,
	                    sizeof(losses) / sizeof(losses[0]));
	tcase_add_test(tcase, an_environment_without_a_name_is_not_read);
	tcase_add_test(tcase, damaged_pages_are_an_error);
	suite_add_tcase(suite, tcase);
	return unit_main(suite);
}
