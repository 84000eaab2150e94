#include "tui/screen/signal_menu.h"

#include <stdlib.h>

#include "tui/screen/app.h"
#include "tui/screen/host.h"
#include "tui/screen/menu_view.h"
#include "tui/screen/table_rows.h"
#include "tui/screen/table_view.h"
#include "tui/text/alloc.h"
#include "tui/text/screen_messages.h"

/* The names, as stop --signal takes them, in the order of the menu. */
static const char *const signal_menu_names[] = { "TERM", "INT",  "HUP",  "QUIT", "USR1",
	                                         "USR2", "ABRT", "KILL", "none" };
static const struct menu_item signal_menu_items[] = {
	{ 't', "TERM  end, the usual one" },
	{ 'i', "INT   interrupt, as Ctrl-C does" },
	{ 'h', "HUP   hang up; servers read their configuration" },
	{ 'Q', "QUIT  end with a core dump, as Ctrl-\\ does" },
	{ '1', "USR1  what the program makes of it" },
	{ '2', "USR2  the same" },
	{ 'a', "ABRT  abort with a core dump" },
	{ 'k', "KILL  end at once; no program can refuse" },
	{ 'n', "none  only asked to end: krtask cancelled" },
};
_Static_assert(sizeof(signal_menu_items) / sizeof(*signal_menu_items) ==
                       sizeof(signal_menu_names) / sizeof(*signal_menu_names),
               "each has its name");
enum { SIGNAL_MENU_KILL = 7 };

/* The menu was about these. */
static void signal_menu_chosen(void *ctx, size_t item)
{
	struct table_view *table = ctx;

	if (!table_rows_is_at(table, &table->signalled)) {
		app_say(table->view.app, alloc_string(MSG_SELECTION_CHANGED), true);
		return;
	}
	if (item == SIGNAL_MENU_KILL)
		table_operation_begin(&table->operation, OPERATION_CANCEL, true);
	else
		table_operation_signal(&table->operation, signal_menu_names[item]);
}

void signal_menu_open(struct view *view)
{
	struct table_view *table = view->app->table;
	const struct window_row *row = list_selected(&table->live->list);
	size_t tagged = host_tagged(view->app) - host_hidden(view->app);
	char *title, *id;

	if (!tagged && !row) {
		app_say(view->app, alloc_string(MSG_NOTHING_SELECTED), true);
		return;
	}
	id = row ? host_id(view->app->host, row->id) : NULL;
	if (!tagged && task_state_terminal(row->state)) {
		app_say(view->app, alloc_format(MSG_ALERT_LATE, id), true);
		free(id);
		return;
	}
	title = tagged > 1 ? alloc_format(MSG_SIGNAL_TITLE_MANY, tagged)
	        : tagged   ? alloc_string(MSG_SIGNAL_TITLE_TAGGED)
	                   : alloc_format(MSG_SIGNAL_TITLE, id);
	free(id);
	table->signalled = table_rows_at(table);
	menu_view_open(view->app, title, signal_menu_items,
	               sizeof(signal_menu_items) / sizeof(*signal_menu_items), signal_menu_chosen, table);
}
