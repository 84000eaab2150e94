#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "engine/store/hash.h"
#include "engine/store/migrations.h"
#include "engine/store/store.h"
#include "engine/task/environment.h"
#include "engine/task/messages.h"
#include "tests/unit/scratch.h"
#include "tests/unit/unit.h"

static char directory[48];
static char path[64];
static struct store *store;

/* Changes that are put one by one. */

static int put_create(const struct store_task *task, uint64_t next_id, bool urgent, uint64_t *sequence)
{
	struct store_batch batch = STORE_BATCH_INIT;
	store_batch_create(&batch, task, next_id);
	int rc = store_put(store, &batch, urgent, sequence);
	store_batch_release(&batch);
	return rc;
}

static int put_status(uint64_t number, const struct task_status *status, const struct task_process *process,
                      const char *boot_id, bool urgent, uint64_t *sequence)
{
	struct store_batch batch = STORE_BATCH_INIT;
	store_batch_status(&batch, number, status, process, boot_id);
	return store_put(store, &batch, urgent, sequence);
}

static int put_text(uint64_t number, const char *name, const char *description, uint64_t *sequence)
{
	struct store_batch batch = STORE_BATCH_INIT;
	store_batch_text(&batch, number, name, description);
	return store_put(store, &batch, true, sequence);
}

static int put_remove(uint64_t number, uint64_t *sequence)
{
	struct store_batch batch = STORE_BATCH_INIT;
	store_batch_remove(&batch, number);
	return store_put(store, &batch, true, sequence);
}

static int put_environment(const char *hash, const char *block, size_t length, uint64_t *sequence)
{
	struct store_batch batch = STORE_BATCH_INIT;
	store_batch_environment(&batch, hash, block, length);
	return store_put(store, &batch, true, sequence);
}

static int put_forget_environment(const char *hash, uint64_t *sequence)
{
	struct store_batch batch = STORE_BATCH_INIT;
	store_batch_forget_environment(&batch, hash);
	return store_put(store, &batch, false, sequence);
}

static int put_reserved(uint64_t id, uint64_t *sequence)
{
	struct store_batch batch = STORE_BATCH_INIT;
	store_batch_reserved(&batch, id);
	return store_put(store, &batch, false, sequence);
}

/* The result of store_load(). */
enum { MOST = 5000 };
static struct {
	size_t tasks, environments, attempts, reserved, counters;
	struct store_task task[MOST];
	uint64_t reserved_id, last_number, next_id;
	char hash[ENVIRONMENT_HASH_SIZE];
	size_t block_length;
	char block[64];
	char attempt[256];
	int64_t hook_limit;
	char cursors[64];
	char on_empty[32];
	int refuse;
	struct keep keep;
} seen;

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

static int see_hook_limit(void *ctx, int64_t limit)
{
	(void)ctx;
	seen.hook_limit = limit;
	return 0;
}

static int see_seen(void *ctx, uint32_t uid, uint64_t cursor)
{
	size_t used = strlen(seen.cursors);
	(void)ctx;
	snprintf(seen.cursors + used, sizeof(seen.cursors) - used, "%u %d; ", uid, (int)cursor);
	return 0;
}

static int see_keep(void *ctx, const struct keep *keep)
{
	(void)ctx;
	seen.keep = *keep;
	return 0;
}

static int see_group(void *ctx, const char *name, const struct group_settings *settings)
{
	(void)ctx, (void)name;
	snprintf(seen.on_empty, sizeof(seen.on_empty), "%s", settings->on_empty ? settings->on_empty : "-");
	return 0;
}

static int see_environment(void *ctx, const char *hash, const char *block, size_t length)
{
	(void)ctx;
	ck_assert_uint_eq(seen.tasks + seen.reserved + seen.counters, 0);
	snprintf(seen.hash, sizeof(seen.hash), "%s", hash);
	ck_assert_uint_le(length, sizeof(seen.block));
	memcpy(seen.block, block, length);
	seen.block_length = length;
	seen.environments++;
	return 0;
}

