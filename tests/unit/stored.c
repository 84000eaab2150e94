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
#include "tests/unit/stored.h"
#include "tests/unit/unit.h"

char directory[48], path[64];
struct store *store;

/* Changes that are put one by one. */

int put_create(const struct store_task *task, uint64_t next_id, bool urgent, uint64_t *sequence)
{
	struct store_batch batch = STORE_BATCH_INIT;
	store_batch_create(&batch, task, next_id);
	int rc = store_put(store, &batch, urgent, sequence);
	store_batch_release(&batch);
	return rc;
}

int put_status(uint64_t number, const struct task_status *status, const struct task_process *process,
               const char *boot_id, bool urgent, uint64_t *sequence)
{
	struct store_batch batch = STORE_BATCH_INIT;
	store_batch_status(&batch, number, status, process, boot_id);
	return store_put(store, &batch, urgent, sequence);
}

int put_text(uint64_t number, const char *name, const char *description, uint64_t *sequence)
{
	struct store_batch batch = STORE_BATCH_INIT;
	store_batch_text(&batch, number, name, description);
	return store_put(store, &batch, true, sequence);
}

int put_remove(uint64_t number, uint64_t *sequence)
{
	struct store_batch batch = STORE_BATCH_INIT;
	store_batch_remove(&batch, number);
	return store_put(store, &batch, true, sequence);
}

int put_environment(const char *hash, const char *block, size_t length, uint64_t *sequence)
{
	struct store_batch batch = STORE_BATCH_INIT;
	store_batch_environment(&batch, hash, block, length);
	return store_put(store, &batch, true, sequence);
}

int put_forget_environment(const char *hash, uint64_t *sequence)
{
	struct store_batch batch = STORE_BATCH_INIT;
	store_batch_forget_environment(&batch, hash);
	return store_put(store, &batch, false, sequence);
}

int put_reserved(uint64_t id, uint64_t *sequence)
{
	struct store_batch batch = STORE_BATCH_INIT;
	store_batch_reserved(&batch, id);
	return store_put(store, &batch, false, sequence);
}

/* The result of store_load(). */
struct seen seen;

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

static int see_expect(void *ctx, uint64_t tasks)
{
	(void)ctx;
	ck_assert_uint_eq(seen.tasks, 0);
	seen.expected = tasks;
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

const struct store_reader reader = {
	.slots = see_slots,
	.paused = see_paused,
	.hook_limit = see_hook_limit,
	.seen = see_seen,
	.keep = see_keep,
	.group = see_group,
	.environment = see_environment,
	.expect = see_expect,
	.task = see_task,
	.attempt = see_attempt,
	.reserved = see_reserved,
	.counters = see_counters,
};

void forget(void)
{
	for (size_t i = 0; i < seen.tasks; i++) {
		task_spec_release(&seen.task[i].spec);
		task_status_release(&seen.task[i].status);
	}
	memset(&seen, 0, sizeof(seen));
}

void open_store(void)
{
	char *error = NULL;
	int rc = store_open(&store, directory, &error);

	ck_assert_msg(rc == 0, "%s", error);
	forget();
	rc = store_load(store, &reader, NULL, &error);
	ck_assert_msg(rc == 0, "%s", error);
	ck_assert_uint_eq(seen.counters, 1);
}

void open_and_start(void)
{
	open_store();
	ck_assert_int_eq(store_start(store), 0);
}

void close_store(void)
{
	store_close(store);
	store = NULL;
}

void reopen(void)
{
	close_store();
	open_and_start();
}

void make_directory(void)
{
	scratch_make();
	snprintf(directory, sizeof(directory), "%s", scratch_path(""));
	snprintf(path, sizeof(path), "%s/tasks.db", directory);
}

void remove_directory(void)
{
	forget();
	close_store();
	scratch_remove();
}

/* Waits for the next report of store_poll(). */
int poll_once(uint64_t *committed, char **error)
{
	struct pollfd readable = { .fd = store_fd(store), .events = POLLIN };

	ck_assert_int_eq(poll(&readable, 1, 30000), 1);
	return store_poll(store, committed, error);
}

void wait_for(uint64_t sequence)
{
	uint64_t committed = 0;
	char *error = NULL;

	while (committed < sequence) {
		int rc = poll_once(&committed, &error);
		ck_assert_msg(rc == 0, "%s", error);
	}
}

/* Waits for a failed commit. */
char *wait_for_failure(int expected, uint64_t *committed)
{
	char *error = NULL;
	int rc = 0;

	while (rc == 0)
		rc = poll_once(committed, &error);
	ck_assert_int_eq(rc, expected);
	ck_assert_ptr_nonnull(error);
	return error;
}

int put_simple(uint64_t number, const char *name, bool urgent, uint64_t *sequence)
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

uint64_t create(uint64_t number)
{
	uint64_t sequence = 0;

	ck_assert_int_eq(put_simple(number, NULL, true, &sequence), 0);
	return sequence;
}

void write_file(const char *content, size_t length)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, content, length), (ssize_t)length);
	close(fd);
}

void execute(const char *sql)
{
	sqlite3 *db;

	ck_assert_int_eq(sqlite3_open(path, &db), SQLITE_OK);
	ck_assert_int_eq(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
}
