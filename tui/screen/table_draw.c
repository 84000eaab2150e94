#include "tui/screen/table_draw.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "tui/screen/app.h"
#include "tui/screen/away_strip.h"
#include "tui/screen/draw.h"
#include "tui/screen/host.h"
#include "tui/screen/hosts_draw.h"
#include "tui/screen/table_rows.h"
#include "tui/screen/typed_command.h"
#include "tui/text/cells.h"
#include "tui/text/screen_messages.h"
#include "tui/view/header.h"

/* The lines of each part, for the height of the terminal. */
struct table_shape {
	int header; /* number of lines */
	int strip;  /* the same, of what has ended meanwhile */
	int top;    /* line of the first row, after the headings */
	int pane;   /* lines of the output of the selected task */
	int bottom; /* lines of the message and the keys */
};

/* Columns of the name above the output of a task; from how many columns on the header also has modes. */
enum { TABLE_NAME_MAX = 40, TABLE_WIDE = 118 };

enum { TABLE_SIGN_WIDTH = 1 }; /* of a tree: between the marks and the columns */

static struct table_shape table_draw_shape(const struct table_view *table)
{
	int lines = terminal_lines();
	struct table_shape shape = { .header = lines >= 5, .bottom = lines >= 8 ? 2 : 1 };

	shape.strip = away_strip_lines(table->view.app);
	shape.top = shape.header + shape.strip + (lines >= 3);
	shape.pane = output_pane_lines(&table->pane, lines);
	return shape;
}

int table_draw_rows(const struct table_view *table)
{
	struct table_shape at = table_draw_shape(table);
	int rows = terminal_lines() - at.top - at.pane - at.bottom;

	return rows > 0 ? rows : 1;
}

int table_draw_pane_lines(const struct table_view *table)
{
	return table_draw_shape(table).pane;
}

int table_draw_top(const struct table_view *table)
{
	return table_draw_shape(table).top;
}

static bool table_draw_list_ticks(const struct list *list)
{
	for (int line = 0; line < list->height; line++) {
		const struct window_row *row = list_row_at(list, list->top + line);

		if (row && columns_tick(row))
			return true;
	}
	return false;
}

bool table_draw_ticks(const struct table_view *table)
{
	const struct app *app = table->view.app;
	bool ticks = false;

	for (size_t i = 0; i < app->host_count; i++)
		ticks |= host_state(&app->hosts[i]) == HOST_UP &&
		         table_draw_list_ticks(&app->hosts[i].live.list);
	return ticks;
}

static void table_draw_pieces(int y, const struct header *header)
{
	for (size_t i = 0; i < header->count; i++)
		terminal_put(y, header->pieces[i].x, header->pieces[i].style, header->pieces[i].text);
}

/* A line above the header, if there is no server, or not yet. */
static void table_draw_banner(const struct feed *feed, int y)
{
	enum style style = feed->status_known ? STYLE_BANNER : STYLE_DIM;
	char banner[256];

	snprintf(banner, sizeof(banner), feed->status_known ? MSG_RECONNECTING : MSG_CONNECTING,
	         feed->address->text);
	terminal_fill(y, 0, terminal_columns(), style);
	terminal_put(y, 1, style, banner);
}

static void table_draw_header_line(const struct table_view *table, struct header *header)
{
	struct server_status sum = { .slots = 0 };
	const struct app *app = table->view.app;
	char text[HOSTS_TEXT_SIZE];

	if (!host_several(app)) {
		header_line(header, &table->live->feed->status, (int64_t)time(NULL) * 1000, table->shown,
		            terminal_columns());
		return;
	}
	sum = hosts_draw_sum(app);
	hosts_draw_text(app, text);
	sum.name = text;
	header_line(header, &sum, 0, table->shown, terminal_columns());
}

static struct header_modes table_draw_modes_of(const struct table_view *table, char without[HOSTS_TEXT_SIZE])
{
	const struct list *list = &table->live->list;
	const struct host *late = host_late(table->view.app);

	return (struct header_modes){
		.what_if = table->view.app->options.what_if,
		.tagged = host_tagged(table->view.app),
		.hidden = host_hidden(table->view.app),
		.shown = table->shown,
		.without = hosts_draw_left_out(table->view.app, without) ? without : NULL,
		.filter = list->window.query.text,
		.sort = table->sort ? table->sort->heading : NULL,
		.reverse = list->window.query.reverse,
		.tree = list->window.query.tree,
		.waiting = late ? feed_waiting(&late->feed) : 0,
		.awaited = late && host_several(late->app) ? late->label : NULL,
		/* Of several, those in order of creation are the usual. */
		.active_first = host_several(table->view.app) ? !table->sort : table->active_first,
	};
}