static int see_task(void *ctx, const struct store_task *task)
{
	(void)ctx;
	ck_assert_uint_eq(seen.reserved + seen.counters, 0);
	ck_assert(seen.tasks == 0 || task->number > seen.task[seen.tasks - 1].number);
	if (seen.refuse)
		return seen.refuse;
	ck_assert_uint_lt(seen.tasks, MOST);
	struct store_task *copy = &seen.task[seen.tasks++];
	*copy = *task;
	ck_assert_int_eq(task_spec_copy(&copy->spec, &task->spec), 0);
	ck_assert_int_eq(task_status_copy(&copy->status, &task->status), 0);
	return 0;
}

static int see_attempt(void *ctx, uint64_t number, const struct plan_attempt *attempt)
{
	size_t used = strlen(seen.attempt);
	const char *left = strings_next(&attempt->left, NULL);

	(void)ctx;
	ck_assert_uint_eq(seen.reserved + seen.counters, 0);
	seen.attempts++;
	snprintf(seen.attempt + used, sizeof(seen.attempt) - used, "%d.%u %d %d %d %d %s (%s); ", (int)number,
	         attempt->ordinal, (int)attempt->started_at, (int)attempt->ended_at, attempt->exit_code,
	         attempt->term_signal, attempt->message ? attempt->message : "-", left ? left : "");
	return 0;
}

static int see_reserved(void *ctx, uint64_t id)
{
	(void)ctx;
	ck_assert_uint_eq(seen.counters, 0);
	seen.reserved_id = id;
	seen.reserved++;
	return 0;
}

static int see_counters(void *ctx, uint64_t last_number, uint64_t next_id)
{
	(void)ctx;
	seen.last_number = last_number;
	seen.next_id = next_id;
	seen.counters++;
	return 0;
}

static const struct store_reader reader = {
	.slots = see_slots,
	.paused = see_paused,
	.hook_limit = see_hook_limit,
	.seen = see_seen,
	.keep = see_keep,
	.group = see_group,
	.environment = see_environment,
	.task = see_task,
	.attempt = see_attempt,
	.reserved = see_reserved,
	.counters = see_counters,
};

static void forget(void)
{
	for (size_t i = 0; i < seen.tasks; i++) {
		task_spec_release(&seen.task[i].spec);
		task_status_release(&seen.task[i].status);
	}
	memset(&seen, 0, sizeof(seen));
}

static void open_store(void)
{
	char *error = NULL;
	int rc = store_open(&store, directory, &error);

	ck_assert_msg(rc == 0, "%s", error);
	forget();
	rc = store_load(store, &reader, NULL, &error);
	ck_assert_msg(rc == 0, "%s", error);
	ck_assert_uint_eq(seen.counters, 1);
}

static void open_and_start(void)
{
	open_store();
	ck_assert_int_eq(store_start(store), 0);
}

static void close_store(void)
{
	store_close(store);
	store = NULL;
}

static void reopen(void)
{
	close_store();
	open_and_start();
}

static void make_directory(void)
{
	scratch_make();
	snprintf(directory, sizeof(directory), "%s", scratch_path(""));
	snprintf(path, sizeof(path), "%s/tasks.db", directory);
}

static void remove_directory(void)
{
	forget();
	close_store();
	scratch_remove();
}

/* Waits for the next report of store_poll(). */
static int poll_once(uint64_t *committed, char **error)
{
	struct pollfd readable = { .fd = store_fd(store), .events = POLLIN };

	ck_assert_int_eq(poll(&readable, 1, 30000), 1);
	return store_poll(store, committed, error);
}

static void wait_for(uint64_t sequence)
{
	uint64_t committed = 0;
	char *error = NULL;

	while (committed < sequence) {
		int rc = poll_once(&committed, &error);
		ck_assert_msg(rc == 0, "%s", error);
	}
}

