/*
 * The table of tasks: the lowest view, and the one that acts on them.
 */
#ifndef KRTASK_TUI_SCREEN_TABLE_VIEW_H
#define KRTASK_TUI_SCREEN_TABLE_VIEW_H

#include "tui/screen/live.h"
#include "tui/screen/table_operation.h"
#include "tui/screen/view.h"
#include "tui/view/columns.h"
#include "tui/view/edit.h"

extern const struct view_class table_view_class;

struct table_view {
	struct view view;
	struct live live;
	struct column_widths widths;
	struct table_operation operation;
	bool seeking;             /* the server has been asked for the task that is to be selected */
	const struct field *sort; /* NULL: order of creation */
	char *search;             /* what was searched for last; NULL: nothing yet */
	struct history searches, filters;
};

/* Below all other views. */
struct table_view *table_view_open(struct app *app);

/* Selects the task, when the server has told where it is. */
void table_view_select(struct table_view *table, const char *id);

/* By a field, or in order of creation for NULL.  The same again turns the order round. */
void table_view_sort(struct table_view *table, const struct field *field);

#endif
