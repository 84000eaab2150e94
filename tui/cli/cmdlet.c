/*
 * PowerShell's syntax: -Name value, -Name:value, -Switch, -Switch:$false, and values by position.
 */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "tui/cli/parser.h"
#include "tui/text/alloc.h"
#include "tui/text/candidates.h"
#include "tui/text/messages.h"
#include "tui/text/nearest.h"

enum { POSITIONS_MAX = 2 };

/*
 * The documented parameters.  A prefix finds these first, then parameters of our own, then the common ones,
 * and then those that came later.
 */
#define DOCUMENTED(X)                                                                                        \
	X(SERVER)                                                                                            \
	X(ID)                                                                                                \
	X(OPERAND_ID)                                                                                        \
	X(WHAT_IF) X(CONFIRM) X(NAME) X(DESCRIPTION) X(START) X(ARG) X(CODE) X(LANGUAGE) X(FILE) X(STATE)    \
		X(SLOTS)

static const struct option_set documented = OPTION_SET(DOCUMENTED);

enum { RANKS = 4 };

static unsigned rank_of(const struct parser *p, unsigned id)
{
	if (option_set_has(&documented, id))
		return 0;
	if (option_set_has(&options_common, id))
		return 2;
	return p->inv->command && option_set_has(&p->inv->command->later, id) ? 3 : 1;
}

/* Values without a name, in order.  Of those that are too many, only the first is kept. */
struct positionals {
	size_t places[POSITIONS_MAX + 1]; /* indexes of the words */
	size_t count;
};

/*
 * Offers the name of the parameter, and its aliases, which blanks separate.  True if the text is one of them.
 */
static bool offer_parameter(struct candidates *names, unsigned id)
{
	const struct option_info *info = &option_table[id];
	unsigned before = names->prefixes;

	if (candidates_offer(names, info->parameter, (int)id))
		return true;
	for (const char *alias = info->aliases; *alias;) {
		const char *end = strchrnul(alias, ' ');

		if (candidates_offer_part(names, alias, (size_t)(end - alias), (int)id))
			return true;
		alias = *end ? end + 1 : end;
	}
	if (names->prefixes > before)
		names->prefixes = before + 1; /* several names of one parameter count once */
	return false;
}

/* "-Id, -Server": the parameters that begin with the name. */
static char *known_parameters(const struct parser *p, const char *name, size_t length)
{
	struct text list = TEXT_INIT;

	OPTION_SET_EACH(id, &p->allowed) {
		struct candidates names = candidates_of(name, length, true);

		if (*option_table[id].parameter && (offer_parameter(&names, id) || names.prefixes))
			candidates_list(&list, "-", option_table[id].parameter);
	}
	return list.data;
}

/* "-Id, -Kill; see krtask Stop-KrTask --help": the parameters most similar to an unknown name. */
static char *nearest_parameters(const struct parser *p, const char *name, size_t length)
{
	struct nearest nearest = nearest_to(name, length);
	struct text list = TEXT_INIT;
	char *all;

	OPTION_SET_EACH(id, &p->allowed)
		nearest_offer(&nearest, option_table[id].parameter);
	nearest_list(&nearest, NEAREST_MAX, "-", &list);
	all = alloc_format("%s; see krtask %s --help", list.data, p->inv->command->cmdlet);
	text_release(&list);
	return all;
}

/*
 * An exact name or alias wins.  Then a prefix that is unique among the command's own parameters, or else
 * among all.
 */
static int find_parameter(struct parser *p, const char *name, size_t length, enum option_id *found)
{
	const struct option_set likely = options_likely(&p->allowed, NAMED_PARAMETER, *name);
	struct candidates ranks[RANKS];

	for (int i = 0; i < RANKS; i++)
		candidates_begin(&ranks[i], name, length, true);
	OPTION_SET_EACH(id, &likely) {
		if (offer_parameter(&ranks[rank_of(p, id)], id)) {
			*found = (enum option_id)id;
			return 0;
		}
	}
	for (int i = 0; i < RANKS; i++) {
		int meant = candidates_found(&ranks[i]);

		if (meant == CANDIDATES_NONE)
			continue;
		if (meant == CANDIDATES_MANY)
			return parser_fail_name(p, MSG_PARAMETER_AMBIGUOUS, name, (int)length,
			                        known_parameters(p, name, length));
		*found = (enum option_id)meant;
		return 0;
	}
	return parser_fail_name(p, MSG_PARAMETER_UNKNOWN, name, (int)length,
	                        nearest_parameters(p, name, length));
}