/* Waits for a failed commit. */
static char *wait_for_failure(int expected, uint64_t *committed)
{
	char *error = NULL;
	int rc = 0;

	while (rc == 0)
		rc = poll_once(committed, &error);
	ck_assert_int_eq(rc, expected);
	ck_assert_ptr_nonnull(error);
	return error;
}

static int put_simple(uint64_t number, const char *name, bool urgent, uint64_t *sequence)
{
	char id[32];
	char cwd[] = "/";
	char *name_copy = name ? strdup(name) : NULL;
	struct store_task task = {
		.number = number,
		.created_at = 1000 + (int64_t)number,
		.spec = { .id = id, .cwd = cwd, .name = name_copy },
		.status = TASK_STATUS_INIT,
		.process = TASK_PROCESS_INIT,
	};

	snprintf(id, sizeof(id), "%llu", (unsigned long long)number);
	strings_add(&task.spec.command, "true");
	int rc = put_create(&task, number + 1, urgent, sequence);
	strings_release(&task.spec.command);
	free(name_copy);
	return rc;
}

static uint64_t create(uint64_t number)
{
	uint64_t sequence = 0;

	ck_assert_int_eq(put_simple(number, NULL, true, &sequence), 0);
	return sequence;
}

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

START_TEST(many_changes_commit_in_groups)
{
	uint64_t sequence = 0, committed = 0;
	char *error = NULL;
	unsigned polls = 0;

	open_and_start();
	for (uint64_t number = 1; number <= MOST; number++)
		ck_assert_int_eq(put_simple(number, "n", number == MOST, &sequence), 0);
	ck_assert_uint_eq(sequence, MOST);
	while (committed < MOST) {
		uint64_t before = committed;
		ck_assert_int_eq(poll_once(&committed, &error), 0);
		ck_assert_uint_ge(committed, before);
		polls++;
	}
	ck_assert_uint_lt(polls, MOST / 10);
	reopen();
	ck_assert_uint_eq(seen.tasks, MOST);
	ck_assert_uint_eq(seen.last_number, MOST);
}
END_TEST

static int64_t now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * INT64_C(1000000) + now.tv_nsec / 1000;
}

/* Commits that can wait end at least one pace apart, even on a slow machine. */
START_TEST(what_can_wait_keeps_the_pace)
{
	enum { COMMITS = 12 };
	uint64_t sequence;
	int64_t start = now_us();

	open_and_start();
	for (uint64_t number = 1; number <= COMMITS; number++) {
		ck_assert_int_eq(put_simple(number, NULL, false, &sequence), 0);
		wait_for(sequence);
	}
	ck_assert_int_ge(now_us() - start, (COMMITS - 1) * STORE_PACE_MS * 1000);
}
END_TEST

START_TEST(something_urgent_takes_the_waiting_along)
{
	uint64_t first, second, committed = 0;
	char *error = NULL;

	open_and_start();
	ck_assert_int_eq(put_simple(1, NULL, false, &first), 0);
	ck_assert_int_eq(put_simple(2, NULL, true, &second), 0);
	while (committed < second)
		ck_assert_int_eq(poll_once(&committed, &error), 0);
	reopen();
	ck_assert_uint_eq(seen.tasks, 2);
}
END_TEST

START_TEST(a_poll_with_no_news_says_what_is_known)
{
	uint64_t committed = 9;
	char *error = NULL;
	struct pollfd readable = { .events = POLLIN };

	open_and_start();
	ck_assert_int_eq(store_poll(store, &committed, &error), 0);
	ck_assert_uint_eq(committed, 0);
	wait_for(create(1));
	readable.fd = store_fd(store);
	ck_assert_int_eq(poll(&readable, 1, 0), 0);
	ck_assert_int_eq(store_poll(store, &committed, &error), 0);
	ck_assert_uint_eq(committed, 1);
}
END_TEST

