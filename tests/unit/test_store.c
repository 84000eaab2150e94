/* What was put comes back. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <sqlite3.h>

#include "engine/store/hash.h"
#include "engine/store/migrations.h"
#include "engine/store/store.h"
#include "engine/task/environment.h"
#include "tests/unit/stored.h"
#include "tests/unit/unit.h"

START_TEST(a_new_store_is_empty_and_private)
{
	struct stat status;

	umask(0);
	open_and_start();
	ck_assert_uint_eq(seen.tasks + seen.environments + seen.reserved, 0);
	ck_assert_uint_eq(seen.last_number, 0);
	ck_assert_uint_eq(seen.next_id, 1);
	wait_for(create(1));
	ck_assert_int_eq(stat(path, &status), 0);
	ck_assert_uint_eq(status.st_mode & 07777, 0600);
	char wal[80];
	snprintf(wal, sizeof(wal), "%s-wal", path);
	ck_assert_int_eq(stat(wal, &status), 0);
	ck_assert_uint_eq(status.st_mode & 07777, 0600);
}
END_TEST

static void fill(struct store_task *task, const char *hash)
{
	*task = (struct store_task){
		.number = 12,
		.created_at = 1700000000123,
		.spec = {
			.id = strdup("Build.1"),
			.name = strdup("caf\xc3\xa9"),
			.description = strdup("long"),
			.group = strdup("nightly"),
			.cwd = strdup("/tmp/\xff"),
			.environment = strdup(hash),
			.parent = 7,
			.max_log = UINT64_MAX,
			.merge = true,
			.has_nonce = true,
			.nonce = { 0, 1, 2, [15] = 0xff },
		},
		.status = {
			.state = TASK_STOPPING,
			.started_at = 1700000001000,
			.ended_at = 1700000002000,
			.exit_code = 3,
			.term_signal = 9,
			.percent = 45,
			.percent_known = true,
			.message = strdup("half"),
		},
		.process = {
			.entry = 17,
			.pid = 4321,
			.pid_start = UINT64_MAX - 5,
			.stop_signal = 15,
			.kill_at = 1700000003000,
		},
		.boot_id = "01234567-89ab-cdef-0123-456789abcdef",
	};
	strings_add(&task->spec.command, "printf");
	strings_add(&task->spec.command, "");
	strings_add(&task->spec.command, "\xff\n");
	strings_add(&task->spec.variables, "K=V");
}

static void assert_same_status(const struct task_status *a, const struct task_status *b)
{
	ck_assert_int_eq(a->state, b->state);
	ck_assert_int_eq(a->started_at, b->started_at);
	ck_assert_int_eq(a->ended_at, b->ended_at);
	ck_assert_int_eq(a->exit_code, b->exit_code);
	ck_assert_int_eq(a->term_signal, b->term_signal);
	ck_assert_int_eq(a->percent, b->percent);
	ck_assert_int_eq(a->percent_known, b->percent_known);
	ck_assert_pstr_eq(a->message, b->message);
}

static void assert_same_process(const struct task_process *a, const struct task_process *b)
{
	ck_assert_int_eq(a->entry, b->entry);
	ck_assert_int_eq(a->pid, b->pid);
	ck_assert(a->pid_start == b->pid_start);
	ck_assert_int_eq(a->stop_signal, b->stop_signal);
	ck_assert_int_eq(a->kill_at, b->kill_at);
}

START_TEST(everything_comes_back)
{
	char hash[ENVIRONMENT_HASH_SIZE];
	struct store_task task;
	uint64_t sequence;

	hash_make("block\0x", 7, hash);
	fill(&task, hash);
	open_and_start();
	ck_assert_int_eq(put_environment(hash, "block\0x", 7, &sequence), 0);
	ck_assert_uint_eq(sequence, 1);
	ck_assert_int_eq(put_create(&task, 40, false, &sequence), 0);
	ck_assert_int_eq(put_reserved(99, &sequence), 0);
	ck_assert_uint_eq(sequence, 3);
	/* store_close() commits all queued changes */
	reopen();

	ck_assert_uint_eq(seen.environments, 1);
	ck_assert_str_eq(seen.hash, hash);
	ck_assert_uint_eq(seen.block_length, 7);
	ck_assert_mem_eq(seen.block, "block\0x", 7);
	ck_assert_uint_eq(seen.reserved, 1);
	ck_assert_uint_eq(seen.reserved_id, 99);
	ck_assert_uint_eq(seen.last_number, 12);
	ck_assert_uint_eq(seen.next_id, 40);
	ck_assert_uint_eq(seen.tasks, 1);

	struct store_task *back = &seen.task[0];
	ck_assert_uint_eq(back->number, 12);
	ck_assert_int_eq(back->created_at, task.created_at);
	ck_assert_str_eq(back->boot_id, task.boot_id);
	assert_same_status(&back->status, &task.status);
	assert_same_process(&back->process, &task.process);
	ck_assert_str_eq(back->spec.id, task.spec.id);
	ck_assert_str_eq(back->spec.name, task.spec.name);
	ck_assert_str_eq(back->spec.description, task.spec.description);
	ck_assert_str_eq(back->spec.group, task.spec.group);
	ck_assert_str_eq(back->spec.cwd, task.spec.cwd);
	ck_assert_str_eq(back->spec.environment, hash);
	ck_assert_uint_eq(back->spec.parent, 7);
	ck_assert(back->spec.max_log == UINT64_MAX && back->spec.merge && back->spec.has_nonce);
	ck_assert_mem_eq(back->spec.nonce, task.spec.nonce, TASK_NONCE_SIZE);
	ck_assert_uint_eq(back->spec.command.length, task.spec.command.length);
	ck_assert_mem_eq(back->spec.command.block, task.spec.command.block, task.spec.command.length);
	ck_assert_str_eq(strings_next(&back->spec.variables, NULL), "K=V");
	task_spec_release(&task.spec);
	task_status_release(&task.status);
}
END_TEST

