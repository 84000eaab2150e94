/*
 * The client's copy of a live window: the part of the list of tasks that the server keeps up to date (List in
 * io.krtask, with `more` and without chunk).  No I/O: requests are written to a jsonw, and replies are
 * jansson values.
 *
 *     window_request(&w, offset, rows, &params)    the call List
 *     window_apply(&w, reply->parameters)          each of its replies, in order
 *     window_scroll(&w, offset, rows, &params)     the call Scroll, on another connection; List returns the rows
 *     window_reset(&w)                             the connection was lost; before the next window_request()
 *
 * The rows can still be read after a reset, so that something is shown while there is no server.
 */
#ifndef KRTASK_TUI_VIEW_WINDOW_H
#define KRTASK_TUI_VIEW_WINDOW_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/task/state.h"
#include "engine/wire/jsonw.h"
#include "tui/fields/field_list.h"
#include "tui/fields/speed.h"

/* In a tree: whether there are tasks under a task, and whether they are shown. */
enum window_branch { WINDOW_LEAF, WINDOW_OPEN, WINDOW_FOLDED };

enum { WINDOW_KEYS = 3 };

/* Ancestors with a greater depth have no trunks. */
enum { WINDOW_TRUNK_MAX = 20 };

struct window_row {
	uint64_t number; /* the internal number; unlike an id, it is never used again */
	char *id;
	enum task_state state;
	char *said;        /* the last line of its output; NULL: none */
	int64_t silent_ms; /* how long it had printed nothing when the row came; -1: not known */
	int64_t depth;     /* in a tree: number of ancestors */
	bool last;         /* in a tree: no sibling follows */
	uint32_t trunks;   /* in a tree: bit N: siblings of its ancestor with depth N follow */
	enum window_branch branch;
	int64_t keys[WINDOW_KEYS]; /* if the list is one of several that are merged: for window_compare() */
	const char *sorted; /* in such a list: the query's sort, of which it has values, too; else NULL */
	int64_t received;   /* when it came, by window->now */
	struct speed speed;
	/* Owned; of the fields of the window, in the order of fields_request(), and then of its order (window_order.h). */
	struct value *values;
};

/* Which tasks the list has, and their order. */
struct window_query {
	char *text;       /* owned; a filter (engine/task/filter.h); NULL: all tasks */
	unsigned states;  /* a bit for each state that is shown; 0: all */
	const char *sort; /* name of a field; NULL: in order of creation */
	bool reverse;
	bool tree;        /* each task after its parent; sort and reverse apply to siblings */
	uint64_t *folded; /* owned; numbers of tasks under which a tree shows nothing */
	size_t folded_count, folded_size;
	bool fold_all; /* under all but those */
	bool merges;   /* rows are compared with those of other lists; not in a tree */
};

struct window {
	struct window_query query; /* for the next window_request() */
	struct field_list fields;  /* the fields of each row */
	int64_t id;                /* for Scroll; -1: none */
	int64_t sequence;
	int64_t offset, total;
	struct window_row *rows;
	size_t length, size;
	int64_t asked_offset, asked_rows; /* by the last request or scroll */
	int64_t now;  /* set before window_apply(): milliseconds of a clock that nobody sets */
	bool pending; /* rows for what was asked have not come yet */
	bool broken;  /* what came did not fit what we hold: ask anew */
};

/* A copy of a row of a window with such fields, for window_row_release(). */
struct window_row window_row_copy(const struct window_row *row, const struct field_list *fields);
void window_row_release(struct window_row *row);
/* Reads a row as the window gets them.  0 or -EPROTO. */
int window_row_parse(struct window_row *row, const json_t *values, const struct window *window);
/* Writes the parameters of a call for the row of one task. */
void window_request_row(const struct window *window, const char *id, struct jsonw *params);

void window_init(struct window *window);
void window_release(struct window *window);
void window_reset(struct window *window);
/* Other fields from now on: the rows are forgotten. */
void window_set_fields(struct window *window, const struct field_list *fields);

void window_request(struct window *window, int64_t offset, int64_t rows, struct jsonw *params);
void window_scroll(struct window *window, int64_t offset, int64_t rows, struct jsonw *params);

/* What is under the task is not shown in a tree, or is. */
void window_fold(struct window_query *query, uint64_t number, bool fold);
/* The same for all tasks. */
void window_fold_all(struct window_query *query, bool fold);

/* True if something is folded in a tree. */
bool window_folds(const struct window_query *query);
/* True if there may be tasks that the list leaves out, for their being folded, too. */
bool window_filters(const struct window_query *query);
/* True if a task that the list has shown is still there if it is in that state. */
bool window_shows(const struct window_query *query, enum task_state state);
/* Writes the parameters of the query into an object, for calls about the same list. */
void window_write_query(const struct window_query *query, struct jsonw *params);

enum { WINDOW_ROWS = 1, WINDOW_CHANGES = 2 };

/*
 * Returns what has changed in the window.  -EPROTO: the reply does not fit; only window->broken was set, and
 * the rows should be requested again.
 */
int window_apply(struct window *window, const json_t *reply);

/* The order of two rows of lists that are merged: less than, equal to or more than 0. */
int window_compare(const struct window *window, const struct window_row *a, const struct window_row *b);

/* The row at a position in the whole list; NULL: it is not in the window. */
const struct window_row *window_row_at(const struct window *window, int64_t position);
/* The position of a task in the whole list; -1: it is not in the window. */
int64_t window_find(const struct window *window, uint64_t number);

#endif
