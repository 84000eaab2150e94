#include "tui/fields/pair.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

/* A number with what follows it. */
struct pair_number {
	double value;
	double unit; /* 0: none */
};

/* Where a text is being read. */
struct pair_reader {
	const char *at, *end;
};

static bool pair_digit(const struct pair_reader *reader, size_t ahead)
{
	return (size_t)(reader->end - reader->at) > ahead && isdigit((unsigned char)reader->at[ahead]);
}

static bool pair_take(struct pair_reader *reader, char c)
{
	if (reader->at == reader->end || *reader->at != c)
		return false;
	reader->at++;
	return true;
}

/* A letter of the multiple, "i" for powers of 1024, "B": "k", "MB", "GiB".  0: it is no unit. */
static double pair_take_unit(struct pair_reader *reader)
{
	static const char multiples[] = "kmgt";
	struct pair_reader next = *reader;
	const char *found = NULL;
	double unit = 1, step = 1000;

	if (next.at < next.end && *next.at)
		found = strchr(multiples, tolower((unsigned char)*next.at));
	if (found) {
		next.at++;
		step = pair_take(&next, 'i') ? 1024 : 1000;
	}
	pair_take(&next, 'B');
	if (next.at == reader->at || (next.at < next.end && isalnum((unsigned char)*next.at)))
		return 0;
	for (const char *at = multiples; found && at <= found; at++)
		unit *= step;
	*reader = next;
	return unit;
}

/* "12", "12.5", "12.5 MB". */
static bool pair_take_number(struct pair_reader *reader, struct pair_number *number)
{
	struct pair_reader unit;
	double digit = 1;

	if (!pair_digit(reader, 0))
		return false;
	*number = (struct pair_number){ .value = 0 };
	for (; pair_digit(reader, 0); reader->at++)
		number->value = number->value * 10 + (*reader->at - '0');
	if (reader->at < reader->end && (*reader->at == '.' || *reader->at == ',') && pair_digit(reader, 1)) {
		for (reader->at++; pair_digit(reader, 0); reader->at++)
			number->value += (*reader->at - '0') * (digit /= 10);
	}
	unit = *reader;
	pair_take(&unit, ' ');
	number->unit = pair_take_unit(&unit);
	if (number->unit > 0)
		*reader = unit;
	return true;
}

/* What may follow a pair.  A time after it makes it a date. */
static bool pair_ends(const struct pair_reader *reader)
{
	struct pair_reader next = *reader;

	if (next.at == next.end)
		return true;
	if (pair_take(&next, ' '))
		return !(pair_digit(&next, 0) && pair_digit(&next, 1) && next.end - next.at > 2 &&
		         next.at[2] == ':');
	if (strchr(".,:", *next.at) && *next.at)
		return !pair_digit(&next, 1);
	return strchr("])};|>", *next.at) && *next.at;
}

static bool pair_take_pair(struct pair_reader *reader, struct pair *pair)
{
	struct pair_number part, whole;

	if (!pair_take_number(reader, &part))
		return false;
	pair_take(reader, ' ');
	if (!pair_take(reader, '/'))
		return false;
	pair_take(reader, ' ');
	if (!pair_take_number(reader, &whole) || !pair_ends(reader))
		return false;
	if (part.unit <= 0)
		part.unit = whole.unit;
	if ((part.unit > 0) != (whole.unit > 0))
		return false;
	pair->sizes = part.unit > 0;
	pair->part = part.value * (part.unit > 0 ? part.unit : 1);
	pair->whole = whole.value * (whole.unit > 0 ? whole.unit : 1);
	return pair->whole > 0 && pair->part <= pair->whole;
}

bool pair_find(const char *text, size_t length, struct pair *pair)
{
	for (size_t i = 0; i < length; i++) {
		struct pair_reader reader = { text + i, text + length };
		bool begins = i == 0 || (text[i - 1] && strchr(" \t([{<|=:>", text[i - 1]));

		if (begins && isdigit((unsigned char)text[i]) && pair_take_pair(&reader, pair))
			return true;
	}
	return false;
}
