#include "tui/fields/format.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

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

void format_bar(int percent, size_t width, bool blocks, char *buf, size_t size)
{
	size_t inside = width > 2 ? width - 2 : 0;
	size_t full = (size_t)(percent < 0 ? 0 : percent > 100 ? 100 : percent) * inside / 100;
	const char *fill = blocks && cells_in_utf8() ? FULL_BLOCK : "#";
	size_t used = 0;

	if (size == 0)
		return;
	for (size_t i = 0; i < inside + 2; i++) {
		const char *piece = i == 0 ? "[" : i == inside + 1 ? "]" : i <= full ? fill : " ";
		size_t length = strlen(piece);

		if (used + length + 1 > size)
			break;
		memcpy(buf + used, piece, length);
		used += length;
	}
	buf[used] = '\0';
}
