#include "engine/task/progress.h"

#include <stdint.h>
#include <string.h>

#include "engine/task/meter.h"
#include "engine/task/utf8.h"

enum { BEL = 0x07, ESC = 0x1b, DELETE = 0x7f, BEYOND = 1000 };

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Reads digits at *at as a number, which stops growing at BEYOND.  -1: there are none. */
static int read_digits(const char **at, const char *end)
{
	int value = -1;

	for (; *at < end && is_digit(**at); (*at)++) {
		value = (value < 0 ? 0 : value) * 10 + (**at - '0');
		if (value > BEYOND)
			value = BEYOND;
	}
	return value;
}

/*
 * Returns the text behind the escape sequence at at, which is an ESC (ECMA-48): a control sequence, a string
 * ended by BEL or ST, or intermediates and one final byte.  An incomplete sequence extends to the end.
 */
static const char *skip_escape(const char *at, const char *end)
{
	at++;
	if (at == end)
		return end;
	if (*at == '[') {
		for (at++; at < end && (unsigned char)*at >= 0x20 && (unsigned char)*at < 0x40; at++)
			;
		return at < end && (unsigned char)*at >= 0x40 && (unsigned char)*at < DELETE ? at + 1 : at;
	}
	if (memchr("]PX^_", *at, 5)) {
		for (at++; at < end; at++) {
			if (*at == BEL)
				return at + 1;
			if (*at == ESC)
				return end - at >= 2 && at[1] == '\\' ? at + 2 : at;
		}
		return end;
	}
	while (at < end && (unsigned char)*at >= 0x20 && (unsigned char)*at < 0x30)
		at++;
	return at < end && (unsigned char)*at >= 0x30 && (unsigned char)*at < DELETE ? at + 1 : at;
}

/* A walk over the characters that a terminal would show of some bytes. */
struct visible {
	const char *at, *end;
	const char *character; /* the current one */
	size_t length;
};

/*
 * Moves to the next character.  Bytes that are not UTF-8 become U+FFFD, a tab becomes a space, and other
 * control characters are skipped.
 */
static bool visible_next(struct visible *walk)
{
	while (walk->at < walk->end) {
		unsigned char byte = (unsigned char)*walk->at;

		if (byte == ESC) {
			walk->at = skip_escape(walk->at, walk->end);
			continue;
		}
		if (byte == '\t' || (byte >= 0x20 && byte < DELETE)) {
			walk->character = byte == '\t' ? " " : walk->at;
			walk->length = 1;
			walk->at++;
			return true;
		}
		if (byte < 0x80) {
			walk->at++;
			continue;
		}
		uint32_t character = UINT32_MAX;
		size_t step = utf8_decode(walk->at, (size_t)(walk->end - walk->at), &character);
		walk->character = step ? walk->at : UTF8_REPLACEMENT;
		walk->length = step ? step : 3;
		walk->at += step ? step : 1;
		if (!utf8_is_control(character))
			return true;
	}
	return false;
}

/*
 * Writes the visible text without spaces at both ends, as many whole characters as fit.  False: there is
 * none.
 */
static bool extract_message(const char *bytes, size_t length, char message[256])
{
	struct visible walk = { .at = bytes, .end = bytes + length };
	size_t used = 0;

	while (visible_next(&walk)) {
		if (!used && *walk.character == ' ')
			continue;
		if (used + walk.length > 255)
			break;
		memcpy(message + used, walk.character, walk.length);
		used += walk.length;
	}
	while (used && message[used - 1] == ' ')
		used--;
	message[used] = '\0';
	return used > 0;
}

bool progress_parse_line(const char *line, size_t length, struct progress *out)
{
	const char *at = line;
	const char *end = line + length;

	while (at < end && (*at == ' ' || *at == '\t'))
		at++;
	bool negative = at < end && *at == '-';
	if (at < end && (*at == '-' || *at == '+'))
		at++;
	int percent = read_digits(&at, end);
	if (percent < 0)
		return false;
	/* printf(3) writes a comma in many languages */
	if (end - at >= 2 && (*at == '.' || *at == ',') && is_digit(at[1])) {
		at++;
		read_digits(&at, end);
	}
	if (at < end && *at == '%')
		at++;
	else if (at < end && *at != ' ' && *at != '\t' && *at != '\r')
		return false;

	out->percent = negative ? 0 : percent > 100 ? 100 : percent;
	extract_message(at, (size_t)(end - at), out->message);
	return true;
}

