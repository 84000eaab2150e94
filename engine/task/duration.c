#include "config.h"

#include <ctype.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/task/duration.h"

#define DURATION_MAX 1e9

static const struct duration_unit {
	char letter;
	double seconds;
} duration_units[] = { { 'd', 86400 }, { 'h', 3600 }, { 'm', 60 }, { 's', 1 } };

/* Most numbers are a few digits, which need nothing of strtod(3). */
enum { DIGITS_EXACT = 15 };

static double duration_digits(const char *text, size_t digits)
{
	int64_t value = 0;
	if (digits > DIGITS_EXACT || text[digits] == '.')
		return strtod(text, NULL);
	for (size_t i = 0; i < digits; i++)
		value = value * 10 + (text[i] - '0');
	return (double)value;
}

/* Reads digits with at most one point among them.  Returns the text behind them; NULL: there are none. */
static const char *duration_number(const char *text, double *number)
{
	size_t digits = strspn(text, "0123456789"), length = digits, whole = digits;
	if (text[length] == '.') {
		size_t more = strspn(text + length + 1, "0123456789");
		length += 1 + more;
		digits += more;
	}
	if (digits == 0)
		return NULL;
	*number = duration_digits(text, whole);
	return text + length;
}

/* 2h30m: each unit at most once, the longer ones first. */
static bool duration_of_units(const char *text, double *seconds)
{
	size_t from = 0, units = sizeof(duration_units) / sizeof(*duration_units);
	*seconds = 0;
	while (*text) {
		double number;
		const char *unit = duration_number(text, &number);
		while (unit && from < units && duration_units[from].letter != *unit)
			from++;
		if (!unit || from == units)
			return false;
		*seconds += number * duration_units[from++].seconds;
		text = unit + 1;
	}
	return from > 0;
}

/* Reads exactly two digits, less than 60.  Returns the text behind them; NULL: there are none. */
static const char *duration_sixty(const char *text, double *number)
{
	if (!text || text[0] < '0' || text[0] > '5' || !isdigit((unsigned char)text[1]))
		return NULL;
	*number = (text[0] - '0') * 10 + (text[1] - '0');
	return text + 2;
}

/* [D-]HH:MM:SS; hours may be more than two digits where there are no days. */
static bool duration_of_clock(const char *text, double *seconds)
{
	double days = 0, hours = 0, minutes = 0, rest = 0;
	const char *dash = strchr(text, '-'), *at = text;
	if (dash) {
		days = strtod(text, NULL);
		if (strspn(text, "0123456789") != (size_t)(dash - text) || dash == text)
			return false;
		at = dash + 1;
	}
	size_t digits = strspn(at, "0123456789");
	if (digits == 0 || (dash && digits > 2) || at[digits] != ':')
		return false;
	hours = strtod(at, NULL);
	at = duration_sixty(at + digits + 1, &minutes);
	if (!at || *at != ':' || (dash && hours >= 24))
		return false;
	at = duration_sixty(at + 1, &rest);
	*seconds = days * 86400 + hours * 3600 + minutes * 60 + rest;
	return at && !*at;
}

bool duration_parse(const char *text, double *seconds)
{
	double value = 0;
	if (!duration_of_units(text, &value) && !duration_of_clock(text, &value))
		return false;
	if (value > DURATION_MAX)
		return false;
	*seconds = value;
	return true;
}

bool duration_is_too_long(const char *text)
{
	double value = 0;
	const char *end = duration_number(text, &value);
	bool any = (end && !*end) || duration_of_units(text, &value) || duration_of_clock(text, &value);
	return any && value > DURATION_MAX;
}

bool duration_is_bare(const char *text, double *number)
{
	double value = 0;
	const char *end = duration_number(text, &value);
	if (!end || *end || value > DURATION_MAX)
		return false;
	*number = value;
	return true;
}

/* Seconds are written even if they are 0, unless something stands before them. */
const char *duration_write(int64_t milliseconds, char text[DURATION_SIZE])
{
	size_t used = 0, units = sizeof(duration_units) / sizeof(*duration_units);
	for (size_t i = 0; i + 1 < units; i++) {
		int64_t unit = (int64_t)duration_units[i].seconds * 1000, count = milliseconds / unit;
		milliseconds %= unit;
		if (count > 0)
			used += (size_t)snprintf(text + used, DURATION_SIZE - used, "%" PRId64 "%c", count,
			                         duration_units[i].letter);
	}
	if (milliseconds > 0 || used == 0)
		snprintf(text + used, DURATION_SIZE - used, "%.10gs", (double)milliseconds / 1000);
	return text;
}
