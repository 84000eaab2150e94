#include "tui/batch/pieces.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "tui/batch/name.h"
#include "tui/text/alloc.h"
#include "tui/text/habits.h"
#include "tui/text/messages.h"

const unsigned char byte_kinds[256] = {
	[' '] = BLANK,          ['\t'] = BLANK,  ['\r'] = BLANK,   ['\''] = QUOTE,    ['"'] = DOUBLE,
	['\\'] = BACKSLASH,     ['$'] = DOLLAR,  ['|'] = PIPE,     [';'] = FOREIGN,   ['&'] = FOREIGN,
	['<'] = FOREIGN,        ['>'] = FOREIGN, ['\0'] = NOTHING, ['\n'] = LINE_END, ['`'] = TICK,
	[0x80 ... 0xff] = WIDE, ['\v'] = WIDE,   ['\f'] = WIDE,
};

static const unsigned char habit_kinds[] = {
	[HABIT_NONE] = PLAIN,    [HABIT_BLANK] = BLANK, [HABIT_SINGLE] = QUOTE,
	[HABIT_DOUBLE] = DOUBLE, [HABIT_DASH] = PLAIN,
};

enum byte byte_wide(const struct lexer *lexer, size_t *size)
{
	enum habit habit = lexer->cmdlet ? habit_of(lexer->text + lexer->at, lexer->length - lexer->at, size)
	                                 : HABIT_NONE;

	if (habit == HABIT_NONE)
		*size = 1;
	return (enum byte)habit_kinds[habit];
}

int lexer_fail(struct lexer *lexer, const char *error, unsigned column)
{
	lexer->error = error;
	lexer->error_column = column;
	return -EINVAL;
}

void lexer_step_over(struct lexer *lexer)
{
	size_t size = 1;

	if (byte_kinds[(unsigned char)lexer->text[lexer->at]] == WIDE)
		(void)byte_wide(lexer, &size);
	for (; size > 1; size--)
		lexer_step(lexer);
	lexer_step(lexer);
}

/* After a closing quote, PowerShell reads another quote as one inside the text, and text as another word. */
static int lexer_closed(struct lexer *lexer)
{
	struct token *token = &lexer->out->tokens[lexer->out->token_count - 1];
	enum byte byte;

	lexer_step_over(lexer);
	if (!lexer->cmdlet || lexer->at >= lexer->length)
		return 0;
	byte = byte_at(lexer);
	if (byte == QUOTE || byte == DOUBLE)
		return lexer_fail(lexer, MSG_QUOTE_TWICE, lexer->column);
	if (lexer->text[lexer->at] == ',')
		token->quoted = false; /* an array */
	else if (lexer->whole && (byte == PLAIN || byte == DOLLAR))
		return lexer_fail(lexer, MSG_QUOTE_TEXT, lexer->column);
	return 0;
}

static struct piece *new_piece(struct lexer *lexer)
{
	struct lexed *out = lexer->out;

	out->pieces = alloc_room(out->pieces, &out->piece_size, out->piece_count + 1, sizeof(*out->pieces));
	out->tokens[out->token_count - 1].count++;
	out->pieces[out->piece_count] = (struct piece){ .text = out->used, .column = lexer->column };
	return &out->pieces[out->piece_count++];
}

void piece_close(struct lexer *lexer)
{
	if (lexer->open)
		lexer_put(lexer, '\0');
	lexer->open = false;
}

void piece_open(struct lexer *lexer)
{
	if (!lexer->open)
		new_piece(lexer);
	lexer->open = true;
}

/* At a '$': reads a variable, or the character itself if no name follows. */
static int read_variable(struct lexer *lexer)
{
	unsigned column = lexer->column;
	size_t left = lexer->length - lexer->at - 1;
	const char *name = lexer->text + lexer->at + 1;
	bool braces = left > 0 && *name == '{';
	size_t length;
	struct piece *piece;

	if (braces) {
		name++;
		left--;
	}
	length = left > 0 && *name == '?' ? 1 : name_length(name, left);
	length = name_of_environment(name, left, length);
	if (braces && (length == 0 || length == left || name[length] != '}'))
		return lexer_fail(lexer, MSG_BRACE_OPEN, column);
	if (length == 0 && lexer->cmdlet && left > 0 && *name == '(')
		return lexer_fail(lexer, MSG_EXPRESSION, column);
	if (length == 0) {
		piece_open(lexer);
		lexer_put(lexer, '$');
		lexer_step(lexer);
		return 0;
	}
	piece_close(lexer);
	piece = new_piece(lexer);
	piece->variable = true;
	memcpy(lexer->out->storage + lexer->out->used, name, length);
	lexer->out->used += length;
	lexer_put(lexer, '\0');
	for (size_t i = 0; i < length + 1 + (braces ? 2 : 0); i++)
		lexer_step(lexer);
	return 0;
}

