/*
 * The columns of List that are asked for, for some fields, in few bytes: each once, and those last that few tasks have,
 * because with `sparse` a row ends with its last value.
 */
#ifndef KRTASK_TUI_FIELDS_WIRE_H
#define KRTASK_TUI_FIELDS_WIRE_H

#include "tui/fields/field_list.h"

struct field_wire {
	const char *columns[FIELD_VALUES];
	size_t count;
	unsigned short places[FIELD_VALUES]; /* for each value of the fields, in order: which column it is */
	size_t width;                        /* of the fields */
};

void fields_plan(const struct field_list *list, struct field_wire *wire);
/* Writes the columns as strings of an array. */
void fields_ask(const struct field_wire *wire, struct jsonw *w);
/* Makes the values of the fields, in order, of the values that came for these columns. */
void fields_spread(const struct field_wire *wire, const struct value *came, size_t count,
                   struct value *values);

#endif
