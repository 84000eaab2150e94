/*
 * The fields of a report or table, in order.  A row of List has the values of the first field, then those of
 * the second, and so on.
 */
#ifndef KRTASK_FIELDS_FIELD_LIST_H
#define KRTASK_FIELDS_FIELD_LIST_H

#include "tui/fields/fields.h"

struct field_list {
	const struct field *items[FIELD_ROOM];
	size_t count;
};

/* The fields of a table, of JSON, and of the page with details, which has more (details.h). */
void fields_default(struct field_list *list);
/* Those of a table on the screen, which also has what only a screen can show. */
void fields_of_screen(struct field_list *list);
void fields_of_json(struct field_list *list);
void fields_of_details(struct field_list *list);
/* Those of that page on the screen. */
void fields_of_page(struct field_list *list);
/* Adds a field.  0; -EINVAL: there is no such field; -E2BIG: the list has FIELD_MAX fields. */
int fields_add(struct field_list *list, const char *name);

/* Writes the columns for List as strings of an array. */
void fields_request(const struct field_list *list, struct jsonw *w);
/* The number of those columns, which is the number of values of a row. */
size_t fields_width(const struct field_list *list);
/* Writes a row as a JSON object, at the end with the host (NULL: null) if that is wanted. */
void fields_json(const struct field_list *list, const struct value *row, const char *host, bool hosted,
                 struct jsonw *w);

#endif
