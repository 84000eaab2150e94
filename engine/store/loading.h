/*
 * Inside of store_load(): what load.c shares with load_plan.c, which reads what few tasks have, and with load_settings.c.
 * Only the opener of the store.
 */
#ifndef KRTASK_STORE_LOADING_H
#define KRTASK_STORE_LOADING_H

#include <sqlite3.h>

#include "engine/store/hash.h"
#include "engine/store/store.h"

/* The name of an environment, in bytes and in digits.  It is mostly the same as in the row before. */
struct known_hash {
	unsigned char bytes[SHA256_SIZE];
	char name[ENVIRONMENT_HASH_SIZE]; /* empty: none yet */
};

/* Rows by rising number of their tasks, read beside the tasks. */
struct side {
	sqlite3_stmt *row; /* at the first row that has not been used */
	int code;          /* of its latest step */
};

/* The data that the functions for rows share. */
struct loading {
	struct store *store;
	const struct store_reader *reader;
	void *ctx;
	char **error;
	struct known_hash known;
	const char *damage;       /* which part of the task's row is not valid; NULL: none */
	char id[TASK_ID_MAX + 1]; /* for one that has none */
	char message[128];
	struct side statuses, plans, dependencies, hooks;
	struct plan_after *after; /* owned; what the task waits for */
	size_t after_count, after_size;
};

/* Takes a row that SQLite is at.  0 to continue, or -errno. */
typedef int load_row(struct loading *loading, sqlite3_stmt *row);
/* Each row of this query.  0 or -errno.  -ENOMEM and errors of the reader have no message. */
int load_rows(struct loading *loading, const char *sql, load_row *function);
/* What was set: load_settings.c.  0 or -errno. */
int load_settings(struct loading *loading);
/* 0, or -errno with loading->error. */
int load_side_open(struct loading *loading, struct side *side, const char *sql);
/* The row of this task; NULL: there is none.  The number is in the first column. */
int load_side_find(struct loading *loading, struct side *side, int64_t number, sqlite3_stmt **row);
/* A moment, 0 for none; one that cannot be written is damage, and none.  what: which. */
int64_t load_time(struct loading *loading, sqlite3_stmt *row, int column, const char *what);
/* NULL stays NULL.  A blob is accepted as text, since cwd is bytes. */
int load_text(sqlite3_stmt *row, int column, char **text);

extern const char load_select_plans[], load_select_dependencies[], load_select_hooks[];
/* What is not valid of the task.  The first counts. */
static inline void load_damaged(struct loading *loading, const char *what)
{
	if (!loading->damage)
		loading->damage = what;
}

/* The plan is borrowed from the row. */
int load_plan(struct loading *loading, sqlite3_stmt *row, struct task_plan *plan, struct plan_job *job);
/* The hooks are borrowed from the row. */
int load_hooks(sqlite3_stmt *row, struct plan_hooks *hooks);
/* The hooks of the plan and its options of sbatch. */
void load_check_plan(struct loading *loading, const struct task_plan *plan);
/* What the task waits for becomes a part of its plan. */
int load_dependencies(struct loading *loading, int64_t number, struct store_task *task,
                      struct task_plan *plan);

#endif
