#include "tui/fields/rows.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine/task/bytes.h"
#include "engine/task/hex.h"
#include "engine/task/utf8.h"

static inline const char *skip_blanks(const char *at, const char *end)
{
	/* All but blanks is greater, and few lists have any. */
	while (at < end && *at <= ' ' && (*at == ' ' || *at == '\t' || *at == '\n' || *at == '\r'))
		at++;
	return at;
}

/* `at` is a quote.  Returns what follows the closing quote, or NULL if there is none. */
static const char *skip_string(const char *at, const char *end)
{
	for (at++; at < end; at++) {
		if (*at == '"')
			return at + 1;
		if (*at == '\\')
			at++;
	}
	return NULL;
}

/* Returns what follows an array or object. */
static const char *skip_nested(const char *at, const char *end)
{
	int depth = 0;

	while (at && at < end) {
		char c = *at;

		if (c == '"') {
			at = skip_string(at, end);
			continue;
		}
		at++;
		if (c == '[' || c == '{')
			depth++;
		else if ((c == ']' || c == '}') && --depth == 0)
			return at;
	}
	return NULL;
}

/* Characters that end a number, true, false or null. */
static const bool ends_literal[256] = {
	[','] = true, [']'] = true, ['}'] = true, [' '] = true, ['\n'] = true, ['\r'] = true, ['\t'] = true,
};

/* Returns what follows a value, or NULL if it is not a value. */
static const char *skip_value(const char *at, const char *end)
{
	const char *start = at;

	if (at >= end)
		return NULL;
	if (*at == '"')
		return skip_string(at, end);
	if (*at == '[' || *at == '{')
		return skip_nested(at, end);
	/* Most values of most rows. */
	if (end - at > 4 && memcmp(at, "null", 4) == 0 && ends_literal[(unsigned char)at[4]])
		return at + 4;
	while (at < end && !ends_literal[(unsigned char)*at])
		at++;
	return at > start ? at : NULL;
}

static bool is_key(const char *at, size_t length, const char *key)
{
	return length == strlen(key) && memcmp(at, key, length) == 0;
}

int rows_begin(struct rows *rows, const char *json, size_t length)
{
	const char *at = json, *end = json + length;

	*rows = (struct rows){ .total = -1 };
	at = skip_blanks(at, end);
	while (at < end && (*at == '{' || *at == ',')) {
		const char *key = skip_blanks(at + 1, end);
		const char *after = key < end && *key == '"' ? skip_string(key, end) : NULL;
		const char *value;
		size_t key_length;

		if (!after)
			break;
		key_length = (size_t)(after - key) - 2;
		value = skip_blanks(after, end);
		if (value >= end || *value != ':')
			return -EPROTO;
		value = skip_blanks(value + 1, end);
		if (is_key(key + 1, key_length, "rows")) {
			rows->at = value;
			rows->end = end;
			return value < end && *value == '[' ? 0 : -EPROTO;
		}
		after = skip_value(value, end);
		if (!after)
			return -EPROTO;
		if (is_key(key + 1, key_length, "total"))
			rows->total = value_integer(
				&(struct value){ .json = value, .length = (size_t)(after - value) });
		at = skip_blanks(after, end);
	}
	return -EPROTO;
}

/*
 * `at` is the opening bracket or a comma.  Returns the next item.  At the closing bracket, returns NULL and
 * sets *over.
 */
static inline const char *next_item(const char *at, const char *end, bool *over)
{
	char before;

	at = skip_blanks(at, end);
	*over = at < end && *at == ']';
	if (at >= end || (*at != '[' && *at != ','))
		return NULL;
	before = *at;
	at = skip_blanks(at + 1, end);
	*over = at < end && *at == ']' && before == '[';
	return *over || at >= end ? NULL : at;
}

/* Moves to the quote or backslash at or after `at`, or to the end. */
static inline const char *find_string_end(const char *at, const char *end)
{
	for (; (size_t)(end - at) >= sizeof(uint64_t); at += sizeof(uint64_t)) {
		uint64_t word = bytes_load(at), marks = bytes_equal(word, '"') | bytes_equal(word, '\\');

		if (marks)
			return at + bytes_first(marks);
	}
	while (at < end && *at != '"' && *at != '\\')
		at++;
	return at;
}

/* Bytes that end another value of a plain row, or begin a nested one. */
static const bool ends_simple[256] = {
	[','] = true,  [']'] = true,  ['}'] = true, [' '] = true, ['\n'] = true,
	['\r'] = true, ['\t'] = true, ['['] = true, ['{'] = true,
};

/*
 * Reads a row without blanks, escapes or nested values behind its opening bracket, as most are.  Returns what follows it;
 * NULL: it has one of these.
 */
static const char *read_simple_row(const char *at, const char *end, struct value *values, size_t max,
                                   size_t *count)
{
	size_t taken = 0;

	while (taken < max && at < end) {
		const char *start = at;

		if (*at == '"') {
			at = find_string_end(at + 1, end);
			if (at == end || *at != '"')
				return NULL;
			at++;
		} else if (end - at > 4 && memcmp(at, "null", 4) == 0) {
			at += 4;
		} else {
			while (at < end && !ends_simple[(unsigned char)*at])
				at++;
		}
		if (at == start || at == end || (*at != ',' && *at != ']'))
			return NULL;
		values[taken++] =
			(struct value){ .json = start, .length = (size_t)(at - start), .plain = true };
		if (*at++ == ']') {
			*count = taken;
			return at;
		}
	}
	return NULL;
}