/*
 * Reads a progress sequence whose ESC is at at.  Returns its percent.  -1: it clears the percent or has none.
 * -2: it is not such a sequence, is incomplete, or leaves the percent unchanged.
 */
static int read_sequence(const char *at, const char *end)
{
	static const char start[] = "\033]9;4;";
	const size_t start_length = sizeof(start) - 1;

	if ((size_t)(end - at) < start_length || memcmp(at, start, start_length) != 0)
		return -2;
	at += start_length;
	int state = read_digits(&at, end);
	int percent = -1;
	if (at < end && *at == ';') {
		at++;
		percent = read_digits(&at, end);
	}
	bool complete = at < end && (*at == BEL || (*at == ESC && end - at >= 2 && at[1] == '\\'));
	if (!complete || state < 0 || state > 4)
		return -2;
	if (state == 0 || state == 3)
		return -1;
	if (percent < 0)
		return -2;
	return percent > 100 ? 100 : percent;
}

static int scan_sequences(const char *bytes, size_t length)
{
	const char *end = bytes + length;
	int percent = -1;

	for (const char *at = bytes; (at = memchr(at, ESC, (size_t)(end - at))); at++) {
		int found = read_sequence(at, end);
		if (found > -2)
			percent = found;
	}
	return percent;
}

/* The last visible NN%; -1: there is none. */
static int scan_percent(const char *bytes, size_t length)
{
	struct visible walk = { .at = bytes, .end = bytes + length };
	int found = -1;
	int value = -1;    /* of the number that is being read; BEYOND: it is no percentage */
	int points = 0;    /* in that number */
	char before = ' '; /* the character before this one */

	while (visible_next(&walk)) {
		char c = walk.length == 1 ? *walk.character : 'x';
		if (is_digit(c)) {
			if (value < 0)
				value = before == '-' ? BEYOND : 0;
			if (!points && value < BEYOND)
				value = value * 10 + (c - '0');
		} else if ((c == '.' || c == ',') && is_digit(before)) {
			/* 1.2.3 is a version */
			if (++points > 1)
				value = BEYOND;
		} else {
			if (c == '%' && is_digit(before) && value <= 100)
				found = value;
			value = -1;
			points = 0;
		}
		before = c;
	}
	return found;
}

/* "37% compiling" is shown beside a bar that says 37% already. */
static void drop_leading_percent(char message[256])
{
	const char *at = message;

	while (is_digit(*at) || ((*at == '.' || *at == ',') && at > message))
		at++;
	if (at == message || *at != '%')
		return;
	at++;
	while (*at == ' ' || *at == ':')
		at++;
	memmove(message, at, strlen(at) + 1);
}

/* The visible text of the last line that has some becomes the message; false if there is none. */
static bool scan_lines(const char *bytes, size_t length, struct progress *found)
{
	char line[sizeof(found->message)];
	bool any = false, growing = false;
	int percent = -1;

	for (size_t end = length; end > 0 && percent < 0;) {
		size_t start = end;
		while (start > 0 && bytes[start - 1] != '\n' && bytes[start - 1] != '\r')
			start--;
		if (extract_message(bytes + start, end - start, line)) {
			percent = scan_percent(bytes + start, end - start);
			if (percent >= 0) {
				drop_leading_percent(line);
				meter_read_dots(line, sizeof(line));
			} else {
				percent = meter_read(line, sizeof(line));
			}
			if (!any || growing)
				memcpy(found->message, line, sizeof(line));
			growing = !any && meter_is_growing(line);
			any = true;
		}
		if (found->percent >= 0 && any)
			break;
		end = start ? start - 1 : 0;
	}
	if (found->percent < 0)
		found->percent = percent;
	return any;
}

bool progress_scan_output(const char *bytes, size_t length, struct progress *out)
{
	struct progress found = { .message = "" };

	if (!length)
		return false;
	found.percent = scan_sequences(bytes, length);
	if (!scan_lines(bytes, length, &found) && found.percent < 0)
		return false;
	*out = found;
	return true;
}
