#include "tui/batch/lexer.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "tui/batch/pieces.h"
#include "tui/text/alloc.h"
#include "tui/text/habits.h"
#include "tui/text/messages.h"

/* Called at the beginning and after a pipe, since each part of a pipeline has its own syntax. */
static void lexer_choose_syntax(struct lexer *lexer)
{
	lexer->cmdlet = habit_begins_cmdlet(lexer->text + lexer->at, lexer->length - lexer->at);
}
static struct token *new_token(struct lexer *lexer)
{
	struct lexed *out = lexer->out;

	out->tokens = alloc_room(out->tokens, &out->token_size, out->token_count + 1, sizeof(*out->tokens));
	out->tokens[out->token_count] = (struct token){ .first = out->piece_count, .column = lexer->column };
	return &out->tokens[out->token_count++];
}
/* A newline comes from the screen, where none of a pasted text of several lines is run, or with a block that goes on. */
static int read_line_end(struct lexer *lexer)
{
	size_t blanks = 0;
	char before;

	while (blanks < lexer->at && strchr(" \t\r", lexer->text[lexer->at - blanks - 1]))
		blanks++;
	before = blanks < lexer->at ? lexer->text[lexer->at - blanks - 1] : ' ';
	if (before == '{' || before == '(')
		return lexer_fail(lexer, MSG_BLOCK_LINES, lexer->column - (unsigned)blanks - 1);
	return lexer_fail(lexer, MSG_LINE_ENDS, lexer->column);
}

static int read_wrong(struct lexer *lexer)
{
	return lexer_fail(lexer, byte_at(lexer) == FOREIGN ? MSG_OPERATOR_UNKNOWN : MSG_NUL_BYTE,
	                  lexer->column);
}

/* True behind a '|', where a command follows, on the next line too. */
static bool lexer_goes_on(const struct lexer *lexer)
{
	const struct lexed *out = lexer->out;

	return out->token_count > 0 && out->tokens[out->token_count - 1].pipe;
}

static int read_comment(struct lexer *lexer)
{
	size_t size;

	if (!habit_comment(lexer->text + lexer->at, lexer->length - lexer->at, &size)) {
		/* Without another line nothing follows whose column could be of use. */
		if (!memchr(lexer->text + lexer->at, '\n', lexer->length - lexer->at))
			lexer->at = lexer->length;
		while (lexer->at < lexer->length && byte_at(lexer) != LINE_END)
			lexer_step(lexer);
		return 0;
	}
	if (size == 0)
		return lexer_fail(lexer, MSG_COMMENT_OPEN, lexer->column);
	while (size-- > 0)
		lexer_step(lexer);
	if (lexer->out->token_count == 0 || lexer_goes_on(lexer))
		lexer_choose_syntax(lexer);
	return 0;
}

static int read_backslash(struct lexer *lexer)
{
	unsigned column = lexer->column;

	lexer_step(lexer);
	if (lexer->at < lexer->length && byte_at(lexer) == LINE_END)
		return read_line_end(lexer);
	if (lexer->at >= lexer->length)
		return lexer_fail(lexer, MSG_BACKSLASH_LAST, column);
	piece_open(lexer);
	lexer_put(lexer, lexer->text[lexer->at]);
	lexer_step(lexer);
	return 0;
}

/* Copies plain bytes, up to one that is not plain. */
static int read_plain(struct lexer *lexer)
{
	const char *text = lexer->text;
	size_t start = lexer->at, at = start;
	unsigned continued = 0;

	piece_open(lexer);
	for (;; at++) {
		while (at < lexer->length && byte_kinds[(unsigned char)text[at]] == PLAIN)
			at++;
		lexer->at = at;
		if (at == lexer->length || byte_kinds[(unsigned char)text[at]] != WIDE ||
		    byte_at(lexer) != PLAIN)
			break;
		continued += utf8_continues(text[at]);
	}
	memcpy(lexer->out->storage + lexer->out->used, text + start, at - start);
	lexer->out->used += at - start;
	lexer->column += (unsigned)(at - start) - continued;
	return 0;
}

/* A dash longer than ASCII's begins a parameter, too.  A script block or an expression is an error. */
static int begin_cmdlet_word(struct lexer *lexer)
{
	const char *at = lexer->text + lexer->at;
	size_t left = lexer->length - lexer->at;
	const char *error = habit_error(at, left);

	if (error)
		return lexer_fail(lexer, error, lexer->column);
	if (!habit_dash(at, left))
		return 0;
	piece_open(lexer);
	lexer_put(lexer, '-');
	lexer_step_over(lexer);
	return 0;
}

/* { code }, whatever is in it, over several lines too. */
static int read_script_block(struct lexer *lexer)
{
	unsigned column = lexer->column;
	struct habit_block block = { 0 };

	piece_open(lexer);
	while (lexer->at < lexer->length) {
		char c = lexer->text[lexer->at];

		if (c == '\0')
			return lexer_fail(lexer, MSG_NUL_BYTE, lexer->column);
		lexer_put(lexer, c);
		lexer_step(lexer);
		if (habit_block_step(&block, c))
			return 0;
	}
	return lexer_fail(lexer, MSG_BLOCK_OPEN, column);
}

