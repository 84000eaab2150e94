/*
 * Parses GNU syntax, and what both syntaxes share, into a struct invocation.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "tui/cli/configuration.h"
#include "tui/cli/context.h"
#include "tui/cli/operands.h"
#include "tui/cli/parser.h"
#include "tui/cli/selector.h"
#include "tui/cli/synonyms.h"
#include "tui/text/alloc.h"
#include "tui/text/candidates.h"
#include "tui/text/messages.h"
#include "tui/text/nearest.h"

int parser_fail(struct parser *p, char *error)
{
	*p->error = error;
	p->wrong = p->at < p->count ? p->at : p->count - 1;
	return -EINVAL;
}

/* What waits for a task, or is its child, has to be on its server. */
static void parser_relate(struct arguments *args, const struct word *task)
{
	args->related = args->relates ? words_server(args->related, task->server) : task->server;
	args->relates = true;
}

int parser_apply(struct parser *p, enum option_id id, const struct word *value, bool cmdlet)
{
	const struct command *command = p->inv->command;
	struct arguments *args = &p->inv->args;
	int result;

	option_set_drop(&args->cleared, id);
	if (command && option_set_has(&command->clears, id) && value &&
	    strcasecmp(value->text, "none") == 0) {
		option_set_add(&args->given, id);
		option_set_add(&args->cleared, id);
		return 0;
	}
	/* Those that are given replace configured ones. */
	if (id == OPT_SERVER && !arguments_given(args, id))
		words_clear(&args->servers);
	result = option_apply(args, id, value, cmdlet, p->error);
	if (!result && value && value->record && (id == OPT_AFTER || id == OPT_PARENT))
		parser_relate(args, value);
	if (result)
		p->wrong = p->at;
	else if (id == OPT_SERVER && value)
		words_add(&args->servers, *value);
	return result;
}

int parser_fail_name(struct parser *p, const char *format, const char *name, int length, char *list)
{
	char *error = alloc_format(format, length, name, list);

	free(list);
	return parser_fail(p, error);
}

/* "--what-if, --wait": the options that begin with the name. */
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

bool parser_means_state(const struct parser *p, const char *text, size_t length)
{
	char name[16];

	if (length >= sizeof(name) || !option_set_has(&p->allowed, OPT_STATE))
		return false;
	snprintf(name, sizeof(name), "%.*s", (int)length, text);
	return selector_takes_state(name);
}

/* "--what-if, --wait; see krtask stop --help": the options most similar to an unknown name. */
static char *nearest_names(const struct parser *p, const char *name, size_t length)
{
	struct nearest nearest = nearest_to(name, length);
	const struct command *command = p->inv->command;
	struct text list = TEXT_INIT;
	char *all;

	if (parser_means_state(p, name, length)) {
		all = alloc_format("state %.*s", (int)length, name);
		candidates_list(&list, "--", all);
		free(all);
	}
	OPTION_SET_EACH(id, &p->allowed)
		nearest_offer(&nearest, option_table[id].name);
	nearest_list(&nearest, NEAREST_MAX, "--", &list);
	all = alloc_format("%s; see krtask %s%s--help", list.data, command ? command->name : "",
	                   command ? " " : "");
	text_release(&list);
	return all;
}

/* The option, if set does not take it and edit does; else NULL. */
static const char *parse_for_editor(const struct parser *p, const char *name, size_t length)
{
	static const enum option_id ids[] = { OPT_CWD,  OPT_ENV,   OPT_ARG,     OPT_CODE,
		                              OPT_FILE, OPT_MERGE, OPT_MAX_LOG, OPT_LANGUAGE };

	if (!p->inv->command || strcmp(p->inv->command->name, "set") != 0)
		return NULL;
	for (size_t i = 0; i < sizeof(ids) / sizeof(*ids); i++) {
		const char *known = option_table[ids[i]].name;

		if (strlen(known) == length && strncmp(known, name, length) == 0)
			return known;
	}
	return NULL;
}

