/*
 * The groups of a server as a table: its rows, its columns for any width, and the selected group, which stays selected
 * when others come or go.  Pure.
 */
#ifndef KRTASK_TUI_VIEW_GROUP_TABLE_H
#define KRTASK_TUI_VIEW_GROUP_TABLE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/task/task.h"

enum group_table_column {
	GROUPS_NAME,
	GROUPS_STATE,
	GROUPS_USED,
	GROUPS_SLOTS,
	GROUPS_RUNNING,
	GROUPS_QUEUED,
	GROUPS_PAUSED,
	GROUPS_PRIORITY,
	GROUPS_FAIL,
	GROUPS_DEVICES,
	GROUPS_EMPTY,
	GROUPS_COLUMNS
};

struct group_row {
	char *cells[GROUPS_COLUMNS]; /* owned; that of GROUPS_NAME is its name */
	int64_t slots;               /* 0: no limit */
	int64_t running, stopped;    /* tasks that run, and that are paused */
	bool paused;
};

struct group_table {
	struct group_row *rows;
	size_t count;
	bool known;
	size_t cursor, top; /* the selected one, and the first that is shown */
	bool fell;          /* the selected group is gone: the selected one is another that nobody chose */
	int height;
};

struct group_table_place {
	enum group_table_column column;
	int x, width;
	bool right;
};

/* Takes the reply to GroupList.  It sets `fell`, which the caller resets when the user has seen it or has chosen a group. */
void group_table_take(struct group_table *groups, const json_t *reply);
void group_table_release(struct group_table *groups);

/* Chooses the columns that there is room for, in order, with their places.  Returns how many. */
size_t group_table_layout(const struct group_table *groups, int width,
                          struct group_table_place places[GROUPS_COLUMNS]);
/* A cell, or for row NULL the heading, with blanks before it but not after it. */
void group_table_cell(const struct group_row *row, const struct group_table_place *place, char *buf,
                      size_t size);

void group_table_resize(struct group_table *groups, int height);
/* Moves by this number of rows, at most to the ends. */
void group_table_move(struct group_table *groups, int rows);
/* NULL: there is none. */
const struct group_row *group_table_selected(const struct group_table *groups);
const struct group_row *group_table_named(const struct group_table *groups, const char *name);

#endif
