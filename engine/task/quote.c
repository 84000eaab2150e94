#include "engine/task/quote.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

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

/* Bytes that are not special to a shell. */
static const bool quote_plain[256] = {
	['0' ... '9'] = true, ['A' ... 'Z'] = true, ['a' ... 'z'] = true, ['%'] = true, ['+'] = true,
	[','] = true,         ['-'] = true,         ['.'] = true,         ['/'] = true, [':'] = true,
	['='] = true,         ['@'] = true,         ['_'] = true,         ['^'] = true,
};

/* Listing many tasks mostly means quoting commands: a word is copied while it is looked at. */
char *quote_word(char *to, const char *word)
{
	const char *c = word;
	char *end = to;

	while (quote_plain[(unsigned char)*c])
		*end++ = *c++;
	if (c == word || *c != '\0')
		return quote_always(to, word);
	*end = '\0';
	return end;
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
