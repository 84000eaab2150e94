/*
 * What the user chose for the table, kept in the file screen.ini of the state directory.  The configuration wins over it.
 */
#ifndef KRTASK_TUI_SCREEN_TABLE_KEPT_H
#define KRTASK_TUI_SCREEN_TABLE_KEPT_H

#include "tui/screen/table_view.h"

/* Before the first request. */
void table_kept_load(struct table_view *table);
/* After something was changed. */
void table_kept_save(struct table_view *table);
/* Shows these columns from now on; widths as in struct screen_ini. */
void table_kept_set_columns(struct table_view *table, const struct field_list *fields, const int *widths);

#endif
