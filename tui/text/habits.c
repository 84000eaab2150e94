#include "tui/text/habits.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "tui/text/messages.h"

/* Ranges of code points, and their meaning in PowerShell. */
static const struct {
	unsigned first, last;
	enum habit habit;
} ranges[] = {
	{ '\v', '\f', HABIT_BLANK },      { 0x85, 0x85, HABIT_BLANK },      { 0xa0, 0xa0, HABIT_BLANK },
	{ 0x1680, 0x1680, HABIT_BLANK },  { 0x2000, 0x200a, HABIT_BLANK },  { 0x2013, 0x2015, HABIT_DASH },
	{ 0x2018, 0x201b, HABIT_SINGLE }, { 0x201c, 0x201e, HABIT_DOUBLE }, { 0x2028, 0x2029, HABIT_BLANK },
	{ 0x202f, 0x202f, HABIT_BLANK },  { 0x205f, 0x205f, HABIT_BLANK },  { 0x3000, 0x3000, HABIT_BLANK },
};

/* The code point of VT, FF, or a character of two or three bytes; 0: there is no such character. */
static unsigned code_point(const char *text, size_t length, size_t *size)
{
	const unsigned char *bytes = (const unsigned char *)text;

	if (length >= 1 && (*text == '\v' || *text == '\f')) {
		*size = 1;
		return bytes[0];
	}
	if (length >= 2 && (bytes[0] & 0xe0) == 0xc0 && (bytes[1] & 0xc0) == 0x80) {
		*size = 2;
		return (bytes[0] & 0x1fU) << 6 | (bytes[1] & 0x3fU);
	}
	if (length >= 3 && (bytes[0] & 0xf0) == 0xe0 && (bytes[1] & 0xc0) == 0x80 &&
	    (bytes[2] & 0xc0) == 0x80) {
		*size = 3;
		return (bytes[0] & 0xfU) << 12 | (bytes[1] & 0x3fU) << 6 | (bytes[2] & 0x3fU);
	}
	return 0;
}

enum habit habit_of(const char *text, size_t length, size_t *size)
{
	size_t bytes = 0;
	unsigned point = code_point(text, length, &bytes);

	for (size_t i = 0; point && i < sizeof(ranges) / sizeof(*ranges); i++) {
		if (point >= ranges[i].first && point <= ranges[i].last) {
			*size = bytes;
			return ranges[i].habit;
		}
	}
	return HABIT_NONE;
}

/* The bytes of a character of this kind at the beginning of the text; 0: there is none. */
static size_t habit_size(const char *text, size_t length, enum habit wanted)
{
	size_t size = 1;

	if (length == 0)
		return 0;
	if ((unsigned char)*text >= 0x80)
		return habit_of(text, length, &size) == wanted ? size : 0;
	if (wanted == HABIT_DASH)
		return *text == '-';
	return wanted == HABIT_BLANK && *text && strchr(" \t\r\v\f", *text);
}

bool habit_follows_blank(const char *text, size_t at)
{
	size_t size = at > 0;

	while (size < at && size < 3 && ((unsigned char)text[at - size] & 0xc0) == 0x80)
		size++;
	return size > 0 && habit_size(text + at - size, size, HABIT_BLANK) == size;
}

static bool is_ascii_letter(char c)
{
	return (unsigned char)((c | 0x20) - 'a') < 26;
}

bool habit_begins_cmdlet(const char *text, size_t length)
{
	size_t at = 0, size;
	enum habit habit;

	while (at < length && !is_ascii_letter(text[at]) &&
	       (size = habit_size(text + at, length - at, HABIT_BLANK)) > 0)
		at += size;
	habit = at < length && (unsigned char)text[at] >= 0x80 ? habit_of(text + at, length - at, &size)
	                                                       : HABIT_NONE;
	if (habit == HABIT_SINGLE || habit == HABIT_DOUBLE)
		return true;
	size = at;
	while (at < length && is_ascii_letter(text[at]))
		at++;
	return at > size && length - at > 3 && text[at] == '-' && (text[at + 1] | 0x20) == 'k' &&
	       (text[at + 2] | 0x20) == 'r';
}

bool habit_dash(const char *text, size_t length)
{
	size_t size = length > 0 && (unsigned char)*text >= 0x80 ? habit_size(text, length, HABIT_DASH) : 0;

	return size > 0 && size < length && (isalpha((unsigned char)text[size]) || text[size] == '?');
}

/* The error for a value that begins with "{", "(", "@(", "@{", "@name" or "$(". */
static const char *habit_value_error(const char *text, size_t length)
{
	char second = '\0';

	if (length > 1)
		second = text[1];
	if (length == 0)
		return NULL;
	if (*text == '{')
		return MSG_SCRIPT_BLOCK;
	if (*text == '(' || (*text == '$' && second == '('))
		return MSG_EXPRESSION;
	if (*text == '@' && (second == '(' || second == '{'))
		return MSG_EXPRESSION;
	if (*text == '@' && (isalpha((unsigned char)second) || second == '_'))
		return MSG_SPLATTING;
	if (*text == '@' && (second == '\'' || second == '"'))
		return MSG_HERE_STRING;
	return NULL;
}

const char *habit_error(const char *text, size_t length)
{
	size_t at = habit_size(text, length, HABIT_DASH);

	if (at == 0)
		return habit_value_error(text, length);
	while (at < length && isalpha((unsigned char)text[at]))
		at++;
	return at < length && text[at] == ':' ? habit_value_error(text + at + 1, length - at - 1) : NULL;
}

size_t habit_continues(const char *text, size_t length)
{
	if (length >= 2 && text[0] == '`' && text[1] == '\n')
		return 2;
	return length >= 3 && text[0] == '`' && text[1] == '\r' && text[2] == '\n' ? 3 : 0;
}

bool habit_here_string(const char *text, size_t length)
{
	size_t at = 2;

	if (length < 2 || text[0] != '@' || (text[1] != '\'' && text[1] != '"'))
		return false;
	while (at < length && (text[at] == ' ' || text[at] == '\t' || text[at] == '\r'))
		at++;
	return at == length || text[at] == '\n';
}

bool habit_comment(const char *text, size_t length, size_t *size)
{
	const char *end;

	if (length < 2 || text[0] != '<' || text[1] != '#')
		return false;
	end = memmem(text + 2, length - 2, "#>", 2);
	*size = end ? (size_t)(end - text) + 2 : 0;
	return true;
}

char habit_escape(char letter)
{
	static const char letters[] = "abefnrtv", characters[] = "\a\b\033\f\n\r\t\v";
	const char *found = letter ? strchr(letters, letter) : NULL;

	if (letter == '0' || letter == 'u')
		return '\0';
	return found ? characters[found - letters] : letter;
}

bool habit_member(const char *text, size_t length)
{
	if (length < 2)
		return false;
	return text[0] == '[' || (text[0] == '.' && (isalpha((unsigned char)text[1]) || text[1] == '_'));
}

bool habit_block_step(struct habit_block *block, char c)
{
	if (block->escaped) {
		block->escaped = false;
	} else if (block->quote) {
		block->escaped = c == '\\' && block->quote == '"';
		if (c == block->quote)
			block->quote = 0;
	} else if (c == '\'' || c == '"') {
		block->quote = c;
	} else if (c == '{') {
		block->depth++;
	} else if (c == '}') {
		return --block->depth == 0;
	}
	return false;
}
