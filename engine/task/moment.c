#include "config.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "engine/task/moment.h"

/* Later than the year 2999, nothing is due. */
#define MOMENT_LATEST 32503680000

enum { MOMENT_DAYS = 8, MOMENT_ZONE_MAX = 14 * 60 };

struct moment {
	struct tm local; /* tm_year and so on as they are written */
	int milliseconds;
	bool zoned;
	int east; /* of UTC, in minutes */
};

/* Reads from least to most digits.  Returns the text behind them; NULL: they are not there. */
static const char *moment_digits(const char *text, int least, int most, int *number)
{
	int count = 0;
	if (!text)
		return NULL;
	for (*number = 0; count < most && isdigit((unsigned char)text[count]); count++)
		*number = *number * 10 + (text[count] - '0');
	return count < least || isdigit((unsigned char)text[count]) ? NULL : text + count;
}

static const char *moment_mark(const char *text, const char *marks)
{
	return text && *text && strchr(marks, *text) ? text + 1 : NULL;
}

/* .123, of which the first three digits count. */
static const char *moment_fraction(const char *text, int *milliseconds)
{
	int unit = 100;
	const char *digit = moment_mark(text, ".,");
	if (!digit)
		return text;
	if (!isdigit((unsigned char)*digit))
		return NULL;
	for (; isdigit((unsigned char)*digit); digit++, unit /= 10)
		*milliseconds += unit * (*digit - '0');
	return digit;
}

/* HH:MM[:SS[.mmm]] */
static const char *moment_clock(const char *text, int hour_digits, struct moment *moment)
{
	struct tm *local = &moment->local;
	text = moment_digits(text, hour_digits, 2, &local->tm_hour);
	text = moment_digits(moment_mark(text, ":"), 2, 2, &local->tm_min);
	if (text && *text == ':') {
		text = moment_digits(text + 1, 2, 2, &local->tm_sec);
		text = text ? moment_fraction(text, &moment->milliseconds) : NULL;
	}
	return local->tm_hour < 24 && local->tm_min < 60 && local->tm_sec < 60 ? text : NULL;
}

/* Z, +HH:MM, +HHMM or +HH */
static const char *moment_zone(const char *text, struct moment *moment)
{
	int hours = 0, minutes = 0, sign = *text == '-' ? -1 : 1;
	moment->zoned = true;
	if (*text == 'Z' || *text == 'z')
		return text + 1;
	text = moment_mark(text, "+-");
	if (text && strspn(text, "0123456789") == 4) {
		hours = (text[0] - '0') * 10 + (text[1] - '0');
		text = moment_digits(text + 2, 2, 2, &minutes);
	} else {
		text = moment_digits(text, 2, 2, &hours);
		text = text && *text == ':' ? moment_digits(text + 1, 2, 2, &minutes) : text;
	}
	moment->east = sign * (hours * 60 + minutes);
	return minutes < 60 && hours * 60 + minutes <= MOMENT_ZONE_MAX ? text : NULL;
}

/* YYYY-MM-DD[THH:MM[:SS[.mmm]][ZONE]] */
static bool moment_iso(const char *text, struct moment *moment)
{
	struct tm *local = &moment->local;
	text = moment_digits(text, 4, 4, &local->tm_year);
	text = moment_digits(moment_mark(text, "-"), 2, 2, &local->tm_mon);
	text = moment_digits(moment_mark(text, "-"), 2, 2, &local->tm_mday);
	local->tm_year -= 1900;
	local->tm_mon -= 1;
	if (text && *text) {
		text = moment_clock(moment_mark(text, "Tt "), 2, moment);
		text = text && *text ? moment_zone(text, moment) : text;
	}
	return text && !*text;
}

static bool moment_is_same(const struct tm *a, const struct tm *b)
{
	return a->tm_year == b->tm_year && a->tm_mon == b->tm_mon && a->tm_mday == b->tm_mday &&
	       a->tm_hour == b->tm_hour && a->tm_min == b->tm_min && a->tm_sec == b->tm_sec;
}

