#include "tui/view/columns.h"

#include <stdio.h>
#include <string.h>

#include "tui/fields/format.h"
#include "tui/text/cells.h"

static void cell_text(const char *text, int width, char *buf, size_t size)
{
	cells_fit(text ? text : "", (size_t)width, buf, size);
}

static void cell_id(const struct window_row *row, int64_t now_ms, int width, char *buf, size_t size)
{
	(void)now_ms;
	cell_text(row->id, width, buf, size);
}

static void cell_name(const struct window_row *row, int64_t now_ms, int width, char *buf, size_t size)
{
	(void)now_ms;
	cell_text(row->name, width, buf, size);
}

static void cell_state(const struct window_row *row, int64_t now_ms, int width, char *buf, size_t size)
{
	(void)now_ms;
	cell_text(task_state_name(row->state), width, buf, size);
}

/* A bar has brackets, and four columns of percent behind it. */
enum { BAR_MIN = 5, BAR_MAX = 12, PERCENT_WIDTH = 5, MESSAGE_MIN = 4 };

static void cell_progress(const struct window_row *row, int64_t now_ms, int width, char *buf, size_t size)
{
	char percent[FORMAT_SHORT], bar[FORMAT_SHORT * 4] = "", message[COLUMN_CELL_SIZE];
	int bar_width = width - PERCENT_WIDTH, used = PERCENT_WIDTH - 1;

	(void)now_ms;
	if (!row->percent_known) {
		cell_text(row->message, width, buf, size);
		return;
	}
	format_percent(row->percent, true, percent, sizeof(percent));
	if (bar_width > BAR_MAX)
		bar_width = BAR_MAX;
	if (bar_width >= BAR_MIN) {
		format_bar(row->percent, (size_t)bar_width, true, bar, sizeof(bar));
		used += bar_width + 1;
	}
	snprintf(buf, size, "%s%s%4s", bar, *bar ? " " : "", percent);
	if (row->message && width - used > MESSAGE_MIN) {
		cell_text(row->message, width - used - 1, message, sizeof(message));
		snprintf(buf + strlen(buf), size - strlen(buf), " %s", message);
	}
}

static void cell_elapsed(const struct window_row *row, int64_t now_ms, int width, char *buf, size_t size)
{
	int64_t end = row->ended_ms ? row->ended_ms : now_ms;
	int64_t elapsed = row->started_ms ? end - row->started_ms : -1;

	(void)width;
	if (row->started_ms && elapsed < 0)
		elapsed = 0; /* another machine's clock */
	format_elapsed(elapsed, buf, size);
}

static void cell_exit(const struct window_row *row, int64_t now_ms, int width, char *buf, size_t size)
{
	(void)now_ms;
	(void)width;
	format_exit(row->exit_code, row->signal, buf, size);
}

static void cell_group(const struct window_row *row, int64_t now_ms, int width, char *buf, size_t size)
{
	(void)now_ms;
	cell_text(row->group ? row->group : "-", width, buf, size);
}

static void cell_command(const struct window_row *row, int64_t now_ms, int width, char *buf, size_t size)
{
	(void)now_ms;
	cell_text(row->command, width, buf, size);
}

const struct column column_table[COLUMN_COUNT] = {
	[COLUMN_ID] = { "ID", "id", 4, 64, 0, .measured = true, .cell = cell_id },
	[COLUMN_NAME] = { "NAME", "name", 8, 24, 2, .measured = true, .cell = cell_name },
	[COLUMN_STATE] = { "STATE", "state", 9, 9, 1, .cell = cell_state },
	[COLUMN_PROGRESS] = { "PROGRESS", "progress", 14, 34, 3, .cell = cell_progress },
	[COLUMN_ELAPSED] = { "ELAPSED", "elapsed", 8, 10, 4, .right = true, .cell = cell_elapsed },
	[COLUMN_EXIT] = { "EXIT", "exit", 4, 7, 6, .right = true, .measured = true, .cell = cell_exit },
	[COLUMN_GROUP] = { "GROUP", "group", 5, 16, 7, .measured = true, .cell = cell_group },
	[COLUMN_COMMAND] = { "COMMAND", "command", 10, 10, 5, .cell = cell_command },
};

