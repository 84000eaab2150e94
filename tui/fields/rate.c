#include "tui/fields/rate.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

/* The letters of a unit, as in "Mbit" or "tests", are no more. */
enum { UNIT_MAX = 8 };

static bool rate_digit(const char *at, const char *end)
{
	return at < end && isdigit((unsigned char)*at);
}

static bool rate_letter(const char *at, const char *end)
{
	return at < end && isalpha((unsigned char)*at);
}

/* "12", "12.5": where it ends. */
static const char *rate_number(const char *at, const char *end)
{
	while (rate_digit(at, end) || (at < end && (*at == '.' || *at == ',') && rate_digit(at + 1, end)))
		at++;
	return at;
}

/* Behind a number: "MB/s", " MB/s", "s/it".  Where it ends; NULL: that is no speed. */
static const char *rate_unit(const char *at, const char *end)
{
	const char *unit, *slash, *per;

	if (at < end && *at == ' ')
		at++;
	unit = at;
	while (rate_letter(at, end))
		at++;
	slash = at;
	if (at == end || *at != '/' || slash - unit > UNIT_MAX)
		return NULL;
	per = ++at;
	while (rate_letter(at, end))
		at++;
	if (rate_digit(at, end) || (at < end && *at == '/'))
		return NULL;
	if ((at - per == 1 && *per == 's') || (at - per == 3 && strncmp(per, "sec", 3) == 0))
		return at;
	return slash - unit == 1 && *unit == 's' && at - per == 2 && strncmp(per, "it", 2) == 0 ? at : NULL;
}

/* "0:35", "1:02:03", "35s", "1m2s".  Where it ends; NULL: that is no time. */
static const char *rate_time(const char *at, const char *end)
{
	size_t colons = 0, units = 0;

	while (at < end && rate_digit(at, end)) {
		while (rate_digit(at, end))
			at++;
		if (at < end && *at == ':' && rate_digit(at + 1, end)) {
			colons++;
			at++;
		} else if (at < end && strchr("dhms", *at) && *at) {
			units++;
			at++;
		} else {
			break;
		}
	}
	if ((colons == 0) == (units == 0) || rate_letter(at, end))
		return NULL;
	return at;
}

/* True if a time of what is left stands there: behind the speed, "eta" or "<". */
static bool rate_take_left(const char *at, const char *end, struct rate *rate)
{
	const char *ends;

	while (at < end && strchr(" \t:=", *at) && *at)
		at++;
	ends = rate_time(at, end);
	if (!ends)
		return false;
	rate->left = at;
	rate->left_length = (size_t)(ends - at);
	return true;
}

static void rate_find_left(const char *text, const char *end, struct rate *rate)
{
	static const char word[] = "eta";

	for (const char *at = text; at < end; at++) {
		if (*at == '<' && rate_take_left(at + 1, end, rate))
			return;
		if (end - at > 3 && strncasecmp(at, word, 3) == 0 &&
		    !(at > text && rate_letter(at - 1, end)) && rate_take_left(at + 3, end, rate))
			return;
	}
	(void)rate_take_left(rate->speed + rate->speed_length, end, rate);
}

bool rate_find(const char *text, size_t length, struct rate *rate)
{
	const char *end = text + length;

	for (const char *at = text; at < end; at++) {
		const char *number, *unit;

		if (!rate_digit(at, end))
			continue;
		number = rate_number(at, end);
		unit = at > text && (isalnum((unsigned char)at[-1]) || strchr("/-.", at[-1]))
		               ? NULL
		               : rate_unit(number, end);
		if (unit) {
			*rate = (struct rate){ .speed = at, .speed_length = (size_t)(unit - at) };
			rate_find_left(text, end, rate);
			return true;
		}
		at = number - 1;
	}
	return false;
}
