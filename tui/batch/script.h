/*
 * The structure of a line of a batch: [$name =] [ADDRESS or command |] command.
 */
#ifndef KRTASK_TUI_BATCH_SCRIPT_H
#define KRTASK_TUI_BATCH_SCRIPT_H

#include "tui/batch/lexer.h"

struct statement {
	struct lexed lexed;
	char *assigned; /* the name of the variable, owned; NULL: none */
	size_t assigned_size;
	bool assigns;
	bool literal;              /* the value is a word, not a command */
	bool prints;               /* the word is a variable, or a text with variables, and is printed */
	size_t left, left_count;   /* tokens before the '|'; 0: there is none */
	size_t right, right_count; /* tokens of the command; 0: the line is empty */
};

#define STATEMENT_INIT                                                                                       \
	{                                                                                                    \
		.lexed = LEXED_INIT                                                                          \
	}

/*
 * 0, or -EINVAL, *error (static) and *column, the place of the error.  An empty line or a comment is a
 * statement without tokens.
 */
int statement_parse(struct statement *statement, const char *line, size_t length, const char **error,
                    unsigned *column);
void statement_release(struct statement *statement);

#endif
