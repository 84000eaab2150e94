/*
 * The rows of List straight from the JSON that came, without a tree: ten thousand of them are to be a matter
 * of milliseconds.
 */
#ifndef KRTASK_TUI_FIELDS_ROWS_H
#define KRTASK_TUI_FIELDS_ROWS_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tui/text/text.h"

/* One JSON value as it stands in the text. */
struct value {
	const char *json;
	size_t length;
};

struct rows {
	const char *at, *end;
	int64_t total; /* what the list counts in all; -1: it was not said before the rows */
};

/* json: the parameters of a reply.  0, or -EPROTO. */
int rows_begin(struct rows *rows, const char *json, size_t length);
/* The next row's values, *count of them, at most max; *count 0 for null.  1; 0 at the end; -EPROTO. */
int rows_next(struct rows *rows, struct value *values, size_t max, size_t *count);

/* The string's content; in scratch where it has escapes.  NULL: it is no string.  Not NUL-ended. */
const char *value_string(const struct value *value, struct text *scratch, size_t *length);
bool value_is_null(const struct value *value);
bool value_is_true(const struct value *value);
/* 0 where it is no number. */
int64_t value_integer(const struct value *value);
/* A number of seconds in milliseconds. */
int64_t value_milliseconds(const struct value *value);

/*
 * The items from first on of an array that jansson has read, as values with a copy of the text that they
 * point into: one block, which free() releases.
 */
struct value *values_copy(const json_t *array, size_t first);

/* The items of an array, one after another: *at is NULL to begin.  False at the end. */
bool value_item(const struct value *array, const char **at, struct value *item);

#endif
