/*
 * GNU's syntax, and what both syntaxes share, into one struct invocation.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "tui/cli/context.h"
#include "tui/cli/parser.h"
#include "tui/text/alloc.h"
#include "tui/text/candidates.h"

int parser_refuse(struct parser *p, char *clause)
{
	*p->error = clause;
	p->wrong = p->at < p->count ? p->at : p->count - 1;
	return -EINVAL;
}

int parser_apply(struct parser *p, enum option_id id, const struct word *value, bool cmdlet)
{
	int result = option_apply(&p->inv->args, id, value, cmdlet, p->error);

	if (result)
		p->wrong = p->at;
	return result;
}

int parser_refuse_name(struct parser *p, const char *what, const char *name, int length, bool ambiguous, char *list)
{
	char *clause = alloc_format(ambiguous ? "%s%.*s' is ambiguous: %s" : "unknown %s%.*s' (known: %s)", what, length, name, list);

	free(list);
	return parser_refuse(p, clause);
}

/* "--what-if, --wait": the names that begin so. */
static char *known_names(const struct parser *p, const char *name, size_t length)
{
	struct text list = TEXT_INIT;

	OPTION_SET_EACH(id, &p->allowed) {
		const char *known = option_table[id].name;

		if (*known && strncmp(known, name, length) == 0)
			candidates_list(&list, "--", known);
	}
	return list.data;
}

/* The option of that long name or its only one with that prefix. */
static int find_long(struct parser *p, const char *name, size_t length, enum option_id *found)
{
	struct candidates names = candidates_of(name, length, false);
	int meant;

	OPTION_SET_EACH(id, &p->allowed) {
		if (candidates_offer(&names, option_table[id].name, strlen(option_table[id].name), (int)id))
			break;
	}
	meant = candidates_found(&names);
	if (meant == CANDIDATES_MANY)
		return parser_refuse_name(p, "option '--", name, (int)length, true, known_names(p, name, length));
	if (meant == CANDIDATES_NONE)
		return parser_refuse_name(p, "option '--", name, (int)length, false, known_names(p, name, 0));
	*found = (enum option_id)meant;
	return 0;
}

/* The value of an option: attached, or the next word. */
static int take_value(struct parser *p, enum option_id id, struct word *value, const char *attached, const char *shown)
{
	if (attached) {
		value->text = attached;
		return 0;
	}
	if (p->at + 1 >= p->count)
		return parser_refuse(p, alloc_format("option '%s' needs a value, %s", shown, option_table[id].value));
	*value = p->words[++p->at];
	return 0;
}

int parser_long(struct parser *p)
{
	struct word value = p->words[p->at];
	const char *name = value.text + 2;
	const char *equals = strchr(name, '=');
	size_t length = equals ? (size_t)(equals - name) : strlen(name);
	enum option_id id = OPTION_TOTAL;
	int result = find_long(p, name, length, &id);

	if (result)
		return result;
	if (!option_takes_value(id) && !equals)
		return parser_apply(p, id, NULL, false);
	result = take_value(p, id, &value, equals ? equals + 1 : NULL, p->words[p->at].text);
	return result ? result : parser_apply(p, id, &value, false);
}

static int parse_letters(struct parser *p)
{
	struct word value = p->words[p->at];

	for (const char *letter = value.text + 1; *letter; letter++) {
		char shown[3] = { '-', *letter, '\0' };
		unsigned id = option_set_next(&p->allowed, 0);
		int result;

		while (id < OPTION_TOTAL && option_table[id].letter != *letter)
			id = option_set_next(&p->allowed, id + 1);
		if (id >= OPTION_TOTAL)
			return parser_refuse(p, alloc_format("unknown option '-%c' in '%s'", *letter, value.text));
		if (!option_takes_value((enum option_id)id)) {
			result = parser_apply(p, (enum option_id)id, NULL, false);
			if (result)
				return result;
			continue;
		}
		result = take_value(p, (enum option_id)id, &value, letter[1] ? letter + 1 : NULL, shown);
		return result ? result : parser_apply(p, (enum option_id)id, &value, false);
	}
	return 0;
}

void parser_rest(struct parser *p)
{
	p->inv->args.dashes = p->inv->args.operands.count;
	while (++p->at < p->count)
		words_add(&p->inv->args.operands, p->words[p->at]);
}

/* What was given before the command's name and is not for it. */
static int check_given(struct parser *p)
{
	OPTION_SET_EACH(id, &p->inv->args.given) {
		if (!option_set_has(&p->allowed, id))
			return parser_refuse(p, alloc_format("option '--%s' does not go with %s", option_table[id].name,
			                                     p->inv->command->name));
	}
	return 0;
}

/* True for "server": the first word of commands of two. */
static bool second_word_missing(const char *word)
{
	size_t length = strlen(word);

	for (const struct command *command = command_table; command->name; command++) {
		if (strncmp(command->name, word, length) == 0 && command->name[length] == ' ')
			return true;
	}
	return false;
}

