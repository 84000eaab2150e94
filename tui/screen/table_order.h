/*
 * Which tasks the table shows, and in which order.  Functions of a view are for keys of the table.
 */
#ifndef KRTASK_TUI_SCREEN_TABLE_ORDER_H
#define KRTASK_TUI_SCREEN_TABLE_ORDER_H

#include "tui/screen/table_view.h"

/* The order before the first request: by a field, by creation, or the usual one. */
void table_order_begin(struct table_view *table, const struct field *sort, bool reverse, bool creation);

/* Shows each task after its parent, or not; before the next request. */
void table_order_set_tree(struct table_view *table, bool tree);

/* Sorts by a field, or in order of creation for NULL.  Doing this again reverses the order. */
void table_order_sort(struct table_view *table, const struct field *field);
void table_order_left(struct view *view);
void table_order_right(struct view *view);
/* Active tasks first, or in order of creation. */
void table_order_change(struct view *view);

/* Shows only tasks in these states. */
void table_order_show(struct table_view *table, enum shown shown);
/* The same, but the same again shows all. */
void table_order_filter(struct view *view, enum shown shown);
void table_order_all(struct view *view);
void table_order_active(struct view *view);
void table_order_failed(struct view *view);
void table_order_done(struct view *view);
void table_order_created(struct view *view);

#endif
