/*
 * Reading everything back.
 *
 * Tasks, their statuses and their plans are read side by side, all by rising number.  If SQLite joined them,
 * it would search for each row from the root of its tree.  The reader gets pointers into the rows of SQLite,
 * which are not copied here.
 *
 * A row that krtaskd never wrote (a bad disk, a manual change) affects only its own task: that task is
 * read as far as possible, and is Failed.
 */
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/store/internal.h"
#include "engine/store/loading.h"
#include "engine/store/store.h"
#include "engine/task/messages.h"

/* Environment names are stored as bytes.  The name in hash belongs to the bytes in it. */
static int read_hash(sqlite3_stmt *row, int column, struct known_hash *known)
{
	const void *bytes = sqlite3_column_blob(row, column);

	if (!bytes || sqlite3_column_bytes(row, column) != SHA256_SIZE)
		return -EBADMSG;
	if (*known->name && memcmp(known->bytes, bytes, SHA256_SIZE) == 0)
		return 0;
	memcpy(known->bytes, bytes, SHA256_SIZE);
	hash_from_bytes(known->bytes, known->name);
	return 0;
}

static int environment_row(struct loading *loading, sqlite3_stmt *row)
{
	/* In that case, tasks that name it are damaged. */
	if (read_hash(row, 1, &loading->known) < 0)
		return 0;
	const char *block = sqlite3_column_blob(row, 2);
	size_t length = (size_t)sqlite3_column_bytes(row, 2);
	int rc = loading->reader->environment(loading->ctx, loading->known.name, block ? block : "", length);
	return rc == -EINVAL ? 0 : rc;
}

enum task_column {
	SPEC_NUMBER,
	SPEC_ID,
	SPEC_NAME,
	SPEC_DESCRIPTION,
	SPEC_GROUP,
	SPEC_PARENT,
	SPEC_CREATED_AT,
	SPEC_CWD,
	SPEC_COMMAND,
	SPEC_VARIABLES,
	SPEC_ENVIRONMENT,
	SPEC_MAX_LOG,
	SPEC_MERGE,
	SPEC_NONCE,
};

/* In the order of enum task_column. */
static const char select_tasks[] =
	"SELECT number, id, name, description, task_group, parent, created_at, cwd,"
	" command, variables, environment, max_log, merge, nonce"
	" FROM tasks ORDER BY number";

enum status_column {
	STATUS_NUMBER,
	STATUS_STATE,
	STATUS_STARTED_AT,
	STATUS_ENDED_AT,
	STATUS_EXIT_CODE,
	STATUS_TERM_SIGNAL,
	STATUS_PERCENT,
	STATUS_PERCENT_KNOWN,
	STATUS_MESSAGE,
	STATUS_PID,
	STATUS_PID_START,
	STATUS_SLOT,
	STATUS_BOOT_ID,
	STATUS_STOP_SIGNAL,
	STATUS_KILL_AT,
	STATUS_START_ORDER,
	STATUS_CPU_MS,
	STATUS_MAX_RSS,
};

/* In the order of enum status_column. */
static const char select_statuses[] = "SELECT number, state, started_at, ended_at, exit_code, term_signal,"
				      " percent, percent_known, message, pid, pid_start, slot,"
				      " boot_id, stop_signal, kill_at, start_order, cpu_ms, max_rss"
				      " FROM statuses ORDER BY number";

static int read_texts(struct loading *loading, sqlite3_stmt *row, struct task_spec *spec)
{
	static char nowhere[] = "/";
	int rc = load_text(row, SPEC_ID, &spec->id);

	rc = rc < 0 ? rc : load_text(row, SPEC_NAME, &spec->name);
	rc = rc < 0 ? rc : load_text(row, SPEC_DESCRIPTION, &spec->description);
	rc = rc < 0 ? rc : load_text(row, SPEC_GROUP, &spec->group);
	rc = rc < 0 ? rc : load_text(row, SPEC_CWD, &spec->cwd);
	if (rc < 0)
		return rc;
	if (!spec->id || !task_id_valid(spec->id)) {
		load_damaged(loading, "id");
		snprintf(loading->id, sizeof(loading->id), "damaged-%lld",
		         sqlite3_column_int64(row, SPEC_NUMBER));
		spec->id = loading->id;
	}
	if (!spec->cwd) {
		load_damaged(loading, "directory");
		spec->cwd = nowhere;
	}
	return 0;
}

/* Takes only the strings that are complete. */
static struct strings load_read_strings(struct loading *loading, sqlite3_stmt *row, enum task_column column,
                                        const char *what)
{
	char *block = (char *)sqlite3_column_blob(row, (int)column);
	size_t length = block ? (size_t)sqlite3_column_bytes(row, (int)column) : 0;

	if (length > 0 && block[length - 1] != '\0')
		load_damaged(loading, what);
	while (length > 0 && block[length - 1] != '\0')
		length--;
	return (struct strings){ .block = length > 0 ? block : NULL, .length = length };
}

