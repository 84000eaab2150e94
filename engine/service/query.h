/*
 * What a List asks for, and the tasks that answer it.
 */
#ifndef KRTASK_ENGINE_SERVICE_QUERY_H
#define KRTASK_ENGINE_SERVICE_QUERY_H

#include "engine/service/columns.h"
#include "engine/service/service.h"

enum { QUERY_COLUMNS_MAX = 128 };
#define QUERY_STATES_ALL (~0u)

struct query {
	const struct column *columns[QUERY_COLUMNS_MAX];
	size_t column_count;
	char **ids; /* owned; just these; NULL: all */
	size_t id_count;
	unsigned states;           /* bit a state */
	char *group;               /* owned, NULL: all */
	char *text;                /* owned, NULL: all */
	const struct column *sort; /* NULL: as they were created, or as ids has them */
	bool reverse;
	bool tree;           /* each behind its parent; sort and reverse are for siblings */
	bool compact;        /* rows are arrays, and no objects */
	size_t offset, rows; /* rows SIZE_MAX: all */
};

/* A row: number tells whether task is still the one that was found.  task NULL: an id that was not found. */
struct row {
	struct task *task;
	uint64_t number;
	uint32_t depth; /* in a tree: ancestors that are among the rows */
	bool last;      /* in a tree: no sibling of its follows */
};

struct selection {
	struct row *rows; /* owned */
	size_t count;     /* in the window */
	size_t total;     /* that offset counts in */
};

/* needs: the parameters that must be there, ended by NULL.  False: it has been answered. */
bool query_read(struct query *query, struct wire_call *call, const json_t *parameters,
                const char *const *needs);
void query_release(struct query *query);
/*
 * The window's rows.  In order of creation without a filter this costs its rows, as a tree does while no task
 * comes or goes; else every task is looked at.  0 or -ENOMEM.
 */
int query_select(const struct query *query, struct service *service, struct selection *selection);
/* All tasks in order of creation, and no tree: places are those of the registry's order. */
bool query_is_plain(const struct query *query);
/* One row, an object, empty for an id that was not found; or an array, and null. */
void query_write_row(const struct query *query, struct jsonw *w, const struct row *row, int64_t now);

/* Looking for a text in one task after another: line has the command of the last one, and is used again. */
struct matcher {
	char *line;
	size_t size;
};

/* Whether id, name or command have it, in any case: 1, 0, or -ENOMEM: it cannot be told. */
int matcher_has(struct matcher *matcher, const struct task *task, const char *text);
void matcher_release(struct matcher *matcher);

#endif
