#include "tui/screen/table_view.h"

#include <signal.h>
#include <stdlib.h>

#include "tui/fields/lookup.h"
#include "tui/screen/alerts.h"
#include "tui/screen/app.h"
#include "tui/screen/away_strip.h"
#include "tui/screen/away_view.h"
#include "tui/screen/columns_view.h"
#include "tui/screen/copy_menu.h"
#include "tui/screen/create.h"
#include "tui/screen/find.h"
#include "tui/screen/form_view.h"
#include "tui/screen/groups_view.h"
#include "tui/screen/help_view.h"
#include "tui/screen/host.h"
#include "tui/screen/keys.h"
#include "tui/screen/priority.h"
#include "tui/screen/signal_menu.h"
#include "tui/screen/sort_view.h"
#include "tui/screen/table_draw.h"
#include "tui/screen/table_kept.h"
#include "tui/screen/table_late.h"
#include "tui/screen/table_order.h"
#include "tui/screen/table_pages.h"
#include "tui/screen/table_rows.h"
#include "tui/screen/table_targets.h"
#include "tui/screen/table_tree.h"
#include "tui/screen/tagging.h"
#include "tui/screen/typed_command.h"
#include "tui/text/alloc.h"

/* Lines that the mouse wheel moves; milliseconds between two ticks of the clocks in the table. */
/* Milliseconds: how often clocks go on; between two clicks that are one. */
enum { WHEEL_LINES = 3, TICK = 1000, DOUBLE_CLICK = 500 };

static struct table_view *table_view_of(struct view *view)
{
	return (struct table_view *)view;
}

static void table_view_draw(struct view *view)
{
	table_draw(table_view_of(view));
}

static void table_view_resize(struct view *view)
{
	table_rows_settle(table_view_of(view));
}

static void table_view_turn(struct view *view)
{
	struct table_view *table = table_view_of(view);

	away_strip_look(view->app);
	table_rows_settle(table);
	for (size_t i = 0; i < view->app->host_count; i++)
		live_ask(&view->app->hosts[i].live);
	table_operation_go_on(&table->operation);
	table_late_turn(&table->operation);
	if (app_view(view->app) == view)
		output_pane_turn(&table->pane, list_selected(&table->live->list),
		                 table_draw_pane_lines(table));
}

static int table_view_wait(const struct view *view)
{
	const struct table_view *table = (const struct table_view *)view;

	int tick = table_draw_ticks(table) ? TICK - (int)(app_now() % TICK) : -1;
	int pane = output_pane_wait(&table->pane);

	return pane < 0 || (tick >= 0 && tick < pane) ? tick : pane;
}

static void table_view_shown(struct view *view)
{
	glance_show(&((struct table_view *)view)->glance);
}

static bool table_view_knows(const struct view *view)
{
	return table_rows_knows((const struct table_view *)view);
}

static bool table_view_holds(const struct view *view)
{
	return table_operation_holds(&((const struct table_view *)view)->operation);
}

static bool table_view_due(const struct view *view)
{
	return table_rows_due((const struct table_view *)view);
}

static void table_view_selected(void *ctx, size_t host, const struct client_reply *reply)
{
	struct table_view *table = ctx;
	const json_t *row = reply ? json_array_get(json_object_get(reply->parameters, "rows"), 0) : NULL;

	table->seeking = false;
	if (json_is_array(row))
		table_rows_select(table, host, (uint64_t)json_integer_value(json_array_get(row, 0)),
		                  json_string_value(json_array_get(row, 1)));
}

void table_view_select(struct table_view *table, const char *id)
{
	static const char *const columns[] = { "number", "id", NULL };
	struct jsonw params = JSONW_INIT;

	lookup_one(&params, columns, id);
	table->seeking = true;
	feed_wish(table->live->feed, "List", &params, table_view_selected, table,
	          table->view.app->host->index);
}

