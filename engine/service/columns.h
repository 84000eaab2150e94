/*
 * The table of columns.  Each row has the name of a column, the function that writes it, and the function
 * that compares tasks by it.  A list can have any columns.  The record of a task has the first ones.
 */
#ifndef KRTASK_ENGINE_SERVICE_COLUMNS_H
#define KRTASK_ENGINE_SERVICE_COLUMNS_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/core/registry.h"
#include "engine/service/ordering.h"
#include "engine/wire/jsonw.h"

struct engine;

struct column {
	const char *name;
	const char *alias; /* another name for sorting, the heading in a table; NULL: none */
	/* NULL: tell does it. */
	void (*write)(struct jsonw *w, const struct task *task, int64_t now);
	/* NULL: the order of creation, which is also the order of tasks that are equal. */
	const struct ordering *ordering;
	/* For what other tasks are needed.  NULL: write does it. */
	void (*tell)(struct jsonw *w, const struct engine *engine, const struct task *task);
};

/* NULL: there is no column with that name. */
const struct column *column_find(const char *name);
/* Finds a column by its name or alias, in any case. */
const struct column *column_to_sort_by(const char *name);

/* They change although the task does not. */
bool column_has_reasons(const struct column *column);
bool column_has_children(const struct column *column);
static inline void column_write(const struct column *column, struct jsonw *w, const struct engine *engine,
                                const struct task *task, int64_t now)
{
	if (column->write)
		column->write(w, task, now);
	else
		column->tell(w, engine, task);
}

/* Writes the whole record of a task, an object. */
void columns_record(struct jsonw *w, const struct engine *engine, const struct task *task, int64_t now);
/* The record as `krtask get --json` on this machine shows it, malloc'ed, with a newline at its end.  NULL: out of memory. */
char *columns_text(const struct engine *engine, const struct task *task, int64_t now);

/* why.c.  The reasons for which it does not run yet, an array; the message of the first one. */
void why_write(struct jsonw *w, const struct engine *engine, const struct task *task);
void why_write_first(struct jsonw *w, const struct engine *engine, const struct task *task);
/* Differs if they do. */
uint32_t why_hash(const struct engine *engine, const struct task *task);
/* after.c.  The tasks that it waits for, as Create takes them. */
void after_write(struct jsonw *w, const struct engine *engine, const struct task *task);

#endif
