/*
 * PowerShell's syntax: -Name value, -Name:value, -Switch, -Switch:$false, and values by position.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "tui/cli/parser.h"

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

/* One of the aliases, which blanks separate, is the name, or begins with it. */
static bool alias_matches(const char *aliases, const char *name, size_t length, bool whole)
{
	while (*aliases) {
		size_t size = strcspn(aliases, " ");

		if ((whole ? size == length : size >= length) && strncasecmp(aliases, name, length) == 0)
			return true;
		aliases += size;
		aliases += strspn(aliases, " ");
	}
	return false;
}

static bool matches(enum option_id id, const char *name, size_t length, bool whole)
{
	const struct option_info *info = &option_table[id];

	if (strncasecmp(info->parameter, name, length) == 0 && (!whole || info->parameter[length] == '\0'))
		return true;
	return *info->aliases && alias_matches(info->aliases, name, length, whole);
}

/* How many parameters of the set the name or prefix can mean; the last of them in *found. */
static unsigned count_matches(option_set set, const char *name, size_t length, bool whole, enum option_id *found)
{
	unsigned count = 0;

	for (option_set left = set; left; left &= left - 1) {
		enum option_id id = (enum option_id)__builtin_ctzll(left);

		if (!*option_table[id].parameter || !matches(id, name, length, whole))
			continue;
		*found = id;
		count++;
	}
	return count;
}

/* "-Id, -Server": the parameters of the set that begin so. */
static char *candidates(option_set set, const char *name, size_t length)
{
	char *list = words_copy("");

	for (int id = 0; id < OPTION_TOTAL; id++) {
		char *longer;

		if (!(set >> id & 1) || !*option_table[id].parameter || !matches((enum option_id)id, name, length, false))
			continue;
		longer = words_format("%s%s-%s", list, *list ? ", " : "", option_table[id].parameter);
		free(list);
		list = longer;
	}
	return list;
}

static int refuse_name(struct parser *p, const char *name, size_t length, bool ambiguous)
{
	char *list = candidates(p->allowed, name, ambiguous ? length : 0);
	char *clause = words_format(ambiguous ? "parameter '-%.*s' is ambiguous: %s" : "unknown parameter '-%.*s' (known: %s)",
	                            (int)length, name, list);

	free(list);
	return parser_refuse(p, clause);
}

/* An exact name or alias wins; then a prefix that is unique among the command's own, else among all. */
static int find_parameter(struct parser *p, const char *name, size_t length, enum option_id *found)
{
	option_set own = p->allowed & ~(OPTIONS_COMMON);
	const option_set sets[] = { own & DOCUMENTED, own, p->allowed };
	unsigned count = 0;

	if (count_matches(p->allowed, name, length, true, found) > 0)
		return 0;
	for (size_t i = 0; i < sizeof(sets) / sizeof(*sets) && count == 0; i++)
		count = count_matches(sets[i], name, length, false, found);
	return count == 1 ? 0 : refuse_name(p, name, length, count > 1);
}

static int parse_switch(struct parser *p, enum option_id id, const char *colon)
{
	struct word value = p->words[p->at];
	const char *parameter = option_table[id].parameter;

	if (!colon)
		return parser_apply(p, id, NULL, true);
	if (!colon[1] && !value.unknown)
		return parser_refuse(p, words_format("-%s: has no value (in a shell, quote it: '-%s:$false')", parameter, parameter));
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
		return parser_refuse(p, words_format("parameter -%s is given twice", option_table[id].parameter));
	if (!option_takes_value(id))
		return parse_switch(p, id, colon);
	if (colon && colon[1])
		value.text = colon + 1;
	else if (p->at + 1 < p->count && !is_parameter(&p->words[p->at + 1]))
		value = p->words[++p->at];
	else
		return parser_refuse(p, words_format("parameter -%s needs a value, %s", option_table[id].parameter,
		                                     option_table[id].value));
	return parser_apply(p, id, &value, true);
}

static int refuse_value(struct parser *p, const enum option_id *positions)
{
	const char *text = p->words[p->at].text;

	if (!positions)
		return parser_refuse(p, words_format("'%s' is one value too many: none goes by position", text));
	return parser_refuse(p, words_format("'%s' is one value too many: by position go %s%s%s", text,
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
	return bind_positions(p, &values);
}
