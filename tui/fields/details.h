/*
 * What `show`, as text and as JSON, and the page with the details of a task have beside the fields: what was
 * asked for when the task was made.  As text it is empty if the value is the usual one.  Of variables only the
 * names are shown, and in JSON not even those.
 *
 * These rows have no column: only their name, label, source, text and JSON are set.
 */
#ifndef KRTASK_TUI_FIELDS_DETAILS_H
#define KRTASK_TUI_FIELDS_DETAILS_H

#include "tui/fields/fields.h"

enum { DETAIL_TOTAL = 19 };

extern const struct field detail_table[DETAIL_TOTAL];

#endif