START_TEST(what_is_absent_comes_back_absent)
{
	static const struct task_status initial = TASK_STATUS_INIT;
	static const struct task_process none = TASK_PROCESS_INIT;

	open_and_start();
	create(1);
	reopen();
	struct store_task *back = &seen.task[0];
	assert_same_status(&back->status, &initial);
	assert_same_process(&back->process, &none);
	ck_assert_str_eq(back->boot_id, "");
	ck_assert_str_eq(back->spec.id, "1");
	ck_assert_ptr_null(back->spec.name);
	ck_assert_ptr_null(back->spec.description);
	ck_assert_ptr_null(back->spec.group);
	ck_assert_ptr_null(back->spec.environment);
	ck_assert_uint_eq(strings_count(&back->spec.variables), 0);
	ck_assert(!back->spec.has_nonce && !back->spec.merge);
}
END_TEST

START_TEST(what_an_ended_task_used_comes_back)
{
	char hash[ENVIRONMENT_HASH_SIZE];
	struct store_task task;
	uint64_t sequence;

	hash_make("x", 1, hash);
	fill(&task, hash);
	task.status.state = TASK_FAILED;
	task_status_set_usage(&task.status, (struct task_usage){ .cpu_ms = 90000000, .max_rss = 1 << 30 });
	open_and_start();
	ck_assert_int_eq(put_create(&task, 40, false, &sequence), 0);
	reopen();
	ck_assert_uint_eq(seen.task[0].status.cpu_time, task.status.cpu_time);
	ck_assert_uint_eq(seen.task[0].status.max_rss, task.status.max_rss);
	task_spec_release(&task.spec);
	task_status_release(&task.status);
}
END_TEST

