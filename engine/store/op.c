#include "engine/store/op.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* Parameters are in the order in which put.c gives the values. */
static const struct {
	unsigned parameters;
	const char *sql;
} ops[] = {
	[OP_CREATE] = { 14,
	                "INSERT INTO tasks (number, id, name, description, task_group, parent, created_at,"
	                " cwd, command, variables, environment, max_log, merge, nonce)"
	                " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)" },
	[OP_STATUS] = { 18,
	                "REPLACE INTO statuses (number, state, started_at, ended_at, exit_code, term_signal,"
	                " pid, pid_start, slot, boot_id, stop_signal, kill_at, percent, percent_known, message,"
	                " start_order, cpu_ms, max_rss)"
	                " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18)" },
	[OP_PLAN] = { 27,
	              "REPLACE INTO plans (number, priority, weight, begin_at, expire_at, time_limit, kill_after,"
	              " retries, retry_delay, retry_max, retry_rule, retry_lost, unmet_hold, held, attempt,"
	              " not_before, ran, resumed_at, niceness, io_priority, cpus, unique_key,"
	              " auto_remove, sbatch, job, job_directory, node)"
	              " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18,"
	              " ?19, ?20, ?21, ?22, ?23, ?24, ?25, ?26, ?27)" },
	[OP_DEPENDENCY] = { 4, "REPLACE INTO dependencies (number, target, condition, unmet)"
	                       " VALUES (?1, ?2, ?3, ?4)" },
	[OP_FORGET_DEPENDENCY] = { 2, "DELETE FROM dependencies WHERE number = ?1 AND target = ?2" },
	[OP_FORGET_DEPENDENCIES] = { 1, "DELETE FROM dependencies WHERE number = ?1" },
	[OP_ATTEMPT] = { 8,
	                 "REPLACE INTO attempts (number, attempt, started_at, ended_at, exit_code, term_signal,"
	                 " message, survivors) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)" },
	[OP_FORGET_ATTEMPT] = { 2, "DELETE FROM attempts WHERE number = ?1 AND attempt = ?2" },
	[OP_HOOKS] = { 7, "REPLACE INTO hooks (number, on_end, on_fail, on_ok, webhook, target, input)"
	                  " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)" },
	[OP_TEXT] = { 3, "UPDATE tasks SET name = ?2, description = ?3 WHERE number = ?1" },
	[OP_SPEC] = { 9,
	              "UPDATE tasks SET name = ?2, description = ?3, task_group = ?4, cwd = ?5, command = ?6,"
	              " variables = ?7, max_log = ?8, merge = ?9 WHERE number = ?1" },
	[OP_REMOVE] = { 1, "DELETE FROM tasks WHERE number = ?1" },
	[OP_ENVIRONMENT] = { 2, "INSERT OR IGNORE INTO environments (hash, block) VALUES (?1, ?2)" },
	[OP_FORGET_ENVIRONMENT] = { 1, "DELETE FROM environments WHERE hash = ?1" },
	[OP_RESERVE] = { 1, "INSERT OR IGNORE INTO reserved (id) VALUES (?1)" },
	[OP_PROBE] = { 1, "REPLACE INTO meta (key, value) VALUES ('probe', ?1)" },
	[OP_SLOTS] = { 1, "REPLACE INTO meta (key, value) VALUES ('slots', ?1)" },
	[OP_PAUSED] = { 1, "REPLACE INTO meta (key, value) VALUES ('paused', ?1)" },
	[OP_SWEEP] = { 1, "REPLACE INTO meta (key, value) VALUES ('sweep', ?1)" },
	[OP_ADOPTION] = { 2, "REPLACE INTO meta (key, value) VALUES ('adoption ' || ?1, ?2)" },
	[OP_ADOPTED] = { 2, "REPLACE INTO meta (key, value) VALUES ('adopted ' || ?1, ?2)" },
	[OP_FORGET_ADOPTION] = { 1, "DELETE FROM meta WHERE key IN ('adoption ' || ?1, 'adopted ' || ?1)" },
	[OP_CANCELLING] = { 1, "REPLACE INTO meta (key, value) VALUES ('cancelling', ?1)" },
	[OP_KEEP] = { 3, "REPLACE INTO meta (key, value)"
	                 " VALUES ('keep', ?1), ('keep_failed', ?2), ('keep_size', ?3)" },
	[OP_HOOK_LIMIT] = { 1, "REPLACE INTO meta (key, value) VALUES ('hook_limit', ?1)" },
	[OP_SEEN] = { 2, "REPLACE INTO seen (uid, cursor) VALUES (?1, ?2)" },
	[OP_GROUP] = { 13,
	               "INSERT INTO groups (name, slots, priority, paused, pause_on_fail, niceness, devices, on_empty,"
	               " executor, sbatch, directory, pilots, pilot_slots)"
	               " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)"
	               " ON CONFLICT (name) DO UPDATE SET slots = ?2, priority = ?3, paused = ?4, pause_on_fail = ?5,"
	               " niceness = ?6, devices = ?7, on_empty = ?8, executor = ?9, sbatch = ?10, directory = ?11,"
	               " pilots = ?12, pilot_slots = ?13" },
	[OP_FORGET_GROUP] = { 1, "DELETE FROM groups WHERE name = ?1" },
	[OP_COUNTERS] = { 2,
	                  "UPDATE meta SET value = max(value, CASE key WHEN 'last_number' THEN ?1 ELSE ?2 END)"
	                  " WHERE key IN ('last_number', 'next_id')" },
};

