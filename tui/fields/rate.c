#include "tui/fields/rate.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

/* The letters of a unit, as in "Mbit" or "tests", are no more. */
enum { UNIT_MAX = 8 };

/* Seconds: longer times are said to be so long. */
enum { RATE_MOST = 1000000000 };

/* Of times. */
#define RATE_UNITS "dhms"

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

/* "4s" of "3m 4s", behind the first of them. */
static const char *rate_another(const char *at, const char *end)
{
	const char *digits = at < end && *at == ' ' ? at + 1 : at, *unit = digits;

	while (rate_digit(unit, end))
		unit++;
	return unit > digits && unit < end && strchr(RATE_UNITS, *unit) && *unit &&
	                       !rate_letter(unit + 1, end)
	               ? digits
	               : at;
}

/* "0:35", "1:02:03", "35s", "1m2s", "3m 4s".  Where it ends; NULL: that is no time. */
static const char *rate_time(const char *at, const char *end)
{
	size_t colons = 0, units = 0;

	while (at < end && rate_digit(at, end)) {
		while (rate_digit(at, end))
			at++;
		if (at < end && *at == ':' && rate_digit(at + 1, end)) {
			colons++;
			at++;
		} else if (at < end && strchr(RATE_UNITS, *at) && *at) {
			units++;
			at = rate_another(at + 1, end);
		} else {
			break;
		}
	}
	if ((colons == 0) == (units == 0) || rate_letter(at, end))
		return NULL;
	return at;
}

/* rsync ends the line of each file with "(xfr#46, ", formerly "(xfer#46, ", and then the time is what it took so far. */
static bool rate_is_spent(const char *at, const char *end)
{
	static const char *const words[] = { " (xfr#", " (xfer#" };

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		size_t length = strlen(words[i]);

		if ((size_t)(end - at) >= length && memcmp(at, words[i], length) == 0)
			return true;
	}
	return false;
}

/* True if a time of what is left stands there: behind the speed, "eta" or "<". */
static bool rate_take_left(const char *at, const char *end, struct rate *rate)
{
	const char *ends;

	while (at < end && strchr(" \t:=", *at) && *at)
		at++;
	ends = rate_time(at, end);
	if (!ends || rate_is_spent(ends, end))
		return false;
	rate->left = at;
	rate->left_length = (size_t)(ends - at);
	return true;
}

/* What says itself that it is left: behind "eta", and behind "<", which only has that meaning beside a speed. */
static bool rate_take_said(const char *text, const char *end, bool beside, struct rate *rate)
{
	static const char word[] = "eta";
	const size_t length = sizeof(word) - 1;

	for (const char *at = text; at < end; at++) {
		if (beside && *at == '<' && rate_take_left(at + 1, end, rate))
			return true;
		if ((size_t)(end - at) > length && strncasecmp(at, word, length) == 0 &&
		    !(at > text && rate_letter(at - 1, end)) && rate_take_left(at + length, end, rate))
			return true;
	}
	return false;
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
			if (!rate_take_said(text, end, true, rate))
				(void)rate_take_left(unit, end, rate);
			return true;
		}
		at = number - 1;
	}
	return false;
}

/* The time that was found, in seconds: units are said, or the last of its numbers are seconds. */
static int64_t rate_seconds(const char *at, size_t length)
{
	static const int seconds[] = { 24 * 3600, 3600, 60, 1 };
	const char *end = at + length, *unit;
	int64_t total = 0, number = 0;

	for (; at < end; at++) {
		if (rate_digit(at, end)) {
			number = number < RATE_MOST ? number * 10 + (*at - '0') : number;
		} else if (*at == ':') {
			total = (total + number) * 60;
			number = 0;
		} else if ((unit = strchr(RATE_UNITS, *at))) {
			total += number * seconds[unit - RATE_UNITS];
			number = 0;
		}
		if (total > RATE_MOST)
			return RATE_MOST;
	}
	return total + number;
}

int64_t rate_left(const char *text, size_t length)
{
	struct rate rate = { .left_length = 0 };

	if (!rate_find(text, length, &rate))
		(void)rate_take_said(text, text + length, false, &rate);
	return rate.left_length ? rate_seconds(rate.left, rate.left_length) * 1000 : -1;
}
