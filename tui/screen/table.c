#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "tui/screen/app.h"
#include "tui/view/header.h"

/* What there is room for, by the height of the terminal. */
struct shape {
	int header; /* lines */
	int top;    /* line of the first row, behind the titles */
	int bottom; /* lines of message and keys */
};

static struct shape shape(void)
{
	int lines = terminal_lines();
	struct shape shape = { .header = lines >= 8 ? 2 : lines >= 5 ? 1 : 0, .bottom = lines >= 8 ? 2 : 1 };

	shape.top = shape.header + (lines >= 3);
	return shape;
}

static int rows_visible(void)
{
	struct shape at = shape();
	int rows = terminal_lines() - at.top - at.bottom;

	return rows > 0 ? rows : 1;
}

void table_resize(struct app *app)
{
	list_resize(&app->list, rows_visible());
}

bool table_ticks(const struct app *app)
{
	for (int line = 0; line < app->list.height; line++) {
		const struct window_row *row = window_row_at(&app->list.window, app->list.top + line);

		if (row && columns_tick(row))
			return true;
	}
	return false;
}

static void draw_pieces(int y, const struct header *header)
{
	for (size_t i = 0; i < header->count; i++)
		terminal_put(y, header->pieces[i].x, header->pieces[i].style, header->pieces[i].text);
}

static void draw_header(struct app *app, int lines)
{
	const struct window_status *status = &app->list.window.status;
	struct header header;
	const struct header_modes modes = {
		.what_if = app->options.what_if,
		.tagged = tags_count(&app->list.tags),
		.filter = app->list.window.query.text,
		.sort = app->sort < COLUMN_COUNT ? column_table[app->sort].title : NULL,
		.reverse = app->list.window.query.reverse,
	};
	bool status_known = app->list.window.status_known;
	char banner[256];
	int columns = terminal_columns();

	header_server(&header, status, app_now(), &modes, columns);
	if (lines > 0)
		draw_pieces(0, &header);
	if (lines > 1) {
		header_counts(&header, status, columns);
		draw_pieces(1, &header);
	}
	if (!feed_connected(app) || !status_known) {
		enum style style = status_known ? STYLE_BANNER : STYLE_DIM;
		int y = lines > 1 ? 1 : 0;

		snprintf(banner, sizeof(banner), " %s '%s'%s", status_known ? "The server" : "Connecting to",
		         app->address->text, status_known ? " has gone away; reconnecting" : "");
		terminal_fill(y, 0, columns, style);
		terminal_put(y, 0, style, banner);
	}
}

static void draw_titles(const struct app *app, int y, const struct column_place *places, size_t count)
{
	char text[COLUMN_CELL_SIZE];

	terminal_fill(y, 0, terminal_columns(), STYLE_HEADING);
	for (size_t i = 0; i < count; i++) {
		columns_title(&places[i], text, sizeof(text));
		terminal_put(y, places[i].x, places[i].id == app->sort ? STYLE_NOTICE : STYLE_HEADING, text);
	}
}

static enum style cell_style(const struct window_row *row, enum column_id column)
{
	if (column == COLUMN_STATE)
		return STYLE_STATE + row->state;
	return column == COLUMN_GROUP || column == COLUMN_COMMAND ? STYLE_DIM : STYLE_NORMAL;
}

/* The bar has the colour of the state, what stands behind it has not. */
static void draw_bar(int y, int x, const struct window_row *row, char *text)
{
	size_t end = strcspn(text, "]");

	if (!row->percent_known || !text[end])
		return;
	text[end + 1] = '\0';
	terminal_put(y, x, STYLE_STATE + row->state, text);
}

/* All clocks go on together, once a second: a redraw in between for something else sends nothing of them. */
static int64_t clock_now(void)
{
	int64_t now = app_now();

	return now - now % 1000;
}

