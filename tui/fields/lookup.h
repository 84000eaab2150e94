/* The parameters of List for tasks whose ids are known.  Each row is an array of the columns that were asked for. */
#ifndef KRTASK_TUI_FIELDS_LOOKUP_H
#define KRTASK_TUI_FIELDS_LOOKUP_H

#include "engine/wire/jsonw.h"

/*
 * Begins them, up to the list of ids.  The caller writes the ids as strings, and ends the array and the object.
 * columns: ended by NULL.
 */
void lookup_begin(struct jsonw *params, const char *const *columns);
/* All of them, for one task. */
void lookup_one(struct jsonw *params, const char *const *columns, const char *id);

#endif
