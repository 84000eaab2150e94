/*
 * Both syntaxes, GNU's and PowerShell's, into one struct invocation.
 */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "tui/cli/command.h"
#include "tui/cli/context.h"

struct parser {
	struct invocation *inv;
	const struct word *words;
	size_t count, at;
	option_set allowed;
	option_set common; /* of allowed: PowerShell's common parameters, which a prefix finds last */
	bool options_ended; /* "--" was seen before the command's name */
	char **error;
};

static int refuse(struct parser *p, char *clause)
{
	*p->error = clause;
	return -EINVAL;
}

static bool allowed(const struct parser *p, int id)
{
	return p->allowed >> id & 1;
}

/* "--what-if, --wait": the names that a prefix could mean. */
static char *candidates(const struct parser *p, const char *prefix, size_t length)
{
	char *list = words_copy("");

	for (int id = 0; id < OPTION_TOTAL; id++) {
		const char *name = option_table[id].name;
		char *longer;

		if (!allowed(p, id) || !*name || strncmp(name, prefix, length) != 0)
			continue;
		longer = words_format("%s%s--%s", list, *list ? ", " : "", name);
		free(list);
		list = longer;
	}
	return list;
}

/* The option of that long name or its only one with that prefix. */
static int find_long(struct parser *p, const char *name, size_t length, enum option_id *found)
{
	int matches = 0;
	char *list;

	for (int id = 0; id < OPTION_TOTAL; id++) {
		const char *candidate = option_table[id].name;

		if (!allowed(p, id) || !*candidate || strncmp(candidate, name, length) != 0)
			continue;
		*found = (enum option_id)id;
		if (candidate[length] == '\0')
			return 0;
		matches++;
	}
	if (matches == 1)
		return 0;
	if (matches == 0)
		return refuse(p, words_format("unknown option '--%.*s'", (int)length, name));
	list = candidates(p, name, length);
	*p->error = words_format("option '--%.*s' is ambiguous: %s", (int)length, name, list);
	free(list);
	return -EINVAL;
}

/* The value of an option: attached, or the next word. */
static int take_value(struct parser *p, struct word *value, const char *attached, const char *shown)
{
	if (attached) {
		value->text = attached;
		return 0;
	}
	if (p->at + 1 >= p->count)
		return refuse(p, words_format("option '%s' needs a value", shown));
	*value = p->words[++p->at];
	return 0;
}

static int parse_long(struct parser *p)
{
	struct word value = p->words[p->at];
	const char *name = value.text + 2;
	const char *equals = strchr(name, '=');
	size_t length = equals ? (size_t)(equals - name) : strlen(name);
	enum option_id id;
	int result = find_long(p, name, length, &id);

	if (result)
		return result;
	if (!option_takes_value(id) && !equals)
		return option_apply(&p->inv->args, id, NULL, false, p->error);
	result = take_value(p, &value, equals ? equals + 1 : NULL, p->words[p->at].text);
	return result ? result : option_apply(&p->inv->args, id, &value, false, p->error);
}

static int parse_letters(struct parser *p)
{
	struct word value = p->words[p->at];

	for (const char *letter = value.text + 1; *letter; letter++) {
		char shown[3] = { '-', *letter, '\0' };
		int id = 0, result;

		while (id < OPTION_TOTAL && !(allowed(p, id) && option_table[id].letter == *letter))
			id++;
		if (id == OPTION_TOTAL)
			return refuse(p, words_format("unknown option '-%c' in '%s'", *letter, value.text));
		if (!option_takes_value((enum option_id)id)) {
			result = option_apply(&p->inv->args, (enum option_id)id, NULL, false, p->error);
			if (result)
				return result;
			continue;
		}
		result = take_value(p, &value, letter[1] ? letter + 1 : NULL, shown);
		return result ? result : option_apply(&p->inv->args, (enum option_id)id, &value, false, p->error);
	}
	return 0;
}

/* True if the word is a parameter in cmdlet syntax: -Name. */
static bool is_parameter(const struct word *word)
{
	return !word->quoted && !word->value && word->text[0] == '-' && isalpha((unsigned char)word->text[1]);
}

