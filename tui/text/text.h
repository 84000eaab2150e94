/*
 * A growing text.
 */
#ifndef KRTASK_TUI_TEXT_TEXT_H
#define KRTASK_TUI_TEXT_TEXT_H

#include <stddef.h>
#include <string.h>

#include "tui/text/alloc.h"

struct text {
	char *data; /* owned; ends with a NUL after something was added */
	size_t length, size;
};

#define TEXT_INIT                                                                                            \
	{                                                                                                    \
		NULL, 0, 0                                                                                   \
	}

/* Makes room for so many bytes behind it, and a NUL.  Returns where they are to be written; text->length is unchanged. */
static inline char *text_room(struct text *text, size_t more)
{
	text->data = alloc_room(text->data, &text->size, text->length + more + 1, 1);
	return text->data + text->length;
}

static inline void text_add(struct text *text, const char *bytes, size_t length)
{
	memcpy(text_room(text, length), bytes, length);
	text->length += length;
	text->data[text->length] = '\0';
}

static inline void text_add_string(struct text *text, const char *string)
{
	text_add(text, string, strlen(string));
}

void text_format(struct text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* The word for so many: "byte" for 1, "bytes" for 0 and 2. */
const char *text_plural(long long count, const char *one, const char *many);
void text_clear(struct text *text); /* makes it an empty string, and keeps its memory */
void text_release(struct text *text);

#endif