static void draw_row(struct app *app, int y, int64_t position, const struct column_place *places,
                     size_t count)
{
	const struct window_row *row = window_row_at(&app->list.window, position);
	bool selected = position == app->list.cursor && !app->list.lost;
	bool tagged = row && tags_has(&app->list.tags, row->number);
	char text[COLUMN_CELL_SIZE];

	if (selected)
		terminal_fill(y, 0, terminal_columns(), STYLE_SELECTED);
	if (!row)
		return;
	if (tagged)
		terminal_put(y, 0, selected ? STYLE_SELECTED : STYLE_NOTICE, "*");
	for (size_t i = 0; i < count; i++) {
		enum style style = selected ? STYLE_SELECTED
		                   : tagged ? STYLE_STRONG
		                            : cell_style(row, places[i].id);

		columns_cell(&places[i], row, clock_now(), text, sizeof(text));
		terminal_put(y, places[i].x, style, text);
		if (places[i].id == COLUMN_PROGRESS && !selected)
			draw_bar(y, places[i].x, row, text);
	}
}

static void draw_place(const struct app *app)
{
	int y = terminal_lines() - 2;
	char place[64];
	int width = snprintf(place, sizeof(place), "%lld/%lld", (long long)app->list.cursor + 1,
	                     (long long)app->list.window.total);

	if (app->list.window.total > 0 && !app->message && terminal_columns() > width)
		terminal_put(y, terminal_columns() - width - 1, STYLE_DIM, place);
}

static void table_draw(struct app *app)
{
	struct column_place places[COLUMN_COUNT];
	struct shape at = shape();
	size_t count;

	columns_measure(&app->widths, &app->list.window);
	count = columns_layout(&app->widths, terminal_columns(), places);
	draw_header(app, at.header);
	if (at.top > at.header)
		draw_titles(app, at.header, places, count);
	for (int line = 0; line < app->list.height; line++) {
		int64_t position = app->list.top + line;

		if (position < app->list.window.total)
			draw_row(app, at.top + line, position, places, count);
	}
	if (app->list.window.total == 0 && app->list.window.status_known)
		terminal_put(at.top, COLUMN_MARK_WIDTH, STYLE_DIM,
		             app->list.window.query.text ? "No task has this in its id, name or command."
		                                         : "No tasks yet: n makes one.");
	if (at.bottom > 1)
		draw_place(app);
	draw_bottom(app);
}

enum { WHEEL_LINES = 3 };

static void table_mouse(struct app *app, const struct terminal_event *event)
{
	if (event->key == TERMINAL_CLICK)
		list_select_line(&app->list, event->y - shape().top);
	else
		list_move(&app->list, event->key == TERMINAL_WHEEL_UP ? -WHEEL_LINES : WHEEL_LINES);
}

static void key_up(struct app *app)
{
	list_move(&app->list, -1);
}

static void key_down(struct app *app)
{
	list_move(&app->list, 1);
}

static void key_page_up(struct app *app)
{
	list_move(&app->list, -app->list.height);
}

static void key_page_down(struct app *app)
{
	list_move(&app->list, app->list.height);
}

static void key_home(struct app *app)
{
	list_move(&app->list, INT64_MIN);
}

static void key_end(struct app *app)
{
	list_move(&app->list, INT64_MAX);
}

static void key_tag(struct app *app)
{
	list_tag(&app->list);
}

static void key_untag_all(struct app *app)
{
	tags_clear(&app->list.tags);
}

static void key_start(struct app *app)
{
	act_begin(app, OPERATION_START, false);
}

static void key_cancel(struct app *app)
{
	act_begin(app, OPERATION_CANCEL, false);
}

static void key_remove(struct app *app)
{
	act_begin(app, OPERATION_REMOVE, false);
}

static void key_kill(struct app *app)
{
	act_begin(app, OPERATION_CANCEL, true);
}

static void key_what_if(struct app *app)
{
	app->options.what_if = !app->options.what_if;
}

static void key_suspend(struct app *app)
{
	(void)app;
	raise(SIGTSTP);
}

