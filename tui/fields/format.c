#include "tui/fields/format.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "engine/task/messages.h"
#include "engine/task/quote.h"
#include "tui/text/alloc.h"
#include "tui/text/cells.h"

#define FULL_BLOCK "\xe2\x96\x88"

void format_elapsed(int64_t ms, char *buf, size_t size)
{
	int64_t seconds = ms / 1000;
	int64_t days = seconds / 86400;
	int hours = (int)(seconds / 3600 % 24), minutes = (int)(seconds / 60 % 60),
	    rest = (int)(seconds % 60);

	if (ms < 0)
		snprintf(buf, size, "-");
	else if (seconds < 60)
		snprintf(buf, size, "%d.%ds", rest, (int)(ms % 1000 / 100));
	else if (seconds < 3600)
		snprintf(buf, size, "%d:%02d", minutes, rest);
	else if (days == 0)
		snprintf(buf, size, "%d:%02d:%02d", hours, minutes, rest);
	else
		snprintf(buf, size, "%" PRId64 "d%02d:%02d:%02d", days, hours, minutes, rest);
}

void format_bytes(int64_t bytes, char *buf, size_t size)
{
	static const char units[] = "KMGTPE";
	double value = (double)bytes;
	int unit = -1;

	while (value >= 1023.5 && unit + 1 < (int)sizeof(units) - 1) {
		value /= 1024;
		unit++;
	}
	if (unit < 0)
		snprintf(buf, size, "%" PRId64, bytes);
	else
		snprintf(buf, size, "%.*f%c", value < 9.95, value, units[unit]);
}

void format_bar(int percent, size_t width, char *buf, size_t size)
{
	static const char *const eighths[] = { "",
		                               "\xe2\x96\x8f",
		                               "\xe2\x96\x8e",
		                               "\xe2\x96\x8d",
		                               "\xe2\x96\x8c",
		                               "\xe2\x96\x8b",
		                               "\xe2\x96\x8a",
		                               "\xe2\x96\x89" };
	size_t filled = (size_t)(percent < 0 ? 0 : percent > 100 ? 100 : percent) * width * 8 / 100, used = 0;
	bool blocks = cells_in_utf8();

	if (size == 0)
		return;
	for (size_t i = 0; i < width; i++) {
		size_t part = filled > 8 * i ? filled - 8 * i : 0;
		const char *piece = part >= 8        ? (blocks ? FULL_BLOCK : "#")
		                    : blocks && part ? eighths[part]
		                                     : " ";
		size_t length = strlen(piece);

		if (used + length + 1 > size)
			break;
		memcpy(buf + used, piece, length);
		used += length;
	}
	buf[used] = '\0';
}

int64_t format_time_read(const char *text)
{
	struct tm tm = { 0 };
	const char *rest = text ? strptime(text, "%Y-%m-%dT%H:%M:%S", &tm) : NULL;
	char *end;
	long ms = 0;

	if (!rest)
		return 0;
	if (*rest == '.') {
		ms = strtol(rest + 1, &end, 10);
		if (end != rest + 4)
			return 0;
	}
	return (int64_t)timegm(&tm) * 1000 + ms;
}

void format_time(const char *text, char *buf, size_t size)
{
	time_t seconds = (time_t)(format_time_read(text) / 1000);
	struct tm local;

	if (!seconds || !localtime_r(&seconds, &local) || !strftime(buf, size, "%Y-%m-%d %H:%M:%S", &local))
		snprintf(buf, size, "%s", text);
}

const char *format_given_name(const char *id, const char *name)
{
	static const char usual[] = "Task ";
	size_t length = sizeof(usual) - 1;

	if (!id || !name || (strncmp(name, usual, length) == 0 && strcmp(name + length, id) == 0))
		return "";
	return name;
}

bool format_says_more(const char *message)
{
	static const char *const plain[] = { MSG_ENDED_WITH_STATUS, MSG_ENDED_BY_SIGNAL, MSG_CANCELLED };

	for (size_t i = 0; message && i < sizeof(plain) / sizeof(*plain); i++) {
		if (strncmp(message, plain[i], strcspn(plain[i], "%")) == 0)
			return false;
	}
	return message && *message;
}

void format_reason(struct text *to, const char *message, size_t length, const char *server)
{
	static const char until[] = "until krtask ";
	char *quoted;

	text_add(to, message, length);
	if (!server || !memmem(message, length, until, sizeof(until) - 1))
		return;
	quoted = alloc_zero(QUOTE_ROOM(strlen(server)), 1);
	quote_word(quoted, server);
	text_add_string(to, " -s ");
	text_add_string(to, quoted);
	free(quoted);
}