static bool is_help(const char *word)
{
	return strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0;
}

static int name_command(struct parser *p)
{
	const struct word *word = &p->words[p->at];
	const char *second = p->at + 1 < p->count ? p->words[p->at + 1].text : NULL;
	size_t taken;

	p->inv->command = command_find(word->text, second, &p->inv->cmdlet, &taken);
	if (!p->inv->command && second_word_missing(word->text) && second && is_help(second)) {
		p->inv->args.help = true;
		p->at++;
		return 0;
	}
	if (!p->inv->command) {
		char *names = command_names();
		char *clause = alloc_format(second_word_missing(word->text)
		                                    ? "command '%s' lacks its second word (known: %s)"
		                                    : "unknown command '%s' (known: %s)",
		                            word->text, names);

		free(names);
		return parser_refuse(p, clause);
	}
	p->named = p->at;
	p->at += taken - 1;
	p->allowed = command_options(p->inv->command);
	p->options_ended = false;
	return p->inv->cmdlet ? 0 : check_given(p);
}

static int parse_word(struct parser *p)
{
	const struct word *word = &p->words[p->at];
	struct arguments *args = &p->inv->args;
	bool option = !p->options_ended && word->text[0] == '-' && word->text[1] != '\0' && !word->value;

	if (option && strcmp(word->text, "--") == 0) {
		if (p->inv->command)
			parser_rest(p);
		p->options_ended = true;
		return 0;
	}
	if (option)
		return word->text[1] == '-' ? parser_long(p) : parse_letters(p);
	if (p->inv->command || args->batch) {
		words_add(&args->operands, *word);
		return 0;
	}
	return name_command(p);
}

/* What comes through the pipeline, behind the operands. */
static int add_piped(struct parser *p)
{
	const struct command *command = p->inv->command;
	const struct words *piped = p->inv->piped;

	if (!piped)
		return 0;
	p->at = p->named;
	if (!strstr(command->operands, "ID"))
		return parser_refuse(p, alloc_format("'%s' takes no tasks from '|'", p->words[p->named].text));
	if (p->inv->cmdlet && p->inv->args.operands.count > 0)
		return parser_refuse(p, alloc_string("parameter -Id is given twice, once through the pipeline"));
	for (size_t i = 0; i < piped->count; i++)
		words_add(&p->inv->args.operands, piped->items[i]);
	return 0;
}

/* The operand at index is one too many. */
static int refuse_operand(struct parser *p, size_t index)
{
	const char *text = p->inv->args.operands.items[index].text;

	for (p->at = 0; p->at + 1 < p->count && p->words[p->at].text != text;)
		p->at++;
	return parser_refuse(p, alloc_format("unexpected operand '%s'", text));
}

static int check_operands(struct parser *p)
{
	const struct command *command = p->inv->command;
	const struct arguments *args = &p->inv->args;
	size_t before = args->dashes < args->operands.count ? args->dashes : args->operands.count;

	if (args->help || args->version)
		return 0;
	if (add_piped(p))
		return -EINVAL;
	if (args->operands.count < command->least) {
		p->at = p->named;
		return parser_refuse(p, alloc_format(p->inv->cmdlet ? "parameter -Id is missing" : "%s is missing",
		                                     command->operands));
	}
	if (args->operands.count <= command->most)
		return 0;
	return refuse_operand(p, command->most == 0 ? 0 : command->most < before ? command->most : before);
}

static int parse_words(struct parser *p)
{
	for (; p->at < p->count; p->at++) {
		int result = parse_word(p);

		if (result)
			return result;
		if (p->inv->command && p->inv->cmdlet) {
			p->at++;
			return cmdlet_parse(p);
		}
	}
	return 0;
}

/* What may stand before the name of a command, beside the global ones. */
#define BEFORE_NAME(X) X(BATCH) X(CHECK) X(STOP_ON_ERROR) X(WHAT_IF) X(CONFIRM) X(CONFIRM_PREFERENCE) X(VERBOSE)
static const struct option_set before_name = OPTION_SET(BEFORE_NAME);

int invocation_parse(struct invocation *inv, const struct word *words, size_t count, char **error, size_t *at)
{
	struct parser p = {
		.inv = inv,
		.words = words,
		.count = count,
		.allowed = options_global,
		.error = error,
	};
	int result;

	if (!inv->fresh)
		arguments_from(&inv->args, &inv->context->defaults);
	inv->fresh = false;
	inv->command = NULL;
	inv->cmdlet = false;
	inv->words = words;
	inv->word_count = inv->context->batch ? count : 0;
	if (!inv->context->batch)
		option_set_join(&p.allowed, &before_name);
	result = parse_words(&p);
	if (!result && inv->command)
		result = check_operands(&p);
	inv->named = p.named;
	*at = p.wrong;
	return result;
}