START_TEST(a_failed_commit_drops_it_and_what_follows_until_it_is_known)
{
	uint64_t committed = 0;
	struct pollfd readable = { .events = POLLIN };

	open_and_start();
	wait_for(create(1));
	store_fail_commits(store, 0, 1);
	ck_assert_uint_eq(create(2), 2);
	readable.fd = store_fd(store);
	ck_assert_int_eq(poll(&readable, 1, 30000), 1);
	/* the commit has failed, but nobody has been told */
	ck_assert_uint_eq(create(3), 3);
	ck_assert_uint_eq(create(4), 4);
	char *error = wait_for_failure(-ENOSPC, &committed);
	ck_assert_ptr_nonnull(strstr(error, "database or disk is full"));
	free(error);
	ck_assert_uint_eq(committed, 1);

	/* usable again, with numbers that go on, and the disk has what was reported */
	ck_assert_int_eq(store_poll(store, &committed, &error), 0);
	ck_assert_ptr_null(error);
	wait_for(create(5));
	reopen();
	ck_assert_uint_eq(seen.tasks, 2);
	ck_assert_uint_eq(seen.task[0].number, 1);
	ck_assert_uint_eq(seen.task[1].number, 5);
}
END_TEST

START_TEST(counters_of_a_failed_commit_are_dropped_too)
{
	uint64_t committed;

	open_and_start();
	store_fail_commits(store, 0, 1);
	create(50);
	free(wait_for_failure(-ENOSPC, &committed));
	ck_assert_uint_eq(committed, 0);
	reopen();
	ck_assert_uint_eq(seen.last_number, 0);
	ck_assert_uint_eq(seen.next_id, 1);
}
END_TEST

START_TEST(failures_are_skipped_to_and_counted)
{
	uint64_t committed = 0;

	open_and_start();
	store_fail_commits(store, 1, 2);
	wait_for(create(1));
	for (int failure = 0; failure < 2; failure++) {
		create(2);
		free(wait_for_failure(-ENOSPC, &committed));
		ck_assert_uint_eq(committed, 1);
	}
	wait_for(create(2));
	reopen();
	ck_assert_uint_eq(seen.tasks, 2);
}
END_TEST

START_TEST(closing_with_a_failure_unreported_keeps_what_was_committed)
{
	struct pollfd readable = { .events = POLLIN };

	open_and_start();
	wait_for(create(1));
	store_fail_commits(store, 0, 1);
	create(2);
	readable.fd = store_fd(store);
	ck_assert_int_eq(poll(&readable, 1, 30000), 1);
	create(3);
	reopen();
	ck_assert_uint_eq(seen.tasks, 1);
}
END_TEST

/* A file that cannot grow is like a full disk for SQLite, except for the errno. */
START_TEST(a_full_disk_is_survived)
{
	enum { LIMIT = 256 * 1024 };
	struct rlimit limit, before;
	uint64_t committed = 0, number = 1, acknowledged = 0;
	char *text = unit_room(20001);
	char *error = NULL;
	uint64_t sequence;
	int rc = 0;

	memset(text, 'd', 20000);
	text[20000] = '\0';
	signal(SIGXFSZ, SIG_IGN);
	open_and_start();
	ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &before), 0);
	limit = before;
	limit.rlim_cur = LIMIT;
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);

	/* numbers and sequences are the same until it fails */
	for (; rc == 0; number++) {
		ck_assert_uint_lt(number, 1000);
		ck_assert_int_eq(put_simple(number, text, true, &sequence), 0);
		while (rc == 0 && committed < sequence)
			rc = poll_once(&committed, &error);
		if (rc == 0)
			acknowledged = number;
	}
	ck_assert_int_lt(rc, 0);
	ck_assert_ptr_nonnull(strstr(error, path));
	free(error);
	ck_assert_uint_eq(committed, acknowledged);
	ck_assert_uint_gt(acknowledged, 3);

	/* still full, still alive */
	for (int again = 0; again < 3; again++) {
		ck_assert_int_eq(put_simple(900, text, true, &sequence), 0);
		rc = 0;
		while (rc == 0 && committed < sequence)
			rc = poll_once(&committed, &error);
		free(error);
		if (rc == 0)
			break;
	}

	/* there is room again, and the same store goes on */
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &before), 0);
	ck_assert_int_eq(put_simple(901, text, true, &sequence), 0);
	wait_for(sequence);
	bool kept_900 = rc == 0;
	reopen();
	ck_assert_uint_eq(seen.tasks, acknowledged + kept_900 + 1);
	ck_assert_uint_eq(seen.task[acknowledged - 1].number, acknowledged);
	ck_assert_uint_eq(seen.task[seen.tasks - 1].number, 901);
	free(text);
}
END_TEST

