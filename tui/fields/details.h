/*
 * What `show` and the page with the details of a task have beside the fields: what was asked for when the task
 * was made, and is not what is usual.  Of variables only the names are shown.
 *
 * These rows have no column and no JSON: only their name, label, source and text are set.  The text is empty if the
 * value is the usual one.
 */
#ifndef KRTASK_TUI_FIELDS_DETAILS_H
#define KRTASK_TUI_FIELDS_DETAILS_H

#include "tui/fields/fields.h"

enum { DETAIL_TOTAL = 18 };

extern const struct field detail_table[DETAIL_TOTAL];

#endif