static_assert(sizeof(ops) / sizeof(ops[0]) == OP_KIND_COUNT, "every kind has its statement");

struct op_value op_text(const char *text)
{
	return (struct op_value){
		.type = text ? OP_VALUE_TEXT : OP_VALUE_NULL,
		.bytes = text,
		.length = text ? strlen(text) : 0,
	};
}

struct op_value op_blob(const void *bytes, size_t length)
{
	return (struct op_value){ .type = bytes ? OP_VALUE_BLOB : OP_VALUE_NULL,
		                  .bytes = bytes,
		                  .length = length };
}

struct op *op_new(enum op_kind kind, const struct op_value *values)
{
	unsigned count = ops[kind].parameters;
	size_t size = sizeof(struct op) + count * sizeof(struct op_value);
	size_t bytes = 0;

	for (unsigned i = 0; i < count; i++)
		bytes += values[i].length;
	struct op *op = malloc(size + bytes);
	if (!op)
		return NULL;

	*op = (struct op){ .kind = kind };
	char *at = (char *)op + size;
	for (unsigned i = 0; i < count; i++) {
		op->values[i] = values[i];
		if (!values[i].bytes)
			continue;
		memcpy(at, values[i].bytes, values[i].length);
		op->values[i].bytes = at;
		at += values[i].length;
	}
	return op;
}

int op_statements_prepare(struct op_statements *statements, sqlite3 *db)
{
	*statements = (struct op_statements){ { NULL } };
	for (int kind = 0; kind < OP_KIND_COUNT; kind++) {
		sqlite3_stmt **statement = &statements->by_kind[kind];
		int rc =
			sqlite3_prepare_v3(db, ops[kind].sql, -1, SQLITE_PREPARE_PERSISTENT, statement, NULL);
		if (rc != SQLITE_OK) {
			op_statements_release(statements);
			return rc;
		}
		assert(sqlite3_bind_parameter_count(*statement) == (int)ops[kind].parameters);
	}
	return SQLITE_OK;
}

void op_statements_release(struct op_statements *statements)
{
	for (int kind = 0; kind < OP_KIND_COUNT; kind++)
		sqlite3_finalize(statements->by_kind[kind]);
	*statements = (struct op_statements){ { NULL } };
}

/* SQLITE_STATIC: the bytes stay where they are until the step is done. */
static int op_bind(sqlite3_stmt *statement, int index, const struct op_value *value)
{
	const void *bytes = value->bytes;

	switch (value->type) {
	case OP_VALUE_INTEGER:
		return sqlite3_bind_int64(statement, index, value->integer);
	case OP_VALUE_TEXT:
		return sqlite3_bind_text64(statement, index, bytes, value->length, SQLITE_STATIC,
		                           SQLITE_UTF8);
	case OP_VALUE_BLOB:
		return sqlite3_bind_blob64(statement, index, bytes, value->length, SQLITE_STATIC);
	case OP_VALUE_NULL:
		break;
	}
	return sqlite3_bind_null(statement, index);
}

int op_write(struct op_statements *statements, enum op_kind kind, const struct op_value *values)
{
	sqlite3_stmt *statement = statements->by_kind[kind];
	int rc = SQLITE_OK;

	for (unsigned i = 0; i < ops[kind].parameters && rc == SQLITE_OK; i++)
		rc = op_bind(statement, (int)i + 1, &values[i]);
	if (rc == SQLITE_OK)
		rc = sqlite3_step(statement);
	sqlite3_reset(statement);
	return rc == SQLITE_DONE ? SQLITE_OK : rc;
}
