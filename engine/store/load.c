/* Reading everything back. */
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/store/hash.h"
#include "engine/store/internal.h"
#include "engine/store/store.h"

/* What a query's rows are given to. */
struct loading {
	struct store *store;
	const struct store_reader *reader;
	void *ctx;
	char **error;
};

typedef int row_function(struct loading *loading, sqlite3_stmt *row);

/* 0, or -errno: -ENOMEM and the reader's own without a clause. */
static int each_row(struct loading *loading, const char *sql, row_function *function)
{
	sqlite3_stmt *statement = NULL;
	int rc = 0;
	int code = sqlite3_prepare_v2(loading->store->db, sql, -1, &statement, NULL);

	while (code == SQLITE_OK || code == SQLITE_ROW) {
		code = sqlite3_step(statement);
		if (code == SQLITE_ROW)
			rc = function(loading, statement);
		if (rc != 0)
			break;
	}
	if (rc == 0 && code != SQLITE_DONE)
		rc = store_fail(loading->store, code, loading->error);
	sqlite3_finalize(statement);
	return rc;
}

static int damaged(struct loading *loading, sqlite3_stmt *row, const char *what)
{
	long long number = sqlite3_column_int64(row, 0);

	if (asprintf(loading->error, "%s is damaged: %s (row %lld)", loading->store->path, what, number) < 0)
		*loading->error = NULL;
	return -EBADMSG;
}

static int copy_text(sqlite3_stmt *row, int column, char **text)
{
	*text = NULL;
	if (sqlite3_column_type(row, column) == SQLITE_NULL)
		return 0;
	/* a blob is as good: cwd is bytes */
	const char *bytes = sqlite3_column_blob(row, column);
	*text = strndup(bytes ? bytes : "", (size_t)sqlite3_column_bytes(row, column));
	return *text ? 0 : -ENOMEM;
}

/* As environment names are kept.  *hash NULL where there is none. */
static int copy_hash(sqlite3_stmt *row, int column, char **hash)
{
	*hash = NULL;
	if (sqlite3_column_type(row, column) == SQLITE_NULL)
		return 0;
	if (sqlite3_column_bytes(row, column) != SHA256_SIZE)
		return -EBADMSG;
	*hash = malloc(ENVIRONMENT_HASH_SIZE);
	if (!*hash)
		return -ENOMEM;
	hash_from_bytes(sqlite3_column_blob(row, column), *hash);
	return 0;
}

static int environment_row(struct loading *loading, sqlite3_stmt *row)
{
	char *hash = NULL;
	int rc = copy_hash(row, 1, &hash);

	if (rc == -EBADMSG || (rc == 0 && !hash))
		return damaged(loading, row, "an environment has no name");
	if (rc < 0)
		return rc;
	const char *block = sqlite3_column_blob(row, 2);
	size_t length = (size_t)sqlite3_column_bytes(row, 2);
	rc = loading->reader->environment(loading->ctx, hash, block ? block : "", length);
	free(hash);
	return rc;
}

enum task_column {
	SPEC_NUMBER, SPEC_ID, SPEC_NAME, SPEC_DESCRIPTION, SPEC_GROUP, SPEC_PARENT, SPEC_CREATED_AT, SPEC_CWD,
	SPEC_COMMAND, SPEC_VARIABLES, SPEC_ENVIRONMENT, SPEC_MAX_LOG, SPEC_MERGE, SPEC_NONCE,
	STATUS_STATE, STATUS_STARTED_AT, STATUS_ENDED_AT, STATUS_EXIT_CODE, STATUS_TERM_SIGNAL, STATUS_PID,
	STATUS_PID_START, STATUS_SLOT, STATUS_BOOT_ID, STATUS_STOP_SIGNAL, STATUS_KILL_AT, STATUS_PERCENT,
	STATUS_PERCENT_KNOWN, STATUS_MESSAGE,
};

/* In the order of enum task_column. */
static const char select_tasks[] =
	"SELECT tasks.number, id, name, description, task_group, parent, created_at, cwd,"
	" command, variables, environment, max_log, merge, nonce,"
	" state, started_at, ended_at, exit_code, term_signal, pid,"
	" pid_start, slot, boot_id, stop_signal, kill_at, percent,"
	" percent_known, message"
	" FROM tasks LEFT JOIN statuses ON statuses.number = tasks.number ORDER BY tasks.number";

