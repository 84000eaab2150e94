#include "tui/view/group_table.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tui/fields/group_text.h"
#include "tui/text/alloc.h"
#include "tui/text/cells.h"

enum { GROUPS_CELL = 4096 };

/*
 * least: the columns with which it is useful; 0: as many as its cells need.  rank: in a narrow table, that with rank 0
 * is left out last.
 */
static const struct {
	const char *heading;
	int least, rank;
	bool right, optional; /* optional: left out where no group has it */
} group_table_columns[GROUPS_COLUMNS] = {
	[GROUPS_NAME] = { "GROUP", 8, 0, false, false },
	[GROUPS_STATE] = { "STATE", 0, 1, false, false },
	[GROUPS_USED] = { "USED", 0, 2, true, false },
	[GROUPS_SLOTS] = { "SLOTS", 0, 3, true, false },
	[GROUPS_RUNNING] = { "RUNNING", 0, 4, true, false },
	[GROUPS_QUEUED] = { "QUEUED", 0, 5, true, false },
	[GROUPS_PAUSED] = { "PAUSED", 0, 6, true, false },
	[GROUPS_PRIORITY] = { "PRIORITY", 0, 7, true, false },
	[GROUPS_FAIL] = { "ON-FAIL", 0, 9, false, true },
	[GROUPS_DEVICES] = { "DEVICES", 12, 8, false, true },
	[GROUPS_EMPTY] = { "ON-EMPTY", 8, 10, false, true },
};

static void group_table_clear(struct group_table *groups)
{
	for (size_t i = 0; groups->rows && i < groups->count; i++) {
		for (int column = 0; column < GROUPS_COLUMNS; column++)
			free(groups->rows[i].cells[column]);
	}
	free(groups->rows);
	groups->rows = NULL;
	groups->count = 0;
}

void group_table_release(struct group_table *groups)
{
	group_table_clear(groups);
	*groups = (struct group_table){ 0 };
}

static int64_t group_table_number(const json_t *group, const char *key)
{
	return json_integer_value(json_object_get(group, key));
}

static char *group_table_count(int64_t number, bool none)
{
	return none ? alloc_string("-") : alloc_format("%" PRId64, number);
}

static char *group_table_text(const json_t *group, const char *key)
{
	const char *text = json_string_value(json_object_get(group, key));

	return cells_whole(text ? text : "-");
}

static void group_table_read(struct group_row *row, const json_t *group)
{
	bool limited = json_is_integer(json_object_get(group, "slots"));
	char *devices = group_text_devices(group);

	row->slots = group_table_number(group, "slots");
	row->running = group_table_number(group, "running");
	row->stopped = group_table_number(group, "pausedTasks");
	row->paused = json_is_true(json_object_get(group, "paused"));
	row->cells[GROUPS_NAME] = group_table_text(group, "name");
	row->cells[GROUPS_STATE] = alloc_string(row->paused ? "Paused" : "-");
	row->cells[GROUPS_USED] = group_table_count(group_table_number(group, "used"), false);
	row->cells[GROUPS_SLOTS] = group_table_count(row->slots, !limited);
	row->cells[GROUPS_RUNNING] = group_table_count(row->running, false);
	row->cells[GROUPS_QUEUED] = group_table_count(group_table_number(group, "queued"), false);
	row->cells[GROUPS_PAUSED] = group_table_count(row->stopped, false);
	row->cells[GROUPS_PRIORITY] = group_table_count(group_table_number(group, "priority"), false);
	row->cells[GROUPS_FAIL] = group_table_text(group, "onFail");
	row->cells[GROUPS_DEVICES] = cells_whole(devices);
	row->cells[GROUPS_EMPTY] = group_table_text(group, "onEmpty");
	free(devices);
}

const struct group_row *group_table_named(const struct group_table *groups, const char *name)
{
	for (size_t i = 0; i < groups->count; i++) {
		if (strcmp(groups->rows[i].cells[GROUPS_NAME], name) == 0)
			return &groups->rows[i];
	}
	return NULL;
}

/* The cursor goes to the group of that name, or stays in its line. */
static void group_table_find(struct group_table *groups, const char *name)
{
	const struct group_row *row = group_table_named(groups, name);

	if (row)
		groups->cursor = (size_t)(row - groups->rows);
	else
		groups->fell = true;
	group_table_move(groups, 0);
}