START_TEST(changes_replace_each_other_in_order)
{
	struct task_status status = TASK_STATUS_INIT;
	struct task_process process = TASK_PROCESS_INIT;
	uint64_t sequence;

	open_and_start();
	create(1);
	status.state = TASK_QUEUED;
	ck_assert_int_eq(put_status(1, &status, NULL, "", false, &sequence), 0);
	status.state = TASK_RUNNING;
	process.pid = 77;
	ck_assert_int_eq(put_status(1, &status, &process, "boot", false, &sequence), 0);
	ck_assert_int_eq(put_text(1, "new", NULL, &sequence), 0);
	ck_assert_uint_eq(sequence, 4);
	reopen();
	ck_assert_int_eq(seen.task[0].status.state, TASK_RUNNING);
	ck_assert_int_eq(seen.task[0].process.pid, 77);
	ck_assert_str_eq(seen.task[0].boot_id, "boot");
	ck_assert_str_eq(seen.task[0].spec.name, "new");
	ck_assert_ptr_null(seen.task[0].spec.description);
}
END_TEST

START_TEST(without_a_process_none_comes_back)
{
	static const struct task_process none = TASK_PROCESS_INIT;
	struct task_status status = TASK_STATUS_INIT;
	struct task_process process = {
		.entry = 3, .pid = 77, .pid_start = 5, .stop_signal = 9, .kill_at = 7
	};
	uint64_t sequence;

	open_and_start();
	create(1);
	status.state = TASK_STOPPING;
	ck_assert_int_eq(put_status(1, &status, &process, "boot", false, &sequence), 0);
	status.state = TASK_STOPPED;
	ck_assert_int_eq(put_status(1, &status, NULL, "boot", false, &sequence), 0);
	reopen();
	ck_assert_int_eq(seen.task[0].status.state, TASK_STOPPED);
	assert_same_process(&seen.task[0].process, &none);
}
END_TEST

START_TEST(what_is_removed_is_gone_and_its_number_is_not_reused)
{
	struct task_status status = TASK_STATUS_INIT;
	char hash[ENVIRONMENT_HASH_SIZE];
	uint64_t sequence;

	hash_make("e", 1, hash);
	open_and_start();
	create(1);
	create(2);
	put_status(2, &status, NULL, "", false, &sequence);
	put_environment(hash, "e", 1, &sequence);
	put_environment(hash, "e", 1, &sequence);
	put_reserved(5, &sequence);
	put_reserved(5, &sequence);
	put_remove(2, &sequence);
	put_forget_environment(hash, &sequence);
	for (int round = 0; round < 2; round++) {
		reopen();
		ck_assert_uint_eq(seen.tasks, 1);
		ck_assert_uint_eq(seen.environments, 0);
		ck_assert_uint_eq(seen.reserved, 1);
		ck_assert_uint_eq(seen.last_number, 2);
		ck_assert_uint_eq(seen.next_id, 3);
	}
	put_remove(1, &sequence);
	reopen();
	ck_assert_uint_eq(seen.tasks, 0);
	ck_assert_uint_eq(seen.last_number, 2);

	/* nothing of the failed change is left */
	sqlite3 *db;
	sqlite3_stmt *statement;
	ck_assert_int_eq(sqlite3_open(path, &db), SQLITE_OK);
	ck_assert_int_eq(sqlite3_prepare_v2(db, "SELECT count(*) FROM statuses", -1, &statement, NULL),
	                 SQLITE_OK);
	ck_assert_int_eq(sqlite3_step(statement), SQLITE_ROW);
	ck_assert_int_eq(sqlite3_column_int(statement, 0), 0);
	sqlite3_finalize(statement);
	sqlite3_close(db);
}
END_TEST

START_TEST(a_bad_hash_is_refused)
{
	uint64_t sequence = 42;

	open_and_start();
	ck_assert_int_eq(put_environment("abc", "e", 1, &sequence), -EINVAL);
	ck_assert_int_eq(put_forget_environment("", &sequence), -EINVAL);
	ck_assert_uint_eq(sequence, 42);
	ck_assert_uint_eq(create(1), 1);
}
END_TEST

