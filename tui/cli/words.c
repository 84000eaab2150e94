#include "tui/cli/words.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static _Noreturn void out_of_memory(void)
{
	fputs("krtask: out of memory\n", stderr);
	abort();
}

void *words_allocate(void *block, size_t size)
{
	void *grown = realloc(block, size ? size : 1);

	if (!grown)
		out_of_memory();
	return grown;
}

char *words_copy(const char *text)
{
	size_t size = strlen(text) + 1;

	return memcpy(words_allocate(NULL, size), text, size);
}

char *words_format(const char *format, ...)
{
	va_list arguments;
	char *text;
	int length;

	va_start(arguments, format);
	length = vasprintf(&text, format, arguments);
	va_end(arguments);
	if (length < 0)
		out_of_memory();
	return text;
}

void words_add(struct words *words, struct word word)
{
	if (words->count == words->size) {
		words->size = words->size ? 2 * words->size : 8;
		words->items = words_allocate(words->items, words->size * sizeof(*words->items));
	}
	words->items[words->count++] = word;
}

void words_add_text(struct words *words, const char *text)
{
	words_add(words, (struct word){ .text = text });
}

void words_clear(struct words *words)
{
	words->count = 0;
}

void words_release(struct words *words)
{
	free(words->items);
	*words = (struct words)WORDS_INIT;
}
