#include "tui/text/text.h"

#include <stdarg.h>

#include <stdlib.h>

const char *text_plural(long long count, const char *one, const char *many)
{
	return count == 1 ? one : many;
}

void text_clear(struct text *text)
{
	text->length = 0;
	text_add(text, "", 0);
}

void text_release(struct text *text)
{
	free(text->data);
	*text = (struct text)TEXT_INIT;
}

void text_format(struct text *text, const char *format, ...)
{
	va_list arguments;
	char *piece;

	va_start(arguments, format);
	piece = alloc_format_list(format, arguments);
	va_end(arguments);
	text_add_string(text, piece);
	free(piece);
}
