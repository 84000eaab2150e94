/*
 * What window.c needs to know of the order of lists that are merged: which columns of the wire it follows from.  Pure.
 */
#ifndef KRTASK_TUI_VIEW_WINDOW_ORDER_H
#define KRTASK_TUI_VIEW_WINDOW_ORDER_H

#include <stddef.h>

/*
 * The columns that lists sorted by this field are compared by, which rows have behind the values of their fields.  NULL, or a
 * field that has no order: none.
 */
size_t window_order_columns(const char *sort, const char *const **columns);

#endif
