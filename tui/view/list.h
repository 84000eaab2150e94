/*
 * The table of tasks as the user moves through it: what is visible, which task is selected, and when another
 * part of the list must be asked for.
 *
 * The selection is a task, not a place: when rows above it come or go it moves with them.  It is known by its
 * number; where it lies outside of the window that we hold, list_lost() names it, and the server is asked for
 * its position (Position), told by list_found().
 */
#ifndef KRTASK_TUI_VIEW_LIST_H
#define KRTASK_TUI_VIEW_LIST_H

#include "engine/task/task.h"
#include "tui/view/tags.h"
#include "tui/view/window.h"

struct list {
	struct window window;
	struct tags tags;
	int height;        /* rows visible */
	int64_t top;       /* position of the first visible row */
	int64_t cursor;    /* position of the selection */
	uint64_t selected; /* its number; 0: whichever task the row at the cursor turns out to be */
	char selected_id[TASK_ID_MAX + 1];
	bool lost;
	bool centred; /* the selection stands in the middle, where it can */
};

void list_init(struct list *list, int height);
void list_release(struct list *list);

/* The call List, around what is visible.  After a loss of the connection it begins a new window. */
void list_request(struct list *list, struct jsonw *params);
/* One reply to it: as window_apply(). */
int list_apply(struct list *list, const json_t *reply);
/* True with the call Scroll in params if rows outside of the window are, or are about to be, visible. */
bool list_scroll(struct list *list, struct jsonw *params);

/* The id to ask the position of, NULL if the selection is where it should be. */
const char *list_lost(const struct list *list);
/* The answer: a position, or -1 where the task is no more, or is left out of the list. */
void list_found(struct list *list, int64_t position);

/* Selects that task, wherever it is: list_lost() if it is not in what we hold. */
void list_select(struct list *list, uint64_t number, const char *id);

void list_resize(struct list *list, int height);
/* By so many rows; further than the ends is the ends (INT64_MIN, INT64_MAX are the first and the last). */
void list_move(struct list *list, int64_t rows);
/* To the row that is shown in this line of the table. */
void list_select_line(struct list *list, int line);
/* Tags or untags the selected task and moves down. */
void list_tag(struct list *list);

/* NULL: nothing is selected, or it is not known. */
const struct window_row *list_selected(const struct list *list);
const struct window_row *list_row(const struct list *list, uint64_t number);

#endif
