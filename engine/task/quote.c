#include "engine/task/quote.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* A table, for speed: listing many tasks mostly means quoting commands. */
static bool is_plain(const char *word)
{
	static const bool plain[256] = {
		['0' ... '9'] = true, ['A' ... 'Z'] = true, ['a' ... 'z'] = true, ['%'] = true, ['+'] = true,
		[','] = true,         ['-'] = true,         ['.'] = true,         ['/'] = true, [':'] = true,
		['='] = true,         ['@'] = true,         ['_'] = true,         ['^'] = true,
	};
	const char *c = word;

	while (plain[(unsigned char)*c])
		c++;
	return c > word && *c == '\0';
}

char *quote_always(char *to, const char *word)
{
	*to++ = '\'';
	for (; *word; word++) {
		if (*word == '\'')
			to = stpcpy(to, "'\\'");
		*to++ = *word;
	}
	*to++ = '\'';
	*to = '\0';
	return to;
}

char *quote_word(char *to, const char *word)
{
	return is_plain(word) ? stpcpy(to, word) : quote_always(to, word);
}

size_t quote_room(const struct strings *words)
{
	/* The NUL of each word counts as the blank between words. */
	return QUOTE_ROOM(words->length) + 2 * strings_count(words);
}

void quote_line(char *to, const struct strings *words)
{
	const char *line = to, *word = NULL;

	*to = '\0';
	while ((word = strings_next(words, word))) {
		bool first = to == line;

		if (!first)
			*to++ = ' ';
		/* A shell would read a leading A=B as an assignment. */
		to = first && strchr(word, '=') ? quote_always(to, word) : quote_word(to, word);
	}
}

char *quote_strings(const struct strings *words)
{
	char *line = malloc(quote_room(words));

	if (line)
		quote_line(line, words);
	return line;
}