/* True if the last piece is a variable, and is the whole word, or the whole value in "-Name:$value". */
static bool variable_stands_alone(const struct lexed *out)
{
	const struct token *token = &out->tokens[out->token_count - 1];
	const struct piece *piece = &out->pieces[out->piece_count - 1];

	if (!piece->variable || token->count > 2)
		return false;
	return token->count == 1 || (piece->text > 1 && out->storage[piece->text - 2] == ':');
}

/*
 * What follows the variable is a member of it, or an index.  In the words of a command a point is part of a name, as
 * in "$name.txt".
 */
static bool member_is_meant(const struct lexer *lexer)
{
	const struct lexed *out = lexer->out;
	const char *at = lexer->text + lexer->at;
	const char *name = lexed_text(out, &out->pieces[out->piece_count - 1]);

	if (!habit_member(at, lexer->length - lexer->at))
		return false;
	return lexer->cmdlet || *at == '[' || out->token_count == 1 || strcasecmp(name, "args") == 0;
}

/* Names it as it was written, from start on. */
static int fail_member(struct lexer *lexer, size_t start, unsigned column)
{
	size_t end = lexer->at;

	while (end < lexer->length && strchr(" \t|;&<>'\"\\$`", lexer->text[end]) == NULL)
		end++;
	free(lexer->out->error);
	lexer->out->error = alloc_format(MSG_MEMBER, (int)(end - start), lexer->text + start);
	return lexer_fail(lexer, lexer->out->error, column);
}

int piece_variable(struct lexer *lexer)
{
	unsigned column = lexer->column;
	size_t start = lexer->at;
	int result = read_variable(lexer);

	if (result || !variable_stands_alone(lexer->out) || !member_is_meant(lexer))
		return result;
	return fail_member(lexer, start, column);
}

/* The kinds that end a run of bytes in quotes, which is copied at once. */
#define KIND(byte) (1U << (byte))
enum {
	ENDS_SINGLE = KIND(QUOTE) | KIND(WIDE),
	ENDS_DOUBLE = KIND(DOUBLE) | KIND(WIDE) | KIND(DOLLAR) | KIND(TICK) | KIND(BACKSLASH)
};

static void copy_run(struct lexer *lexer, unsigned ends)
{
	const char *text = lexer->text;
	size_t start = lexer->at, at = start;

	while (at < lexer->length && !(ends >> byte_kinds[(unsigned char)text[at]] & 1))
		at++;
	if (at == start)
		return;
	memcpy(lexer->out->storage + lexer->out->used, text + start, at - start);
	lexer->out->used += at - start;
	lexer->column += (unsigned)(at - start) - (at < lexer->length && utf8_continues(text[at]));
	lexer->at = at;
}

static void begin_quote(struct lexer *lexer)
{
	const char *word = lexer->text + lexer->word, *at = lexer->text + lexer->at;

	lexer->whole = at == word || (*word == '-' && at[-1] == ':');
	piece_open(lexer);
	lexer_step_over(lexer);
}

int piece_single(struct lexer *lexer)
{
	unsigned column = lexer->column;

	begin_quote(lexer);
	for (;;) {
		copy_run(lexer, ENDS_SINGLE);
		if (lexer->at >= lexer->length)
			break;
		if (byte_at(lexer) == QUOTE)
			return lexer_closed(lexer);
		lexer_put(lexer, lexer->text[lexer->at]);
		lexer_step(lexer);
	}
	return lexer_fail(lexer, MSG_QUOTE_OPEN, column);
}

int piece_tick(struct lexer *lexer)
{
	unsigned column = lexer->column;
	char c = '`';

	piece_open(lexer);
	lexer_step(lexer);
	if (lexer->cmdlet) {
		c = lexer->at < lexer->length ? habit_escape(lexer->text[lexer->at]) : '\0';
		lexer_step(lexer);
	}
	if (!c)
		return lexer_fail(lexer, MSG_TICK, column);
	lexer_put(lexer, c);
	return 0;
}

int piece_double(struct lexer *lexer)
{
	unsigned column = lexer->column;
	int result = 0;

	begin_quote(lexer);
	while (!result && lexer->at < lexer->length) {
		char c = lexer->text[lexer->at];

		if (byte_at(lexer) == DOUBLE)
			return lexer_closed(lexer);
		if (c == '$' || (c == '`' && lexer->cmdlet)) {
			result = c == '$' ? read_variable(lexer) : piece_tick(lexer);
			continue;
		}
		if (c == '\\' && lexer->at + 1 < lexer->length &&
		    strchr("\"\\$`", lexer->text[lexer->at + 1])) {
			lexer_step(lexer);
			c = lexer->text[lexer->at];
		}
		piece_open(lexer);
		lexer_put(lexer, c);
		lexer_step(lexer);
		copy_run(lexer, ENDS_DOUBLE);
	}
	return result ? result : lexer_fail(lexer, MSG_QUOTE_OPEN, column);
}