static int read_spec(sqlite3_stmt *row, struct task_spec *spec)
{
	static const struct {
		enum task_column column;
		size_t offset;
	} texts[] = {
		{ SPEC_ID, offsetof(struct task_spec, id) },
		{ SPEC_NAME, offsetof(struct task_spec, name) },
		{ SPEC_DESCRIPTION, offsetof(struct task_spec, description) },
		{ SPEC_GROUP, offsetof(struct task_spec, group) },
		{ SPEC_CWD, offsetof(struct task_spec, cwd) },
	};
	int rc = 0;

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]) && rc == 0; i++)
		rc = copy_text(row, (int)texts[i].column, (char **)((char *)spec + texts[i].offset));
	if (rc == 0)
		rc = copy_hash(row, SPEC_ENVIRONMENT, &spec->environment);
	if (rc == 0)
		rc = strings_copy(&spec->command, sqlite3_column_blob(row, SPEC_COMMAND),
				  (size_t)sqlite3_column_bytes(row, SPEC_COMMAND));
	if (rc == 0)
		rc = strings_copy(&spec->variables, sqlite3_column_blob(row, SPEC_VARIABLES),
				  (size_t)sqlite3_column_bytes(row, SPEC_VARIABLES));
	spec->parent = (uint64_t)sqlite3_column_int64(row, SPEC_PARENT);
	spec->max_log = (uint64_t)sqlite3_column_int64(row, SPEC_MAX_LOG);
	spec->merge = sqlite3_column_int(row, SPEC_MERGE) != 0;
	spec->has_nonce = sqlite3_column_bytes(row, SPEC_NONCE) == TASK_NONCE_SIZE;
	if (spec->has_nonce)
		memcpy(spec->nonce, sqlite3_column_blob(row, SPEC_NONCE), TASK_NONCE_SIZE);
	return rc;
}

static int read_status(sqlite3_stmt *row, struct task_status *status, struct task_process *process)
{
	int state = sqlite3_column_int(row, STATUS_STATE);

	if (state < 0 || state >= TASK_STATE_COUNT)
		return -EINVAL;
	*status = (struct task_status){
		.state = (enum task_state)state,
		.started_at = sqlite3_column_int64(row, STATUS_STARTED_AT),
		.ended_at = sqlite3_column_int64(row, STATUS_ENDED_AT),
		.exit_code = (int16_t)sqlite3_column_int(row, STATUS_EXIT_CODE),
		.term_signal = (uint8_t)sqlite3_column_int(row, STATUS_TERM_SIGNAL),
		.percent = (uint8_t)sqlite3_column_int(row, STATUS_PERCENT),
		.percent_known = sqlite3_column_int(row, STATUS_PERCENT_KNOWN) != 0,
	};
	*process = (struct task_process){
		.entry = sqlite3_column_int(row, STATUS_SLOT),
		.pid = sqlite3_column_int(row, STATUS_PID),
		.pid_start = (uint64_t)sqlite3_column_int64(row, STATUS_PID_START),
		.stop_signal = sqlite3_column_int(row, STATUS_STOP_SIGNAL),
		.kill_at = sqlite3_column_int64(row, STATUS_KILL_AT),
	};
	return copy_text(row, STATUS_MESSAGE, &status->message);
}

static int task_row(struct loading *loading, sqlite3_stmt *row)
{
	struct store_task task = {
		.number = (uint64_t)sqlite3_column_int64(row, SPEC_NUMBER),
		.created_at = sqlite3_column_int64(row, SPEC_CREATED_AT),
		.status = TASK_STATUS_INIT,
		.process = TASK_PROCESS_INIT,
	};
	int rc = read_spec(row, &task.spec);

	if (rc == 0 && sqlite3_column_type(row, STATUS_STATE) != SQLITE_NULL)
		rc = read_status(row, &task.status, &task.process);
	if (rc == 0 && sqlite3_column_type(row, STATUS_BOOT_ID) != SQLITE_NULL)
		snprintf(task.boot_id, sizeof(task.boot_id), "%s", (const char *)sqlite3_column_text(row, STATUS_BOOT_ID));
	if (rc == 0)
		return loading->reader->task(loading->ctx, &task);

	task_spec_release(&task.spec);
	task_status_release(&task.status);
	return rc == -ENOMEM ? rc : damaged(loading, row, "a task makes no sense");
}

static int reserved_row(struct loading *loading, sqlite3_stmt *row)
{
	return loading->reader->reserved(loading->ctx, (uint64_t)sqlite3_column_int64(row, 0));
}

static int counters_row(struct loading *loading, sqlite3_stmt *row)
{
	/* the newest row is believed even where the counter is not */
	uint64_t last_number = (uint64_t)sqlite3_column_int64(row, 0);
	uint64_t next_id = (uint64_t)sqlite3_column_int64(row, 1);

	return loading->reader->counters(loading->ctx, last_number, next_id ? next_id : 1);
}

static const struct {
	const char *sql;
	row_function *function;
} queries[] = {
	{ "SELECT rowid, hash, block FROM environments", environment_row },
	{ select_tasks, task_row },
	{ "SELECT id FROM reserved", reserved_row },
	{ "SELECT max(coalesce((SELECT value FROM meta WHERE key = 'last_number'), 0),"
	  " coalesce((SELECT max(number) FROM tasks), 0)),"
	  " coalesce((SELECT value FROM meta WHERE key = 'next_id'), 1)",
	  counters_row },
};

int store_load(struct store *store, const struct store_reader *reader, void *ctx, char **error)
{
	struct loading loading = { .store = store, .reader = reader, .ctx = ctx, .error = error };
	int rc = 0;

	*error = NULL;
	for (size_t i = 0; i < sizeof(queries) / sizeof(queries[0]) && rc == 0; i++)
		rc = each_row(&loading, queries[i].sql, queries[i].function);
	return rc;
}