void columns_measure(struct column_widths *widths, const struct window *window)
{
	char text[COLUMN_CELL_SIZE];

	for (int id = 0; id < COLUMN_COUNT; id++) {
		const struct column *column = &column_table[id];

		if (!widths->wanted[id])
			widths->wanted[id] = column->measured ? column->min : column->max;
		for (size_t i = 0; column->measured && i < window->length; i++) {
			int width;

			column->cell(&window->rows[i], 0, column->max, text, sizeof(text));
			width = (int)cells_width(text);
			if (width > widths->wanted[id])
				widths->wanted[id] = width < column->max ? width : column->max;
		}
	}
}

static const struct column *by_priority(int priority, enum column_id *id)
{
	for (*id = 0; *id < COLUMN_COUNT - 1 && column_table[*id].priority != priority; (*id)++)
		;
	return &column_table[*id];
}

/* Takes columns by priority while their least widths fit.  Returns the width that is left. */
static int choose(int width, int chosen[COLUMN_COUNT])
{
	int left = width - COLUMN_MARK_WIDTH;

	for (int priority = 0; priority < COLUMN_COUNT; priority++) {
		enum column_id id;
		const struct column *column = by_priority(priority, &id);
		int gap = priority ? 1 : 0;

		if (left < column->min + gap)
			break;
		chosen[id] = column->min;
		left -= column->min + gap;
	}
	return left;
}

/* Gives what is left to the columns that want more, first those that are dropped last. */
static void grow(const struct column_widths *widths, int left, int chosen[COLUMN_COUNT])
{
	enum column_id last = COLUMN_ID;

	for (int priority = 0; priority < COLUMN_COUNT; priority++) {
		enum column_id id;
		const struct column *column = by_priority(priority, &id);
		int wanted = widths->wanted[id] ? widths->wanted[id] : column->min;
		int more = wanted - chosen[id];

		if (!chosen[id])
			continue;
		if (id != COLUMN_ID && more > left / 2)
			more = left / 2; /* so that the columns behind it get something too */
		if (more > left)
			more = left;
		if (more > 0) {
			chosen[id] += more;
			left -= more;
		}
		if (id > last)
			last = id;
	}
	chosen[last] += left; /* usually the command */
}

size_t columns_layout(const struct column_widths *widths, int width, struct column_place places[COLUMN_COUNT])
{
	int chosen[COLUMN_COUNT] = { 0 }, x = COLUMN_MARK_WIDTH;
	int left = choose(width, chosen);
	size_t count = 0;

	if (!chosen[COLUMN_ID])
		return 0;
	grow(widths, left, chosen);
	for (enum column_id id = 0; id < COLUMN_COUNT; id++) {
		if (!chosen[id])
			continue;
		places[count++] = (struct column_place){ .id = id, .x = x, .width = chosen[id] };
		x += chosen[id] + 1;
	}
	return count;
}

/* Fits text into the place; a right-aligned column that is last stays at its own width. */
static void align(const struct column_place *place, const char *text, char *buf, size_t size)
{
	const struct column *column = &column_table[place->id];
	char fitted[COLUMN_CELL_SIZE];
	int used = (int)cells_fit(text, (size_t)place->width, fitted, sizeof(fitted));
	int right = place->width > column->max && column->right ? column->max : place->width;
	int before = column->right && used < right ? right - used : 0;

	snprintf(buf, size, "%*s%s", before, "", fitted);
}

void columns_cell(const struct column_place *place, const struct window_row *row, int64_t now_ms, char *buf,
                  size_t size)
{
	char text[COLUMN_CELL_SIZE];

	column_table[place->id].cell(row, now_ms, place->width, text, sizeof(text));
	align(place, text, buf, size);
}

void columns_title(const struct column_place *place, char *buf, size_t size)
{
	align(place, column_table[place->id].title, buf, size);
}

bool columns_tick(const struct window_row *row)
{
	return row->state == TASK_RUNNING || row->state == TASK_STOPPING;
}
