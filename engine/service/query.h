/*
 * What a List asks for, and the tasks that answer it.
 */
#ifndef KRTASK_ENGINE_SERVICE_QUERY_H
#define KRTASK_ENGINE_SERVICE_QUERY_H

#include "engine/service/columns.h"
#include "engine/service/service.h"

enum { QUERY_COLUMNS_MAX = 96 };

struct query {
	const struct column *columns[QUERY_COLUMNS_MAX];
	size_t column_count;
	char **ids;        /* owned; just these; NULL: all */
	size_t id_count;
	unsigned states;   /* bit a state; 0: all */
	char *group;       /* owned, NULL: all */
	char *text;        /* owned, NULL: all */
	const struct column *sort; /* NULL: as they were created, or as ids has them */
	bool reverse;
	size_t offset, rows; /* rows SIZE_MAX: all */
};

/* A row: number tells whether task is still the one that was found.  task NULL: an id that was not found. */
struct row {
	struct task *task;
	uint64_t number;
};

struct selection {
	struct row *rows; /* owned */
	size_t count;     /* in the window */
	size_t total;     /* that offset counts in */
};

/* False: it has been answered. */
bool query_read(struct query *query, struct wire_call *call, const json_t *parameters);
void query_release(struct query *query);
/*
 * The window's rows.  In order of creation without a filter this costs its rows; else every task is looked at. 0 or -ENOMEM.
 */
int query_select(const struct query *query, const struct registry *registry, int64_t now, struct selection *selection);
/* One row, an array; null for an id that was not found. */
void query_write_row(const struct query *query, struct jsonw *w, const struct task *task, int64_t now);

#endif
