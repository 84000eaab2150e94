#include "tui/view/shell_line.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine/task/quote.h"
#include "tui/batch/lexer.h"
#include "tui/text/alloc.h"
#include "tui/text/messages.h"
#include "tui/text/screen_messages.h"

/* True if the byte begins a word at this place. */
static bool shell_line_begins(const char *line, const char *at)
{
	return at == line || at[-1] == ' ' || at[-1] == '\t';
}

/* The = of an assignment that the line begins with; NULL: it begins with none. */
static const char *shell_line_assigns(const char *line)
{
	const char *at = line + strspn(line, " \t\n");

	if (*at != '_' && !isalpha((unsigned char)*at))
		return NULL;
	while (*at == '_' || isalnum((unsigned char)*at))
		at++;
	return *at == '=' ? at : NULL;
}

const char *shell_line_needs(const char *line)
{
	const char *assigned = shell_line_assigns(line);
	char quote = 0;

	if (assigned)
		return assigned;
	for (const char *at = line; *at; at++) {
		if (*at == '\\' && quote != '\'') {
			if (!at[1])
				break;
			at++;
		} else if (quote) {
			if (*at == quote)
				quote = 0;
			else if (quote == '"' && (*at == '$' || *at == '`'))
				return at;
		} else if (*at == '\'' || *at == '"') {
			quote = *at;
		} else if (strchr("|&;<>()$`*?[\n", *at) ||
		           (strchr("~#!{", *at) && shell_line_begins(line, at))) {
			return at;
		}
	}
	return NULL;
}

/* True if a quote is open at the end. */
static bool shell_line_is_open(const char *line)
{
	char quote = 0;

	for (; *line; line++) {
		if (*line == '\\' && quote != '\'' && line[1])
			line++;
		else if (quote ? *line == quote : *line == '\'' || *line == '"')
			quote = quote ? 0 : *line;
	}
	return quote != 0;
}

int shell_line_split(const char *line, struct strings *words, char **error)
{
	struct lexed lexed = LEXED_INIT;
	const char *wrong = NULL;
	unsigned column = 0;

	if (lexed_line(&lexed, line, strlen(line), 0, &wrong, &column))
		*error = alloc_format(MSG_FORM_AT, column, wrong);
	else if (lexed.token_count == 0)
		*error = alloc_string(MSG_MUST_NOT_BE_EMPTY);
	for (size_t i = 0; !*error && i < lexed.token_count; i++)
		alloc_add(words, lexed_text(&lexed, &lexed.pieces[lexed.tokens[i].first]));
	lexed_release(&lexed);
	return *error ? -EINVAL : 0;
}

int shell_line_words(const char *line, struct strings *words, char **error)
{
	*error = NULL;
	line += strspn(line, " \t\n");
	/* A quote that is open is an error in both, which has its place in one. */
	if (!shell_line_needs(line) || shell_line_is_open(line) || *line == '#')
		return shell_line_split(line, words, error);
	alloc_add(words, "sh");
	alloc_add(words, "-c");
	alloc_add(words, line);
	return 0;
}

/* The code of sh -c CODE, if the code alone means the same.  NULL: it does not. */
static const char *shell_line_code(const struct strings *words)
{
	const char *sh = strings_next(words, NULL), *option = sh ? strings_next(words, sh) : NULL;
	const char *code = option ? strings_next(words, option) : NULL;

	if (!code || strings_next(words, code) || strcmp(sh, "sh") != 0 || strcmp(option, "-c") != 0)
		return NULL;
	if (!shell_line_needs(code) || shell_line_is_open(code) || strchr(" \t\n#", *code))
		return NULL;
	return code;
}

char *shell_line_of(const struct strings *words)
{
	const char *code = shell_line_code(words);

	return code ? alloc_string(code) : alloc_checked(quote_strings(words));
}

char *shell_line_path(const char *path, const char *home)
{
	if (home && strncmp(path, "~/", 2) == 0)
		return alloc_format("%s%s", home, path + 1);
	return alloc_string(path);
}
