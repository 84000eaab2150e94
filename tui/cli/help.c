#include "tui/cli/help.h"

#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "engine/task/messages.h"
#include "tui/cli/commands.h"
#include "tui/cli/context.h"
#include "tui/cli/parser.h"
#include "tui/cli/report.h"
#include "tui/cli/selector.h"
#include "tui/text/alloc.h"
#include "tui/text/messages.h"

enum { OPTION_WIDTH = 30, COMMAND_WIDTH = 34, HELP_WIDTH = 80, SYNOPSIS_INDENT = 6 };

/* Words that fill lines of HELP_WIDTH.  Lines after the first are indented. */
struct help_lines {
	FILE *out;
	size_t column, indent;
	bool blank; /* a line that goes on ends with one: whoever looks for words in it need not know where it does */
};

static void help_add(struct help_lines *lines, const char *word, size_t length)
{
	bool fits = lines->column + 1 + length + lines->blank <= HELP_WIDTH;

	if (!fits) {
		fprintf(lines->out, "%s\n%*s", lines->blank ? " " : "", (int)lines->indent, "");
		lines->column = lines->indent;
	}
	lines->column += length + (fits ? 1 : 0);
	fprintf(lines->out, "%s%.*s", fits ? " " : "", (int)length, word);
}

static void help_begin(struct help_lines *lines, const char *text)
{
	fputs(text, lines->out);
	lines->column = strlen(text);
}

/* all: the options that the command takes, another of which may have the letter. */
static void put_option(unsigned id, const char *help, const struct option_set *all, FILE *out)
{
	const struct option_info *info = &option_table[id];
	struct help_lines lines = { .out = out, .indent = 2 + OPTION_WIDTH + 1 };
	char letter[8] = "    ", text[96], left[112];

	if (!*info->name)
		return;
	if (info->letter && option_of_letter(all, info->letter) == id)
		snprintf(letter, sizeof(letter), "-%c, ", info->letter);
	if (info->kind == OPTION_SWITCH)
		snprintf(text, sizeof(text), "%s--%s[=BOOL]", letter, info->name);
	else if (*info->value)
		snprintf(text, sizeof(text), "%s--%s %s", letter, info->name, info->value);
	else
		snprintf(text, sizeof(text), "%s--%s", letter, info->name);
	snprintf(left, sizeof(left), "  %-*s", OPTION_WIDTH, text);
	help_begin(&lines, left);
	for (const char *word = help; *word; word += strspn(word, " ")) {
		help_add(&lines, word, strcspn(word, " "));
		word += strcspn(word, " ");
	}
	fputc('\n', out);
}

/* What some options mean to again, which takes them from the other task. */
static const char *option_help_again(unsigned id)
{
	static const char *const texts[OPTION_TOTAL] = {
		[OPT_NAME] = "another name",
		[OPT_CWD] = "another working directory",
		[OPT_PARENT] = "another parent task",
	};

	return texts[id] ? texts[id] : option_table[id].help;
}

/* What an option means to this command.  NULL: it changes nothing. */
static const char *option_help(const struct command *command, unsigned id)
{
	if (id == OPT_START && (command->copies || command->is_run))
		return NULL;
	if (id == OPT_KILL_AFTER && option_set_has(&command->later, OPT_TIME_LIMIT))
		return "kill it if it has not ended so long after its --time-limit";
	return command->copies ? option_help_again(id) : option_table[id].help;
}

/* command: NULL for the options of the program. */
static void put_options(const struct command *command, const struct option_set *set,
                        const struct option_set *all, FILE *out)
{
	OPTION_SET_EACH(id, set) {
		const char *help = command ? option_help(command, id) : option_table[id].help;

		if (help)
			put_option(id, help, all, out);
	}
}

static void put_selectors(const struct option_set *all, FILE *out)
{
	fputs("\nSelectors, in place of ids; of several all must match:\n", out);
	OPTION_SET_EACH(id, &options_selectors)
		put_option(id, selector_help((enum option_id)id), all, out);
}

static void put_position(struct help_lines *lines, bool first, const char *parameter, const char *value)
{
	char text[64];

	snprintf(text, sizeof(text), first ? "[[-%s] %s]" : "[-%s] %s", parameter, value);
	help_add(lines, text, strlen(text));
}

