/*
 * A single write that waits for the store thread.  One allocation holds the statement's kind and the values
 * of its parameters.
 *
 * op_new() on any thread; op_statements_*() and op_write() on the thread that owns the database.
 */
#ifndef KRTASK_STORE_OP_H
#define KRTASK_STORE_OP_H

#include <sqlite3.h>
#include <stddef.h>
#include <stdint.h>

enum op_kind {
	OP_CREATE,
	OP_STATUS,
	OP_PLAN,
	OP_DEPENDENCY,
	OP_FORGET_DEPENDENCY,
	OP_FORGET_DEPENDENCIES,
	OP_ATTEMPT,
	OP_FORGET_ATTEMPT,
	OP_HOOKS,
	OP_TEXT,
	OP_SPEC,
	OP_REMOVE,
	OP_ENVIRONMENT,
	OP_FORGET_ENVIRONMENT,
	OP_RESERVE,
	OP_PROBE,
	OP_SLOTS,
	OP_PAUSED,
	OP_CANCELLING,
	OP_SWEEP,
	OP_ADOPTION,
	OP_ADOPTED,
	OP_FORGET_ADOPTION,
	OP_HOOK_LIMIT,
	OP_SEEN,
	OP_KEEP,
	OP_GROUP,
	OP_FORGET_GROUP,
	OP_COUNTERS,
	OP_KIND_COUNT
};

enum op_type { OP_VALUE_NULL, OP_VALUE_INTEGER, OP_VALUE_TEXT, OP_VALUE_BLOB };

struct op_value {
	enum op_type type;
	int64_t integer;
	size_t length;
	const void *bytes;
};

static inline struct op_value op_integer(int64_t integer)
{
	return (struct op_value){ .type = OP_VALUE_INTEGER, .integer = integer };
}

/* NULL is SQL's NULL. */
struct op_value op_text(const char *text);
struct op_value op_blob(const void *bytes, size_t length);

struct op {
	struct op *next;
	enum op_kind kind;
	uint64_t sequence;
	uint64_t last_number; /* the counters after this write; 0: unchanged */
	uint64_t next_id;
	struct op_value values[]; /* followed by their bytes */
};

/* Copies the values of this kind.  free() the result.  NULL: out of memory. */
struct op *op_new(enum op_kind kind, const struct op_value *values);

struct op_statements {
	sqlite3_stmt *by_kind[OP_KIND_COUNT];
};

/* SQLITE_OK, or SQLite's error: then no statement stays prepared. */
int op_statements_prepare(struct op_statements *statements, sqlite3 *db);
void op_statements_release(struct op_statements *statements);

/* Within a transaction.  SQLITE_OK, or SQLite's error. */
int op_write(struct op_statements *statements, enum op_kind kind, const struct op_value *values);

#endif
