/*
 * The list of tasks as the user moves through it: the visible rows, the selected task, and when another part
 * of the list must be requested.
 *
 * The selection is a task, not a place.  If rows above it come or go, it moves with them.  It is known by its
 * number.  If it is outside the window, list_lost() returns its id, the server is asked for its Position, and
 * list_found() takes the reply.
 */
#ifndef KRTASK_TUI_VIEW_LIST_H
#define KRTASK_TUI_VIEW_LIST_H

#include "engine/task/task.h"
#include "tui/view/tags.h"
#include "tui/view/window.h"

struct list {
	struct window window;
	struct tags tags;
	int height;        /* number of visible rows */
	int64_t top;       /* position of the first visible row */
	int64_t cursor;    /* position of the selection */
	uint64_t selected; /* its number; 0: the task at the cursor, which is not known yet */
	char selected_id[TASK_ID_MAX + 1];
	bool lost;
	bool doubted; /* its place was asked for once more since rows have come */
	enum { LIST_FREE, LIST_FIRST, LIST_LAST } pin; /* a list that is coming is to be entered there */
	bool centred;                                  /* keep the selection in the middle if possible */
	bool placed; /* others say which rows are visible: top and height, which may be 0 */
	bool aside;  /* the cursor of the table is elsewhere: no task of it is selected */
	bool holds;  /* a selected task that ends stays where it is until the selection leaves it */
	struct window_row held; /* such a task; number 0: none */
	int64_t held_at;        /* where it is shown */
	int64_t held_from;      /* where the list has it now; -1: outside of the window */
	bool held_old;          /* its row is from before its end: list_held_old() */
	bool held_away;         /* rows have come without it: it is elsewhere in the list, or was removed */
	bool held_out;          /* the filter does not show it any more: it is not among the total */
};

void list_init(struct list *list, int height);
void list_release(struct list *list);

/* Writes the call List for the visible part.  After the connection was lost, it begins a new window. */
void list_request(struct list *list, struct jsonw *params);
/* Takes a reply to it.  The result is that of window_apply(). */
int list_apply(struct list *list, const json_t *reply);
/*
 * If rows outside the window are, or will soon be, visible: writes the call Scroll to params and returns
 * true.
 */
bool list_scroll(struct list *list, struct jsonw *params);

/* The id whose Position must be asked for; NULL: the place of the selection is known. */
const char *list_lost(const struct list *list);
/*
 * The reply to that, about the task of this number: a position, or -1 if it was removed or is not in the list.  If another task
 * is selected by now, it means nothing.
 */
void list_found(struct list *list, uint64_t number, int64_t position);

/* How many rows there are to show. */
int64_t list_total(const struct list *list);
/* The row that is shown at a position; NULL: it is not known. */
const struct window_row *list_row_at(const struct list *list, int64_t position);
/*
 * The id of a task that has ended and is shown where it was, and whose row must be asked for; NULL: there is none.
 * list_held_row() takes the row; NULL: it does not exist any more.
 */
const char *list_held_old(const struct list *list);
void list_held_row(struct list *list, const json_t *row);
/* Shows it where the list has it. */
void list_let_go(struct list *list);

/* Selects a task.  If it is not in the window, list_lost() returns it. */
void list_select(struct list *list, uint64_t number, const char *id);

void list_resize(struct list *list, int height);
/*
 * Moves by this number of rows, at most to the ends.  INT64_MIN and INT64_MAX are the first and the last row: of the list
 * that was asked for, if another one is coming.
 */
void list_move(struct list *list, int64_t rows);
/* Moves to the row in this line of the table. */
void list_select_line(struct list *list, int line);
/* Tags or untags the selected task and moves down. */
void list_tag(struct list *list);

/* NULL: nothing is selected, or its row is not known. */
const struct window_row *list_selected(const struct list *list);
/* How many tasks an operation is for: those that are tagged and shown, or else the selected one; 0: there is none. */
size_t list_meant(const struct list *list);
/* Writes their ids as strings. */
void list_write_meant(struct list *list, struct jsonw *params);

#endif
