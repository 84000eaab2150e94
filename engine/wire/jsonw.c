/*
 * The writer is a growing array, and one flag: whether a comma is due.  Nesting needs no stack: a comma is
 * due after every end bracket, and never after a start bracket.
 */
#include "engine/wire/jsonw.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "engine/task/array.h"
#include "engine/task/bytes.h"
#include "engine/task/hex.h"
#include "engine/task/moment.h"
#include "engine/task/utf8.h"

enum { LEAST = 256 };

static const char base64_alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static char *jsonw_grow(struct jsonw *w, size_t more)
{
	size_t need = w->length + more;
	char *data;

	if (w->failed)
		return NULL;
	data = need < more ? NULL : array_grow(w->data, &w->size, need < LEAST ? LEAST : need, 1);
	if (!data) {
		w->failed = true;
		return NULL;
	}
	w->data = data;
	return data + w->length;
}

/* Makes room for `more` bytes at the end.  NULL: no memory, and w->failed is set. */
static inline char *jsonw_room(struct jsonw *w, size_t more)
{
	return !w->failed && w->size - w->length >= more ? w->data + w->length : jsonw_grow(w, more);
}

static inline void jsonw_put(struct jsonw *w, const char *bytes, size_t length)
{
	char *to = jsonw_room(w, length);

	if (!to || length == 0)
		return;
	memcpy(to, bytes, length);
	w->length += length;
}

/* Writes the comma before a value, if one is due. */
static void begin_value(struct jsonw *w)
{
	if (w->comma)
		jsonw_put(w, ",", 1);
	w->comma = true;
}

/* Most values are short, and of a length that is known where this is called: no call, then. */
static inline __attribute__((always_inline)) void put_value(struct jsonw *w, const char *bytes, size_t length)
{
	char *to = jsonw_room(w, length + 1);

	if (!to)
		return;
	if (w->comma)
		*to++ = ',';
	memcpy(to, bytes, length);
	w->length = (size_t)(to - w->data) + length;
	w->comma = true;
}

void jsonw_object(struct jsonw *w)
{
	put_value(w, "{", 1);
	w->comma = false;
}

void jsonw_end_object(struct jsonw *w)
{
	jsonw_put(w, "}", 1);
	w->comma = true;
}

void jsonw_array(struct jsonw *w)
{
	put_value(w, "[", 1);
	w->comma = false;
}

void jsonw_end_array(struct jsonw *w)
{
	jsonw_put(w, "]", 1);
	w->comma = true;
}

void jsonw_key(struct jsonw *w, const char *key)
{
	put_value(w, "\"", 1);
	jsonw_put(w, key, strlen(key));
	jsonw_put(w, "\":", 2);
	w->comma = false;
}

static void put_escaped(struct jsonw *w, unsigned char byte)
{
	static const char controls[] = "\b\t\n\f\r\"\\";
	static const char letters[] = "btnfr\"\\";
	const char *found = byte ? strchr(controls, byte) : NULL;
	char text[6] = { '\\', 'u', '0', '0', hex_digits[byte >> 4], hex_digits[byte & 15] };

	if (found) {
		text[1] = letters[found - controls];
		jsonw_put(w, text, 2);
		return;
	}
	jsonw_put(w, text, sizeof(text));
}

/* What may not mean itself. */
static uint64_t jsonw_odd(uint64_t word)
{
	return bytes_high(word) | bytes_below(word, 0x20) | bytes_equal(word, '"') | bytes_equal(word, '\\');
}

/* The same, byte by byte. */
static const bool jsonw_special[256] = {
	[0 ... 0x1f] = true, ['"'] = true, ['\\'] = true, [0x80 ... 0xff] = true
};

/* The length of the prefix that needs no escape. */
static size_t plain_length(const char *bytes, size_t length)
{
	size_t i = 0;

	for (;;) {
		size_t n = 0;

		while (i < length && !jsonw_special[(unsigned char)bytes[i]])
			i++;
		if (i < length && (unsigned char)bytes[i] >= 0x80)
			n = utf8_character(bytes + i, length - i);
		if (n == 0)
			return i;
		i += n;
	}
}

/* A string that needs no escape, as most. */
static void put_plain(struct jsonw *w, const char *bytes, size_t length)
{
	char *to = jsonw_room(w, length + 3);

	if (!to)
		return;
	if (w->comma)
		*to++ = ',';
	*to++ = '"';
	memcpy(to, bytes, length);
	to[length] = '"';
	w->length = (size_t)(to - w->data) + length + 1;
	w->comma = true;
}