/*
 * The first such local time after this one.  Where clocks are set back, a time is there twice; where they are
 * set forward, it may not be there at all.
 */
static bool moment_of_local(const struct tm *local, time_t after, time_t *found)
{
	bool any = false;
	for (int summer = 0; summer <= 1; summer++) {
		struct tm made = *local, check;
		made.tm_isdst = summer;
		time_t at = mktime(&made);
		if (at == (time_t)-1 || !localtime_r(&at, &check) || !moment_is_same(local, &check))
			continue;
		if (at > after && (!any || at < *found)) {
			*found = at;
			any = true;
		}
	}
	return any;
}

static bool moment_of_zone(const struct moment *moment, time_t *found)
{
	struct tm made = moment->local, check;
	*found = timegm(&made);
	if (*found == (time_t)-1 || !gmtime_r(found, &check) || !moment_is_same(&moment->local, &check))
		return false;
	*found -= (time_t)moment->east * 60;
	return true;
}

/* The time of the clock today, or on one of the next days. */
static bool moment_next(const struct moment *moment, int64_t after, time_t *found)
{
	time_t base = (time_t)(after / 1000);
	struct tm today;
	if (!localtime_r(&base, &today))
		return false;
	for (int day = 0; day < MOMENT_DAYS; day++) {
		/* At noon no clock is set. */
		struct tm date = { .tm_year = today.tm_year,
			           .tm_mon = today.tm_mon,
			           .tm_mday = today.tm_mday + day,
			           .tm_hour = 12,
			           .tm_isdst = -1 };
		if (mktime(&date) == (time_t)-1)
			return false;
		date.tm_hour = moment->local.tm_hour;
		date.tm_min = moment->local.tm_min;
		date.tm_sec = moment->local.tm_sec;
		if (moment_of_local(&date, base, found))
			return true;
	}
	return false;
}

static bool moment_finish(time_t seconds, int milliseconds, int64_t *result)
{
	if (seconds <= 0 || seconds > MOMENT_LATEST)
		return false;
	*result = (int64_t)seconds * 1000 + milliseconds;
	return true;
}

static bool moment_epoch(const char *text, int64_t *result)
{
	char *end;
	int milliseconds = 0;
	if (!isdigit((unsigned char)*text) || strlen(text) > 32)
		return false;
	long long seconds = strtoll(text, &end, 10);
	const char *rest = moment_fraction(end, &milliseconds);
	return rest && !*rest && moment_finish((time_t)seconds, milliseconds, result);
}

bool moment_parse_zoned(const char *text, int64_t *milliseconds)
{
	struct moment moment = { .milliseconds = 0 };
	time_t found;
	return moment_iso(text, &moment) && moment.zoned && moment_of_zone(&moment, &found) &&
	       moment_finish(found, moment.milliseconds, milliseconds);
}

bool moment_parse(const char *text, int64_t after, int64_t *milliseconds)
{
	struct moment moment = { .milliseconds = 0 };
	time_t found;
	tzset();
	if (*text == '@')
		return moment_epoch(text + 1, milliseconds);
	const char *rest = moment_clock(text, 1, &moment);
	if (rest && !*rest)
		return moment_next(&moment, after, &found) &&
		       moment_finish(found, moment.milliseconds, milliseconds);
	moment = (struct moment){ .milliseconds = 0 };
	if (!moment_iso(text, &moment))
		return false;
	bool is = moment.zoned ? moment_of_zone(&moment, &found) : moment_of_local(&moment.local, 0, &found);
	return is && moment_finish(found, moment.milliseconds, milliseconds);
}

bool moment_is_skipped(const char *text)
{
	enum { A_DAY = 24 * 60 * 60 };
	struct moment moment = { .milliseconds = 0 };
	time_t found;
	tzset();
	if (!moment_iso(text, &moment) || moment.zoned || !moment_of_zone(&moment, &found) || found < A_DAY)
		return false;
	return !moment_of_local(&moment.local, 0, &found);
}
