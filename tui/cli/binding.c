/*
 * What PowerShell allows as the value of a parameter.  These are errors: an array where one string is
 * expected, an empty id, and a truth value that is separated from its switch.
 */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "tui/cli/parser.h"
#include "tui/cli/servers.h"
#include "tui/text/alloc.h"
#include "tui/text/habits.h"
#include "tui/text/messages.h"
#include "tui/text/text.h"

bool binding_is_parameter(const struct word *word)
{
	return !word->quoted && !word->value && word->text[0] == '-' && isalpha((unsigned char)word->text[1]);
}

bool binding_is_list(enum option_id id)
{
	enum option_kind kind = option_table[id].kind;

	return kind == OPTION_LIST || kind == OPTION_PAIRS || kind == OPTION_OPERANDS;
}

static bool binding_is_id(enum option_id id)
{
	return id == OPT_OPERAND_ID || id == OPT_ID;
}

/* What cannot have a comma: an id, and the name of a server, where the first of two ids may stand. */
static bool binding_is_name(enum option_id id, const char *text)
{
	return binding_is_id(id) || (id == OPT_SERVER && !strchr(text, ':'));
}

/*
 * True for an array.  In a batch, a comma outside quotes makes an array.  On a command line the shell has
 * removed the quotes.
 */
static bool binding_is_array(const struct word *word, enum option_id id, const char *text)
{
	bool bare = word->column > 0 && !word->quoted && !word->value;

	if (binding_is_list(id))
		return false;
	if (word->more > 0)
		return true;
	return !word->unknown && (bare || binding_is_name(id, text)) && strchr(text, ',');
}

int binding_check(struct parser *p, enum option_id id, const char *text)
{
	const struct word *word = &p->words[p->at];
	const char *parameter = arguments_parameter(&p->inv->args, id);

	if (binding_is_array(word, id, text) && binding_is_id(id))
		return parser_fail(p, alloc_format(MSG_ID_ARRAY, parameter, invocation_name(p->inv)));
	if (binding_is_array(word, id, text))
		return parser_fail(p, alloc_format(MSG_PARAMETER_ARRAY, parameter));
	if ((id == OPT_OPERAND_ID || id == OPT_OPERAND_IDS) && !*text && !word->unknown)
		return parser_fail(p, alloc_string(MSG_ID_EMPTY));
	return 0;
}

static bool is_truth(const struct word *word)
{
	static const char *const truths[] = { "true", "false", "$true", "$false" };

	for (size_t i = 0; i < sizeof(truths) / sizeof(*truths) && !word->quoted; i++) {
		if (strcasecmp(word->text, truths[i]) == 0)
			return true;
	}
	return false;
}

int binding_check_loose(struct parser *p, enum option_id id)
{
	const char *parameter = arguments_parameter(&p->inv->args, id);
	const char *dollar;

	if (p->at + 1 >= p->count || !is_truth(&p->words[p->at + 1]))
		return 0;
	p->at++;
	dollar = strchr("tT", p->words[p->at].text[p->words[p->at].text[0] == '$']) ? "$true" : "$false";
	return parser_fail(
		p, alloc_format(MSG_SWITCH_LOOSE, p->words[p->at].text, parameter, parameter, dollar));
}

int binding_check_server(struct parser *p, const char *text)
{
	if (p->words[p->at].unknown || strchr(text, ':') || server_name_known(text))
		return 0;
	return parser_fail(p, alloc_format(MSG_ID_TWICE_POSITION, text));
}

/*
 * True if the word after number `at` belongs to the same array.  more: so many values of a variable still
 * follow.  A parameter behind a comma is none of its values: a -WhatIf must not be lost.
 */
static bool array_goes_on(const struct parser *p, size_t at, const char *text, unsigned more)
{
	size_t length = strlen(text);

	if (at + 1 >= p->count)
		return false;
	return more > 0 ||
	       (length > 0 && text[length - 1] == ',' && !binding_is_parameter(&p->words[at + 1]));
}

size_t binding_last(const struct parser *p)
{
	size_t at = p->at;
	unsigned more = p->words[at].more;

	for (; array_goes_on(p, at, p->words[at].text, more); at++)
		more -= more > 0;
	return at;
}

void binding_gather(struct parser *p, struct word *value)
{
	struct text joined = TEXT_INIT;
	unsigned more = value->more;

	text_add_string(&joined, value->text);
	while (array_goes_on(p, p->at, joined.data ? joined.data : "", more)) {
		if (more > 0)
			text_add_string(&joined, ",");
		more -= more > 0;
		text_add_string(&joined, p->words[++p->at].text);
		value->server = words_server(value->server, p->words[p->at].server);
	}
	if (joined.length == 0)
		text_release(&joined);
	value->text = joined.length ? joined.data : alloc_string("");
	words_add_text(&p->inv->args.copies, value->text);
}

/* The bytes up to the '}' that closes the '{' at the beginning.  quotes: in quotes, braces are text.  0: there is none. */
static size_t block_length(const char *text, size_t length, bool quotes)
{
	struct habit_block block = { 0 };

	for (size_t i = 0; i < length; i++) {
		char c = !quotes && text[i] != '{' && text[i] != '}' ? ' ' : text[i];

		if (habit_block_step(&block, c))
			return i + 1;
	}
	return 0;
}

/* True if the last character is the '}' that closes the '{' at the beginning.  Quotes need not be in pairs. */
static bool is_block(const char *text, size_t length)
{
	size_t whole;

	if (length < 2 || *text != '{')
		return false;
	whole = block_length(text, length, true);
	return (whole ? whole : block_length(text, length, false)) == length;
}

int binding_open_block(struct parser *p)
{
	static const char blanks[] = " \t\r\n";
	struct arguments *args = &p->inv->args;
	const char *start;
	size_t length;

	/* Elsewhere braces are PowerShell's, and what is in them sh would misread. */
	if (p->block && !args->language)
		return parser_fail(p, alloc_string(MSG_BLOCK_LANGUAGE));
	if (!args->code || (args->language && strcasestr(args->language, "awk")))
		return 0;
	start = args->code + strspn(args->code, blanks);
	length = strlen(start);
	while (length > 0 && strchr(blanks, start[length - 1]))
		length--;
	if (!is_block(start, length))
		return 0;
	start++;
	length -= 2;
	while (length > 0 && strchr(blanks, *start)) {
		start++;
		length--;
	}
	while (length > 0 && strchr(blanks, start[length - 1]))
		length--;
	args->code = alloc_format("%.*s", (int)length, start);
	words_add_text(&args->copies, args->code);
	return 0;
}
