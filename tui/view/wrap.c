#include "tui/view/wrap.h"

#include <string.h>
#include <wchar.h>

/* Bytes and columns of the character at text: one that can not be decoded is one byte, one column. */
static size_t step(const char *text, int *columns)
{
	mbstate_t state = { 0 };
	wchar_t character;
	size_t length = mbrtowc(&character, text, strlen(text), &state);

	if (length == 0 || length > strlen(text)) {
		*columns = 1;
		return 1;
	}
	*columns = wcwidth(character);
	if (*columns < 0)
		*columns = 1;
	return length;
}

const char *wrap_line(const char *text, int columns, char *buf, size_t size)
{
	size_t used = 0, broken = 0;
	int shown = 0, width;

	while (text[used]) {
		size_t length = step(text + used, &width);

		if ((used > 0 && shown + width > columns) || used + length >= size)
			break;
		if (text[used] == ' ')
			broken = used;
		used += length;
		shown += width;
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
