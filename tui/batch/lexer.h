/*
 * Splits a line of a batch into words.  Quoting is as in a shell.  Only variables are expanded.
 *
 *     '…'                  literal
 *     "…"                  with variables, and \" \\ \$ \`
 *     \x                   the character x
 *     # before a word      a comment
 *     |                    between commands
 *     $name, ${name}, $?   a variable, alone or inside a word
 *
 * A word consists of pieces, which are texts and variables.  Pure.
 */
#ifndef KRTASK_TUI_BATCH_LEXER_H
#define KRTASK_TUI_BATCH_LEXER_H

#include <stdbool.h>
#include <stddef.h>

struct piece {
	size_t text; /* offset in storage, ended by a NUL: the text, or the name of the variable */
	unsigned column;
	bool variable;
};

struct token {
	size_t first, count; /* pieces */
	unsigned column;     /* from 1, in characters */
	bool pipe;           /* the operator | */
	bool block;          /* { code } */
	bool quoted;         /* it begins in quotes */
	bool colon;          /* it ends in a colon, as in "-Confirm: $false" */
};

struct lexed {
	char *storage;        /* owned */
	struct piece *pieces; /* owned */
	struct token *tokens; /* owned */
	char *error;          /* owned; the last one that names something; NULL: none */
	size_t used, storage_size;
	size_t piece_count, piece_size;
	size_t token_count, token_size;
	size_t pipes; /* tokens that are pipes */
};

#define LEXED_INIT                                                                                           \
	{                                                                                                    \
		0                                                                                            \
	}

/*
 * Splits length bytes of text without a newline.  base is the column before the first byte.  0, or -EINVAL,
 * *error (valid until the next line) and *column, the place of the error.
 */
int lexed_line(struct lexed *lexed, const char *text, size_t length, unsigned base, const char **error,
               unsigned *column);
void lexed_release(struct lexed *lexed);

static inline const char *lexed_text(const struct lexed *lexed, const struct piece *piece)
{
	return lexed->storage + piece->text;
}

#endif