/* A click selects a row; two of them open it.  One on the sign for folding folds it, or unfolds it. */
static void table_view_click_row(struct table_view *table, const struct terminal_event *event)
{
	int line = event->y - table_draw_top(table);
	int64_t now = app_now();
	bool twice = table->clicked_at && event->y == table->clicked_line &&
	             now - table->clicked_at < DOUBLE_CLICK;
	bool on_head, on_row;

	table->clicked_at = twice ? 0 : now;
	table->clicked_line = event->y;
	table_rows_select_line(table, line);
	on_head = table_rows_on_head(table) && table->sections.line == line;
	on_row = table_rows_is_on(table, line);
	if ((on_head || on_row) && table_draw_sign_at(table, event) && table_tree_change_row(&table->view))
		table->clicked_at = 0;
	else if (twice && on_row)
		table_pages_details(&table->view);
}

static void table_view_click(struct table_view *table, const struct terminal_event *event)
{
	const struct field *heading = table_draw_heading_at(table, event);

	if (heading)
		table_order_sort(table, heading);
	else
		table_view_click_row(table, event);
}

static void table_view_mouse(struct view *view, const struct terminal_event *event)
{
	struct table_view *table = table_view_of(view);
	int count = event->key == TERMINAL_CLICK ? table_draw_count_at(table, event) : -1;

	if (count >= 0)
		table_order_filter(view, (enum shown)count);
	else if (event->key == TERMINAL_CLICK && table_draw_strip_at(table, event))
		away_view_open(view);
	else if (event->key == TERMINAL_CLICK)
		table_view_click(table, event);
	else
		table_rows_move(table, event->key == TERMINAL_WHEEL_UP ? -WHEEL_LINES : WHEEL_LINES);
}

static void table_view_up(struct view *view)
{
	table_rows_move(table_view_of(view), -1);
}

static void table_view_down(struct view *view)
{
	table_rows_move(table_view_of(view), 1);
}

static void table_view_page_up(struct view *view)
{
	table_rows_move(table_view_of(view), -table_draw_rows(table_view_of(view)));
}

static void table_view_page_down(struct view *view)
{
	table_rows_move(table_view_of(view), table_draw_rows(table_view_of(view)));
}

static void table_view_home(struct view *view)
{
	table_rows_move(table_view_of(view), INT64_MIN);
}

static void table_view_end(struct view *view)
{
	table_rows_move(table_view_of(view), INT64_MAX);
}

static void table_view_pane(struct view *view)
{
	struct table_view *table = table_view_of(view);

	table->pane.off = !table->pane.off;
	table_view_resize(view);
	table_kept_save(table);
}

static void table_view_start(struct view *view)
{
	table_operation_begin(&table_view_of(view)->operation, OPERATION_START, false);
}

static void table_view_cancel(struct view *view)
{
	table_operation_begin(&table_view_of(view)->operation, OPERATION_CANCEL, false);
}

static void table_view_remove(struct view *view)
{
	table_operation_begin(&table_view_of(view)->operation, OPERATION_REMOVE, false);
}

static void table_view_pause(struct view *view)
{
	table_operation_begin(&table_view_of(view)->operation, OPERATION_PAUSE, false);
}

static void table_view_raise(struct view *view)
{
	priority_change(table_view_of(view), 1);
}

static void table_view_lower(struct view *view)
{
	priority_change(table_view_of(view), -1);
}

static void table_view_kill(struct view *view)
{
	table_operation_begin(&table_view_of(view)->operation, OPERATION_CANCEL, true);
}

static void table_view_what_if(struct view *view)
{
	view->app->options.what_if = !view->app->options.what_if;
}

static void table_view_suspend(struct view *view)
{
	(void)view;
	raise(SIGTSTP);
}

static void table_view_redraw(struct view *view)
{
	(void)view;
	terminal_spoiled();
}

/* After a search it repeats that. */
static void table_view_new(struct view *view)
{
	if (table_view_of(view)->finding)
		find_next(view);
	else
		form_view_open(view);
}

/* Esc ends the latest of these. */
static void table_view_escape(struct view *view)
{
	table_view_of(view)->finding = false;
	if (typed_command_running(view->app->command))
		typed_command_interrupt(view->app->command);
	else if (!table_late_leave(&table_view_of(view)->operation) && !host_give_up(view->app))
		find_all(view->app);
}

static bool table_view_interrupt(struct view *view)
{
	return table_late_interrupt(&table_view_of(view)->operation);
}

static void table_view_quit(struct view *view)
{
	view->app->quit = true;
}

