/*
 * What `show` and the page with the details of a task have beside the fields: what was asked for when the task was
 * made, and the devices that it holds.  It is empty if the value is the usual one.  Of variables only the names are
 * shown.
 *
 * These rows have no column: only their name, label, source and text are set.
 */
#ifndef KRTASK_TUI_FIELDS_DETAILS_H
#define KRTASK_TUI_FIELDS_DETAILS_H

#include "tui/fields/fields.h"

enum { DETAIL_TOTAL = 23 };

extern const struct field detail_table[DETAIL_TOTAL];
/* All of it in JSON, with what is in base64: members of the object of a task. */
extern const struct field options_field;

#endif
