#include "tui/screen/table_pages.h"

#include <stdlib.h>

#include "tui/screen/app.h"
#include "tui/screen/details_view.h"
#include "tui/screen/host.h"
#include "tui/screen/log_view.h"
#include "tui/screen/table_rows.h"
#include "tui/screen/table_tree.h"
#include "tui/screen/table_view.h"
#include "tui/screen/typed_command.h"
#include "tui/text/alloc.h"
#include "tui/text/screen_messages.h"

/* NULL: none is selected, which was said. */
static const struct window_row *table_pages_row(struct view *view)
{
	const struct window_row *row = list_selected(&view->app->table->live->list);

	if (!row)
		app_say(view->app, alloc_string(MSG_NOTHING_SELECTED), true);
	return row;
}

void table_pages_log(struct view *view)
{
	const struct window_row *row = table_pages_row(view);

	if (row)
		log_view_open(view->app, row->id);
}

void table_pages_details(struct view *view)
{
	struct table_view *table = view->app->table;
	const struct window_row *row = NULL;

	if (table_rows_on_head(table))
		table_tree_change_row(view);
	else
		row = table_pages_row(view);
	if (row)
		details_view_open(view->app, row->id, &row->speed);
}

/* The same words as those of the command. */
void table_pages_why(struct view *view)
{
	const struct window_row *row = table_pages_row(view);
	char *line;

	if (!row)
		return;
	line = alloc_format("why %s", row->id);
	typed_command_run(view->app, line);
	free(line);
}