static bool alias_matches(const char *aliases, const char *name, size_t length)
{
	while (*aliases) {
		size_t size = strcspn(aliases, " ");

		if (size == length && strncasecmp(aliases, name, length) == 0)
			return true;
		aliases += size;
		aliases += strspn(aliases, " ");
	}
	return false;
}

/* The parameters of the set whose names begin so: how many; the last of them in *found. */
static int prefix_matches(option_set set, const char *name, size_t length, enum option_id *found)
{
	int matches = 0;

	for (int id = 0; id < OPTION_TOTAL; id++) {
		if (!(set >> id & 1) || !*option_table[id].parameter ||
		    strncasecmp(option_table[id].parameter, name, length) != 0)
			continue;
		*found = (enum option_id)id;
		matches++;
	}
	return matches;
}

/* An exact name or alias wins; then a prefix that is unique among the command's own, else among all. */
static int find_parameter(struct parser *p, const char *name, size_t length, enum option_id *found)
{
	int matches;

	for (int id = 0; id < OPTION_TOTAL; id++) {
		const struct option_info *info = &option_table[id];

		if (!allowed(p, id) || !*info->parameter)
			continue;
		if ((strlen(info->parameter) == length && strncasecmp(info->parameter, name, length) == 0) ||
		    alias_matches(info->aliases, name, length)) {
			*found = (enum option_id)id;
			return 0;
		}
	}
	matches = prefix_matches(p->allowed & ~p->common, name, length, found);
	if (matches == 0)
		matches = prefix_matches(p->allowed, name, length, found);
	if (matches == 1)
		return 0;
	return refuse(p, words_format(matches ? "parameter '-%.*s' is ambiguous" : "unknown parameter '-%.*s'",
	                              (int)length, name));
}

static int parse_parameter(struct parser *p)
{
	struct word value = p->words[p->at];
	const char *name = value.text + 1;
	const char *colon = strchr(name, ':');
	size_t length = colon ? (size_t)(colon - name) : strlen(name);
	enum option_id id;
	int result = find_parameter(p, name, length, &id);

	if (result)
		return result;
	if (arguments_given(&p->inv->args, id))
		return refuse(p, words_format("parameter -%s is given twice", option_table[id].parameter));
	if (!option_takes_value(id)) {
		if (colon && !colon[1])
			return refuse(p, words_format("-%s: has no value (in a shell, quote it: '-%s:$false')",
			                              option_table[id].parameter, option_table[id].parameter));
		value.text = colon ? colon + 1 : NULL;
		return option_apply(&p->inv->args, id, colon ? &value : NULL, true, p->error);
	}
	if (colon && colon[1])
		value.text = colon + 1;
	else if (p->at + 1 < p->count && !is_parameter(&p->words[p->at + 1]))
		value = p->words[++p->at];
	else
		return refuse(p, words_format("parameter -%s needs a value", option_table[id].parameter));
	return option_apply(&p->inv->args, id, &value, true, p->error);
}

/* Values without a name go to the positions that have none yet; a lone one is the last's, the id. */
static int bind_positions(struct parser *p, const struct words *values)
{
	const enum option_id *positions = p->inv->command->positions;
	enum option_id open[4];
	size_t free_count = 0;

	for (; positions && *positions != OPTION_TOTAL; positions++) {
		if (!arguments_given(&p->inv->args, *positions))
			open[free_count++] = *positions;
	}
	if (values->count > free_count)
		return refuse(p, words_format("'%s' is one value too many", values->items[free_count].text));
	for (size_t i = 0; i < values->count; i++) {
		enum option_id id = open[free_count - values->count + i];
		int result = option_apply(&p->inv->args, id, &values->items[i], true, p->error);

		if (result)
			return result;
	}
	return 0;
}

/* Everything behind "--" is an operand. */
static void take_rest(struct parser *p)
{
	p->inv->args.dashes = p->inv->args.operands.count;
	while (++p->at < p->count)
		words_add(&p->inv->args.operands, p->words[p->at]);
}

/* The options that every command takes go with cmdlets too, being no parameters of theirs. */
static int parse_global(struct parser *p)
{
	option_set before = p->allowed;
	int result;

	p->allowed = OPTIONS_GLOBAL;
	result = parse_long(p);
	p->allowed = before;
	return result;
}

