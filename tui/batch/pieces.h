/*
 * The lexer from inside: its state, and reading what is in a word: quotes and variables.  Each function reads from the
 * place of the lexer on, moves it, and returns 0, or -EINVAL with the error in the lexer.
 */
#ifndef KRTASK_TUI_BATCH_PIECES_H
#define KRTASK_TUI_BATCH_PIECES_H

#include "engine/task/utf8.h"
#include "tui/batch/lexer.h"

struct lexer {
	struct lexed *out;
	const char *text;
	size_t length, at;
	unsigned column; /* of text[at] */
	bool open;       /* the last piece is a text, which can be continued */
	size_t word;     /* where it begins */
	bool whole;      /* the quotes that are open are all of it, or of the value in -Name:value */
	bool cmdlet;     /* characters of PowerShell have their meaning; see habits.h */
	const char *error;
	unsigned error_column;
};

/* What a byte means outside quotes.  Most bytes are PLAIN, and are copied in runs. */
enum byte { PLAIN, BLANK, QUOTE, DOUBLE, BACKSLASH, DOLLAR, PIPE, FOREIGN, NOTHING, LINE_END, TICK, WIDE };

extern const unsigned char byte_kinds[256];

/* The kind of VT, FF or a character beyond ASCII: in a line with a cmdlet as in habits.h.  *size is its bytes, or 1 if it is plain. */
enum byte byte_wide(const struct lexer *lexer, size_t *size);

static inline enum byte byte_at(const struct lexer *lexer)
{
	enum byte byte = (enum byte)byte_kinds[(unsigned char)lexer->text[lexer->at]];
	size_t size;

	return byte == WIDE ? byte_wide(lexer, &size) : byte;
}

/* The storage is made large enough at the beginning of a line, so it never moves. */
static inline void lexer_put(struct lexer *lexer, char c)
{
	lexer->out->storage[lexer->out->used++] = c;
}

static inline void lexer_step(struct lexer *lexer)
{
	lexer->at++;
	if (lexer->at >= lexer->length || !utf8_continues(lexer->text[lexer->at]))
		lexer->column++;
}

/* Moves past the whole character. */
void lexer_step_over(struct lexer *lexer);
int lexer_fail(struct lexer *lexer, const char *error, unsigned column);

/* The text that the last piece is, or a new one. */
void piece_open(struct lexer *lexer);
void piece_close(struct lexer *lexer);

/* A variable outside quotes. */
int piece_variable(struct lexer *lexer);
int piece_single(struct lexer *lexer);
int piece_double(struct lexer *lexer);
/* In a line with a cmdlet it is what the backslash is in a shell; in others it is a character like others. */
int piece_tick(struct lexer *lexer);

#endif