/* Returns true if it also says what changes what a key does. */
static bool table_draw_header(const struct table_view *table, int lines)
{
	char without[HOSTS_TEXT_SIZE];
	const struct header_modes modes = table_draw_modes_of(table, without);
	const struct feed *feed = table->live->feed;
	struct header header;
	bool marked = false;

	table_draw_header_line(table, &header);
	if (lines > 0 && terminal_columns() >= TABLE_WIDE)
		marked = header_marks(&header, &modes, terminal_columns());
	if (lines > 0)
		table_draw_pieces(0, &header);
	if (lines > 0 && host_several(table->view.app))
		hosts_draw_dots(table->view.app, 0);
	else if (!host_several(table->view.app) && (!live_connected(table->live) || !feed->status_known))
		table_draw_banner(feed, 0);
	return marked;
}

int table_draw_count_at(const struct table_view *table, const struct terminal_event *event)
{
	struct header header;

	if (event->y > 0 || table_draw_shape(table).header == 0)
		return -1;
	table_draw_header_line(table, &header);
	return header_count_at(&header, event->x);
}

bool table_draw_strip_at(const struct table_view *table, const struct terminal_event *event)
{
	struct table_shape at = table_draw_shape(table);

	return at.strip && event->y == at.header;
}

/* How many of the columns that the user chose have no room. */
static size_t table_draw_hidden(const struct table_view *table, size_t count)
{
	return table->widths.chosen ? table->live->list.window.fields.count - count : 0;
}

static void table_draw_titles(const struct table_view *table, int y, const struct column_place *places,
                              size_t count)
{
	size_t hidden = table_draw_hidden(table, count);
	char text[COLUMN_CELL_SIZE];

	terminal_fill(y, 0, terminal_columns(), STYLE_HEADING);
	for (size_t i = 0; i < count; i++) {
		columns_title(&places[i], text, sizeof(text));
		terminal_put(y, places[i].x, places[i].field == table->sort ? STYLE_NOTICE : STYLE_HEADING,
		             text);
	}
	if (hidden) {
		int width = snprintf(text, sizeof(text), " +%zu", hidden);

		terminal_put(y, terminal_columns() - width, STYLE_NOTICE, text);
	}
}

/*
 * All clocks advance together, once a second.  A redraw in between for another reason does not change them.
 */
static int64_t table_draw_now(const struct host *host)
{
	int64_t now = host_clock(host);

	return now - now % 1000;
}

/* Only the part of a cell that shows the state has the colour of the state. */
static void table_draw_cell(const struct host *host, int y, const struct column_place *place,
                            const struct window_row *row, enum style style, bool old)
{
	char text[COLUMN_CELL_SIZE];
	size_t tinted = columns_cell(place, row, table_draw_now(host), text, sizeof(text));

	terminal_put(y, place->x, style == STYLE_NORMAL && place->field->quiet ? STYLE_DIM : style, text);
	if (!tinted || old)
		return;
	text[tinted] = '\0';
	terminal_put(y, place->x, STYLE_STATE + row->state, text);
}

/* The sign of a task that has others under it. */
static const char *table_draw_branch(bool folded)
{
	if (!cells_in_utf8() || cells_plain())
		return folded ? "+" : "-";
	return folded ? "▸" : "▾";
}

/* The rows of a server that is down are as it was last. */
static void table_draw_row(const struct host *host, int y, int64_t position,
                           const struct column_place *places, size_t count)
{
	const struct list *list = &host->live.list;
	const struct window_row *row = list_row_at(list, position);
	bool selected = position == list->cursor && !list->lost && !list->aside;
	bool tagged = row && tags_has(&list->tags, row->number);
	bool old = host_several(host->app) && host_state(host) != HOST_UP;
	bool over = old || (row && header_shows(SHOWN_DONE, row->state));
	enum style style = tagged && !old ? STYLE_STRONG : over ? STYLE_DIM : STYLE_NORMAL;

	if (selected)
		terminal_fill(y, 0, terminal_columns(), STYLE_SELECTED);
	terminal_highlight(selected);
	if (row && row->branch != WINDOW_LEAF)
		terminal_put(y, COLUMN_MARK_WIDTH, STYLE_KEY,
		             table_draw_branch(row->branch == WINDOW_FOLDED));
	if (tagged || (row && tags_has(&host->alerts.tasks, row->number)))
		terminal_put(y, 0, STYLE_TAG, tagged ? "*" : "!");
	for (size_t i = 0; row && i < count; i++)
		table_draw_cell(host, y, &places[i], row, style, old);
	terminal_highlight(false);
}