START_TEST(what_was_acknowledged_survives_a_kill)
{
	int channel[2];
	uint64_t last = 0, value;

	ck_assert_int_eq(pipe(channel), 0);
	pid_t child = fork();
	ck_assert_int_ge(child, 0);
	if (child == 0) {
		open_and_start();
		for (uint64_t number = 1;; number++) {
			wait_for(create(number));
			if (write(channel[1], &number, sizeof(number)) < 0)
				_exit(1);
		}
	}
	close(channel[1]);
	while (last < 50 && read(channel[0], &value, sizeof(value)) == sizeof(value))
		last = value;
	kill(child, SIGKILL);
	while (read(channel[0], &value, sizeof(value)) == sizeof(value))
		last = value;
	close(channel[0]);

	open_and_start();
	ck_assert_uint_ge(seen.tasks, last);
	ck_assert_uint_le(seen.tasks, last + 1);
	ck_assert_uint_eq(seen.last_number, seen.tasks);
}
END_TEST

static void write_file(const char *content, size_t length)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, content, length), (ssize_t)length);
	close(fd);
}

static void execute(const char *sql)
{
	sqlite3 *db;

	ck_assert_int_eq(sqlite3_open(path, &db), SQLITE_OK);
	ck_assert_int_eq(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
}

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
	assert_not_opened(-EBADMSG, unit_says(MSG_DATABASE_FOREIGN, path));
}
END_TEST

START_TEST(somebody_elses_database_is_refused_and_left_alone)
{
	struct stat before, after;

	execute("CREATE TABLE theirs (x)");
	ck_assert_int_eq(stat(path, &before), 0);
	assert_not_opened(-EBADMSG, unit_says(MSG_DATABASE_FOREIGN, path));
	ck_assert_int_eq(stat(path, &after), 0);
	ck_assert_int_eq(before.st_mtim.tv_nsec, after.st_mtim.tv_nsec);
	ck_assert_int_eq(before.st_size, after.st_size);
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
};

START_TEST(a_row_that_makes_no_sense_is_a_failed_task)
{
	char *error = NULL;

	open_and_start();
	create(1);
	close_store();
	execute(damages[_i].sql);
	open_and_start();
	create(2);
	close_store();
	ck_assert_int_eq(store_open(&store, directory, &error), 0);
	forget();
	ck_assert_int_eq(store_load(store, &reader, NULL, &error), 0);
	ck_assert_uint_eq(seen.tasks, 2);
	ck_assert_int_eq(seen.task[0].status.state, TASK_FAILED);
	ck_assert_str_eq(seen.task[0].status.message, unit_says(MSG_TASK_DAMAGED, damages[_i].what));
	ck_assert(task_id_valid(seen.task[0].spec.id));
	ck_assert_uint_gt(seen.task[0].spec.command.length, 0);
	ck_assert_int_eq(seen.task[1].status.state, TASK_CREATED);
}
END_TEST

static const char *const losses[] = {
	"DELETE FROM statuses",
	"UPDATE tasks SET number = number + 7",
};

START_TEST(a_task_whose_status_is_missing_is_not_as_it_was_created)
{
	char *error = NULL;

	open_and_start();
	create(1);
	close_store();
	execute(losses[_i]);
	ck_assert_int_eq(store_open(&store, directory, &error), 0);
	forget();
	ck_assert_int_eq(store_load(store, &reader, NULL, &error), 0);
	ck_assert_uint_eq(seen.tasks, 1);
	ck_assert_int_eq(seen.task[0].status.state, TASK_FAILED);
	ck_assert(seen.task[0].uncertain);
	ck_assert_str_eq(seen.task[0].status.message, MSG_TASK_STATUS_MISSING);
	ck_assert_int_eq(seen.task[0].status.ended_at, seen.task[0].created_at);
}
END_TEST

