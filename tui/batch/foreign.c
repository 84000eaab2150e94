#include "tui/batch/foreign.h"

#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "tui/batch/name.h"
#include "tui/cli/command.h"
#include "tui/cli/synonyms.h"
#include "tui/text/habits.h"

/* From number FOREIGN_NAMED on, a name, or a type in brackets, stands between the word and its block. */
enum { FOREIGN_NAMED = 15 };
static const struct foreign_word {
	const char *word;
	size_t length;
} foreign_words[] = {
#define WORD(word)                                                                                           \
	{                                                                                                    \
		word, sizeof(word) - 1                                                                       \
	}
	WORD("if"),     WORD("elseif"),  WORD("else"),   WORD("foreach"), WORD("for"),     WORD("while"),
	WORD("do"),     WORD("until"),   WORD("switch"), WORD("try"),     WORD("finally"), WORD("param"),
	WORD("begin"),  WORD("process"), WORD("end"),    WORD("catch"),   WORD("trap"),    WORD("function"),
	WORD("filter"), WORD("class"),   WORD("enum"),
#undef WORD
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static size_t foreign_skip(const char *text, size_t length, size_t at)
{
	while (at < length && is_blank(text[at]))
		at++;
	return at;
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* The second letters of these words, by the first.  Most commands begin with two other letters. */
#define LETTER(c) (UINT32_C(1) << ((c)&0x1f))
static const uint32_t foreign_seconds[32] = {
	['b' & 0x1f] = LETTER('e'),
	['c' & 0x1f] = LETTER('a') | LETTER('l'),
	['d' & 0x1f] = LETTER('o'),
	['e' & 0x1f] = LETTER('l') | LETTER('n'),
	['f' & 0x1f] = LETTER('i') | LETTER('o') | LETTER('u'),
	['i' & 0x1f] = LETTER('f'),
	['p' & 0x1f] = LETTER('a') | LETTER('r'),
	['s' & 0x1f] = LETTER('w'),
	['t' & 0x1f] = LETTER('r'),
	['u' & 0x1f] = LETTER('n'),
	['w' & 0x1f] = LETTER('h'),
};

/* The place behind ":name" and blanks, which may stand before a loop. */
static size_t foreign_label(const char *text, size_t length, size_t at)
{
	if (at < length && text[at] == ':')
		return foreign_skip(text, length, at + 1 + name_length(text + at + 1, length - at - 1));
	return at;
}

bool foreign_statement(const char *text, size_t length)
{
	size_t start = foreign_label(text, length, foreign_skip(text, length, 0)), end = start, next;
	bool block;

	if (length - start < 2 || !(foreign_seconds[text[start] & 0x1f] & LETTER(text[start + 1])))
		return false;
	while (end < length && is_letter(text[end]))
		end++;
	next = foreign_skip(text, length, end);
	/* "switch 5 6" is a mistake of another kind. */
	block = next == length || text[next] == '(' || text[next] == '{' || text[next] == '\n';
	if (end == start || (!block && next == end))
		return false;
	for (size_t i = block ? 0 : FOREIGN_NAMED; i < sizeof(foreign_words) / sizeof(*foreign_words); i++) {
		const struct foreign_word *word = &foreign_words[i];

		if (word->length == end - start && strncasecmp(text + start, word->word, word->length) == 0)
			return true;
	}
	return false;
}

/* "$name =" or "${name} =" at the beginning; 0: there is none. */
static size_t assignment_size(const char *text, size_t length)
{
	size_t start = foreign_skip(text, length, 0), name, size;
	size_t whole = name_reference(text + start, length - start, &name, &size);
	size_t at = foreign_skip(text, length, start + whole);

	return whole > 0 && at < length && text[at] == '=' ? at + 1 : 0;
}

bool foreign_sets_environment(const char *text, size_t length)
{
	size_t name, at;

	if (length < 5 || strncasecmp(text, "$env:", 5) != 0)
		return false;
	name = name_length(text + 5, length - 5);
	at = foreign_skip(text, length, 5 + name);
	return name > 0 && at < length && text[at] == '=';
}

/* The bytes of a number such as -1.5, or a text in quotes; 0: none. */
static size_t value_size(const char *text, size_t length)
{
	size_t at = text[0] == '-';
	const char *end;

	if (text[0] == '\'' || text[0] == '"') {
		end = memchr(text + 1, text[0], length - 1);
		return end ? (size_t)(end - text) + 1 : 0;
	}
	if (at == length || text[at] < '0' || text[at] > '9')
		return 0;
	while (at < length &&
	       ((text[at] >= '0' && text[at] <= '9') || (text[at] == '.' && text[at - 1] != '.')))
		at++;
	return at;
}

bool foreign_expression(const char *text, size_t length)
{
	size_t size, at;

	if (length == 0)
		return false;
	if (strchr("(@[!{", text[0]))
		return true;
	size = value_size(text, length);
	at = foreign_skip(text, length, size);
	if (size == 0 || at == length || strchr("#|\n;&<>", text[at]))
		return false;
	/* What else joins the quotes is part of the word. */
	return at > size || strchr(",+*.[", text[at]) || text[0] == '-' || (text[0] >= '0' && text[0] <= '9');
}

struct scan {
	const char *text;
	size_t length, at;
	size_t depth;   /* of brackets */
	bool foreign;   /* the command is none of krtask's: its brackets are PowerShell's */
	bool texts;     /* what is in quotes may have several lines */
	bool cmdlet;    /* one of krtask's in PowerShell's syntax: so are those that begin a word */
	bool statement; /* a block must follow */
	bool ends_line; /* a newline stands outside of brackets */
	char last;      /* the last character of a command */
};

static bool foreign_is_word(const char *known, const char *word, size_t length)
{
	return strncmp(known, word, length) == 0 && (known[length] == '\0' || known[length] == ' ');
}

/* True for the first word of a command in its short form. */
static bool foreign_is_ours(const char *word, size_t length)
{
	const char *synonym;

	for (const struct command *command = command_table; command->name; command++) {
		if (foreign_is_word(command->name, word, length))
			return true;
	}
	for (size_t i = 0; (synonym = synonym_word(i)); i++) {
		if (foreign_is_word(synonym, word, length))
			return true;
	}
	return false;
}

/* Looks at the command that begins here. */
static void scan_command(struct scan *scan)
{
	const char *text = scan->text;
	size_t start = foreign_skip(text, scan->length, scan->at), end = start;

	while (end < scan->length && is_letter(text[end]))
		end++;
	scan->cmdlet = habit_begins_cmdlet(text + start, scan->length - start);
	scan->foreign = !scan->cmdlet && end < scan->length &&
	                (end == start ? strchr("({&.@[%?$", text[start]) != NULL
	                              : !foreign_is_ours(text + start, end - start));
	/* What is no command here could be a shell's. */
	scan->texts = scan->cmdlet || (scan->foreign && (end == start || text[end] == '-'));
	if (foreign_statement(text + start, scan->length - start))
		scan->foreign = scan->texts = scan->statement = true;
}

/* The same, with "$name =" before it. */
static void scan_statement(struct scan *scan)
{
	size_t assigned = assignment_size(scan->text + scan->at, scan->length - scan->at), value;

	scan->at += assigned;
	scan_command(scan);
	value = foreign_skip(scan->text, scan->length, scan->at);
	if (assigned && value < scan->length && strchr("'\"", scan->text[value]))
		scan->texts = true;
}

/* The place behind the first end at or after `from`; 0: there is none. */
static size_t scan_past(const struct scan *scan, size_t from, const char *end)
{
	const char *found =
		from < scan->length ? memmem(scan->text + from, scan->length - from, end, strlen(end)) : NULL;

	return found ? (size_t)(found - scan->text) + strlen(end) : 0;
}

/* The kind of the quote that stands there, curly ones too; 0: none. */
static char scan_quote_kind(const struct scan *scan, size_t at, size_t *size)
{
	static const char kinds[] = { [HABIT_SINGLE] = '\'', [HABIT_DOUBLE] = '"', [HABIT_DASH] = '\0' };
	char c = scan->text[at];

	*size = 1;
	if (c == '\'' || c == '"')
		return c;
	if ((unsigned char)c < 0x80 || (!scan->cmdlet && !scan->foreign))
		return '\0';
	return kinds[habit_of(scan->text + at, scan->length - at, size)];
}

/* Bytes that end, begin or escape something somewhere.  Most do not. */
static const bool scan_marks[256] = {
	['\0'] = true, ['\n'] = true, ['"'] = true, ['#'] = true, ['&'] = true,           ['\''] = true,
	['('] = true,  [')'] = true,  [';'] = true, ['<'] = true, ['@'] = true,           ['\\'] = true,
	['`'] = true,  ['{'] = true,  ['|'] = true, ['}'] = true, [0x80 ... 0xff] = true,
};

/* In double quotes it takes away the meaning of the next character: a backslash only where the lexer reads it. */
static bool scan_escapes(const struct scan *scan, char c)
{
	if (c == '\\')
		return !scan->foreign;
	return c == '`' && (scan->cmdlet || scan->foreign);
}

/* Behind the closing quote; 0: there is none.  In krtask's own lines it is on the same line. */
static size_t scan_quote(const struct scan *scan, char quote, size_t size)
{
	for (size_t i = scan->at + size; i < scan->length; i += size) {
		size = 1;
		if (!scan_marks[(unsigned char)scan->text[i]])
			continue;
		if (scan_quote_kind(scan, i, &size) == quote)
			return i + size;
		if (scan->text[i] == '\n' && scan->depth == 0 && !scan->texts)
			return 0;
		if (quote == '"' && scan_escapes(scan, scan->text[i]))
			i++;
	}
	return 0;
}

/* A script block of a cmdlet, as the lexer reads it; 0: it is open. */
static size_t scan_block(const struct scan *scan)
{
	struct habit_block block = { 0 };

	for (size_t i = scan->at; i < scan->length; i++) {
		if (habit_block_step(&block, scan->text[i]))
			return i + 1;
	}
	return 0;
}

static void scan_bracket(struct scan *scan, char c, bool starts)
{
	if (strchr("({", c) && (scan->foreign || scan->depth > 0 || (scan->cmdlet && starts)))
		scan->depth++;
	else if (strchr(")}", c) && scan->depth > 0)
		scan->depth--;
	if (c == '{')
		scan->statement = false;
}

/* Takes a character of no quote and no comment. */
static void scan_plain(struct scan *scan, bool starts)
{
	char c = scan->text[scan->at];

	if (strchr("(){}", c))
		scan_bracket(scan, c, starts);
	if (c == '\n' && scan->depth == 0)
		scan->ends_line = true;
	if ((c == '\\' || c == '`') && scan->at + 1 < scan->length)
		scan->at++;
	scan->at++;
	if (!is_blank(c) && c != '\n')
		scan->last = c;
	if (scan->depth == 0 && strchr("|;&", c))
		scan_statement(scan);
}

enum scan_result { SCAN_GOES_ON, SCAN_OPEN, SCAN_WRONG };

/* Moves there; 0: what begins here is still open. */
static enum scan_result scan_to(struct scan *scan, size_t place, enum scan_result open)
{
	if (!place)
		return open;
	scan->at = place;
	return SCAN_GOES_ON;
}

static void scan_comment(struct scan *scan)
{
	while (scan->at < scan->length && scan->text[scan->at] != '\n')
		scan->at++;
}

static enum scan_result scan_step(struct scan *scan)
{
	const char *at = scan->text + scan->at;
	bool starts = scan->at == 0 || strchr(" \t\n|({;,:=$@", at[-1]) ||
	              (scan->cmdlet && habit_follows_blank(scan->text, scan->at));
	size_t left = scan->length - scan->at, size = 0;
	char quote;

	if (starts && habit_here_string(at, left))
		return scan_to(scan, scan_past(scan, scan->at, at[1] == '"' ? "\n\"@" : "\n'@"), SCAN_OPEN);
	if (starts && habit_comment(at, left, &size))
		return scan_to(scan, size ? scan->at + size : 0, SCAN_OPEN);
	if (starts && *at == '{' && scan->cmdlet && scan->depth == 0)
		return scan_to(scan, scan_block(scan), SCAN_OPEN);
	quote = scan_quote_kind(scan, scan->at, &size);
	if (quote)
		return scan_to(scan, scan_quote(scan, quote, size),
		               scan->depth > 0 || scan->texts ? SCAN_OPEN : SCAN_WRONG);
	if (starts && *at == '#')
		scan_comment(scan);
	else
		scan_plain(scan, starts);
	return SCAN_GOES_ON;
}

/* Moves past what means only itself. */
static void scan_simple(struct scan *scan)
{
	for (; scan->at < scan->length && !scan_marks[(unsigned char)scan->text[scan->at]]; scan->at++) {
		if (!is_blank(scan->text[scan->at]))
			scan->last = scan->text[scan->at];
	}
}

enum { MARK_OPEN = 1, MARK_COMMENT = 2, MARK_PIPE = 4 };

/* Only a line of several has a newline.  A quote may be open; 0xe2 begins curly ones. */
static const unsigned char foreign_marks[256] = {
	['('] = MARK_OPEN,  ['{'] = MARK_OPEN, ['<'] = MARK_OPEN,  ['\n'] = MARK_OPEN,   [';'] = MARK_OPEN,
	['\''] = MARK_OPEN, ['"'] = MARK_OPEN, [0xe2] = MARK_OPEN, ['#'] = MARK_COMMENT, ['|'] = MARK_PIPE,
};

bool foreign_may_continue(const char *text, size_t length)
{
	unsigned marks = 0;
	size_t end = length, i = 0, value;

	while (end > 0 && is_blank(text[end - 1]))
		end--;
	if (end == 0)
		return false;
	for (; i + 4 <= end; i += 4)
		marks |= (unsigned)(foreign_marks[(unsigned char)text[i]] |
		                    foreign_marks[(unsigned char)text[i + 1]] |
		                    foreign_marks[(unsigned char)text[i + 2]] |
		                    foreign_marks[(unsigned char)text[i + 3]]);
	for (; i < end; i++)
		marks |= foreign_marks[(unsigned char)text[i]];
	if (marks & MARK_OPEN)
		return true;
	if (end > 1 && text[end - 2] == '@' && (text[end - 1] == '\'' || text[end - 1] == '"'))
		return true;
	value = assignment_size(text, end);
	return text[end - 1] == '|' || marks == (MARK_COMMENT | MARK_PIPE) ||
	       foreign_statement(text + value, end - value);
}

bool foreign_continues(const char *text, size_t length)
{
	struct scan scan = { .text = text, .length = length };
	enum scan_result result = SCAN_GOES_ON;

	if (!foreign_may_continue(text, length))
		return false;
	scan_statement(&scan);
	while (result == SCAN_GOES_ON && scan.at < length) {
		scan_simple(&scan);
		if (scan.at < length)
			result = scan_step(&scan);
	}
	if (result != SCAN_GOES_ON)
		return result == SCAN_OPEN;
	return scan.last == '|' || scan.depth > 0 || (scan.statement && !scan.ends_line);
}