static const struct key table_view_keys[] = {
	{ { '?', TERMINAL_F1 }, "?", "Help", "show this help; also F1", help_view_open, false },
	{ { 's' }, "s", "Start", "start the tagged tasks, or else the selected one", table_view_start, true },
	{ { 'c' }, "c", "Cancel", "cancel them: ask them to end", table_view_cancel, true },
	{ { 'r' }, "r", "Remove", "remove them, if they have ended", table_view_remove, true },
	{ { 'l' }, "l", "Log", "show the task's output and follow it", table_pages_log, true },
	{ { TERMINAL_ENTER },
	  "Enter",
	  "Details|",
	  "show all about the selected task",
	  table_pages_details,
	  true },
	{ { ' ' }, "Space", "Tag|", "tag or untag the task, and move down", tagging_one, true },
	{ { 'y' }, "y", "|Why", "say why the task does not run, or how it ended", table_pages_why, true },
	{ { 'p' },
	  "p",
	  "|Pause",
	  "pause them, if any of them runs, or else resume them",
	  table_view_pause,
	  true },
	{ { 'n' },
	  "n",
	  "New",
	  "create a task in a form; after a search, the next match until Esc",
	  table_view_new,
	  false },

	{ { ':' }, ":", "Cmd|", "run one batch command, in either syntax", typed_command_prompt, false },
	{ { '/' },
	  "/",
	  "Search|Find",
	  "find the next task with a text; empty: the same again",
	  find_prompt_search,
	  false },
	{ { 'f', TERMINAL_F4 },
	  "f",
	  "Filter",
	  "show only: text state:failed group:x name:x -word; Esc: all; also F4",
	  find_prompt_filter,
	  false },
	{ { 't', TERMINAL_F5 },
	  "t",
	  "Tree|",
	  "show each task under its parent, or not; also F5",
	  table_tree_toggle,
	  false },
	{ { '1' },
	  "1-5",
	  "State",
	  "show all, active, failed, done (Completed, Stopped), or created tasks; again: all",
	  table_order_all,
	  false },
	{ { '2' }, "2", NULL, NULL, table_order_active, false },
	{ { '3' }, "3", NULL, NULL, table_order_failed, false },
	{ { '4' }, "4", NULL, NULL, table_order_done, false },
	{ { '5' }, "5", NULL, NULL, table_order_created, false },
	{ { 'q', TERMINAL_F10 }, "q", "Quit", "quit; tasks keep running; also F10", table_view_quit, false },
	{ { 'K' }, "K", NULL, "kill them now (SIGKILL); always asks", table_view_kill, true },
	{ { 'R' }, "R", NULL, "create a task like the selected one, in the form", create_again, true },
	{ { 'e' }, "e", NULL, "change a task that waits, in the form", create_edit, true },
	{ { ']', TERMINAL_F7 },
	  "] F7",
	  NULL,
	  "a higher priority for them, if they wait",
	  table_view_raise,
	  true },
	{ { '[', TERMINAL_F8 }, "[ F8", NULL, "a lower priority for them", table_view_lower, true },
	{ { TERMINAL_TAB }, "Tab", NULL, "show the groups", groups_view_open, false },
	{ { 'A' }, "A", NULL, "show what has ended while you were away", away_view_open, false },
	{ { '!' }, "!", NULL, "tell me when they end, or not any more", alerts_toggle, true },
	{ { 'Y' }, "Y", NULL, "copy the id, the command or the output of the task", copy_menu_open, true },
	{ { TERMINAL_F9 }, "F9", NULL, "send them a signal", signal_menu_open, true },
	{ { 'u' }, "u", NULL, "untag all tasks", tagging_none, false },
	{ { 'a' }, "a", NULL, "tag all tasks that are shown", tagging_all, false },
	{ { 'T' },
	  "T",
	  NULL,
	  "tag those whose name a pattern matches: text, or * ? [a-z]",
	  tagging_prompt,
	  false },
	{ { 'i' },
	  "i",
	  NULL,
	  "tag those that are not tagged, and the other way round",
	  tagging_invert,
	  false },
	{ { 'w' },
	  "w",
	  NULL,
	  "turn what-if mode on or off: operations only say what they would do",
	  table_view_what_if,
	  false },
	{ { 'v' },
	  "v",
	  NULL,
	  "show the end of the selected task's output below the table, or not",
	  table_view_pane,
	  false },
	{ { 'o' },
	  "o",
	  NULL,
	  "order: active and failed tasks first, or as they were created",
	  table_order_change,
	  false },
	{ { '+' },
	  "+",
	  NULL,
	  "in the tree: show what is under the task; of several servers, unfold one",
	  table_tree_unfold,
	  true },
	{ { '-' }, "-", NULL, "do not show it, or fold the server", table_tree_fold, true },
	{ { '*' }, "*", NULL, "the same for all tasks, or all servers", table_tree_fold_all, false },
	{ { TERMINAL_LEFT }, "Left", NULL, "fold the task, or go to its parent", table_tree_left, true },
	{ { TERMINAL_RIGHT }, "Right", NULL, "unfold it, or go to its first child", table_tree_right, true },
	{ { TERMINAL_F2 }, "F2", NULL, "choose, move and resize the columns", columns_view_open, false },
	{ { TERMINAL_F3 }, "F3", NULL, "the next match", find_next, false },
	{ { 'N' }, "N", NULL, "the match before", find_previous, false },
	{ { TERMINAL_F6 }, "F6", NULL, "choose the column to sort by", sort_view_open, false },
	{ { '<' }, "<", NULL, "sort by the column to the left", table_order_left, false },
	{ { '>' }, ">", NULL, "sort by the column to the right", table_order_right, false },
	{ { TERMINAL_UP, 'k' }, "Up k", NULL, "up a row", table_view_up, false },
	{ { TERMINAL_DOWN, 'j' }, "Down j", NULL, "down a row", table_view_down, false },
	{ { TERMINAL_PAGE_UP, CONTROL('B'), CONTROL('U') },
	  "PgUp",
	  NULL,
	  "up a page; also C-b and C-u",
	  table_view_page_up,
	  false },
	{ { TERMINAL_PAGE_DOWN, CONTROL('F'), CONTROL('D') },
	  "PgDn",
	  NULL,
	  "down a page; also C-f and C-d",
	  table_view_page_down,
	  false },
	{ { TERMINAL_HOME, 'g' }, "Home", NULL, "to the first task; also g", table_view_home, false },
	{ { TERMINAL_END, 'G' }, "End", NULL, "to the last task; also G", table_view_end, false },
	{ { TERMINAL_ESCAPE },
	  "Esc",
	  NULL,
	  "interrupt a command, go on without a late server, or show all tasks",
	  table_view_escape,
	  false },
	{ { TERMINAL_SUSPEND },
	  "Ctrl-Z",
	  NULL,
	  "suspend krtask; fg in the shell resumes it",
	  table_view_suspend,
	  false },
	{ { CONTROL('L') }, "Ctrl-L", NULL, "redraw the screen", table_view_redraw, false },
	KEYS_END,
};