START_TEST(a_task_of_the_first_version_stays_as_it_was_created)
{
	char *error = NULL;

	execute(schema_migrations[0]);
	execute("PRAGMA user_version = 1");
	execute("INSERT INTO tasks VALUES (1, 'a', NULL, NULL, NULL, 0, 5, x'2f', x'4100', NULL, NULL, 0, 0, NULL),"
	        " (2, 'b', NULL, NULL, NULL, 0, 5, x'2f', x'4100', NULL, NULL, 0, 0, NULL);"
	        "INSERT INTO statuses VALUES (2, 5, 6, 7, 0, 0, 0, 0, 0, NULL, 0, 0, 100, 1, NULL)");
	ck_assert_int_eq(store_open(&store, directory, &error), 0);
	forget();
	ck_assert_int_eq(store_load(store, &reader, NULL, &error), 0);
	ck_assert_uint_eq(seen.tasks, 2);
	ck_assert_uint_eq(seen.expected, 2);
	ck_assert_int_eq(seen.task[0].status.state, TASK_CREATED);
	ck_assert_int_eq(seen.task[0].status.exit_code, -1);
	ck_assert_int_eq(seen.task[1].status.ended_at, 7);
}
END_TEST

START_TEST(a_reader_can_stop_the_loading)
{
	char *error = NULL;

	open_and_start();
	create(1);
	close_store();
	ck_assert_int_eq(store_open(&store, directory, &error), 0);
	forget();
	seen.refuse = -ECANCELED;
	ck_assert_int_eq(store_load(store, &reader, NULL, &error), -ECANCELED);
	ck_assert_ptr_null(error);
}
END_TEST

/* Some tasks have no row, and some rows have no task. */
START_TEST(each_task_gets_its_own_status)
{
	struct task_status status = TASK_STATUS_INIT;
	uint64_t sequence = 0;

	open_and_start();
	for (uint64_t number = 1; number <= 6; number++)
		create(number);
	status.state = TASK_FAILED;
	for (int16_t number = 2; number <= 5; number++) {
		status.exit_code = number;
		if (number != 3)
			put_status((uint64_t)number, &status, NULL, "", true, &sequence);
	}
	wait_for(sequence);
	close_store();
	execute("DELETE FROM statuses WHERE number = 4;"
	        "REPLACE INTO statuses SELECT n, state, 0, 0, 9, 0, 0, 0, 0, NULL, 0, 0, 0, 0, NULL, 0, 0, 0"
	        " FROM statuses, (SELECT -7 AS n UNION SELECT 0 UNION SELECT 99) WHERE number = 2");
	open_store();
	static const int16_t expected[] = { -1, 2, -1, -1, 5, -1 };
	ck_assert_uint_eq(seen.tasks, 6);
	for (size_t i = 0; i < 6; i++)
		ck_assert_int_eq(seen.task[i].status.exit_code, expected[i]);
}
END_TEST

START_TEST(what_was_put_before_the_start_is_committed)
{
	open_store();
	create(1);
	close_store();
	open_store();
	ck_assert_uint_eq(seen.tasks, 1);
	create(2);
	ck_assert_int_eq(store_start(store), 0);
	wait_for(1);
}
END_TEST

START_TEST(closing_nothing_is_fine)
{
	store_close(NULL);
	open_store();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("store");
	TCase *tcase = tcase_create("store");

	tcase_add_checked_fixture(tcase, make_directory, remove_directory);
	tcase_add_test(tcase, a_new_store_is_empty_and_private);
	tcase_add_test(tcase, everything_comes_back);
	tcase_add_test(tcase, what_is_absent_comes_back_absent);
	tcase_add_test(tcase, what_an_ended_task_used_comes_back);
	tcase_add_test(tcase, changes_replace_each_other_in_order);
	tcase_add_test(tcase, without_a_process_none_comes_back);
	tcase_add_test(tcase, what_is_removed_is_gone_and_its_number_is_not_reused);
	tcase_add_test(tcase, a_bad_hash_is_refused);
	tcase_add_test(tcase, each_task_gets_its_own_status);
	tcase_add_test(tcase, what_was_put_before_the_start_is_committed);
	tcase_add_test(tcase, closing_nothing_is_fine);
	tcase_add_test(tcase, a_task_of_the_first_version_stays_as_it_was_created);
	tcase_add_test(tcase, a_reader_can_stop_the_loading);
	suite_add_tcase(suite, tcase);
	return unit_main(suite);
}
