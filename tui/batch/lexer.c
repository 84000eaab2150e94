#include "tui/batch/lexer.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "engine/task/utf8.h"
#include "tui/batch/name.h"
#include "tui/text/alloc.h"
#include "tui/text/habits.h"
#include "tui/text/messages.h"

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

static const unsigned char byte_kinds[256] = {
	[' '] = BLANK,    ['\t'] = BLANK,     ['\r'] = BLANK,  ['\''] = QUOTE,
	['"'] = DOUBLE,   ['\\'] = BACKSLASH, ['$'] = DOLLAR,  ['|'] = PIPE,
	[';'] = FOREIGN,  ['&'] = FOREIGN,    ['<'] = FOREIGN, ['>'] = FOREIGN,
	['\0'] = NOTHING, ['\n'] = LINE_END,  ['`'] = TICK,    [0x80 ... 0xff] = WIDE,
};

static const unsigned char habit_kinds[] = {
	[HABIT_NONE] = PLAIN,    [HABIT_BLANK] = BLANK, [HABIT_SINGLE] = QUOTE,
	[HABIT_DOUBLE] = DOUBLE, [HABIT_DASH] = PLAIN,
};

/* The kind of a character beyond ASCII: in a line with a cmdlet as in habits.h.  *size is its bytes, or 1 if it is plain. */
static enum byte wide_byte(const struct lexer *lexer, size_t *size)
{
	enum habit habit = lexer->cmdlet ? habit_of(lexer->text + lexer->at, lexer->length - lexer->at, size)
	                                 : HABIT_NONE;

	if (habit == HABIT_NONE)
		*size = 1;
	return (enum byte)habit_kinds[habit];
}

static inline enum byte byte_at(const struct lexer *lexer)
{
	enum byte byte = (enum byte)byte_kinds[(unsigned char)lexer->text[lexer->at]];
	size_t size;

	return byte == WIDE ? wide_byte(lexer, &size) : byte;
}

/* Called at the beginning and after a pipe, since each part of a pipeline has its own syntax. */
static void lexer_choose_syntax(struct lexer *lexer)
{
	lexer->cmdlet = habit_begins_cmdlet(lexer->text + lexer->at, lexer->length - lexer->at);
}

static int lexer_fail(struct lexer *lexer, const char *error, unsigned column)
{
	lexer->error = error;
	lexer->error_column = column;
	return -EINVAL;
}

/* The storage is made large enough at the beginning of a line, so it never moves. */
static void lexer_put(struct lexer *lexer, char c)
{
	lexer->out->storage[lexer->out->used++] = c;
}

static void lexer_step(struct lexer *lexer)
{
	lexer->at++;
	if (lexer->at >= lexer->length || !utf8_continues(lexer->text[lexer->at]))
		lexer->column++;
}

/* Moves past the whole character. */
static void lexer_step_over(struct lexer *lexer)
{
	size_t size = 1;

	if (byte_kinds[(unsigned char)lexer->text[lexer->at]] == WIDE)
		(void)wide_byte(lexer, &size);
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

static void close_text(struct lexer *lexer)
{
	if (lexer->open)
		lexer_put(lexer, '\0');
	lexer->open = false;
}

static void open_text(struct lexer *lexer)
{
	if (!lexer->open)
		new_piece(lexer);
	lexer->open = true;
}

static struct token *new_token(struct lexer *lexer)
{
	struct lexed *out = lexer->out;

	out->tokens = alloc_room(out->tokens, &out->token_size, out->token_count + 1, sizeof(*out->tokens));
	out->tokens[out->token_count] = (struct token){ .first = out->piece_count, .column = lexer->column };
	return &out->tokens[out->token_count++];
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
		open_text(lexer);
		lexer_put(lexer, '$');
		lexer_step(lexer);
		return 0;
	}
	close_text(lexer);
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

/* Reads a variable outside quotes. */
static int read_bare_variable(struct lexer *lexer)
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
	open_text(lexer);
	lexer_step_over(lexer);
}

static int read_single(struct lexer *lexer)
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

/* In a line with a cmdlet it is what the backslash is in a shell; in others it is a character like others. */
static int read_tick(struct lexer *lexer)
{
	unsigned column = lexer->column;
	char c = '`';

	open_text(lexer);
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

static int read_double(struct lexer *lexer)
{
	unsigned column = lexer->column;
	int result = 0;

	begin_quote(lexer);
	while (!result && lexer->at < lexer->length) {
		char c = lexer->text[lexer->at];

		if (byte_at(lexer) == DOUBLE)
			return lexer_closed(lexer);
		if (c == '$' || (c == '`' && lexer->cmdlet)) {
			result = c == '$' ? read_variable(lexer) : read_tick(lexer);
			continue;
		}
		if (c == '\\' && lexer->at + 1 < lexer->length &&
		    strchr("\"\\$`", lexer->text[lexer->at + 1])) {
			lexer_step(lexer);
			c = lexer->text[lexer->at];
		}
		open_text(lexer);
		lexer_put(lexer, c);
		lexer_step(lexer);
		copy_run(lexer, ENDS_DOUBLE);
	}
	return result ? result : lexer_fail(lexer, MSG_QUOTE_OPEN, column);
}

/* A newline comes only on the screen.  If pasted text has more than one line, none of it is run. */
static int read_wrong(struct lexer *lexer)
{
	static const char *const errors[] = {
		[FOREIGN] = MSG_OPERATOR_UNKNOWN,
		[NOTHING] = MSG_NUL_BYTE,
		[LINE_END] = MSG_LINE_ENDS,
	};

	return lexer_fail(lexer, errors[byte_at(lexer)], lexer->column);
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
		return read_wrong(lexer);
	if (lexer->at >= lexer->length)
		return lexer_fail(lexer, MSG_BACKSLASH_LAST, column);
	open_text(lexer);
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

	open_text(lexer);
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
	open_text(lexer);
	lexer_put(lexer, '-');
	lexer_step_over(lexer);
	return 0;
}

/* { code }, whatever is in it, over several lines too. */
static int read_script_block(struct lexer *lexer)
{
	unsigned column = lexer->column;
	struct habit_block block = { 0 };

	open_text(lexer);
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
		[PLAIN] = read_plain,         [QUOTE] = read_single,         [DOUBLE] = read_double,
		[BACKSLASH] = read_backslash, [DOLLAR] = read_bare_variable, [FOREIGN] = read_wrong,
		[NOTHING] = read_wrong,       [LINE_END] = read_wrong,       [TICK] = read_tick,
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
	close_text(lexer);
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
		size_t skipped = byte == TICK ? habit_continues(text + lexer.at, length - lexer.at) : 0;

		if (text[lexer.at] == ' ') {
			lexer_step(&lexer);
		} else if (byte == PLAIN && text[lexer.at] != '#') {
			if (!read_simple(&lexer))
				result = read_word(&lexer, byte);
		} else if (skipped) {
			lexer.at += skipped;
			lexer.column += (unsigned)skipped;
		} else if (byte == BLANK || (byte == LINE_END && lexer_goes_on(&lexer))) {
			lexer_step_over(&lexer);
		} else if (text[lexer.at] == '#' ||
		           habit_comment(text + lexer.at, length - lexer.at, &skipped)) {
			result = read_comment(&lexer);
		} else if (byte == PIPE) {
			new_token(&lexer)->pipe = true;
			lexed->pipes++;
			lexer_step(&lexer);
			lexer_choose_syntax(&lexer);
		} else {
			result = read_word(&lexer, byte);
		}
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