static int parse_switch(struct parser *p, enum option_id id, const char *colon)
{
	struct word value = p->words[p->at];
	const char *parameter = arguments_parameter(&p->inv->args, id);

	if (!colon)
		return binding_check_loose(p, id) ? -EINVAL : parser_apply(p, id, NULL, true);
	if (colon[1] || value.unknown) {
		value.text = colon + 1;
		return parser_apply(p, id, &value, true);
	}
	/*
	 * "-Confirm: $false".  A shell replaces $false by nothing.  Then the next word must not be taken for
	 * the value.
	 */
	if (!value.colon || p->at + 1 >= p->count || binding_is_parameter(&p->words[p->at + 1]))
		return parser_fail(p, alloc_format(MSG_PARAMETER_EMPTY, parameter, parameter));
	return parser_apply(p, id, &p->words[++p->at], true);
}

static int bind_value(struct parser *p, enum option_id id, struct word *value)
{
	struct words *operands = &p->inv->args.operands;
	size_t before = operands->count;
	int result;

	if (binding_check(p, id, value->text))
		return -EINVAL;
	if (value->block && id != OPT_CODE)
		return parser_fail(p, alloc_string(MSG_SCRIPT_BLOCK));
	p->block |= value->block;
	if (binding_is_list(id) && !value->unknown)
		binding_gather(p, value);
	result = parser_apply(p, id, value, true);
	for (size_t i = before; i < operands->count; i++)
		operands->items[i].server = value->server;
	return result;
}

static int parse_parameter(struct parser *p)
{
	struct word value = p->words[p->at];
	const char *name = value.text + 1;
	const char *colon = strchr(name, ':');
	size_t length = colon ? (size_t)(colon - name) : strlen(name);
	enum option_id id = OPTION_TOTAL;
	int result = find_parameter(p, name, length, &id);

	if (result)
		return result;
	arguments_name(&p->inv->args, id, name, length);
	if (arguments_given(&p->inv->args, id))
		return parser_fail(p,
		                   alloc_format(MSG_PARAMETER_TWICE, arguments_parameter(&p->inv->args, id)));
	if (!option_takes_value(id))
		return parse_switch(p, id, colon);
	if (colon && (colon[1] || (value.column > 0 && !value.colon)))
		value.text = colon + 1; /* a variable or quotes may be empty */
	else if (p->at + 1 < p->count && !binding_is_parameter(&p->words[p->at + 1]))
		value = p->words[++p->at];
	else if (id == OPT_STATE && !colon)
		p->state_alone = true;
	else
		return parser_fail(p, alloc_format(MSG_PARAMETER_NEEDS_VALUE,
		                                   arguments_parameter(&p->inv->args, id),
		                                   option_table[id].value));
	return p->state_alone && id == OPT_STATE ? 0 : bind_value(p, id, &value);
}

/* Get-KrTask -Id ID -State is Get-KrTaskState -Id ID. */
static int choose_state(struct parser *p)
{
	struct invocation *inv = p->inv;
	size_t taken;

	if (!p->state_alone)
		return 0;
	p->at = p->count;
	if (inv->args.operands.count != 1)
		return parser_fail(p, alloc_string(MSG_STATE_ALONE));
	inv->called = inv->command->cmdlet;
	inv->command = command_find("Get-KrTaskState", NULL, &inv->cmdlet, &taken);
	return 0;
}

static int fail_positional(struct parser *p, const enum option_id *positions)
{
	const char *text = p->words[p->at].text;

	if (!positions)
		return parser_fail(p, alloc_format(MSG_POSITIONAL_NONE, text));
	if (positions[1] == OPTION_TOTAL)
		return parser_fail(
			p, alloc_format(MSG_POSITIONAL_ONE, text, option_table[positions[0]].parameter));
	return parser_fail(p, alloc_format(MSG_POSITIONAL_TWO, text, option_table[positions[0]].parameter,
	                                   option_table[positions[1]].parameter));
}

/* Positional values go to the parameters that have no value yet.  Beside the server, a single one is the id. */
static int bind_positions(struct parser *p, const struct positionals *given)
{
	const enum option_id *positions = p->inv->command->positions;
	enum option_id open[POSITIONS_MAX];
	size_t free_count = 0, skipped;

	for (size_t i = 0; positions && i < POSITIONS_MAX && positions[i] != OPTION_TOTAL; i++) {
		if (!arguments_given(&p->inv->args, positions[i]))
			open[free_count++] = positions[i];
	}
	if (given->count > free_count) {
		p->at = given->places[free_count];
		return fail_positional(p, positions);
	}
	skipped = free_count && open[0] == OPT_SERVER ? free_count - given->count : 0;
	for (size_t i = 0; i < given->count; i++) {
		enum option_id id = open[skipped + i];
		struct word value;
		int result = 0;

		p->at = given->places[i];
		value = p->words[p->at];
		if (id == OPT_SERVER && given->count == 1 && positions[1] == OPT_OPERAND_ID)
			result = binding_check_server(p, value.text);
		if (!result)
			result = bind_value(p, id, &value);
		if (result)
			return result;
	}
	return 0;
}