static int parse_cmdlet(struct parser *p)
{
	const struct command *command = p->inv->command;
	struct words values = WORDS_INIT;
	int result = 0;

	p->common = OPTIONS_COMMON;
	p->allowed = command->options | command->cmdlet_only | OPTIONS_COMMON | OPTION_BIT(SERVER);
	p->inv->args.given = 0; /* a global option before the name does not forbid the parameter */
	for (; p->at < p->count && !result; p->at++) {
		const struct word *word = &p->words[p->at];

		if (!word->value && !word->quoted && strcmp(word->text, "--") == 0)
			take_rest(p);
		else if (!word->value && !word->quoted && strncmp(word->text, "--", 2) == 0)
			result = parse_global(p);
		else if (is_parameter(word))
			result = parse_parameter(p);
		else
			words_add(&values, *word);
	}
	if (!result)
		result = bind_positions(p, &values);
	words_release(&values);
	return result;
}

/* What was given before the command's name and is not for it. */
static int check_given(struct parser *p)
{
	option_set strange = p->inv->args.given & ~p->allowed;

	for (int id = 0; id < OPTION_TOTAL; id++) {
		if (strange >> id & 1)
			return refuse(p, words_format("option '--%s' does not go with %s", option_table[id].name,
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

		*p->error = words_format(second_word_missing(word->text) ? "command '%s' lacks its second word (known: %s)"
		                                                         : "unknown command '%s' (known: %s)",
		                         word->text, names);
		free(names);
		return -EINVAL;
	}
	p->at += taken - 1;
	p->allowed = p->inv->command->options | OPTIONS_GLOBAL;
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
			take_rest(p);
		p->options_ended = true;
		return 0;
	}
	if (option)
		return word->text[1] == '-' ? parse_long(p) : parse_letters(p);
	if (p->inv->command || args->batch) {
		words_add(&args->operands, *word);
		return 0;
	}
	return name_command(p);
}

static int check_operands(struct parser *p)
{
	const struct command *command = p->inv->command;
	const struct arguments *args = &p->inv->args;
	size_t before = args->dashes < args->operands.count ? args->dashes : args->operands.count;
	size_t most = command->most;

	if (args->help || args->version)
		return 0;
	for (size_t i = 0; p->inv->piped && i < p->inv->piped->count; i++)
		words_add(&p->inv->args.operands, p->inv->piped->items[i]);
	if (args->operands.count < command->least)
		return refuse(p, words_format(p->inv->cmdlet ? "parameter -Id is missing" : "%s is missing",
		                              command->operands));
	if (args->operands.count <= most)
		return 0;
	most = most < before ? most : before;
	if (command->most == 0)
		return refuse(p, words_format("unexpected operand '%s'", args->operands.items[0].text));
	return refuse(p, words_format("unexpected operand '%s'", args->operands.items[most].text));
}

int invocation_parse(struct invocation *inv, const struct word *words, size_t count, char **error, size_t *at)
{
	struct parser p = {
		.inv = inv,
		.words = words,
		.count = count,
		.allowed = OPTIONS_GLOBAL,
		.error = error,
	};
	int result = 0;

	arguments_from(&inv->args, &inv->context->defaults);
	inv->command = NULL;
	inv->cmdlet = false;
	if (!inv->context->batch)
		p.allowed |= OPTION_BIT(BATCH) | OPTION_BIT(CHECK) | OPTION_BIT(STOP_ON_ERROR) | OPTION_BIT(WHAT_IF) |
		             OPTION_BIT(CONFIRM) | OPTION_BIT(CONFIRM_PREFERENCE) | OPTION_BIT(VERBOSE);
	for (; p.at < count && !result; p.at++) {
		result = parse_word(&p);
		if (!result && inv->command && inv->cmdlet) {
			p.at++;
			result = parse_cmdlet(&p);
			break;
		}
	}
	if (!result && inv->command)
		result = check_operands(&p);
	*at = p.at > count ? count - 1 : p.at > 0 ? p.at - 1 : 0;
	return result;
}