static void load_read_command(struct loading *loading, sqlite3_stmt *row, struct task_spec *spec)
{
	static char unknown[] = "?";

	spec->command = load_read_strings(loading, row, SPEC_COMMAND, "command");
	spec->variables = load_read_strings(loading, row, SPEC_VARIABLES, "variables");
	if (spec->command.length > 0)
		return;
	load_damaged(loading, "command");
	spec->command = (struct strings){ .block = unknown, .length = sizeof(unknown) };
}

static int load_read_spec(struct loading *loading, sqlite3_stmt *row, struct task_spec *spec)
{
	*spec = (struct task_spec){
		.parent = (uint64_t)sqlite3_column_int64(row, SPEC_PARENT),
		.max_log = (uint64_t)sqlite3_column_int64(row, SPEC_MAX_LOG),
		.merge = sqlite3_column_int(row, SPEC_MERGE) != 0,
	};
	const void *nonce = sqlite3_column_blob(row, SPEC_NONCE);
	spec->has_nonce = nonce && sqlite3_column_bytes(row, SPEC_NONCE) == TASK_NONCE_SIZE;
	if (spec->has_nonce)
		memcpy(spec->nonce, nonce, TASK_NONCE_SIZE);
	if (sqlite3_column_type(row, SPEC_ENVIRONMENT) == SQLITE_NULL)
		spec->environment = NULL;
	else if (read_hash(row, SPEC_ENVIRONMENT, &loading->known) == 0)
		spec->environment = loading->known.name;
	else
		load_damaged(loading, "environment");
	load_read_command(loading, row, spec);
	return read_texts(loading, row, spec);
}

static void read_process(struct loading *loading, sqlite3_stmt *row, struct store_task *task)
{
	const char *boot_id = (const char *)sqlite3_column_text(row, STATUS_BOOT_ID);

	task->process = (struct task_process){
		.entry = sqlite3_column_int(row, STATUS_SLOT),
		.pid = sqlite3_column_int(row, STATUS_PID),
		.pid_start = (uint64_t)sqlite3_column_int64(row, STATUS_PID_START),
		.stop_signal = sqlite3_column_int(row, STATUS_STOP_SIGNAL),
		.kill_at = load_time(loading, row, STATUS_KILL_AT, "time of the kill"),
	};
	snprintf(task->boot_id, sizeof(task->boot_id), "%s", boot_id ? boot_id : "");
}

static uint8_t load_percent(sqlite3_stmt *row)
{
	int percent = sqlite3_column_int(row, STATUS_PERCENT);

	return (uint8_t)(percent < 0 ? 0 : percent > 100 ? 100 : percent);
}

static int read_status(struct loading *loading, sqlite3_stmt *row, struct store_task *task)
{
	int64_t state = sqlite3_column_int64(row, STATUS_STATE);
	bool valid = state >= 0 && state < TASK_STATE_COUNT &&
	             sqlite3_column_type(row, STATUS_STATE) == SQLITE_INTEGER;

	if (!valid)
		load_damaged(loading, "state");
	task->status = (struct task_status){
		.state = valid ? (enum task_state)state : TASK_FAILED,
		.started_at = load_time(loading, row, STATUS_STARTED_AT, "start time"),
		.ended_at = load_time(loading, row, STATUS_ENDED_AT, "end time"),
		.exit_code = (int16_t)sqlite3_column_int(row, STATUS_EXIT_CODE),
		.term_signal = (uint8_t)sqlite3_column_int(row, STATUS_TERM_SIGNAL),
		.percent = load_percent(row),
		.percent_known = sqlite3_column_int(row, STATUS_PERCENT_KNOWN) != 0,
		.start_order = (uint64_t)sqlite3_column_int64(row, STATUS_START_ORDER),
	};
	task_status_set_usage(&task->status,
	                      (struct task_usage){ .cpu_ms = sqlite3_column_int64(row, STATUS_CPU_MS),
	                                           .max_rss = sqlite3_column_int64(row, STATUS_MAX_RSS) });
	/* Something must be said of when it ended, or it would seem to go on. */
	if (valid && task_state_terminal(task->status.state) && !task->status.ended_at)
		task->status.ended_at = task->status.started_at ? task->status.started_at : task->created_at;
	/* Only what has ended has the time of that. */
	task->uncertain = !valid && task->status.ended_at == 0;
	if (task_state_active(task->status.state))
		read_process(loading, row, task);
	return load_text(row, STATUS_MESSAGE, &task->status.message);
}

/* The task cannot run, since it is unknown what it was to do.  If it is running or has ended, it stays so. */
static void load_fail_task(struct loading *loading, struct store_task *task)
{
	struct task_status *status = &task->status;

	if (task_state_active(status->state) ||
	    (task_state_terminal(status->state) && strcmp(loading->damage, "state") != 0))
		return;
	status->state = TASK_FAILED;
	/* That would be a success. */
	if (status->exit_code == 0)
		status->exit_code = -1;
	if (!status->ended_at)
		status->ended_at = task->created_at;
	snprintf(loading->message, sizeof(loading->message), MSG_TASK_DAMAGED, loading->damage);
	status->message = loading->message;
}