static void table_draw_nothing(const struct table_view *table, int y)
{
	bool filters = window_filters(&table->live->list.window.query);
	char without[HOSTS_TEXT_SIZE];
	const char *text = hosts_draw_left_out(table->view.app, without)
	                           ? filters ? MSG_LIST_FILTERED_UP : MSG_LIST_EMPTY_UP
	                           : (filters ? MSG_LIST_FILTERED : MSG_LIST_EMPTY);

	terminal_put(y, COLUMN_MARK_WIDTH, STYLE_DIM, text);
}

static void table_draw_list(const struct table_view *table, int top, const struct column_place *places,
                            size_t count)
{
	const struct list *list = &table->live->list;

	for (int line = 0; line < list->height && list->top + line < list_total(list); line++)
		table_draw_row(table->view.app->host, top + line, list->top + line, places, count);
	if (list_total(list) == 0 && table->live->feed->status_known)
		table_draw_nothing(table, top);
}

static void table_draw_sections(const struct table_view *table, int top, const struct column_place *places,
                                size_t count)
{
	const struct sections *sections = &table->sections;
	const struct app *app = table->view.app;
	int64_t position;
	size_t at;

	for (int line = 0; sections_line(sections, line, &at, &position) && line < sections->height; line++) {
		if (position >= 0)
			table_draw_row(&app->hosts[at], top + line, position, places, count);
		else
			hosts_draw_head(&app->hosts[at], sections->items[at].folded,
			                at == sections->at && sections->on_head, top + line);
	}
}

/* "2/189", the number of the selected row and the number of rows; "": there are none. */
static void table_draw_place(const struct table_view *table, char *buf, size_t size)
{
	const struct list *list = &table->live->list;

	*buf = '\0';
	if (table->merged && table->merge.total > 0)
		snprintf(buf, size, "%lld/%lld", (long long)merge_place(&table->merge) + 1,
		         (long long)table->merge.total);
	else if (table_rows_in_sections(table))
		snprintf(buf, size, "%lld/%lld", (long long)table->sections.top + table->sections.line + 1,
		         (long long)table->sections.total);
	else if (!table->merged && list_total(list) > 0)
		snprintf(buf, size, "%lld/%lld", (long long)list->cursor + 1, (long long)list_total(list));
}

/*
 * The line of the modes.  A wide one begins with the place, others end with it; a short terminal has it in the place of the
 * keys, if there is something to say.
 */
static void table_draw_modes(const struct table_view *table, int bottom, bool marked)
{
	int y = terminal_lines() - bottom, columns = terminal_columns();
	char place[64] = "", without[HOSTS_TEXT_SIZE];
	struct header_modes modes = table_draw_modes_of(table, without);
	struct header header;
	int begin = 0, end = columns, width;

	if (bottom > 1)
		table_draw_place(table, place, sizeof(place));
	width = (int)strlen(place);
	modes.says_none = columns >= TABLE_WIDE && bottom > 1;
	modes.what_if &= !marked;
	modes.tagged = marked ? 0 : modes.tagged;
	if (modes.says_none)
		begin = terminal_put(y, 0, STYLE_DIM, place);
	else if (width && width < columns)
		end = columns - width;
	header_modes(&header, &modes, begin, end);
	if (header.count && !begin)
		terminal_fill(y, 0, end, STYLE_NORMAL);
	table_draw_pieces(y, &header);
	if (end < columns)
		terminal_put(y, end, STYLE_DIM, place);
}

/* Empty, if the table does not have it. */
static void table_draw_text_of(const struct list *list, const struct window_row *row, const char *heading,
                               int width, char text[COLUMN_CELL_SIZE])
{
	struct window_row plain = row ? *row : (struct window_row){ .number = 0 };
	struct column_place place = { .width = width };

	*text = '\0';
	plain.depth = 0;
	for (size_t i = 0; row && i < list->window.fields.count; i++) {
		place.field = list->window.fields.items[i];
		if (strcmp(place.field->heading, heading) == 0)
			columns_cell(&place, &plain, 0, text, COLUMN_CELL_SIZE);
		place.first += field_width(place.field);
	}
}

