/*
 * The rows of the table and the cursor on them: those of the one list, the sections of several (tui/view/sections.h), or, of a
 * view that shows few of them, all in one order (tui/view/merge.h).
 */
#ifndef KRTASK_TUI_SCREEN_TABLE_ROWS_H
#define KRTASK_TUI_SCREEN_TABLE_ROWS_H

#include "tui/screen/table_view.h"

/* With the lists of all servers. */
void table_rows_begin(struct table_view *table);
/* The lists or the terminal have changed. */
void table_rows_settle(struct table_view *table);
/* The same query for all servers, and all lists anew: the one of the current server has changed. */
void table_rows_anew(struct table_view *table);

/* True if the selected task will soon be known. */
bool table_rows_due(const struct table_view *table);
/* What keys are for now, and whether they are still for the same. */
struct glance_at table_rows_at(const struct table_view *table);
bool table_rows_is_at(const struct table_view *table, const struct glance_at *at);
/* True if the user knows what is selected: what the terminal shows, or what a key has selected since. */
bool table_rows_knows(const struct table_view *table);
/* A key has selected this; a key has tagged tasks, or untagged some. */
void table_rows_chosen(struct table_view *table);
void table_rows_tagged(struct table_view *table);
/* What is selected was drawn. */
void table_rows_drawn(struct table_view *table);

/* Moves by so many rows; INT64_MIN and INT64_MAX: to the ends. */
void table_rows_move(struct table_view *table, int64_t rows);
/* Tags or untags the selected task and moves down. */
void table_rows_tag(struct table_view *table);
void table_rows_select_line(struct table_view *table, int line);
/* True if the selected task is on this line. */
bool table_rows_is_on(const struct table_view *table, int line);
/* Selects a task of a server, and that server. */
void table_rows_select(struct table_view *table, size_t host, uint64_t number, const char *id);
/* Makes a server current, with the cursor on its head. */
void table_rows_go(struct table_view *table, size_t host);
/* Makes a server current for another view, until the table is shown again. */
void table_rows_visit(struct table_view *table, size_t host);

/* True if each server has a section. */
bool table_rows_in_sections(const struct table_view *table);
/* True if the cursor is on the head of a server. */
bool table_rows_on_head(const struct table_view *table);
bool table_rows_folded(const struct table_view *table, size_t host);
/* Folds the section of the cursor, or unfolds it. */
void table_rows_fold(struct table_view *table, bool folded);
/* The same for all servers: all are unfolded if one is folded. */
void table_rows_fold_all(struct table_view *table);

#endif