int rows_next(struct rows *rows, struct value *values, size_t max, size_t *count)
{
	bool over;
	const char *at = next_item(rows->at, rows->end, &over), *after;

	*count = 0;
	if (!at)
		return over ? 0 : -EPROTO;
	if (*at != '[') {
		rows->at = skip_value(at, rows->end);
		return rows->at ? 1 : -EPROTO;
	}
	after = read_simple_row(at + 1, rows->end, values, max, count);
	if (after) {
		rows->at = after;
		return 1;
	}
	rows->at = at;
	while ((at = next_item(rows->at, rows->end, &over))) {
		after = skip_value(at, rows->end);
		if (!after || *count == max)
			return -EPROTO;
		values[(*count)++] = (struct value){ .json = at, .length = (size_t)(after - at) };
		rows->at = after;
	}
	if (!over)
		return -EPROTO;
	rows->at = (const char *)memchr(rows->at, ']', (size_t)(rows->end - rows->at)) + 1;
	return 1;
}

static unsigned rows_hexadecimal(const char *digits)
{
	unsigned value = 0;

	for (int i = 0; i < 4; i++)
		value = value << 4 | ((unsigned)hex_value(digits[i]) & 15);
	return value;
}

static void add_character(struct text *text, unsigned c)
{
	char bytes[UTF8_LONGEST];
	size_t length = utf8_write(c, bytes);

	text_add(text, bytes, length);
}

/*
 * Adds the character of a \u escape.  Returns the number of bytes after the backslash.  A NUL, and half of a
 * surrogate pair, become U+FFFD.
 */
static size_t add_escaped(struct text *text, const char *at, size_t left)
{
	unsigned c = left >= 5 ? rows_hexadecimal(at + 1) : 0;

	if (left < 5)
		return left;
	if (c >= 0xd800 && c < 0xdc00 && left >= 11 && at[5] == '\\' && at[6] == 'u') {
		unsigned low = rows_hexadecimal(at + 7);

		if (low >= 0xdc00 && low < 0xe000) {
			add_character(text, 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00));
			return 11;
		}
	}
	add_character(text, c == 0 || (c >= 0xd800 && c < 0xe000) ? 0xfffd : c);
	return 5;
}

const char *value_string_read(const struct value *value, struct text *scratch, size_t *length)
{
	static const char escapes[] = "bfnrt", characters[] = "\b\f\n\r\t";
	const char *at = value->json + 1, *end = value->json + value->length - 1;

	if (value->length < 2 || *value->json != '"')
		return NULL;
	*length = (size_t)(end - at);
	if (!memchr(at, '\\', *length))
		return at;
	text_clear(scratch);
	while (at < end) {
		const char *backslash = memchr(at, '\\', (size_t)(end - at));
		const char *named;

		text_add(scratch, at, (size_t)((backslash ? backslash : end) - at));
		if (!backslash || backslash + 1 >= end)
			break;
		at = backslash + 1;
		named = strchr(escapes, *at);
		if (*at == 'u') {
			at += add_escaped(scratch, at, (size_t)(end - at));
			continue;
		}
		text_add(scratch, named && *at ? &characters[named - escapes] : at, 1);
		at++;
	}
	*length = scratch->length;
	return scratch->data;
}

bool value_is_true(const struct value *value)
{
	return value->length == 4 && memcmp(value->json, "true", 4) == 0;
}

/* The value is not copied: the character after it is not a digit, so it ends the number. */
int64_t value_integer(const struct value *value)
{
	int64_t number = 0;
	size_t i = value->length > 0 && value->json[0] == '-' ? 1 : 0;

	for (; i < value->length && value->json[i] >= '0' && value->json[i] <= '9' &&
	       number < INT64_MAX / 10 - 1;
	     i++)
		number = number * 10 + (value->json[i] - '0');
	return value->length > 0 && value->json[0] == '-' ? -number : number;
}

int64_t value_milliseconds(const struct value *value)
{
	const char *at = memchr(value->json, '.', value->length);
	int64_t ms = value_integer(value) * 1000;
	int64_t unit = 100;

	for (size_t i = at ? (size_t)(at - value->json) + 1 : value->length; i < value->length && unit > 0;
	     i++, unit /= 10) {
		if (value->json[i] < '0' || value->json[i] > '9')
			break;
		ms += unit * (value->json[i] - '0');
	}
	return ms;
}

bool value_item(const struct value *array, const char **at, struct value *item)
{
	const char *end = array->json + array->length, *after;
	bool over;

	if (array->length < 2 || *array->json != '[')
		return false;
	*item = (struct value){ .json = next_item(*at ? *at : array->json, end, &over) };
	after = item->json ? skip_value(item->json, end) : NULL;
	if (!after)
		return false;
	item->length = (size_t)(after - item->json);
	*at = after;
	return true;
}

struct value *values_copy(const json_t *array, size_t first)
{
	/* With fifteen digits, 0.3 remains 0.3, and milliseconds are exact for centuries. */
	char *text = alloc_checked(json_dumps(array, JSON_COMPACT | JSON_REAL_PRECISION(15)));
	size_t count = json_array_size(array), length = strlen(text);
	struct value *values = alloc_zero(1, count * sizeof(*values) + length + 1);
	struct value whole = { .json = memcpy(values + count, text, length + 1), .length = length }, item;
	const char *at = NULL;

	free(text);
	for (size_t i = 0; value_item(&whole, &at, &item); i++) {
		if (i >= first)
			values[i - first] = item;
	}
	return values;
}
