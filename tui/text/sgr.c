#include "tui/text/sgr.h"

#include <ctype.h>

enum { PARAMETERS_MAX = 32, SEQUENCE_MAX = 128, VALUE_MAX = 10000 };

struct effect {
	short from, to; /* parameters */
	unsigned set, clear;
};

static const struct effect effects[] = {
	{ 1, 1, SGR_BOLD, 0 },        { 2, 2, SGR_DIM, 0 },
	{ 3, 3, SGR_ITALIC, 0 },      { 4, 4, SGR_UNDERLINE, 0 },
	{ 5, 6, SGR_BLINK, 0 },       { 7, 7, SGR_REVERSE, 0 },
	{ 21, 21, SGR_UNDERLINE, 0 }, { 22, 22, 0, SGR_BOLD | SGR_DIM },
	{ 23, 23, 0, SGR_ITALIC },    { 24, 24, 0, SGR_UNDERLINE },
	{ 25, 25, 0, SGR_BLINK },     { 27, 27, 0, SGR_REVERSE },
};

/* The nearest colour of the 6×6×6 cube, which begins at number 16. */
static short from_rgb(int red, int green, int blue)
{
	return (short)(16 + 36 * (red * 6 / 256) + 6 * (green * 6 / 256) + blue * 6 / 256);
}

static int byte_of(int value)
{
	return value < 0 ? 0 : value > 255 ? 255 : value;
}

/* After the parameters 38, 48 and 58, more parameters name a colour.  Returns how many were used. */
static size_t sgr_extended(short *colour, const int *values, size_t count)
{
	if (count >= 3 && values[1] == 5) {
		*colour = (short)byte_of(values[2]);
		return 3;
	}
	if (count >= 5 && values[1] == 2) {
		*colour = from_rgb(byte_of(values[2]), byte_of(values[3]), byte_of(values[4]));
		return 5;
	}
	return count;
}

static size_t apply_colour(struct sgr *sgr, const int *values, size_t count)
{
	short unused; /* underlines have no colour of their own */
	int value = values[0];

	if (value == 58)
		return sgr_extended(&unused, values, count);
	if (value == 38)
		return sgr_extended(&sgr->foreground, values, count);
	if (value == 48)
		return sgr_extended(&sgr->background, values, count);
	if (value >= 30 && value <= 37)
		sgr->foreground = (short)(value - 30);
	else if (value == 39)
		sgr->foreground = SGR_DEFAULT;
	else if (value >= 40 && value <= 47)
		sgr->background = (short)(value - 40);
	else if (value == 49)
		sgr->background = SGR_DEFAULT;
	else if (value >= 90 && value <= 97)
		sgr->foreground = (short)(value - 90 + 8);
	else if (value >= 100 && value <= 107)
		sgr->background = (short)(value - 100 + 8);
	return 1;
}

/* Parts of one parameter, with colons between them (ISO 8613-6).  The colour space before red may be left out. */
static void apply_parts(struct sgr *sgr, const int *parts, size_t count)
{
	short *colour = parts[0] == 38 ? &sgr->foreground : &sgr->background;
	const int *rgb = parts + (count > 5 ? 3 : 2);

	if (parts[0] == 4) /* curly and other underlines; 4:0 is none */
		sgr->attributes =
			parts[1] ? sgr->attributes | SGR_UNDERLINE : sgr->attributes & ~SGR_UNDERLINE;
	if (parts[0] != 38 && parts[0] != 48)
		return;
	if (count > 2 && parts[1] == 5)
		*colour = (short)byte_of(parts[2]);
	if (count > 4 && parts[1] == 2)
		*colour = from_rgb(byte_of(rgb[0]), byte_of(rgb[1]), byte_of(rgb[2]));
}

/* How many of them, from one on, are parts of one. */
static size_t count_parts(const bool *part, size_t at, size_t count)
{
	size_t end = at + 1;

	while (end < count && part[end])
		end++;
	return end - at;
}

static void sgr_apply(struct sgr *sgr, const int *values, const bool *part, size_t count)
{
	for (size_t i = 0, parts; i < count;) {
		parts = count_parts(part, i, count);
		if (parts > 1) {
			apply_parts(sgr, values + i, parts);
			i += parts;
			continue;
		}
		if (values[i] == 0)
			*sgr = (struct sgr)SGR_INIT;
		for (size_t e = 0; e < sizeof(effects) / sizeof(*effects); e++) {
			if (values[i] < effects[e].from || values[i] > effects[e].to)
				continue;
			sgr->attributes = (sgr->attributes & ~effects[e].clear) | effects[e].set;
		}
		i += apply_colour(sgr, values + i, count - i);
	}
}

size_t sgr_parse(struct sgr *sgr, const char *bytes, size_t length)
{
	int values[PARAMETERS_MAX] = { 0 };
	bool part[PARAMETERS_MAX] = { false }; /* it follows a colon */
	size_t count = 0, at = 2;

	if (length < 3 || bytes[0] != '\033' || bytes[1] != '[')
		return 0;
	for (; at < length && at < SEQUENCE_MAX; at++) {
		unsigned char c = (unsigned char)bytes[at];

		if (isdigit(c)) {
			if (values[count] < VALUE_MAX)
				values[count] = values[count] * 10 + (c - '0');
		} else if (c == ';' || c == ':') {
			if (++count == PARAMETERS_MAX)
				return 0;
			part[count] = c == ':';
		} else if (c == 'm') {
			sgr_apply(sgr, values, part, count + 1);
			return at + 1;
		} else {
			return 0;
		}
	}
	return 0;
}

bool sgr_equal(const struct sgr *a, const struct sgr *b)
{
	return a->attributes == b->attributes && a->foreground == b->foreground &&
	       a->background == b->background;
}
