#include "tui/batch/script.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "tui/batch/foreign.h"
#include "tui/batch/name.h"
#include "tui/cli/options.h"
#include "tui/text/alloc.h"
#include "tui/text/messages.h"

static size_t statement_skip_blanks(const char *line, size_t length, size_t at)
{
	while (at < length && (line[at] == ' ' || line[at] == '\t'))
		at++;
	return at;
}

/* Reads "$name =" or "${name} =" at the beginning.  Returns its bytes; 0: there is none. */
static size_t read_assignment(struct statement *statement, const char *line, size_t length)
{
	size_t start = statement_skip_blanks(line, length, 0), name, size, at;
	size_t whole = name_reference(line + start, length - start, &name, &size);

	statement->assigns = false;
	at = statement_skip_blanks(line, length, start + whole);
	if (whole == 0 || at >= length || line[at] != '=')
		return 0;
	statement->assigned = alloc_room(statement->assigned, &statement->assigned_size, size + 1, 1);
	memcpy(statement->assigned, line + start + name, size);
	statement->assigned[size] = '\0';
	statement->assigns = true;
	return at + 1;
}

/* "$x += 1", or "if ($x) {": NULL, or what is wrong, and its column. */
static const char *statement_is_foreign(const char *line, size_t length, size_t skipped, unsigned *column)
{
	static const char *const operators[] = { "+=", "-=", "*=", "/=", "%=", "++" };
	size_t start = statement_skip_blanks(line, length, skipped), at = start, name, size;

	*column = (unsigned)start + 1;
	if (foreign_statement(line + start, length - start))
		return MSG_STATEMENT;
	if (skipped)
		return foreign_expression(line + start, length - start) ? MSG_EXPRESSION : NULL;
	if (start >= length || line[start] != '$')
		return NULL;
	if (foreign_sets_environment(line + start, length - start))
		return MSG_ASSIGN_ENVIRONMENT;
	at += name_reference(line + start, length - start, &name, &size);
	at = statement_skip_blanks(line, length, at);
	*column = (unsigned)at + 1;
	for (size_t i = 0; i < sizeof(operators) / sizeof(*operators) && at + 1 < length; i++) {
		if (strncmp(line + at, operators[i], 2) == 0)
			return MSG_EXPRESSION;
	}
	return NULL;
}

/*
 * A value is a literal if it is quoted, a number, a variable, or for a preference.  Otherwise it is a
 * command.
 */
static bool is_literal(const struct statement *statement)
{
	const struct token *token = &statement->lexed.tokens[0];
	const struct piece *piece = &statement->lexed.pieces[token->first];
	const char *text = lexed_text(&statement->lexed, piece);

	if (statement->lexed.token_count != 1)
		return false;
	return token->quoted || piece->variable ||
	       strspn(text + (*text == '-'), "0123456789.") == strlen(text + (*text == '-')) ||
	       option_is_preference(statement->assigned);
}

static int statement_split(struct statement *statement, const char **error, unsigned *column)
{
	const struct lexed *lexed = &statement->lexed;
	size_t count = lexed->token_count, pipe = count;

	statement->left = statement->left_count = statement->right = 0;
	statement->right_count = count;
	if (lexed->pipes == 0)
		return 0;
	for (size_t i = 0; i < count; i++) {
		if (!lexed->tokens[i].pipe)
			continue;
		*column = lexed->tokens[i].column;
		if (pipe != count)
			*error = MSG_PIPE_TWICE;
		else if (i == 0)
			*error = MSG_PIPE_FIRST;
		else if (i + 1 == count)
			*error = MSG_PIPE_LAST;
		if (pipe != count || i == 0 || i + 1 == count)
			return -EINVAL;
		pipe = i;
	}
	if (pipe == count)
		return 0;
	statement->left_count = pipe;
	statement->right = pipe + 1;
	statement->right_count = count - pipe - 1;
	return 0;
}

/* "$id", or "built $id" in quotes: it cannot be a command. */
static bool statement_prints(const struct statement *statement)
{
	const struct lexed *lexed = &statement->lexed;
	const struct token *token = lexed->tokens;
	bool variables = false;

	if (statement->assigns || lexed->token_count != 1)
		return false;
	for (size_t i = token->first; i < token->first + token->count; i++)
		variables |= lexed->pieces[i].variable;
	return variables && (token->quoted || token->count == 1);
}

int statement_parse(struct statement *statement, const char *line, size_t length, const char **error,
                    unsigned *column)
{
	/* Everything up to '=' is ASCII, so bytes are columns. */
	size_t skipped = read_assignment(statement, line, length);
	const char *foreign = statement_is_foreign(line, length, skipped, column);
	int result = foreign ? -EINVAL
	                     : lexed_line(&statement->lexed, line + skipped, length - skipped,
	                                  (unsigned)skipped, error, column);

	if (foreign)
		*error = foreign;
	statement->literal = false;
	if (!result)
		result = statement_split(statement, error, column);
	statement->prints = !result && statement_prints(statement);
	if (result || !statement->assigns)
		return result;
	if (statement->lexed.token_count == 0) {
		*error = MSG_ASSIGN_NOTHING;
		*column = (unsigned)skipped;
		return -EINVAL;
	}
	statement->literal = is_literal(statement);
	return 0;
}

void statement_release(struct statement *statement)
{
	lexed_release(&statement->lexed);
	free(statement->assigned);
	*statement = (struct statement)STATEMENT_INIT;
}
