#include "engine/task/meter.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * The columns, of which the three times may have a blank in each, as in "1d 02h", and the last one follows them.  A column of a
 * meter has fewer than COLUMN_SIZE bytes.
 */
enum {
	WHOLE_PERCENT,
	WHOLE,
	RECEIVED_PERCENT,
	RECEIVED,
	SENT_PERCENT,
	SENT,
	RECEIVING,
	SENDING,
	TIMES,
	LEFT = TIMES + 2,
	LEAST = TIMES + 4,
	MOST = LEAST + 3,
	COLUMN_SIZE = 16,
};

struct meter {
	char columns[MOST][COLUMN_SIZE];
	size_t count;
};

/* False: there are too many words, or one is too long. */
static bool meter_split(struct meter *meter, const char *line)
{
	for (meter->count = 0; *(line += strspn(line, " ")); meter->count++) {
		size_t length = strcspn(line, " ");

		if (meter->count == MOST || length >= COLUMN_SIZE)
			return false;
		memcpy(meter->columns[meter->count], line, length);
		meter->columns[meter->count][length] = '\0';
		line += length;
	}
	return meter->count >= LEAST;
}

static bool meter_is_percent(const char *column)
{
	return column[strspn(column, "0123456789")] == '\0' && strlen(column) <= 3 &&
	       strtol(column, NULL, 10) <= 100;
}

/* "0", "9928k", "28.6M". */
static bool meter_is_size(const char *column)
{
	size_t digits = strspn(column, "0123456789"), at = digits;

	if (column[at] == '.')
		at += 1 + strspn(column + at + 1, "0123456789");
	if (column[at] && strchr("kMGTP", column[at]))
		at++;
	return digits > 0 && column[at] == '\0';
}

/* "0:00:02", "--:--:--", "1d", "02h". */
static bool meter_is_time(const char *column)
{
	return column[strspn(column, "0123456789:-dhms")] == '\0' && strpbrk(column, ":dhms");
}

static bool meter_is_one(const struct meter *meter)
{
	for (size_t i = 0; i < meter->count; i++) {
		const char *column = meter->columns[i];
		bool percent = i == WHOLE_PERCENT || i == RECEIVED_PERCENT || i == SENT_PERCENT;
		bool time = i >= TIMES && i + 1 < meter->count;

		if (percent ? !meter_is_percent(column)
		    : time  ? !meter_is_time(column)
		            : !meter_is_size(column))
			return false;
	}
	return true;
}

/* Of a whole that is not known curl says that all of it is done, but not so of either direction. */
static bool meter_knows(const struct meter *meter)
{
	static const char all[] = "100";

	return strcmp(meter->columns[WHOLE], "0") != 0 &&
	       (strcmp(meter->columns[WHOLE_PERCENT], all) != 0 ||
	        strcmp(meter->columns[RECEIVED_PERCENT], all) == 0 ||
	        strcmp(meter->columns[SENT_PERCENT], all) == 0);
}

int meter_read(char *line, size_t size)
{
	struct meter meter;
	const char *done, *left;

	if (!meter_split(&meter, line) || !meter_is_one(&meter) || !meter_knows(&meter))
		return -1;
	done = meter.columns[strcmp(meter.columns[RECEIVED], "0") == 0 ? SENT : RECEIVED];
	left = meter.count == LEAST && meter.columns[LEFT][0] != '-' ? meter.columns[LEFT] : "";
	snprintf(line, size, "%s/%s %sB/s%s%s", done, meter.columns[WHOLE], meter.columns[meter.count - 1],
	         *left ? " " : "", left);
	return (int)strtol(meter.columns[WHOLE_PERCENT], NULL, 10);
}

/* Where the dots end; NULL: it is no such line. */
static const char *meter_skip_dots(const char *line)
{
	size_t digits = strspn(line, "0123456789"), dots = digits ? strspn(line + digits, "K .,") : 0;

	return dots > 1 && line[digits] == 'K' && strcspn(line + digits + 1, ".,") < dots - 1
	               ? line + digits + dots
	               : NULL;
}

bool meter_is_growing(const char *line)
{
	const char *end = meter_skip_dots(line);

	return end && !*end;
}

void meter_read_dots(char *line, size_t size)
{
	char speed[COLUMN_SIZE], sign, time[COLUMN_SIZE];
	const char *at = meter_skip_dots(line);
	int end = 0;

	if (!at || sscanf(at, "%*3[0-9]%%%*[ ]%15[0-9.KMGT]%c%15[0-9.dhms]%n", speed, &sign, time, &end) != 3)
		return;
	if (!end || at[end] || (sign != ' ' && sign != '='))
		return;
	snprintf(line + strspn(line, "0123456789"), size - strspn(line, "0123456789"), "K %sB/s %s %s", speed,
	         sign == '=' ? "in" : "eta", time);
}
