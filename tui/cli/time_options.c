#include "tui/cli/time_options.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "engine/task/duration.h"
#include "engine/task/moment.h"
#include "tui/text/alloc.h"
#include "tui/text/messages.h"

static bool time_is_given(const struct arguments *args, enum option_id id)
{
	return arguments_given(args, id) && !option_set_has(&args->cleared, id);
}

static int64_t time_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* 0: it was checked when it was parsed, but clocks may be set. */
static int64_t time_of(const char *text, int64_t after)
{
	int64_t at = 0;

	return moment_parse(text, after, &at) ? at : 0;
}

/* From when on the task may begin, if that is later than now. */
static int64_t time_begin(const struct arguments *args, int64_t now)
{
	int64_t begin = 0;

	if (time_is_given(args, OPT_AT))
		begin = time_of(args->at, now);
	else if (time_is_given(args, OPT_PUT_OFF))
		begin = now + (int64_t)(args->put_off * 1000);
	return begin > now ? begin : now;
}

int64_t time_option(const struct arguments *args, enum option_id id)
{
	int64_t now = time_now();

	return id == OPT_AT ? time_of(args->at, now) : time_of(args->expire, time_begin(args, now));
}

bool time_option_is_over(enum option_id id, const char *text)
{
	int64_t at;

	return (id == OPT_AT || id == OPT_EXPIRE) && text && moment_parse(text, 0, &at) && at <= time_now();
}

/* True if that is this time again. */
static bool time_is_same(const char *text, int64_t at)
{
	int64_t again;

	return moment_parse(text, 0, &again) && again == at;
}

/* Where clocks are set back, a local time is there twice, and the second one needs its zone. */
char *time_option_text(const char *text)
{
	char date[32], zone[8], fraction[8] = "", *shown;
	struct tm local;
	time_t seconds;
	int64_t at;

	if (!moment_parse(text, 0, &at))
		return alloc_string(text);
	seconds = (time_t)(at / 1000);
	if (!localtime_r(&seconds, &local) || !strftime(date, sizeof(date), "%Y-%m-%dT%H:%M:%S", &local) ||
	    !strftime(zone, sizeof(zone), "%z", &local))
		return alloc_string(text);
	if (at % 1000)
		snprintf(fraction, sizeof(fraction), ".%03d", (int)(at % 1000));
	shown = alloc_format("%s%s", date, fraction);
	if (time_is_same(shown, at))
		return shown;
	free(shown);
	return alloc_format("%s%s%s", date, fraction, zone);
}

static int time_fail(enum option_id id, bool cmdlet, const char *value, const char *wrong, char **error)
{
	const struct option_info *info = &option_table[id];

	*error = alloc_format(cmdlet ? MSG_PARAMETER_VALUE : MSG_OPTION_VALUE, value,
	                      cmdlet ? info->parameter : info->name, wrong);
	return EXIT_USAGE;
}

int time_options_fail_expiry(const struct arguments *args, bool cmdlet, char **error)
{
	if (time_is_given(args, OPT_EXPIRE))
		return time_fail(OPT_EXPIRE, cmdlet, args->expire, MSG_MUST_BE_LATER, error);
	if (time_is_given(args, OPT_AT))
		return time_fail(OPT_AT, cmdlet, args->at, MSG_MUST_BE_EARLIER, error);
	char delay[DURATION_SIZE];

	duration_write((int64_t)(args->put_off * 1000 + 0.5), delay);
	return time_fail(OPT_PUT_OFF, cmdlet, delay, MSG_MUST_BE_EARLIER, error);
}

static int time_fail_together(const char *message, char **error)
{
	*error = alloc_string(message);
	return EXIT_USAGE;
}

/* The current second is not in the past: who names it wants no delay. */
int time_options_check(const struct arguments *args, bool cmdlet, char **error)
{
	int64_t now = time_now(), second = now - now % 1000, begin = time_begin(args, now), expire;

	if (arguments_given(args, OPT_AT) && arguments_given(args, OPT_PUT_OFF))
		return time_fail_together(MSG_DELAY_AND_AT, error);
	if (time_is_given(args, OPT_AT) && time_of(args->at, now) < second)
		return time_fail(OPT_AT, cmdlet, args->at, MSG_MUST_NOT_BE_PAST, error);
	if (time_is_given(args, OPT_EXPIRE)) {
		expire = time_of(args->expire, begin);
		if (expire <= now)
			return time_fail(OPT_EXPIRE, cmdlet, args->expire, MSG_MUST_NOT_BE_PAST, error);
		if (expire <= begin)
			return time_fail(OPT_EXPIRE, cmdlet, args->expire, MSG_MUST_BE_LATER, error);
	}
	if (time_is_given(args, OPT_TIME_LIMIT) && args->time_limit < 0.001)
		return time_fail(OPT_TIME_LIMIT, cmdlet, "0s", MSG_MUST_BE_POSITIVE, error);
	return 0;
}