/* Finds the option with that long name, or the only one with that prefix. */
static int find_long(struct parser *p, const char *name, size_t length, enum option_id *found)
{
	struct candidates first, later;
	const struct option_set likely = options_likely(&p->allowed, NAMED_LONG, *name);
	const char *editors = NULL;
	int meant = CANDIDATES_NONE;

	candidates_begin(&first, name, length, false);
	candidates_begin(&later, name, length, false);
	OPTION_SET_EACH(id, &likely) {
		struct candidates *names = option_set_has(&p->first, id) ? &first : &later;

		if (candidates_offer(names, option_table[id].name, (int)id)) {
			meant = (int)id;
			break;
		}
	}
	if (meant == CANDIDATES_NONE)
		meant = candidates_found(&first);
	if (meant == CANDIDATES_NONE)
		meant = candidates_found(&later);
	if (meant == CANDIDATES_MANY)
		return parser_fail_name(p, MSG_OPTION_AMBIGUOUS, name, (int)length,
		                        known_names(p, name, length));
	if (meant == CANDIDATES_NONE && option_set_has(&p->allowed, OPT_CPU_LIST) && length == 4 &&
	    strncmp(name, "cpus", length) == 0)
		return parser_fail(p, alloc_string(MSG_OPTION_CPUS));
	editors = meant == CANDIDATES_NONE ? parse_for_editor(p, name, length) : NULL;
	if (editors)
		return parser_fail(p, alloc_format(MSG_OPTION_IN_EDITOR, editors));
	if (meant == CANDIDATES_NONE)
		return parser_fail_name(p, MSG_OPTION_UNKNOWN, name, (int)length,
		                        nearest_names(p, name, length));
	*found = (enum option_id)meant;
	return 0;
}

