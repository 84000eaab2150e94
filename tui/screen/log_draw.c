#include "tui/screen/log_draw.h"

#include <stdio.h>

#include "tui/screen/terminal.h"
#include "tui/text/screen_messages.h"
#include "tui/text/text.h"

void log_draw_row(struct reader *reader, const struct reader_row *row, int y)
{
	const struct printed *printed = &reader->printed;
	struct book_line line;
	size_t from = reader->wrap ? row->place.column : reader->left, width = (size_t)reader->width;
	size_t end, before, after;
	char note[80];

	if (reader_print(reader, row, &line) != BOOK_HAVE)
		return;
	if (line.hole) {
		snprintf(note, sizeof(note), MSG_LOG_CUT, (long long)(line.end - line.begin),
		         text_plural(line.end - line.begin, "byte", "bytes"));
		terminal_put(y, 0, STYLE_DIM, note);
		return;
	}
	end = printed_break(printed, from, width);
	before = !reader->wrap && from > 0 && printed->count;
	after = !reader->wrap && end < printed->count;
	for (size_t i = from + before; i < end; i++) {
		if (printed->cells[i].columns && i + printed->cells[i].columns + after <= from + width)
			terminal_glyph(y, (int)(i - from), &printed->cells[i].sgr, printed->cells[i].text);
	}
	if (before)
		terminal_put(y, 0, STYLE_KEY, "<");
	if (after)
		terminal_put(y, (int)width - 1, STYLE_KEY, ">");
}
