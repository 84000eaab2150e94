/*
 * What is shown of a task: one row a field, with its JSON name, its heading, the columns that List is asked for, and how
 * both reports write it.
 */
#ifndef KRTASK_TUI_FIELDS_FIELDS_H
#define KRTASK_TUI_FIELDS_FIELDS_H

#include <stdbool.h>
#include <stddef.h>

#include "engine/wire/jsonw.h"
#include "tui/fields/rows.h"

enum { FIELD_SOURCES = 3, FIELD_MAX = 32, FIELD_VALUES = FIELD_SOURCES * FIELD_MAX };

/* A piece of text, not NUL-ended. */
struct slice {
	const char *text;
	size_t length;
};

struct field {
	const char *name;    /* in JSON */
	const char *heading; /* in tables */
	const char *sources[FIELD_SOURCES]; /* columns of List */
	const char *sort;    /* the column to sort by; NULL: the first source */
	size_t most;         /* columns it may take on a terminal; 0: any number */
	bool right;          /* aligned to the right */
	bool in_json;        /* one of a task's own JSON keys */
	/* Its text: a string of the row's, or made in scratch. values are those of its sources, in order. */
	struct slice (*text)(const struct value *values, struct text *scratch);
	void (*json)(struct jsonw *w, const struct value *values);
};

extern const struct field field_table[]; /* ended by a NULL name */

/* The fields of one report, in order, and where their values are in a row of List. */
struct field_list {
	const struct field *items[FIELD_MAX];
	size_t count;
};

/* Those of the table; those of JSON. */
void fields_default(struct field_list *list, bool json);
/* One more, by its JSON name or heading in any case.  0; -EINVAL: there is none of that name; -E2BIG: FIELD_MAX are in it. */
int fields_add(struct field_list *list, const char *name);
/* One, by either name; NULL: none. */
const struct field *field_find(const char *name);
/* "id, name, …".  malloc'ed. */
char *field_names(void);

/* Writes the array of List's columns. */
void fields_request(const struct field_list *list, struct jsonw *w);
/* How many columns that is: the values of a row. */
size_t fields_width(const struct field_list *list);
/* Writes a row as one JSON object. */
void fields_json(const struct field_list *list, const struct value *row, struct jsonw *w);
/* How many of the row's values are the field's. */
size_t field_width(const struct field *field);

#endif