/* The value of an option: attached, or the next word. */
static int take_value(struct parser *p, enum option_id id, struct word *value, const char *attached,
                      const char *shown)
{
	if (attached) {
		value->text = attached;
		return 0;
	}
	if (p->at + 1 >= p->count)
		return parser_fail(p, alloc_format(MSG_OPTION_NEEDS_VALUE, shown, option_table[id].value));
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

static int fail_letter(struct parser *p, char letter, const char *word)
{
	char *list = nearest_names(p, word + 1, strlen(word + 1)), *error;

	error = word[2] ? alloc_format(MSG_LETTER_UNKNOWN_IN, letter, word, list)
	                : alloc_format(MSG_LETTER_UNKNOWN, letter, list);
	free(list);
	return parser_fail(p, error);
}

/* "-name x", where "--name x" was meant, would be "-n ame". */
static bool letters_are_a_name(const struct parser *p, const char *letters)
{
	if (!letters[1])
		return false;
	OPTION_SET_EACH(id, &p->allowed) {
		if (strcmp(option_table[id].name, letters) == 0)
			return true;
	}
	return false;
}

static int parse_letters(struct parser *p)
{
	struct word value = p->words[p->at];
	const char *all = value.text + 1;

	if (letters_are_a_name(p, all))
		return parser_fail(p, alloc_format(MSG_OPTION_ONE_DASH, all, *all, all));
	for (const char *letter = value.text + 1; *letter; letter++) {
		char shown[3] = { '-', *letter, '\0' };
		unsigned id = option_of_letter(&p->allowed, *letter);
		int result;

		if (id == OPTION_TOTAL)
			return fail_letter(p, *letter, value.text);
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
	struct arguments *args = &p->inv->args;
	bool apart = p->inv->command && p->inv->command->copies;

	if (!apart)
		args->dashes = args->operands.count;
	while (++p->at < p->count)
		words_add(apart ? &args->command : &args->operands, p->words[p->at]);
}

/* Checks that the command takes the options that were given before its name. */
static int check_given(struct parser *p)
{
	OPTION_SET_EACH(id, &p->inv->args.given) {
		if (!option_set_has(&p->allowed, id))
			return parser_fail(p, alloc_format(MSG_OPTION_NOT_FOR, option_table[id].name,
			                                   p->inv->command->name));
	}
	return 0;
}

/* "start, stop, restart, status" for "server", malloc'ed.  NULL: the word has no subcommands. */
char *parser_subcommands(const char *word)
{
	struct text list = TEXT_INIT;
	size_t length = strlen(word);

	for (const struct command *command = command_table; command->name; command++) {
		if (!command->hidden && strncmp(command->name, word, length) == 0 &&
		    command->name[length] == ' ')
			candidates_list(&list, "", command->name + length + 1);
	}
	return list.data;
}

static bool is_help(const char *word)
{
	return strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0;
}

/* "stop, start; see krtask --help": the commands most similar to the word, in its syntax.  malloc'ed. */
static char *nearest_commands(const char *word)
{
	struct nearest nearest = nearest_to(word, strlen(word));
	struct text list = TEXT_INIT;

	for (const struct command *command = command_table; command->name; command++) {
		const char *name = strchr(word, '-') ? command->cmdlet : command->name;

		if (!command->hidden && name)
			nearest_offer(&nearest, name);
	}
	nearest_list(&nearest, NEAREST_MAX, "", &list);
	text_add_string(&list, "; see krtask --help");
	return list.data;
}

static bool is_file(const char *path)
{
	struct stat status;

	return stat(path, &status) == 0 && S_ISREG(status.st_mode);
}

int parser_fail_command(struct parser *p, const char *word)
{
	const char *ours = synonym_of_others(word);
	char *names, *error;

	if (ours)
		return parser_fail(p, alloc_format(MSG_COMMAND_FOREIGN, word, ours));
	if (!p->inv->context->batch && is_file(word))
		return parser_fail(p, alloc_format(MSG_COMMAND_IS_FILE, word, word));
	names = nearest_commands(word);
	error = alloc_format(MSG_COMMAND_UNKNOWN, word, names);
	free(names);
	return parser_fail(p, error);
}

/* The word at p->at names no command: an error, or the help for "server --help". */
static int name_nothing(struct parser *p, const char *second)
{
	const char *word = p->words[p->at].text;
	char *names = parser_subcommands(word), *error;

	if (!names)
		return parser_fail_command(p, word);
	if (second && is_help(second)) {
		free(names);
		p->inv->topic = word;
		p->inv->args.help = true;
		p->at++;
		return 0;
	}
	error = second && *second != '-' ? alloc_format(MSG_SUBCOMMAND_UNKNOWN, word, second, names)
	                                 : alloc_format(MSG_SUBCOMMAND_MISSING, word, names);
	free(names);
	return parser_fail(p, error);
}

static int name_command(struct parser *p)
{
	const struct word *word = &p->words[p->at];
	const char *second = p->at + 1 < p->count ? p->words[p->at + 1].text : NULL;
	size_t taken;

	p->inv->command = command_find(word->text, second, &p->inv->cmdlet, &taken);
	if (!p->inv->command)
		return name_nothing(p, second);
	p->named = p->at;
	p->at += taken - 1;
	p->allowed = command_options(p->inv->command);
	p->first = command_options_first(p->inv->command);
	p->options_ended = false;
	return p->inv->cmdlet ? 0 : check_given(p);
}

/* The first operand of "run rsync -a": all that follows it is of the task's command, as behind "--". */
static bool begins_command(const struct parser *p)
{
	const struct invocation *inv = p->inv;

	return inv->command && inv->command->creates && !inv->args.code && !inv->args.file;
}

static int parse_word(struct parser *p)
{
	const struct word *word = &p->words[p->at];
	struct arguments *args = &p->inv->args;
	bool option = word->text[0] == '-' && word->text[1] && !p->options_ended && !word->value &&
	              !(p->inv->command && p->inv->command->numbers && strspn(word->text + 1, ".0123456789"));

	if (option && strcmp(word->text, "--") == 0) {
		if (p->inv->command)
			parser_rest(p);
		p->options_ended = true;
		return 0;
	}
	if (option)
		return word->text[1] == '-' ? parser_long(p) : parse_letters(p);
	if (!p->inv->command && !args->batch)
		return name_command(p);
	if (begins_command(p)) {
		p->at--;
		parser_rest(p);
		return 0;
	}
	words_add(&args->operands, *word);
	return 0;
}

/* "again 1 ls -l": what was meant may be a command, and so the option one of its own. */
static int parse_failed(struct parser *p, int result)
{
	const struct invocation *inv = p->inv;
	char *plain = *p->error;

	if (!inv->command || !inv->command->copies || inv->args.operands.count < 2 || !plain)
		return result;
	*p->error = alloc_format(MSG_COMMAND_AFTER_DASHES, plain);
	free(plain);
	return result;
}

static int parse_words(struct parser *p)
{
	for (; p->at < p->count; p->at++) {
		int result = parse_word(p);

		if (result)
			return parse_failed(p, result);
		if (p->inv->command && p->inv->cmdlet) {
			p->at++;
			return cmdlet_parse(p);
		}
	}
	return 0;
}

/* Options that can be before the name of a command, in addition to the global ones. */
#define BEFORE_NAME(X)                                                                                       \
	X(BATCH)                                                                                             \
	X(CHECK) X(STOP_ON_ERROR) X(THEME) X(SCREEN_READER) X(WHAT_IF) X(CONFIRM) X(CONFIRM_PREFERENCE)      \
		X(VERBOSE)
static const struct option_set before_name = OPTION_SET(BEFORE_NAME);

int invocation_parse(struct invocation *inv, const struct word *words, size_t count, char **error, size_t *at)
{
	struct parser p = {
		.inv = inv,
		.words = words,
		.count = count,
		.allowed = options_global,
		.first = command_options_first(NULL),
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
		synonym_apply(&inv->args, words[p.named].text);
	if (!result && inv->command && inv->command->creates)
		result = config_apply_run(inv, error);
	if (!result && inv->command)
		result = operands_check(&p);
	inv->named = p.named;
	*at = p.wrong;
	return result;
}