/* It may have been started, so it cannot be loaded as if it had just been created. */
static void load_status_missing(struct store_task *task)
{
	static char missing[] = MSG_TASK_STATUS_MISSING;

	task->uncertain = true;
	task->status.state = TASK_FAILED;
	task->status.ended_at = task->created_at;
	task->status.message = missing;
}

static int task_row(struct loading *loading, sqlite3_stmt *row)
{
	int64_t number = sqlite3_column_int64(row, SPEC_NUMBER);
	struct store_task task = {
		.number = (uint64_t)number,
		.status = TASK_STATUS_INIT,
		.process = TASK_PROCESS_INIT,
	};
	struct task_plan plan;
	struct plan_hooks hooks;
	struct plan_job job;
	sqlite3_stmt *status = NULL, *planned = NULL, *hooked = NULL;
	loading->damage = NULL;
	task.created_at = load_time(loading, row, SPEC_CREATED_AT, "time of its creation");
	int rc = load_read_spec(loading, row, &task.spec);

	rc = rc < 0 ? rc : load_side_find(loading, &loading->statuses, number, &status);
	rc = rc < 0 ? rc : load_side_find(loading, &loading->plans, number, &planned);
	rc = rc < 0 ? rc : load_side_find(loading, &loading->hooks, number, &hooked);
	if (rc == 0 && status)
		rc = read_status(loading, status, &task);
	else if (rc == 0)
		load_status_missing(&task);
	if (rc == 0 && planned) {
		rc = load_plan(loading, planned, &plan, &job);
		task.spec.plan = &plan;
	}
	if (rc == 0 && planned && hooked) {
		rc = load_hooks(hooked, &hooks);
		plan.hooks = &hooks;
	}
	if (rc == 0 && planned)
		load_check_plan(loading, &plan);
	rc = rc < 0 ? rc : load_dependencies(loading, number, &task, &plan);
	if (rc < 0)
		return rc;
	if (loading->damage)
		load_fail_task(loading, &task);
	return loading->reader->task(loading->ctx, &task);
}

static int load_tasks(struct loading *loading)
{
	int rc = load_side_open(loading, &loading->statuses, select_statuses);

	if (rc == 0)
		rc = load_side_open(loading, &loading->plans, load_select_plans);
	if (rc == 0)
		rc = load_side_open(loading, &loading->dependencies, load_select_dependencies);
	if (rc == 0)
		rc = load_side_open(loading, &loading->hooks, load_select_hooks);
	if (rc == 0)
		rc = load_rows(loading, select_tasks, task_row);
	sqlite3_finalize(loading->statuses.row);
	sqlite3_finalize(loading->plans.row);
	sqlite3_finalize(loading->dependencies.row);
	sqlite3_finalize(loading->hooks.row);
	free(loading->after);
	return rc;
}

static int count_row(struct loading *loading, sqlite3_stmt *row)
{
	uint64_t tasks = (uint64_t)sqlite3_column_int64(row, 0);
	return loading->reader->expect ? loading->reader->expect(loading->ctx, tasks) : 0;
}

static int reserved_row(struct loading *loading, sqlite3_stmt *row)
{
	return loading->reader->reserved(loading->ctx, (uint64_t)sqlite3_column_int64(row, 0));
}

static int counters_row(struct loading *loading, sqlite3_stmt *row)
{
	/* the newest row counts even if the counter is damaged */
	uint64_t last_number = (uint64_t)sqlite3_column_int64(row, 0);
	uint64_t next_id = (uint64_t)sqlite3_column_int64(row, 1);

	return loading->reader->counters(loading->ctx, last_number, next_id ? next_id : 1);
}

static const char select_environments[] = "SELECT rowid, hash, block FROM environments";
/* Each task has one, and these rows are shorter. */
static const char select_count[] = "SELECT count(*) FROM statuses";
static const char select_reserved[] = "SELECT id FROM reserved";
static const char select_counters[] =
	"SELECT max(coalesce((SELECT value FROM meta WHERE key = 'last_number'), 0),"
	" coalesce((SELECT max(number) FROM tasks), 0)),"
	" coalesce((SELECT value FROM meta WHERE key = 'next_id'), 1)";

int store_load(struct store *store, const struct store_reader *reader, void *ctx, char **error)
{
	struct loading loading = { .store = store, .reader = reader, .ctx = ctx, .error = error };
	int rc;

	*error = NULL;
	rc = load_settings(&loading);
	if (rc == 0)
		rc = load_rows(&loading, select_environments, environment_row);
	if (rc == 0)
		rc = load_rows(&loading, select_count, count_row);
	if (rc == 0)
		rc = load_tasks(&loading);
	if (rc == 0)
		rc = load_attempts(store, reader, ctx, error);
	if (rc == 0)
		rc = load_rows(&loading, select_reserved, reserved_row);
	if (rc == 0)
		rc = load_rows(&loading, select_counters, counters_row);
	return rc;
}