static int read_word(struct lexer *lexer, enum byte first)
{
	static int (*const readers[])(struct lexer *) = {
		[PLAIN] = read_plain,         [QUOTE] = piece_single,     [DOUBLE] = piece_double,
		[BACKSLASH] = read_backslash, [DOLLAR] = piece_variable,  [FOREIGN] = read_wrong,
		[NOTHING] = read_wrong,       [LINE_END] = read_line_end, [TICK] = piece_tick,
	};
	struct token *token = new_token(lexer);
	int result = 0;

	lexer->word = lexer->at;
	if (lexer->text[lexer->at] == '@' &&
	    habit_here_string(lexer->text + lexer->at, lexer->length - lexer->at))
		return lexer_fail(lexer, MSG_HERE_STRING, lexer->column);
	token->quoted = first == QUOTE || first == DOUBLE;
	token->block = lexer->cmdlet && lexer->text[lexer->at] == '{';
	if (token->block)
		result = read_script_block(lexer);
	else if (lexer->cmdlet)
		result = begin_cmdlet_word(lexer);
	while (!result && lexer->at < lexer->length) {
		enum byte byte = byte_at(lexer);

		if (byte == BLANK || byte == PIPE ||
		    (byte == TICK && habit_continues(lexer->text + lexer->at, lexer->length - lexer->at)))
			break;
		result = readers[byte](lexer);
	}
	piece_close(lexer);
	lexer->out->tokens[lexer->out->token_count - 1].colon =
		lexer->at > lexer->word && lexer->text[lexer->at - 1] == ':';
	return result;
}

/* True if a word of plain bytes means itself: in a line with a cmdlet some are errors; see begin_cmdlet_word(). */
static bool simple_means_itself(const struct lexer *lexer, const char *word, size_t length)
{
	if (!lexer->cmdlet)
		return true;
	if (*word == '-')
		return !memchr(word, ':', length);
	return *word != '{' && *word != '(' && *word != '@';
}

/* Reads a word of plain bytes only, as most are.  False: it is another one, and nothing was read. */
static bool read_simple(struct lexer *lexer)
{
	struct lexed *out = lexer->out;
	const char *word = lexer->text + lexer->at, *stop = lexer->text + lexer->length, *end = word;
	size_t length;

	while (end < stop && byte_kinds[(unsigned char)*end] == PLAIN)
		end++;
	length = (size_t)(end - word);
	if ((end < stop && byte_kinds[(unsigned char)*end] != BLANK) ||
	    !simple_means_itself(lexer, word, length))
		return false;
	out->tokens = alloc_room(out->tokens, &out->token_size, out->token_count + 1, sizeof(*out->tokens));
	out->tokens[out->token_count++] = (struct token){
		.first = out->piece_count, .count = 1, .column = lexer->column, .colon = end[-1] == ':'
	};
	out->pieces = alloc_room(out->pieces, &out->piece_size, out->piece_count + 1, sizeof(*out->pieces));
	out->pieces[out->piece_count++] = (struct piece){ .text = out->used, .column = lexer->column };
	memcpy(out->storage + out->used, word, length);
	out->storage[out->used + length] = '\0';
	out->used += length + 1;
	/* The blank, too. */
	length += stop - end > 1 && *end == ' ' && !utf8_continues(end[1]);
	lexer->at += length;
	lexer->column += (unsigned)length;
	return true;
}

/* Reads what is not a plain word. */
static int read_other(struct lexer *lexer, enum byte byte)
{
	const char *at = lexer->text + lexer->at;
	size_t left = lexer->length - lexer->at, size = byte == TICK ? habit_continues(at, left) : 0;

	if (size) {
		lexer->at += size;
		lexer->column += (unsigned)size;
	} else if (byte == BLANK || (byte == LINE_END && lexer_goes_on(lexer))) {
		lexer_step_over(lexer);
	} else if (*at == '#' || habit_comment(at, left, &size)) {
		return read_comment(lexer);
	} else if (byte == PIPE) {
		new_token(lexer)->pipe = true;
		lexer->out->pipes++;
		lexer_step(lexer);
		lexer_choose_syntax(lexer);
	} else {
		return read_word(lexer, byte);
	}
	return 0;
}

int lexed_line(struct lexed *lexed, const char *text, size_t length, unsigned base, const char **error,
               unsigned *column)
{
	struct lexer lexer = { .out = lexed, .text = text, .length = length, .column = base + 1 };
	int result = 0;

	lexer_choose_syntax(&lexer);
	lexed->used = lexed->piece_count = lexed->token_count = lexed->pipes = 0;
	/* Enough for a NUL after each byte, since each piece comes from at least one byte, or two quotes. */
	lexed->storage = alloc_room(lexed->storage, &lexed->storage_size, 2 * length + 2, 1);
	while (!result && lexer.at < length) {
		enum byte byte = byte_at(&lexer);

		if (byte != PLAIN || text[lexer.at] == '#')
			result = read_other(&lexer, byte);
		else if (!read_simple(&lexer))
			result = read_word(&lexer, byte);
	}
	if (!result)
		return 0;
	*error = lexer.error;
	*column = lexer.error_column;
	return result;
}

void lexed_release(struct lexed *lexed)
{
	free(lexed->error);
	free(lexed->storage);
	free(lexed->pieces);
	free(lexed->tokens);
	*lexed = (struct lexed)LEXED_INIT;
}