/* In the first version, a task that had never started had no status. */
/* Puts what one task waits for, and what it does not wait for any more. */
static void put_dependencies(uint64_t number)
{
	const struct plan_after after[] = {
		{ .number = 9, .condition = PLAN_AFTER_ANY },
		{ .number = 3, .condition = PLAN_AFTER_OK },
		{ .number = 5, .condition = PLAN_AFTER_FAIL, .unmet = true },
	};
	struct store_batch batch = STORE_BATCH_INIT, other = STORE_BATCH_INIT;
	uint64_t sequence;

	for (size_t i = 0; i < 3; i++)
		store_batch_dependency(&batch, number, &after[i]);
	store_batch_forget_dependency(&other, number, 3);
	store_batch_append(&batch, &other);
	ck_assert_ptr_null(other.first);
	ck_assert_int_eq(store_put(store, &batch, true, &sequence), 0);
}

START_TEST(what_is_kept_comes_back)
{
	const struct keep keep = { .ended = 5, .failed = 6, .size = INT64_MAX };
	struct store_batch batch = STORE_BATCH_INIT;
	uint64_t sequence;

	open_and_start();
	ck_assert(!keep_is_set(&seen.keep));
	store_batch_keep(&batch, &keep);
	ck_assert_int_eq(store_put(store, &batch, true, &sequence), 0);
	reopen();
	ck_assert_mem_eq(&seen.keep, &keep, sizeof(keep));
}
END_TEST

START_TEST(what_a_task_waits_for_comes_back)
{
	struct store_batch batch = STORE_BATCH_INIT;
	uint64_t sequence;

	open_and_start();
	for (uint64_t number = 1; number <= 3; number++)
		create(number);
	put_dependencies(1);
	put_dependencies(2);
	put_dependencies(3);
	store_batch_forget_dependencies(&batch, 2);
	store_batch_remove(&batch, 3);
	ck_assert_int_eq(store_put(store, &batch, true, &sequence), 0);
	reopen();
	ck_assert_uint_eq(seen.tasks, 2);
	const struct task_plan *plan = seen.task[0].spec.plan;
	ck_assert_uint_eq(plan->after_count, 2);
	ck_assert_uint_eq(plan->weight, plan_default.weight);
	ck_assert(plan->after[0].number == 5 && plan->after[0].condition == PLAN_AFTER_FAIL &&
	          plan->after[0].unmet);
	ck_assert(plan->after[1].number == 9 && plan->after[1].condition == PLAN_AFTER_ANY &&
	          !plan->after[1].unmet);
	ck_assert_ptr_null(seen.task[1].spec.plan);
	/* Its number is not used again, but what is left of it would be found. */
	close_store();
	execute("INSERT INTO tasks SELECT 3, 'c', NULL, NULL, NULL, 0, 5, x'2f', x'4100', NULL, NULL, 0, 0, NULL");
	open_and_start();
	ck_assert_ptr_null(seen.task[2].spec.plan);
}
END_TEST

