/*
 * What is shown of a task: one row a field, with its JSON name, its heading, the columns that List is asked for, and how
 * both reports write it.
 */
#ifndef KRTASK_TUI_CLI_FIELDS_H
#define KRTASK_TUI_CLI_FIELDS_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "engine/wire/jsonw.h"
#include "tui/cli/words.h"

enum { FIELD_SOURCES = 3, FIELD_MAX = 32 };

/* Bytes that grow; for cells that are put together. */
struct text {
	char *data; /* owned, NUL-ended once something was added */
	size_t length, size;
};

void text_add(struct text *text, const char *bytes, size_t length);
void text_release(struct text *text);

struct field {
	const char *name;    /* in JSON */
	const char *heading; /* in tables */
	const char *sources[FIELD_SOURCES]; /* columns of List */
	const char *sort;    /* the column to sort by; NULL: the first source */
	size_t most;         /* columns it may take on a terminal; 0: any number */
	bool right;          /* aligned to the right */
	bool in_json;        /* one of a task's own JSON keys */
	/* Its text: a string of the row's, or made in scratch. values are those of its sources, in order. */
	const char *(*text)(json_t *const *values, struct text *scratch);
	void (*json)(struct jsonw *w, json_t *const *values);
};

extern const struct field field_table[]; /* ended by a NULL name */

/* The fields of one report, in order, and where their values are in a row of List. */
struct field_list {
	const struct field *items[FIELD_MAX];
	size_t count;
};

/* Those of the table; those of JSON. */
void fields_default(struct field_list *list, bool json);
/* By JSON names or headings in any case.  0, or -EINVAL with *error a clause. */
int fields_parse(struct field_list *list, const struct words *names, char **error);
/* One, by either name; NULL: none. */
const struct field *field_find(const char *name);
/* "id, name, …".  malloc'ed. */
char *field_names(void);

/* Writes the array of List's columns. */
void fields_request(const struct field_list *list, struct jsonw *w);
/* Writes a row as one JSON object. */
void fields_json(const struct field_list *list, const json_t *row, struct jsonw *w);
/* The values of the field whose sources begin at first in the row; returns how many it has. */
size_t field_values(const struct field *field, const json_t *row, size_t first, json_t *values[FIELD_SOURCES]);

#endif
