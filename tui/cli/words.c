#include "tui/cli/words.h"

#include <stdlib.h>

#include "tui/text/alloc.h"

void words_add(struct words *words, struct word word)
{
	words->items = alloc_room(words->items, &words->size, words->count + 1, sizeof(*words->items));
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
