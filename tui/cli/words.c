#include "tui/cli/words.h"

#include <stdlib.h>

void words_add_text(struct words *words, const char *text)
{
	words_add(words, (struct word){ .text = text });
}

void words_release(struct words *words)
{
	free(words->items);
	*words = (struct words)WORDS_INIT;
}