START_TEST(what_follows_an_end_comes_back)
{
	struct store_batch batch = STORE_BATCH_INIT;
	struct plan_hooks asked = { .on_end = (char *)"e",
		                    .on_ok = (char *)"o",
		                    .webhook = (char *)"http://w/" },
			  hook = { .target = 1, .input = (char *)"{}\n" };
	uint64_t sequence;

	open_and_start();
	for (uint64_t number = 1; number <= 3; number++) {
		create(number);
		store_batch_plan(&batch, number, &plan_default);
		store_batch_hooks(&batch, number, number == 2 ? &hook : &asked);
	}
	store_batch_remove(&batch, 3);
	ck_assert_int_eq(store_put(store, &batch, true, &sequence), 0);
	reopen();
	const struct plan_hooks *first = seen.task[0].spec.plan->hooks,
				*second = seen.task[1].spec.plan->hooks;
	ck_assert_str_eq(first->on_end, "e");
	ck_assert_ptr_null(first->on_fail);
	ck_assert_str_eq(first->on_ok, "o");
	ck_assert_str_eq(first->webhook, "http://w/");
	ck_assert_uint_eq(first->target, 0);
	ck_assert_ptr_null(second->on_end);
	ck_assert_uint_eq(second->target, 1);
	ck_assert_str_eq(second->input, "{}\n");
	/* What belonged to the one that was removed is gone. */
	close_store();
	execute("INSERT INTO tasks SELECT 3, 'c', NULL, NULL, NULL, 0, 5, x'2f', x'4100', NULL, NULL, 0, 0, NULL");
	execute("UPDATE plans SET number = 3 WHERE number = 1");
	open_and_start();
	ck_assert_ptr_null(seen.task[2].spec.plan->hooks);
	/* Without its plan it has none either. */
	ck_assert_ptr_null(seen.task[0].spec.plan);
}
END_TEST

START_TEST(what_was_set_comes_back)
{
	const struct group_settings settings = { .on_empty = (char *)"empty" };
	struct store_batch batch = STORE_BATCH_INIT;
	uint64_t sequence;

	open_and_start();
	ck_assert_int_eq(seen.hook_limit, 0);
	store_batch_hook_limit(&batch, 1500);
	store_batch_seen(&batch, 7, 3);
	store_batch_seen(&batch, 8, 5);
	store_batch_seen(&batch, 7, 4);
	store_batch_group(&batch, "g", &settings);
	ck_assert_int_eq(store_put(store, &batch, true, &sequence), 0);
	reopen();
	ck_assert_int_eq(seen.hook_limit, 1500);
	ck_assert_str_eq(seen.cursors, "7 4; 8 5; ");
	ck_assert_str_eq(seen.on_empty, "empty");
	close_store();
	execute("UPDATE meta SET value = 'x' WHERE key = 'hook_limit'");
	open_and_start();
	ck_assert_int_eq(seen.hook_limit, 0);
}
END_TEST

static void put_attempt(uint64_t number, uint32_t ordinal, const char *message)
{
	struct store_batch batch = STORE_BATCH_INIT;
	struct plan_attempt attempt = { .ordinal = ordinal,
		                        .started_at = 5,
		                        .ended_at = 6,
		                        .exit_code = -1,
		                        .term_signal = SIGKILL,
		                        .message = (char *)message };
	uint64_t sequence;

	if (!message)
		ck_assert_int_eq(strings_add(&attempt.left, "12 34 sleep"), 0);
	store_batch_attempt(&batch, number, &attempt);
	ck_assert_int_eq(store_put(store, &batch, true, &sequence), 0);
	strings_release(&attempt.left);
}

START_TEST(attempts_come_back_in_order)
{
	struct store_batch batch = STORE_BATCH_INIT;
	uint64_t sequence;

	open_and_start();
	for (uint64_t number = 1; number <= 2; number++) {
		create(number);
		put_attempt(number, 2, NULL);
		put_attempt(number, 1, "killed");
	}
	store_batch_remove(&batch, 1);
	ck_assert_int_eq(store_put(store, &batch, true, &sequence), 0);
	close_store();
	/* A list that nobody wrote is none. */
	execute("UPDATE attempts SET survivors = x'4142' WHERE attempt = 1");
	open_and_start();
	ck_assert_uint_eq(seen.attempts, 2);
	ck_assert_str_eq(seen.attempt, "2.1 5 6 -1 9 killed (); 2.2 5 6 -1 9 - (12 34 sleep); ");
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
	ck_assert_int_eq(seen.task[0].status.state, TASK_CREATED);
	ck_assert_int_eq(seen.task[0].status.exit_code, -1);
	ck_assert_int_eq(seen.task[1].status.ended_at, 7);
}
END_TEST

