/*
 * What is shown of a task: one table, a row a field.  From it are made the tables and the JSON of `get` and
 * `watch`, the table, the details and the sort menu of the screen, and what shells complete; the manual's
 * list of columns is checked against it.
 *
 * A field has the same name in `--columns`, `--sort` and JSON, and List sorts by each under that name, so
 * that it means the same wherever it is met.
 */
#ifndef KRTASK_TUI_FIELDS_FIELDS_H
#define KRTASK_TUI_FIELDS_FIELDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/wire/jsonw.h"
#include "tui/fields/rows.h"

enum { FIELD_TOTAL = 20, FIELD_SOURCES = 3, FIELD_MAX = 32, FIELD_VALUES = FIELD_SOURCES * FIELD_MAX };

/* A piece of text, not NUL-ended. */
struct slice {
	const char *text;
	size_t length;
	size_t tinted; /* so many bytes at its beginning are in the colour of the task's state, where there are colours */
};

/* Where a field is shown.  All zero: on a line of any length, as the server said it. */
struct field_look {
	int64_t age_ms; /* how long ago the server wrote the row: what runs has run that much longer; 0: as it was */
	size_t width; /* columns that there are for it: progress draws its bar; 0: any number, and no bar */
};

struct field {
	const char *name;    /* in JSON, in --columns and --sort, and as List sorts by it */
	const char *heading; /* of its column; serves as a name too */
	const char *label;   /* before it on the page of a task's details; NULL: it is not there */
	const char *sources[FIELD_SOURCES]; /* columns of List */
	int min;                            /* columns below which it is of no use */
	int max;       /* columns beyond which it gains little; 0: it takes what is left */
	int priority;  /* 0 is the last to go where a table is narrow */
	bool measured; /* its column grows with what is in it, from min to max; else it wants max */
	bool right;    /* aligned to the right, as numbers are */
	bool quiet;    /* dimmed, where there is such a thing */
	bool in_json;  /* one of a task's own JSON keys */
	/*
	 * Its text: a string of the row's, or made in scratch; empty: there is none.  values are those of its
	 * sources, in order.
	 */
	struct slice (*text)(const struct value *values, const struct field_look *look, struct text *scratch);
	void (*json)(struct jsonw *w, const struct value *values);
};

extern const struct field field_table[FIELD_TOTAL + 1]; /* ended by a NULL name */

/* The same with "-" where there is no text. */
struct slice field_text(const struct field *field, const struct value *values, const struct field_look *look,
                        struct text *scratch);
/* How many of a row's values are the field's. */
size_t field_width(const struct field *field);
/* By name or heading, in any case; NULL: none. */
const struct field *field_find(const char *name);
/* "id, name, …".  malloc'ed. */
char *field_names(void);

/*
 * The fields of one report or table, in order; their values stand in a row of List one field's behind
 * another's.
 */
struct field_list {
	const struct field *items[FIELD_MAX];
	size_t count;
};

/* Those of a table; of JSON; of the page of details. */
void fields_default(struct field_list *list);
void fields_of_json(struct field_list *list);
void fields_of_details(struct field_list *list);
/* One more.  0; -EINVAL: there is none of that name; -E2BIG: FIELD_MAX are in it. */
int fields_add(struct field_list *list, const char *name);

/* Writes List's columns as strings of an array. */
void fields_request(const struct field_list *list, struct jsonw *w);
/* How many columns that is: the values of a row. */
size_t fields_width(const struct field_list *list);
/* Writes a row as one JSON object. */
void fields_json(const struct field_list *list, const struct value *row, struct jsonw *w);

#endif
