/*
 * Reads the rows of List from the JSON text without building a tree.  Ten thousand rows take milliseconds.
 */
#ifndef KRTASK_TUI_FIELDS_ROWS_H
#define KRTASK_TUI_FIELDS_ROWS_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "tui/text/text.h"

/* A JSON value in the text. */
struct value {
	const char *json;
	size_t length;
	bool plain; /* it is known to have no escapes */
};

struct rows {
	const char *at, *end;
	int64_t total; /* rows of the whole list; -1: the reply does not have it before the rows */
};

/* json is the parameters of a reply.  0 or -EPROTO. */
int rows_begin(struct rows *rows, const char *json, size_t length);
/*
 * Reads the values of the next row, at most max.  *count is 0 for null.  Returns 1, 0 at the end, or -EPROTO.
 */
int rows_next(struct rows *rows, struct value *values, size_t max, size_t *count);

/* Used by value_string(). */
const char *value_string_read(const struct value *value, struct text *scratch, size_t *length);
/*
 * The content of a string, without a NUL at its end.  It is in scratch if it has escapes.  NULL: not a
 * string.
 */
static inline const char *value_string(const struct value *value, struct text *scratch, size_t *length)
{
	if (!value->plain || value->length < 2 || *value->json != '"')
		return value_string_read(value, scratch, length);
	*length = value->length - 2;
	return value->json + 1;
}

static inline bool value_is_null(const struct value *value)
{
	return value->length == 4 && memcmp(value->json, "null", 4) == 0;
}

bool value_is_true(const struct value *value);
/* 0 if it is not a number. */
int64_t value_integer(const struct value *value);
/* A number of seconds, in milliseconds. */
int64_t value_milliseconds(const struct value *value);

/*
 * The items of an array that jansson has read, beginning with number `first`, as values.  The values, and the
 * text that they point into, are one block.  free() it.
 */
struct value *values_copy(const json_t *array, size_t first);

/* Iterates over the items of an array.  *at must be NULL at the beginning.  False at the end. */
bool value_item(const struct value *array, const char **at, struct value *item);

#endif