void group_table_take(struct group_table *groups, const json_t *reply)
{
	const struct group_row *selected = group_table_selected(groups);
	char *name = selected ? alloc_string(selected->cells[GROUPS_NAME]) : NULL;
	const json_t *list = json_object_get(reply, "groups"), *group;
	size_t i;

	group_table_clear(groups);
	groups->rows = alloc_zero(json_array_size(list) + 1, sizeof(*groups->rows));
	json_array_foreach(list, i, group)
	{
		group_table_read(&groups->rows[groups->count++], group);
	}
	groups->known = true;
	if (name)
		group_table_find(groups, name);
	free(name);
}

const struct group_row *group_table_selected(const struct group_table *groups)
{
	return groups->cursor < groups->count ? &groups->rows[groups->cursor] : NULL;
}

void group_table_move(struct group_table *groups, int rows)
{
	int64_t last = (int64_t)groups->count - 1, at = (int64_t)groups->cursor + rows;
	size_t height = groups->height > 0 ? (size_t)groups->height : 1;

	groups->cursor = at < 0 || last < 0 ? 0 : (size_t)(at > last ? last : at);
	if (groups->top > groups->cursor)
		groups->top = groups->cursor;
	if (groups->cursor >= groups->top + height)
		groups->top = groups->cursor - height + 1;
}

void group_table_resize(struct group_table *groups, int height)
{
	groups->height = height;
	group_table_move(groups, 0);
}

/* The columns that it needs; 0: no group has anything there. */
static int group_table_wanted(const struct group_table *groups, int column)
{
	size_t widest = 0;
	bool any = !group_table_columns[column].optional;

	for (size_t i = 0; i < groups->count; i++) {
		size_t width = cells_width(groups->rows[i].cells[column]);

		any |= strcmp(groups->rows[i].cells[column], "-") != 0;
		widest = width > widest ? width : widest;
	}
	if (!any)
		return 0;
	return widest > strlen(group_table_columns[column].heading)
	               ? (int)widest
	               : (int)strlen(group_table_columns[column].heading);
}

/* Chooses columns by their rank while there is room for the least of them.  Returns the room that is left. */
static int group_table_choose(const struct group_table *groups, int width, int wanted[GROUPS_COLUMNS],
                              int chosen[GROUPS_COLUMNS])
{
	int left = width - 1;

	for (int rank = 0; rank < GROUPS_COLUMNS; rank++) {
		int column = 0, least;

		while (group_table_columns[column].rank != rank)
			column++;
		wanted[column] = group_table_wanted(groups, column);
		least = group_table_columns[column].least;
		if (!least || least > wanted[column])
			least = wanted[column];
		if (!least)
			continue;
		if (rank > 0 && least + 2 > left)
			break;
		chosen[column] = least;
		left -= least + (rank > 0 ? 2 : 0);
	}
	return left;
}

size_t group_table_layout(const struct group_table *groups, int width,
                          struct group_table_place places[GROUPS_COLUMNS])
{
	int wanted[GROUPS_COLUMNS] = { 0 }, chosen[GROUPS_COLUMNS] = { 0 };
	int left = group_table_choose(groups, width, wanted, chosen), x = 1;
	size_t count = 0;

	for (int column = 0; column < GROUPS_COLUMNS; column++) {
		int more = chosen[column] ? wanted[column] - chosen[column] : 0;

		more = more > left ? left : more;
		if (!chosen[column])
			continue;
		if (more > 0) {
			chosen[column] += more;
			left -= more;
		}
		places[count++] =
			(struct group_table_place){ (enum group_table_column)column, x, chosen[column],
			                            group_table_columns[column].right };
		x += chosen[column] + 2;
	}
	return count;
}

void group_table_cell(const struct group_row *row, const struct group_table_place *place, char *buf,
                      size_t size)
{
	const char *text = row ? row->cells[place->column] : group_table_columns[place->column].heading;
	char fitted[GROUPS_CELL];
	int used = (int)cells_fit(text, (size_t)place->width, fitted, sizeof(fitted));

	snprintf(buf, size, "%*s%s", place->right ? place->width - used : 0, "", fitted);
}
