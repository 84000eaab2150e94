#include "tui/cli/edit_text.h"

#include <errno.h>
#include <string.h>

#include "tui/text/alloc.h"
#include "tui/text/messages.h"
#include "tui/text/text.h"

static char edit_take(struct edit_reader *reader)
{
	if (*reader->at == '\n')
		reader->line++;
	return *reader->at++;
}

/* Behind the opening quote.  False: it is not closed. */
static bool edit_quoted(struct edit_reader *reader, struct text *word, char quote)
{
	while (*reader->at && *reader->at != quote) {
		char c = edit_take(reader);

		if (quote == '"' && c == '\\' && *reader->at && strchr("\"\\$`", *reader->at))
			c = edit_take(reader);
		text_add(word, &c, 1);
	}
	if (!*reader->at)
		return false;
	edit_take(reader);
	return true;
}

static const char *edit_word(struct edit_reader *reader, struct text *word)
{
	while (*reader->at && !strchr(" \t\r\n", *reader->at)) {
		unsigned line = reader->line;
		char c = edit_take(reader);

		if (c == '\'' || c == '"') {
			if (edit_quoted(reader, word, c))
				continue;
			reader->begun = line;
			return MSG_QUOTE_OPEN;
		}
		if (c == '\\' && !*reader->at) {
			reader->begun = line;
			return MSG_BACKSLASH_LAST;
		}
		if (c == '\\')
			c = edit_take(reader);
		text_add(word, &c, 1);
	}
	return NULL;
}

static void edit_skip(struct edit_reader *reader)
{
	while (*reader->at == ' ' || *reader->at == '\t' || *reader->at == '\r' ||
	       strncmp(reader->at, "\\\n", 2) == 0) {
		if (edit_take(reader) == '\\')
			edit_take(reader);
	}
	if (*reader->at == '#')
		reader->at += strcspn(reader->at, "\n");
}

int edit_text_next(struct edit_reader *reader, struct strings *words, const char **error)
{
	struct text word = TEXT_INIT;

	words->length = 0;
	for (edit_skip(reader); *reader->at; edit_skip(reader)) {
		if (*reader->at == '\n' && words->length > 0)
			break;
		if (*reader->at == '\n') {
			edit_take(reader);
			continue;
		}
		if (words->length == 0)
			reader->begun = reader->line;
		word.length = 0;
		*error = edit_word(reader, &word);
		if (*error) {
			text_release(&word);
			return -EINVAL;
		}
		alloc_add(words, word.length ? word.data : "");
	}
	text_release(&word);
	return 0;
}
