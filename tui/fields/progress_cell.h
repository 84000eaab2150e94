/*
 * What a cell says about the progress of a task: a bar and a percentage while it runs and that is known, why it waits, what
 * it said last, how it ended; and how long it may still take.
 */
#ifndef KRTASK_TUI_FIELDS_PROGRESS_CELL_H
#define KRTASK_TUI_FIELDS_PROGRESS_CELL_H

#include "tui/fields/fields.h"

/* A task that has printed nothing for so long is marked; after so many hours, in hours. */
enum { PROGRESS_CELL_SILENT_MINUTES = 10, PROGRESS_CELL_SILENT_HOURS = 2 };

/* The share of it that is done, 0 to 1; less than 0: it is not known.  values: percentComplete, percentKnown. */
double progress_cell_share(const struct value *values, const struct field_look *look);

/* Functions for the table of fields. */
struct slice progress_cell_text(const struct value *values, const struct field_look *look,
                                struct text *scratch);
struct slice progress_cell_eta(const struct value *values, const struct field_look *look,
                               struct text *scratch);

#endif