static void table_draw_pane(struct table_view *table, int y, int lines)
{
	const struct list *list = &table->live->list;
	const struct window_row *row = list_selected(list);
	char name[COLUMN_CELL_SIZE], command[COLUMN_CELL_SIZE];

	table_draw_text_of(list, row, "NAME", TABLE_NAME_MAX, name);
	table_draw_text_of(list, row, "COMMAND", terminal_columns(), command);
	if (lines > 0)
		output_pane_draw(&table->pane, row, name, command, y, lines);
}

static void table_draw_merged(const struct table_view *table, int top, const struct column_place *places,
                              size_t count, int host_width)
{
	const struct app *app = table->view.app;
	struct merge_row row;

	for (int line = 0; merge_line(&table->merge, line, &row); line++) {
		const struct host *host = &app->hosts[row.list];

		table_draw_row(host, top + line, row.position, places, count);
		terminal_highlight(line == table->merge.line);
		hosts_draw_name(host, host_width, top + line);
		terminal_highlight(false);
	}
	if (table->merge.shown == 0 && table->live->feed->status_known)
		table_draw_nothing(table, top);
}

/* What has been measured is not measured again: that would be all rows of all servers at each key. */
static void table_draw_measure(struct table_view *table)
{
	const struct app *app = table->view.app;
	bool again = table->widths.other || !host_several(app);

	again |= columns_age(&table->widths, app_now());
	for (size_t i = 0; i < app->host_count; i++) {
		struct host *host = &app->hosts[i];
		const struct window *window = &host->live.list.window;

		if (!again && host->measured_id == window->id && host->measured == window->sequence)
			continue;
		columns_measure(&table->widths, window);
		host->measured_id = window->id;
		host->measured = window->sequence;
	}
}

/* What stands between the marks and the columns: servers, or the signs of a tree. */
static int table_draw_begin(const struct table_view *table)
{
	if (table->merged)
		return hosts_draw_width(table->view.app);
	return table->live->list.window.query.tree ? TABLE_SIGN_WIDTH : 0;
}

static size_t table_draw_places(struct table_view *table, struct column_place places[FIELD_MAX])
{
	int begin = table_draw_begin(table);
	size_t count;

	table_draw_measure(table);
	count = columns_layout(&table->live->list.window.fields, &table->widths, terminal_columns() - begin,
	                       places);
	for (size_t i = 0; i < count; i++)
		places[i].x += begin;
	return count;
}

const struct field *table_draw_heading_at(struct table_view *table, const struct terminal_event *event)
{
	struct column_place places[FIELD_MAX];
	struct table_shape at = table_draw_shape(table);
	size_t count = table_draw_places(table, places);
	const struct field *field = NULL;

	if (at.top == at.header + at.strip || event->y != at.top - 1)
		return NULL;
	for (size_t i = 0; i < count && places[i].x <= event->x; i++)
		field = places[i].field;
	return field;
}

bool table_draw_sign_at(const struct table_view *table, const struct terminal_event *event)
{
	bool tree = table->live->list.window.query.tree && !table_rows_on_head(table);

	return tree ? event->x == COLUMN_MARK_WIDTH : table_rows_on_head(table) && event->x == 0;
}

void table_draw(struct table_view *table)
{
	const struct app *app = table->view.app;
	struct column_place places[FIELD_MAX];
	struct table_shape at = table_draw_shape(table);

	int host_width = table->merged ? hosts_draw_width(app) : 0;
	size_t count = table_draw_places(table, places);

	bool marked = table_draw_header(table, at.header);

	if (at.strip)
		away_strip_draw(table->view.app, at.header);
	if (at.top > at.header + at.strip)
		table_draw_titles(table, at.header + at.strip, places, count);
	if (host_width && at.top > at.header + at.strip)
		terminal_put(at.header + at.strip, COLUMN_MARK_WIDTH, STYLE_HEADING, MSG_HOST_HEADING);
	if (table->merged)
		table_draw_merged(table, at.top, places, count, host_width);
	else if (host_several(app))
		table_draw_sections(table, at.top, places, count);
	else
		table_draw_list(table, at.top, places, count);
	table_draw_pane(table, terminal_lines() - at.bottom - at.pane, at.pane);
	draw_bottom(&table->view);
	table_rows_drawn(table);
	if (app->message || typed_command_running(app->command))
		return;
	table_draw_modes(table, at.bottom, marked);
}