/* True if a global option has the name, or one that begins so. */
static bool names_global(const char *name, size_t length)
{
	OPTION_SET_EACH(id, &options_global) {
		if (*option_table[id].name && strncmp(option_table[id].name, name, length) == 0)
			return true;
	}
	return false;
}

/* The same of a name behind two dashes: of the parameters, which begin with a capital, and the global options. */
static char *nearest_of_all(const struct parser *p, const char *name, size_t length)
{
	const struct option_set parameters = command_parameters(p->inv->command);
	struct nearest nearest = nearest_to(name, length);
	struct text list = TEXT_INIT;
	char *all;

	OPTION_SET_EACH(id, &parameters)
		nearest_offer(&nearest, option_table[id].parameter);
	OPTION_SET_EACH(id, &options_global) {
		if (!option_set_has(&parameters, id))
			nearest_offer(&nearest, option_table[id].name);
	}
	for (size_t i = 0; i < nearest.count; i++)
		candidates_list(&list, isupper((unsigned char)*nearest.names[i]) ? "-" : "--",
		                nearest.names[i]);
	all = alloc_format("%s; see krtask %s --help", list.data, p->inv->command->cmdlet);
	text_release(&list);
	return all;
}

/* Cmdlets take the global options, too.  These are not parameters of the cmdlet. */
static int parse_global(struct parser *p)
{
	const char *name = p->words[p->at].text + 2;
	size_t length = strcspn(name, "=");
	struct option_set before = p->allowed;
	bool server = arguments_given(&p->inv->args, OPT_SERVER);
	int result;

	if (!names_global(name, length))
		return parser_fail_name(p, MSG_OPTION_UNKNOWN, name, (int)length,
		                        nearest_of_all(p, name, length));
	p->allowed = options_global;
	if (server && strncmp(p->words[p->at].text, "--s", strlen("--s")) == 0)
		return parser_fail(p, alloc_format(MSG_PARAMETER_TWICE, option_table[OPT_SERVER].parameter));
	result = parser_long(p);
	p->allowed = before;
	return result;
}

/* The words of an array are one value. */
static void add_positional(struct parser *p, struct positionals *given)
{
	if (given->count <= POSITIONS_MAX)
		given->places[given->count++] = p->at;
	p->at = binding_last(p);
}

/* After "--" nothing is a parameter.  The words are the command of a new task, or else positional values. */
static void parse_behind_dashes(struct parser *p, struct positionals *given)
{
	if (p->inv->command->creates || p->inv->command->copies) {
		parser_rest(p);
		return;
	}
	while (++p->at < p->count)
		add_positional(p, given);
}

static int parse_cmdlet_word(struct parser *p, struct positionals *given)
{
	const struct word *word = &p->words[p->at];

	if (binding_is_parameter(word))
		return parse_parameter(p);
	if (!word->value && !word->quoted && word->text[0] == '-' && word->text[1] == '-') {
		if (word->text[2])
			return parse_global(p);
		parse_behind_dashes(p, given);
		return 0;
	}
	add_positional(p, given);
	return 0;
}

/* True if "-?" is anywhere among the words. */
static bool asks_for_help(const struct parser *p)
{
	for (size_t i = p->at; i < p->count; i++) {
		const struct word *word = &p->words[i];

		if (word->quoted || word->value)
			continue;
		if (strcmp(word->text, "--") == 0)
			return false;
		if (strcmp(word->text, "-?") == 0)
			return true;
	}
	return false;
}

const char *cmdlet_needs(const struct command *command)
{
	const enum option_id *positions = command->positions;

	return option_table[positions[positions[0] == OPT_SERVER]].parameter;
}

int cmdlet_parse(struct parser *p)
{
	struct positionals given = { .count = 0 };

	if (asks_for_help(p)) {
		p->inv->args.help = true;
		p->at = p->count;
		return 0;
	}
	p->allowed = command_parameters(p->inv->command);
	p->inv->args.given =
		(struct option_set){ 0 }; /* a global option before the name does not forbid the parameter */
	for (; p->at < p->count; p->at++) {
		int result = parse_cmdlet_word(p, &given);

		if (result)
			return result;
	}
	if (bind_positions(p, &given))
		return -EINVAL;
	if (binding_open_block(p))
		return -EINVAL;
	return choose_state(p);
}
