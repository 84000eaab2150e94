/*
 * One line of a batch, in words: shell-like quoting, no expansion but variables.
 *
 *     '…'  literal      "…"  with variables and \" \\ \$ \`      \x  the character x      # at the start of a word: a comment      |  between commands
 *     $name, ${name}, $?  a variable, in a word of its own or inside one
 *
 * A word is a row of pieces, texts and variables.  Pure.
 */
#ifndef KRTASK_TUI_BATCH_LEXER_H
#define KRTASK_TUI_BATCH_LEXER_H

#include <stdbool.h>
#include <stddef.h>

struct piece {
	size_t text; /* offset into storage, NUL-ended: the text, or the variable's name */
	unsigned column;
	bool variable;
};

struct token {
	size_t first, count; /* pieces */
	unsigned column;     /* from 1, in characters */
	bool pipe;           /* it is the operator | */
	bool quoted;         /* begins in quotes */
};

struct lexed {
	char *storage;        /* owned */
	struct piece *pieces; /* owned */
	struct token *tokens; /* owned */
	size_t used, storage_size;
	size_t piece_count, piece_size;
	size_t token_count, token_size;
};

#define LEXED_INIT                                                                                           \
	{                                                                                                    \
		0                                                                                            \
	}

/*
 * Cuts up length bytes of text without newline; base is the column before the first.  0, or -EINVAL,
 * *error (static) and *column, the place of the error.
 */
int lexed_line(struct lexed *lexed, const char *text, size_t length, unsigned base, const char **error,
               unsigned *column);
void lexed_release(struct lexed *lexed);

static inline const char *lexed_text(const struct lexed *lexed, const struct piece *piece)
{
	return lexed->storage + piece->text;
}

/* Bytes of the name that text begins with; 0: none does. */
size_t lexed_name(const char *text, size_t length);

#endif