static void table_view_news(void *ctx)
{
	struct table_view *table = ctx;

	table_rows_settle(table);
	table_targets_look(&table->operation);
	app_news(table->view.app);
}

static void table_view_release(struct view *view)
{
	struct table_view *table = table_view_of(view);

	host_forget(view->app, table);
	ask_tasks_release(&table->copied);
	table_operation_release(&table->operation);
	output_pane_close(&table->pane);
	host_close_lists(view->app);
	merge_release(&table->merge);
	sections_release(&table->sections);
	free(table->search);
	history_release(&table->searches);
	history_release(&table->filters);
	history_release(&table->patterns);
}

const struct view_class table_view_class = {
	.title = "Table",
	.keys = table_view_keys,
	.opens = ":/fnT",
	.draw = table_view_draw,
	.mouse = table_view_mouse,
	.interrupt = table_view_interrupt,
	.resize = table_view_resize,
	.turn = table_view_turn,
	.wait = table_view_wait,
	.due = table_view_due,
	.shown = table_view_shown,
	.knows = table_view_knows,
	.holds = table_view_holds,
	.release = table_view_release,
};

struct table_view *table_view_open(struct app *app)
{
	struct table_view *table = alloc_zero(1, sizeof(*table));

	app_open(app, &table->view, &table_view_class);
	output_pane_open(&table->pane, app);
	table_rows_begin(table);
	table_kept_load(table);
	table_rows_anew(table);
	table_view_resize(&table->view);
	table_operation_init(&table->operation, app);
	host_open_lists(app, table_view_news, table);
	return table;
}