static void put_parameter(struct help_lines *lines, const struct option_info *info)
{
	char text[64];

	snprintf(text, sizeof(text), "[-%s%s%s]", info->parameter, *info->value ? " " : "", info->value);
	help_add(lines, text, strlen(text));
}

/* The parameters that need no name. */
static void put_positions(struct help_lines *lines, const struct command *command,
                          const struct option_set *set)
{
	const enum option_id *positions = command->positions;
	const struct option_info *server = &option_table[OPT_SERVER];

	if (positions && positions[0] == OPT_SERVER && positions[1] != OPTION_TOTAL)
		put_position(lines, true, server->parameter, server->value);
	else
		put_parameter(lines, server);
	if (option_set_has(set, OPT_OPERAND_ID))
		put_position(lines, command->least == 0, "Id", "ID");
	if (option_set_has(set, OPT_OPERAND_IDS))
		put_position(lines, false, "Id", option_table[OPT_OPERAND_IDS].value);
	if (option_set_has(set, OPT_OPERAND_GROUP))
		put_position(lines, false, "Name", option_table[OPT_OPERAND_GROUP].value);
	if (option_set_has(set, OPT_OPERAND_PERCENT)) {
		put_position(lines, false, option_table[OPT_OPERAND_PERCENT].parameter, "PERCENT");
		put_position(lines, true, option_table[OPT_MESSAGE].parameter, "TEXT");
	}
}

#define BY_POSITION(X) X(OPERAND_ID) X(OPERAND_IDS) X(OPERAND_GROUP) X(OPERAND_PERCENT) X(MESSAGE)

/* "[[-Server] ADDRESS] [-Id] ID [-WhatIf] …": the synopsis in cmdlet syntax. */
static void put_cmdlet(const struct command *command, FILE *out)
{
	struct help_lines lines = { .out = out, .indent = SYNOPSIS_INDENT, .blank = true };
	const struct option_set by_position = OPTION_SET(BY_POSITION);
	struct option_set set = command->options;

	option_set_join(&set, &command->later);
	if (!command->cmdlet)
		return;
	option_set_join(&set, &command->cmdlet_only);
	help_begin(&lines, "   or: krtask");
	help_add(&lines, command->cmdlet, strlen(command->cmdlet));
	put_positions(&lines, command, &set);
	OPTION_SET_EACH(id, &set) {
		if (*option_table[id].parameter && !option_set_has(&by_position, id))
			put_parameter(&lines, &option_table[id]);
	}
	help_add(&lines, "[<CommonParameters>]", strlen("[<CommonParameters>]"));
	fputc('\n', out);
}

static void help_command(const struct command *command, FILE *out)
{
	struct option_set options = command->options, all = command_options(command);
	bool has_options;

	option_set_join(&options, &command->later);
	option_set_join(&options, &command->gnu_only);
	if (command->selects && !command->copies)
		option_set_leave(&options, &options_selectors);
	has_options = !option_set_empty(&options);
	fprintf(out, "Usage: krtask %s%s%s%s\n", command->name,
	        has_options || command->selects ? " [OPTION]..." : "", *command->operands ? " " : "",
	        command->operands);
	put_cmdlet(command, out);
	fprintf(out, "\n%c%s.\n", command->summary[0] - 'a' + 'A', command->summary + 1);
	if (command->details)
		fputs(command->details, out);
	if (has_options) {
		fputs("\nOptions:\n", out);
		put_options(command, &options, &all, out);
	}
	if (command->selects)
		put_selectors(&all, out);
	fputs("\nGlobal options:\n", out);
	put_options(command, &options_global, &all, out);
}

#define OVERALL(X) X(BATCH) X(CHECK) X(STOP_ON_ERROR) X(THEME) X(SCREEN_READER)

/* topic: only those of two words with this first one; NULL: all. */
static void put_commands(const char *topic, FILE *out)
{
	size_t length = topic ? strlen(topic) : 0;

	for (const struct command *command = command_table; command->name; command++) {
		char text[128];

		if (command->hidden || strncmp(command->name, topic ? topic : "", length) != 0 ||
		    (topic && command->name[length] != ' '))
			continue;
		snprintf(text, sizeof(text), "%s%s%s%s%s%s", command->name, *command->operands ? " " : "",
		         command->operands, command->cmdlet ? " (" : "",
		         command->cmdlet ? command->cmdlet : "", command->cmdlet ? ")" : "");
		fprintf(out, "  %-*s %s\n", COMMAND_WIDTH, text, command->summary);
	}
}

