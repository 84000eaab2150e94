/*
 * What is said of a task: one table of columns, a row each with its name, how it is written and how tasks are
 * sorted by it.  Lists take any of them, the record is the first of them.
 */
#ifndef KRTASK_ENGINE_SERVICE_COLUMNS_H
#define KRTASK_ENGINE_SERVICE_COLUMNS_H

#include <stdint.h>

#include "engine/core/registry.h"
#include "engine/wire/jsonw.h"

struct column {
	const char *name;
	const char *alias; /* of the name, for sorting: what a table calls it; NULL: none */
	void (*write)(struct jsonw *w, const struct task *task, int64_t now);
	/*
	 * Less than, equal to or greater than 0; NULL: as they were created, which is also the order of those
	 * that are equal.
	 */
	int (*compare)(const struct task *a, const struct task *b, int64_t now);
};

/* NULL: there is none of that name. */
const struct column *column_find(const char *name);
/* By name or alias, in any case. */
const struct column *column_to_sort_by(const char *name);

/* The whole record of a task, an object. */
void columns_record(struct jsonw *w, const struct task *task, int64_t now);

#endif
