/*
 * The parameters of a List, and the tasks that match them.
 */
#ifndef KRTASK_ENGINE_SERVICE_QUERY_H
#define KRTASK_ENGINE_SERVICE_QUERY_H

#include "engine/service/columns.h"
#include "engine/service/service.h"
#include "engine/task/filter.h"

enum { QUERY_COLUMNS_MAX = 480 };
#define QUERY_STATES_ALL (~0u)

struct query {
	const struct column *columns[QUERY_COLUMNS_MAX];
	size_t column_count;
	char **ids; /* owned; only these tasks; NULL: all */
	size_t id_count;
	unsigned states;           /* a bit for each state */
	char *group;               /* owned, NULL: all */
	char *name;                /* owned, a pattern (glob.h) for whole names, NULL: all */
	char *text;                /* owned, NULL: all */
	struct filter filter;      /* all of its words must be true */
	const struct column *sort; /* NULL: in order of creation, or in the order of ids */
	bool reverse;
	bool tree;        /* each task comes after its parent; sort and reverse apply to siblings */
	uint64_t *folded; /* owned, sorted: numbers of tasks under which nothing is shown, in a tree */
	size_t folded_count;
	bool fold_all;               /* all but those */
	bool hooks;                  /* those of no list too */
	bool compact;                /* rows are arrays instead of objects */
	bool sparse;                 /* and end with the last value that is not null */
	bool reasons;                /* one of the columns is of the reasons */
	bool children;               /* or of the children */
	size_t offset, rows;         /* rows SIZE_MAX: all */
	const struct engine *engine; /* for what other tasks are needed; set by who writes rows */
};

/*
 * A row.  The number shows whether task is still the one that was found.  task NULL: an id that was not
 * found.
 */
struct row {
	struct task *task;
	union {
		uint64_t number;
		int64_t key; /* while rows are being sorted: what is compared first */
	};
	uint32_t depth; /* in a tree: how many ancestors are among the rows */
	bool last;      /* in a tree: none of its siblings follows */
	bool parent;    /* in a tree: others are under it */
	bool folded;    /* and are not shown */
};

struct selection {
	struct row *rows;  /* owned */
	size_t count;      /* in the window */
	size_t total;      /* of the whole list */
	uint64_t removals; /* of the registry; while that is the same, all tasks of the rows exist */
};

/* needs: the required parameters, ended by NULL.  False: it has replied with an error. */
bool query_read(struct query *query, struct wire_call *call, const json_t *parameters,
                const char *const *needs);
void query_release(struct query *query);
/*
 * What decides which tasks are in a list, and their order: without ids and a tree, and which rows are shown
 * how.  0 or -ENOMEM.
 */
int query_copy(struct query *to, const struct query *from);
/* True if the same tasks are in both, and in the same order or the opposite one. */
bool query_is_same(const struct query *a, const struct query *b);
/* True if, in a tree, what is under the task of this number is not shown. */
bool query_folds(const struct query *query, uint64_t number);
/* False for all tasks that are there. */
bool query_filters(const struct query *query);
/* True for all tasks that are there, in order of creation, as a tree or not. */
bool query_takes_all(const struct query *query, const struct registry *registry);
/*
 * True for all tasks in order of creation, and no tree.  Then places are those in the order of the registry.
 */
bool query_is_plain(const struct query *query, const struct registry *registry);
/*
 * True if they are in the order of activity, and the states of some parts of that (activity.h) are all that
 * is asked for.
 */
bool query_is_active(const struct query *query, unsigned *parts);
/*
 * Writes a row: an object, or an array if compact.  For an id that was not found: an empty object, or null.  An array
 * that is sparse has at least one value.
 */
void query_write_row(const struct query *query, struct jsonw *w, const struct row *row, int64_t now);

/*
 * Looks for a text in one task after another.  line has the command of the last task.  Its memory is used
 * again.
 */
struct matcher {
	char *line;
	size_t size;
};

/* 1 if the task matches the query, apart from ids; 0 if not; -ENOMEM if that cannot be found out. */
int query_matches(struct matcher *matcher, const struct query *query, const struct task *task);
/*
 * 1 if the row of the task is in the list: it matches, and is not folded away.  NULL: it was named, and does not exist.
 */
int query_takes(struct matcher *matcher, const struct query *query, const struct task *task);
/* 1 if the id, name or command has the text, in any case; 0 if not; -ENOMEM if that cannot be found out. */
int matcher_has(struct matcher *matcher, const struct task *task, const char *text);
void matcher_release(struct matcher *matcher);

#endif