START_TEST(an_environment_without_a_name_is_not_read)
{
	char *error = NULL;

	open_and_start();
	create(1);
	close_store();
	execute("INSERT INTO environments VALUES (x'41', x'42')");
	ck_assert_int_eq(store_open(&store, directory, &error), 0);
	forget();
	ck_assert_int_eq(store_load(store, &reader, NULL, &error), 0);
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

static void add_tests(TCase *tcase)
{
	tcase_add_test(tcase, a_new_store_is_empty_and_private);
	tcase_add_test(tcase, everything_comes_back);
	tcase_add_test(tcase, what_a_task_waits_for_comes_back);
	tcase_add_test(tcase, what_is_kept_comes_back);
	tcase_add_test(tcase, attempts_come_back_in_order);
	tcase_add_test(tcase, what_follows_an_end_comes_back);
	tcase_add_test(tcase, what_was_set_comes_back);
	tcase_add_test(tcase, what_is_absent_comes_back_absent);
	tcase_add_test(tcase, what_an_ended_task_used_comes_back);
	tcase_add_test(tcase, changes_replace_each_other_in_order);
	tcase_add_test(tcase, without_a_process_none_comes_back);
	tcase_add_test(tcase, what_is_removed_is_gone_and_its_number_is_not_reused);
	tcase_add_test(tcase, a_bad_hash_is_refused);
	tcase_add_test(tcase, many_changes_commit_in_groups);
	tcase_add_test(tcase, what_can_wait_keeps_the_pace);
	tcase_add_test(tcase, something_urgent_takes_the_waiting_along);
	tcase_add_test(tcase, a_poll_with_no_news_says_what_is_known);
	tcase_add_test(tcase, each_task_gets_its_own_status);
	tcase_add_test(tcase, what_was_put_before_the_start_is_committed);
	tcase_add_test(tcase, closing_nothing_is_fine);
}

static void add_failure_tests(TCase *tcase)
{
	tcase_add_test(tcase, a_failed_commit_drops_it_and_what_follows_until_it_is_known);
	tcase_add_test(tcase, counters_of_a_failed_commit_are_dropped_too);
	tcase_add_test(tcase, failures_are_skipped_to_and_counted);
	tcase_add_test(tcase, closing_with_a_failure_unreported_keeps_what_was_committed);
	tcase_add_test(tcase, a_full_disk_is_survived);
	tcase_add_test(tcase, what_was_acknowledged_survives_a_kill);
	tcase_add_test(tcase, what_is_no_database_is_refused);
	tcase_add_test(tcase, somebody_elses_database_is_refused_and_left_alone);
	tcase_add_test(tcase, a_newer_schema_is_refused);
	tcase_add_test(tcase, a_missing_folder_is_named);
	tcase_add_loop_test(tcase, a_row_that_makes_no_sense_is_a_failed_task, 0,
	                    sizeof(damages) / sizeof(damages[0]));
	tcase_add_loop_test(tcase, a_task_whose_status_is_missing_is_not_as_it_was_created, 0,
	                    sizeof(losses) / sizeof(losses[0]));
	tcase_add_test(tcase, a_task_of_the_first_version_stays_as_it_was_created);
	tcase_add_test(tcase, an_environment_without_a_name_is_not_read);
	tcase_add_test(tcase, damaged_pages_are_an_error);
	tcase_add_test(tcase, a_reader_can_stop_the_loading);
}

int main(void)
{
	Suite *suite = suite_create("store");
	TCase *normal = tcase_create("normal");
	TCase *failure = tcase_create("failure");

	tcase_add_checked_fixture(normal, make_directory, remove_directory);
	add_tests(normal);
	suite_add_tcase(suite, normal);
	tcase_add_checked_fixture(failure, make_directory, remove_directory);
	add_failure_tests(failure);
	suite_add_tcase(suite, failure);
	return unit_main(suite);
}