/* topic: the first word of the commands; NULL: all of them. */
static void help_overall(const char *topic, FILE *out)
{
	struct option_set set = OPTION_SET(OVERALL);

	option_set_join(&set, &options_global);
	if (topic)
		fprintf(out, "Usage: krtask %s COMMAND [OPTION]...\n", topic);
	else
		fputs("Usage: krtask [OPTION]...                 the screen\n"
		      "   or: krtask [OPTION]... COMMAND ...     one command\n"
		      "   or: krtask [OPTION]... --batch [FILE]  commands from a file or standard input\n",
		      out);
	fputs("\nCommands (each has --help; cmdlet names take PowerShell syntax):\n", out);
	put_commands(topic, out);
	fputs(topic ? "\nGlobal options:\n" : "\nOptions:\n", out);
	put_options(NULL, topic ? &options_global : &set, &set, out);
	if (!topic)
		fputs("\nExit status: 0 done, 1 some False or not found, 2 wrong usage, 3 no server.\n", out);
}

static void help_version(FILE *out)
{
	fputs(PACKAGE_STRING "\n", out);
}

static void help_tell_text(struct invocation *inv, const char *text, size_t length)
{
	if (report_is_json(inv) && inv->context->batch)
		report_text(inv, NULL, NULL, text, length);
	else
		report_line(inv, text);
}

/* To a variable or, in a batch with --json, as a line of it, like every result. */
static void help_tell_of(struct invocation *inv, const struct command *command, const char *topic)
{
	size_t length = 0;
	char *text = NULL;
	FILE *out = open_memstream(&text, &length);

	if (!out)
		alloc_failed();
	if (inv->args.version)
		help_version(out);
	else if (command)
		help_command(command, out);
	else
		help_overall(topic, out);
	if (fclose(out))
		alloc_failed();
	text[--length] = '\0'; /* the newline at the end */
	help_tell_text(inv, text, length);
	free(text);
}

void help_tell(struct invocation *inv)
{
	help_tell_of(inv, inv->command, inv->topic);
}

/* The command that the first operands, words of them, name; NULL: none. */
static const struct command *help_find(const struct invocation *inv, size_t *words)
{
	const struct words *names = &inv->args.operands;
	const char *second = names->count > 1 ? names->items[1].text : NULL;
	bool cmdlet;

	return command_find(names->items[0].text, second, &cmdlet, words);
}

/* What is wrong with the operands, malloc'ed; NULL: nothing.  at: which of them it is. */
static char *help_wrong(struct invocation *inv, size_t *at)
{
	const struct words *names = &inv->args.operands;
	struct parser parser = { .inv = inv, .words = names->items, .count = names->count };
	char *error = NULL, *known;
	size_t words;

	*at = 0;
	if (help_find(inv, &words)) {
		*at = words;
		return words < names->count ? alloc_format(MSG_OPERAND_UNEXPECTED, names->items[words].text)
		                            : NULL;
	}
	known = parser_subcommands(names->items[0].text);
	parser.error = &error;
	if (!known)
		parser_fail_command(&parser, names->items[0].text);
	else if (names->count > 1)
		error = alloc_format(MSG_SUBCOMMAND_UNKNOWN, names->items[0].text, names->items[1].text,
		                     known);
	free(known);
	return error;
}

int help_check(struct invocation *inv)
{
	const struct words *names = &inv->args.operands;
	size_t at;
	char *error = names->count > 0 ? help_wrong(inv, &at) : NULL;

	if (!error)
		return 0;
	invocation_blame(inv, names->items[at].text);
	report_error(inv, EXIT_USAGE, "%s", error);
	free(error);
	return EXIT_USAGE;
}

void help_run(struct invocation *inv)
{
	const char *topic = inv->args.operands.count ? inv->args.operands.items[0].text : NULL;
	size_t words;

	help_tell_of(inv, topic ? help_find(inv, &words) : NULL, topic);
}