static void key_redraw(struct app *app)
{
	(void)app;
	terminal_spoiled();
}

static void key_search(struct app *app)
{
	prompt_open(app, PROMPT_SEARCH);
}

static void key_filter(struct app *app)
{
	const char *text = app->list.window.query.text;

	prompt_open(app, PROMPT_FILTER);
	edit_set(&app->edit, text ? text : "");
}

/* What is the latest, and can be left. */
static void key_escape(struct app *app)
{
	if (app->interpreter.busy)
		command_interrupt(app);
	else
		find_filter(app, "");
}

static void key_command(struct app *app)
{
	prompt_open(app, PROMPT_COMMAND);
}

static const struct key table_keys[] = {
	{ { '?', TERMINAL_F1 }, "?", "Help", "this help (F1 too)", help_open, false },
	{ { 'q', TERMINAL_F10 }, "q", "Quit", "quit (F10 too); tasks go on", app_leave, false },
	{ { 's' }, "s", "Start", "start the tagged tasks, else the selected one", key_start, true },
	{ { 'c' }, "c", "Cancel", "ask them to end", key_cancel, true },
	{ { 'r' }, "r", "Remove", "forget them, when they have ended", key_remove, true },
	{ { 'l' }, "l", "Log", "what the task prints, following", log_open, true },
	{ { TERMINAL_ENTER }, "Enter", "Details", "all about the selected task", details_open, true },
	{ { ' ' }, "Space", "Tag", "tag or untag the task, and go down", key_tag, true },
	{ { 'w' },
	  "w",
	  "What-if",
	  "what-if on and off: actions only tell what they would do",
	  key_what_if,
	  false },
	{ { 'n' }, "n", "New", "a new task: a form", create_open, false },
	{ { ':' }, ":", "Command", "one batch command, in either syntax", key_command, false },
	{ { '/' }, "/", "Search", "the next task with a text; nothing: the same again", key_search, false },
	{ { 'f' }, "f", "Filter", "show only tasks with a text; Esc or nothing: all", key_filter, false },
	{ { TERMINAL_F6 }, "F6", "Sort", "choose what to sort by", find_sort_open, false },
	{ { 't' }, "t", "Tree", "the tree of parents and children", family_open, false },
	{ { '<' }, "<", NULL, "sort by the column to the left", find_sort_left, false },
	{ { '>' }, ">", NULL, "sort by the column to the right", find_sort_right, false },
	{ { 'K' }, "K", "Kill", "kill at once (SIGKILL); always asks", key_kill, true },
	{ { 'R' }, "R", "Again", "a new task like the selected one", create_again, true },
	{ { 'u' }, "u", "Untag", "untag all", key_untag_all, false },
	{ { TERMINAL_UP, 'k' }, "Up k", NULL, "a row up", key_up, false },
	{ { TERMINAL_DOWN, 'j' }, "Down j", NULL, "a row down", key_down, false },
	{ { TERMINAL_PAGE_UP }, "PgUp", NULL, "a page up", key_page_up, false },
	{ { TERMINAL_PAGE_DOWN }, "PgDn", NULL, "a page down", key_page_down, false },
	{ { TERMINAL_HOME }, "Home", NULL, "the first task", key_home, false },
	{ { TERMINAL_END }, "End", NULL, "the last task", key_end, false },
	{ { TERMINAL_ESCAPE },
	  "Esc",
	  NULL,
	  "interrupt the command that is running, else show all tasks again",
	  key_escape,
	  false },
	{ { CONTROL('Z') },
	  "Ctrl-Z",
	  NULL,
	  "suspend krtask; fg in the shell comes back",
	  key_suspend,
	  false },
	{ { CONTROL('L') }, "Ctrl-L", NULL, "draw the screen anew", key_redraw, false },
	{ { 0 }, NULL, NULL, NULL, NULL, false },
};

const struct view table_view = {
	.title = "Table",
	.keys = table_keys,
	.draw = table_draw,
	.mouse = table_mouse,
};