void jsonw_string_n(struct jsonw *w, const char *bytes, size_t length)
{
	const char *at = bytes;

	if (bytes_none(bytes, length, ' ', jsonw_odd) || plain_length(bytes, length) == length) {
		put_plain(w, bytes, length);
		return;
	}
	put_value(w, "\"", 1);
	while (length > 0 && !w->failed) {
		size_t n = plain_length(at, length);

		jsonw_put(w, at, n);
		at += n;
		length -= n;
		if (length == 0)
			break;
		if ((unsigned char)*at < 0x80)
			put_escaped(w, (unsigned char)*at);
		else
			jsonw_put(w, UTF8_REPLACEMENT, sizeof(UTF8_REPLACEMENT) - 1);
		at++;
		length--;
	}
	jsonw_put(w, "\"", 1);
}

void jsonw_string(struct jsonw *w, const char *string)
{
	if (string)
		jsonw_string_n(w, string, strlen(string));
	else
		jsonw_null(w);
}

/* Writes decimal digits backwards, up to end.  Returns where they begin. */
static char *jsonw_digits(char *end, uint64_t value)
{
	do {
		*--end = (char)('0' + value % 10);
		value /= 10;
	} while (value > 0);
	return end;
}

void jsonw_int(struct jsonw *w, int64_t value)
{
	char text[24];
	char *end = text + sizeof(text);
	char *at;

	if (value >= 0) {
		jsonw_uint(w, (uint64_t)value);
		return;
	}
	at = jsonw_digits(end, 0 - (uint64_t)value);
	*--at = '-';
	put_value(w, at, (size_t)(end - at));
}

void jsonw_uint(struct jsonw *w, uint64_t value)
{
	char text[24] = { (char)('0' + value % 10) };
	char *end = text + sizeof(text);
	char *at;

	if (value < 10) {
		put_value(w, text, 1);
		return;
	}
	at = jsonw_digits(end, value);
	put_value(w, at, (size_t)(end - at));
}

void jsonw_fixed3(struct jsonw *w, int64_t thousandths)
{
	uint64_t size = thousandths < 0 ? 0 - (uint64_t)thousandths : (uint64_t)thousandths;
	char text[32];
	char *end = text + sizeof(text);
	char *at = end;

	for (int digits = 3; digits > 0; digits--, size /= 10)
		*--at = (char)('0' + size % 10);
	*--at = '.';
	at = jsonw_digits(at, size);
	if (thousandths < 0)
		*--at = '-';
	put_value(w, at, (size_t)(end - at));
}

void jsonw_bool(struct jsonw *w, bool value)
{
	if (value)
		put_value(w, "true", 4);
	else
		put_value(w, "false", 5);
}

void jsonw_null(struct jsonw *w)
{
	put_value(w, "null", 4);
}

void jsonw_base64(struct jsonw *w, const void *bytes, size_t length)
{
	const unsigned char *at = bytes;
	char *to;

	begin_value(w);
	if (length > SIZE_MAX / 2) {
		w->failed = true;
		return;
	}
	to = jsonw_room(w, (length + 2) / 3 * 4 + 2);
	if (!to)
		return;
	*to++ = '"';
	for (; length >= 3; at += 3, length -= 3) {
		*to++ = base64_alphabet[at[0] >> 2];
		*to++ = base64_alphabet[(at[0] & 3) << 4 | at[1] >> 4];
		*to++ = base64_alphabet[(at[1] & 15) << 2 | at[2] >> 6];
		*to++ = base64_alphabet[at[2] & 63];
	}
	if (length > 0) {
		unsigned char second = length > 1 ? at[1] : 0;

		*to++ = base64_alphabet[at[0] >> 2];
		*to++ = base64_alphabet[(at[0] & 3) << 4 | second >> 4];
		*to++ = length > 1 ? base64_alphabet[(second & 15) << 2] : '=';
		*to++ = '=';
	}
	*to++ = '"';
	w->length = (size_t)(to - w->data);
}

void jsonw_time(struct jsonw *w, int64_t ms)
{
	int64_t rest = ms % 1000;
	time_t seconds;
	struct tm tm;
	char text[64];
	int n;

	if (ms == 0 || ms < MOMENT_MIN || ms > MOMENT_MAX) {
		jsonw_null(w);
		return;
	}
	if (rest < 0)
		rest += 1000;
	seconds = (time_t)((ms - rest) / 1000);
	if (!gmtime_r(&seconds, &tm)) {
		jsonw_null(w);
		return;
	}
	n = snprintf(text, sizeof(text), "\"%04d-%02d-%02dT%02d:%02d:%02d.%03dZ\"", tm.tm_year + 1900,
	             tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec, (int)rest);
	put_value(w, text, (size_t)n);
}

void jsonw_raw(struct jsonw *w, const char *json, size_t length)
{
	put_value(w, json, length);
}

void jsonw_clear(struct jsonw *w)
{
	w->length = 0;
	w->comma = false;
	w->failed = false;
}

void jsonw_release(struct jsonw *w)
{
	free(w->data);
	*w = (struct jsonw)JSONW_INIT;
}
