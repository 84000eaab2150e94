/*
 * The table of tasks: the lowest view, in which operations begin.
 */
#ifndef KRTASK_TUI_SCREEN_TABLE_VIEW_H
#define KRTASK_TUI_SCREEN_TABLE_VIEW_H

#include "tui/screen/ask_tasks.h"
#include "tui/screen/live.h"
#include "tui/screen/output_pane.h"
#include "tui/screen/table_operation.h"
#include "tui/screen/view.h"
#include "tui/view/columns.h"
#include "tui/view/edit.h"
#include "tui/view/glance.h"
#include "tui/view/header.h"
#include "tui/view/merge.h"
#include "tui/view/sections.h"

extern const struct view_class table_view_class;

struct table_view {
	struct view view;
	struct live *live;        /* of the current server */
	struct sections sections; /* of several servers */
	struct merge merge;       /* the same in one order */
	bool merged;              /* that is shown */
	struct glance glance;     /* what of it the user has seen */
	bool kept_creation;       /* the order of one server, as it was kept */
	bool kept_together;       /* that of several servers, as it was kept */
	struct column_widths widths;
	struct table_operation operation;
	struct output_pane pane;
	struct ask_tasks copied;    /* the question about those that are to be copied */
	struct glance_at signalled; /* what the menu of signals is for */
	bool seeking;               /* the server was asked for the task to select */
	size_t tagging_due;         /* replies that tag tasks */
	bool changing;              /* it was asked to change a task */
	/* Tasks that were to be copied at once, those of which nothing is known yet, and those that were. */
	size_t copies, copies_due, copies_made;
	char prioritized[TASK_ID_MAX +
	                 1]; /* the last task whose priority was to be changed, and the new one */
	int64_t priority;
	const struct field *sort; /* NULL: by no column */
	enum shown shown;         /* which states */
	int64_t clicked_at;       /* a row; 0: none was */
	int clicked_line;
	bool active_first; /* then: what is active, what failed, the rest; else in order of creation */
	char *search;      /* the text of the last search; NULL: none */
	uint64_t found;    /* the task that was found, and is being unfolded */
	char found_id[TASK_ID_MAX + 1];
	size_t found_host;       /* the server that is searched */
	size_t find_left;        /* how many are to be searched after it */
	bool finding, backwards; /* n and N repeat it; the last one went backwards */
	bool unkept;             /* what was chosen could not be kept, which was said */
	struct history searches, filters, patterns;
};

/* Opens it below all other views. */
struct table_view *table_view_open(struct app *app);

/* Selects the task of the current server, after that has returned its position. */
void table_view_select(struct table_view *table, const char *id);

#endif
