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

enum { POSITIONS_MAX = 2 };

/* The documented parameters of the family: a prefix finds them first, then what was added here, then the common ones. */
#define DOCUMENTED                                                                                                     \
	(OPTION_BIT(SERVER) | OPTION_BIT(ID) | OPTION_BIT(OPERAND_ID) | OPTION_BIT(WHAT_IF) | OPTION_BIT(CONFIRM) |    \
	 OPTION_BIT(NAME) | OPTION_BIT(DESCRIPTION) | OPTION_BIT(START) | OPTION_BIT(ARG) | OPTION_BIT(CODE) |         \
	 OPTION_BIT(LANGUAGE) | OPTION_BIT(FILE) | OPTION_BIT(STATE) | OPTION_BIT(SLOTS))

/* Values without a name, in their order; of those that are too many the first is enough. */
struct values {
	size_t places[POSITIONS_MAX + 1]; /* which words they are */
	size_t count;
};

static bool is_parameter(const struct word *word)
{
	return !word->quoted && !word->value && word->text[0] == '-' && isalpha((unsigned char)word->text[1]);
}

enum match { MATCH_NONE, MATCH_PREFIX, MATCH_WHOLE };

static enum match match_name(const char *candidate, size_t size, const char *name, size_t length)
{
	/* Nearly all names differ in the first letter. */
	if (size < length || (length > 0 && ((candidate[0] ^ name[0]) & 0x1f)) || strncasecmp(candidate, name, length) != 0)
		return MATCH_NONE;
	return size == length ? MATCH_WHOLE : MATCH_PREFIX;
}

/* With the parameter's name or one of its aliases, which blanks separate. */
static enum match match(const struct option_info *info, const char *name, size_t length)
{
	enum match best = MATCH_NONE;
	const char *alias = info->aliases;

	if (*info->parameter)
		best = match_name(info->parameter, strlen(info->parameter), name, length);
	while (*alias && best != MATCH_WHOLE) {
		const char *end = strchrnul(alias, ' ');
		enum match one = match_name(alias, (size_t)(end - alias), name, length);

		best = one > best ? one : best;
		alias = *end ? end + 1 : end;
	}
	return best;
}

/* "-Id, -Server": the parameters of the set that begin so. */
static char *candidates(option_set set, const char *name, size_t length)
{
	char *list = alloc_string("");

	for (int id = 0; id < OPTION_TOTAL; id++) {
		char *longer;

		if (!(set >> id & 1) || !*option_table[id].parameter || !match(&option_table[id], name, length))
			continue;
		longer = alloc_format("%s%s-%s", list, *list ? ", " : "", option_table[id].parameter);
		free(list);
		list = longer;
	}
	return list;
}

static int refuse_name(struct parser *p, const char *name, size_t length, bool ambiguous)
{
	char *list = candidates(p->allowed, name, ambiguous ? length : 0);
	char *clause = alloc_format(ambiguous ? "parameter '-%.*s' is ambiguous: %s" : "unknown parameter '-%.*s' (known: %s)",
	                            (int)length, name, list);

	free(list);
	return parser_refuse(p, clause);
}

/* An exact name or alias wins; then a prefix that is unique among the command's own, else among all. */
static int find_parameter(struct parser *p, const char *name, size_t length, enum option_id *found)
{
	const option_set ranks[] = { DOCUMENTED & ~OPTIONS_COMMON, ~(DOCUMENTED | OPTIONS_COMMON), OPTIONS_COMMON };
	enum { RANKS = sizeof(ranks) / sizeof(*ranks) };
	enum option_id last[RANKS];
	unsigned count[RANKS] = { 0 };

	for (option_set left = p->allowed; left; left &= left - 1) {
		enum option_id id = (enum option_id)__builtin_ctzll(left);
		enum match how = match(&option_table[id], name, length);

		if (how == MATCH_WHOLE) {
			*found = id;
			return 0;
		}
		for (int i = 0; how == MATCH_PREFIX && i < RANKS; i++) {
			if (ranks[i] >> id & 1) {
				count[i]++;
				last[i] = id;
			}
		}
	}
	for (int i = 0; i < RANKS; i++) {
		if (count[i] == 0)
			continue;
		*found = last[i];
		return count[i] == 1 ? 0 : refuse_name(p, name, length, true);
	}
	return refuse_name(p, name, length, false);
}

