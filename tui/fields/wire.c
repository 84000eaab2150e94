#include "tui/fields/wire.h"

#include <string.h>

/* Columns that are null for many tasks, or for nearly all. */
static const char *const seldom_columns[] = { "duration", "exitCode",  "group",         "signal",
	                                      "reason",   "attemptOf", "statusMessage", NULL };

static bool wire_has(const char *const *columns, size_t count, const char *column)
{
	for (size_t i = 0; i < count; i++) {
		if (strcmp(columns[i], column) == 0)
			return true;
	}
	return false;
}

static void wire_add(struct field_wire *wire, const char *column)
{
	if (!wire_has(wire->columns, wire->count, column))
		wire->columns[wire->count++] = column;
}

static unsigned short wire_place(const struct field_wire *wire, const char *column)
{
	unsigned short place = 0;

	while (strcmp(wire->columns[place], column) != 0)
		place++;
	return place;
}

void fields_plan(const struct field_list *list, struct field_wire *wire)
{
	const size_t seldom_count = sizeof(seldom_columns) / sizeof(*seldom_columns) - 1;
	const char *sources[FIELD_VALUES] = { NULL };
	size_t width = 0;

	wire->count = 0;
	for (size_t i = 0; i < list->count; i++) {
		for (size_t k = 0; k < FIELD_SOURCES && list->items[i]->sources[k]; k++)
			sources[width++] = list->items[i]->sources[k];
	}
	for (size_t i = 0; i < width; i++) {
		if (!wire_has(seldom_columns, seldom_count, sources[i]))
			wire_add(wire, sources[i]);
	}
	for (size_t i = 0; i < seldom_count; i++) {
		if (wire_has(sources, width, seldom_columns[i]))
			wire_add(wire, seldom_columns[i]);
	}
	for (size_t i = 0; i < width; i++)
		wire->places[i] = wire_place(wire, sources[i]);
	wire->width = width;
}

void fields_ask(const struct field_wire *wire, struct jsonw *w)
{
	for (size_t i = 0; i < wire->count; i++)
		jsonw_string(w, wire->columns[i]);
}

void fields_spread(const struct field_wire *wire, const struct value *came, size_t count,
                   struct value *values)
{
	static const struct value null = { .json = "null", .length = 4, .plain = true };

	for (size_t i = 0; i < wire->width; i++)
		values[i] = wire->places[i] < count ? came[wire->places[i]] : null;
}
