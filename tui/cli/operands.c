#include "tui/cli/operands.h"

#include <errno.h>
#include <string.h>

#include "tui/cli/parser.h"
#include "tui/cli/selector.h"
#include "tui/cli/synonyms.h"
#include "tui/text/alloc.h"
#include "tui/text/habits.h"
#include "tui/text/messages.h"

/* An error is about the word with this operand. */
static void point_at(struct parser *p, const char *operand)
{
	for (p->at = 0; p->at + 1 < p->count && p->words[p->at].text != operand;)
		p->at++;
}

/* The first operand: "--" stands before it. */
static bool is_behind_dashes(struct parser *p, const char *operand)
{
	point_at(p, operand);
	return strcmp(p->words[p->at - 1].text, "--") == 0;
}

/*
 * An option as a word processor or a web page writes it, "–what-if": no id begins like that, and without the option the
 * other words would mean something else.  Behind "--", and as the value of a variable, it is a text, as is a message.
 */
static int check_dashes(struct parser *p)
{
	const struct arguments *args = &p->inv->args;
	size_t size;

	for (size_t i = 0; i < args->operands.count && !p->inv->cmdlet && !p->inv->command->numbers; i++) {
		const struct word *word = &args->operands.items[i];

		if (i >= args->dashes && (i > 0 || is_behind_dashes(p, word->text)))
			break;
		if (word->value || habit_of(word->text, strlen(word->text), &size) != HABIT_DASH)
			continue;
		point_at(p, word->text);
		return parser_fail(p, alloc_format(MSG_OPTION_LONG_DASH, word->text));
	}
	return 0;
}

/* Adds what comes through the pipeline to the operands. */
static int add_piped(struct parser *p)
{
	const struct command *command = p->inv->command;
	const struct words *piped = p->inv->piped;

	if (!piped)
		return 0;
	p->at = p->named;
	if (!strstr(command->operands, "ID"))
		return parser_fail(p, alloc_format(MSG_PIPE_NOT_TAKEN, p->words[p->named].text));
	if (p->inv->cmdlet && p->inv->args.operands.count > 0)
		return parser_fail(p, alloc_string(MSG_ID_TWICE_PIPED));
	for (size_t i = 0; i < piped->count; i++)
		words_add(&p->inv->args.operands, piped->items[i]);
	return 0;
}

/* There are too many operands; the one at index is the first of them. */
static int fail_operand(struct parser *p, size_t index)
{
	const char *text = p->inv->args.operands.items[index].text;

	point_at(p, text);
	if (parser_means_state(p, text, strlen(text)))
		return parser_fail(p, alloc_format(MSG_OPERAND_STATE, text, text));
	return parser_fail(p, alloc_format(MSG_OPERAND_UNEXPECTED, text));
}

/* Both an id and a selector were given. */
static int fail_selector(struct parser *p)
{
	const char *id = p->inv->args.operands.items[0].text;

	point_at(p, id);
	return parser_fail(p,
	                   alloc_format(MSG_SELECTOR_AND_ID, id, option_table[selector_first(p->inv)].name));
}

static int fail_missing(struct parser *p)
{
	const char *operands = p->inv->command->operands, *word = p->words[p->named].text;
	const char *selectors = p->inv->command->selects ? MSG_OPERAND_SELECTORS : "";

	p->at = p->named;
	if (p->inv->cmdlet)
		return parser_fail(p, alloc_format(MSG_PARAMETER_MISSING, cmdlet_needs(p->inv->command)));
	/* The error begins with the name of the command, and a user wrote another word. */
	if (synonym_resolve(word) != word)
		return parser_fail(p, alloc_format(MSG_OPERAND_MISSING_OF, word, operands, selectors));
	return parser_fail(p, alloc_format(MSG_OPERAND_MISSING, operands, selectors));
}

int operands_check(struct parser *p)
{
	const struct command *command = p->inv->command;
	const struct arguments *args = &p->inv->args;
	size_t before = args->dashes < args->operands.count ? args->dashes : args->operands.count;

	if (args->help || args->version)
		return 0;
	if (check_dashes(p) || add_piped(p))
		return -EINVAL;
	if (selector_given(p->inv))
		return args->operands.count ? fail_selector(p) : 0;
	if (args->operands.count < command->least)
		return fail_missing(p);
	if (args->operands.count <= command->most || (p->inv->piped && command->apart))
		return 0;
	return fail_operand(p, command->most == 0 ? 0 : command->most < before ? command->most : before);
}