static int parse_switch(struct parser *p, enum option_id id, const char *colon)
{
	struct word value = p->words[p->at];
	const char *parameter = option_table[id].parameter;

	if (!colon)
		return parser_apply(p, id, NULL, true);
	if (!colon[1] && !value.unknown)
		return parser_refuse(p, alloc_format("-%s: has no value (in a shell, quote it: '-%s:$false')", parameter, parameter));
	value.text = colon + 1;
	return parser_apply(p, id, &value, true);
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
	if (arguments_given(&p->inv->args, id))
		return parser_refuse(p, alloc_format("parameter -%s is given twice", option_table[id].parameter));
	if (!option_takes_value(id))
		return parse_switch(p, id, colon);
	if (colon && colon[1])
		value.text = colon + 1;
	else if (p->at + 1 < p->count && !is_parameter(&p->words[p->at + 1]))
		value = p->words[++p->at];
	else if (id == OPT_STATE && !colon)
		p->state_alone = true;
	else
		return parser_refuse(p, alloc_format("parameter -%s needs a value, %s", option_table[id].parameter,
		                                     option_table[id].value));
	return p->state_alone && id == OPT_STATE ? 0 : parser_apply(p, id, &value, true);
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
		return parser_refuse(p, alloc_string("parameter -State needs a value, STATE, or -Id, whose state it asks for"));
	inv->command = command_find("Get-KrTaskState", NULL, &inv->cmdlet, &taken);
	return 0;
}

static int refuse_value(struct parser *p, const enum option_id *positions)
{
	const char *text = p->words[p->at].text;

	if (!positions)
		return parser_refuse(p, alloc_format("'%s' is one value too many: none goes by position", text));
	return parser_refuse(p, alloc_format("'%s' is one value too many: by position go %s%s%s", text,
	                                     option_table[positions[0]].parameter,
	                                     positions[1] == OPTION_TOTAL ? "" : " and ",
	                                     positions[1] == OPTION_TOTAL ? "" : option_table[positions[1]].parameter));
}

/* Values go to the positions that have none yet; a lone one is the last's, the id. */
static int bind_positions(struct parser *p, const struct values *values)
{
	const enum option_id *positions = p->inv->command->positions;
	enum option_id open[POSITIONS_MAX];
	size_t free_count = 0;

	for (size_t i = 0; positions && i < POSITIONS_MAX && positions[i] != OPTION_TOTAL; i++) {
		if (!arguments_given(&p->inv->args, positions[i]))
			open[free_count++] = positions[i];
	}
	if (values->count > free_count) {
		p->at = values->places[free_count];
		return refuse_value(p, positions);
	}
	for (size_t i = 0; i < values->count; i++) {
		int result;

		p->at = values->places[i];
		result = parser_apply(p, open[free_count - values->count + i], &p->words[p->at],
		                      true);
		if (result)
			return result;
	}
	return 0;
}

/* The options that every command takes go with cmdlets too, being no parameters of theirs. */
static int parse_global(struct parser *p)
{
	option_set before = p->allowed;
	int result;

	p->allowed = OPTIONS_GLOBAL;
	result = parser_long(p);
	p->allowed = before;
	return result;
}

static int parse_word(struct parser *p, struct values *values)
{
	const struct word *word = &p->words[p->at];

	if (is_parameter(word))
		return parse_parameter(p);
	if (!word->value && !word->quoted && word->text[0] == '-' && word->text[1] == '-') {
		if (word->text[2])
			return parse_global(p);
		parser_rest(p);
		return 0;
	}
	if (values->count <= POSITIONS_MAX)
		values->places[values->count++] = p->at;
	return 0;
}

int cmdlet_parse(struct parser *p)
{
	const struct command *command = p->inv->command;
	struct values values = { .count = 0 };

	p->allowed = command->options | command->cmdlet_only | OPTIONS_COMMON | OPTION_BIT(SERVER);
	p->inv->args.given = 0; /* a global option before the name does not forbid the parameter */
	for (; p->at < p->count; p->at++) {
		int result = parse_word(p, &values);

		if (result)
			return result;
	}
	if (bind_positions(p, &values))
		return -EINVAL;
	return choose_state(p);
}
