#include "tui/text/wrap.h"

#include <string.h>

#include "tui/text/cells.h"

const char *wrap_line(const char *text, int columns, char *buf, size_t size)
{
	size_t used = 0, broken = 0;
	int shown = 0;

	while (text[used]) {
		size_t width, length = cells_step(text + used, &width);

		if ((used > 0 && shown + (int)width > columns) || used + length >= size)
			break;
		if (text[used] == ' ')
			broken = used;
		used += length;
		shown += (int)width;
	}
	if (text[used] && text[used] != ' ' && broken > 0)
		used = broken;
	memcpy(buf, text, used);
	buf[used] = '\0';
	text += used;
	while (*text == ' ')
		text++;
	return *text ? text : NULL;
}
