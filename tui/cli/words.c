#include "tui/cli/words.h"

#include <stdlib.h>
#include <string.h>

void words_add_text(struct words *words, const char *text)
{
	words_add(words, (struct word){ .text = text });
}

const char *words_server(const char *one, const char *other)
{
	if (one == other || (one && other && strcmp(one, other) == 0))
		return one;
	return WORDS_SERVERS;
}

void words_release(struct words *words)
{
	free(words->items);
	*words = (struct words)WORDS_INIT;
}
