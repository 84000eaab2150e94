/*
 * Makes the completions of a shell from the tables that the program itself uses:
 *
 *     generate bash|zsh|fish <TEMPLATE >COMPLETION
 *
 * The line @TABLES@ of the template is replaced.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/task/quote.h"
#include "tui/cli/command.h"
#include "tui/cli/kinds.h"
#include "tui/cli/options.h"
#include "tui/cli/synonyms.h"
#include "tui/text/alloc.h"

#define BATCH_OPTIONS(X) X(BATCH) X(CHECK) X(STOP_ON_ERROR) X(THEME) X(SCREEN_READER)

static struct option_set gnu_options(const struct command *command)
{
	struct option_set set = OPTION_SET(BATCH_OPTIONS);

	if (command)
		return command_options(command);
	option_set_join(&set, &options_global);
	return set;
}

static void quoted(const char *text)
{
	char *quotes = alloc_zero(QUOTE_ROOM(strlen(text)), 1);

	quote_always(quotes, text);
	fputs(quotes, stdout);
	free(quotes);
}

static void lower(const char *text)
{
	for (; *text; text++)
		putchar(tolower((unsigned char)*text));
}

/* Bash: [KEY]=VALUE; zsh: KEY VALUE. */
static bool zsh;

static void key(const char *prefix, const char *name, bool folded)
{
	fputs(zsh ? "\t'" : "\t['", stdout);
	fputs(prefix, stdout);
	if (folded)
		lower(name);
	else
		fputs(name, stdout);
	fputs(zsh ? "' " : "']=", stdout);
}

/* Nothing where there is no such name. */
static void put_row(const char *prefix, const char *name, bool folded, const char *value)
{
	if (!*name)
		return;
	key(prefix, name, folded);
	quoted(value);
	putchar('\n');
}

static void table(const char *name)
{
	printf(zsh ? "typeset -gA %s\n%s=(\n" : "declare -gA %s=(\n", name, name);
}

static void put_gnu(const struct command *command)
{
	struct option_set set = gnu_options(command);
	const char *space = "";

	key("", command ? command->name : "krtask", false);
	putchar('\'');
	OPTION_SET_EACH(id, &set) {
		const struct option_info *info = &option_table[id];

		if (!*info->name)
			continue;
		printf("%s--%s", space, info->name);
		space = " ";
	}
	puts("'");
}

static void put_cmdlet(const struct command *command)
{
	struct option_set set = command_parameters(command);
	const char *space = "";

	key("", command->cmdlet, true);
	putchar('\'');
	OPTION_SET_EACH(id, &set) {
		if (!*option_table[id].parameter)
			continue;
		printf("%s-%s", space, option_table[id].parameter);
		space = " ";
	}
	puts("'");
}

static void put_options(void)
{
	table("_krtask_options");
	put_gnu(NULL);
	for (const struct command *command = command_table; command->name; command++) {
		if (command->hidden)
			continue;
		put_gnu(command);
		if (command->cmdlet)
			put_cmdlet(command);
	}
	puts(")");
}

static void put_operands(void)
{
	char kind[KIND_SIZE];

	table("_krtask_operands");
	for (const struct command *command = command_table; command->name; command++) {
		if (command->hidden)
			continue;
		kind_of_operands(command, false, kind);
		put_row("", command->name, false, kind);
		if (!command->cmdlet)
			continue;
		kind_of_operands(command, true, kind);
		put_row("", command->cmdlet, true, kind);
	}
	puts(")");
}

/* The aliases of a parameter, each with the same kind. */
static void put_aliases(const char *aliases, const char *kind)
{
	char *copy = alloc_string(aliases), *rest = copy, *alias;

	while ((alias = strsep(&rest, " ")))
		put_row("-", alias, true, kind);
	free(copy);
}

/* Only options that take a value are in it. */
static void put_values(void)
{
	char kind[KIND_SIZE], letter[2] = "";

	table("_krtask_values");
	for (int id = 0; id < OPTION_TOTAL; id++) {
		const struct option_info *info = &option_table[id];

		if (!option_takes_value((enum option_id)id) || id == OPT_ID || id == OPT_OPERAND_IDS)
			continue;
		kind_of_value((enum option_id)id, kind);
		letter[0] = info->letter;
		put_row("--", info->name, false, kind);
		put_row("-", letter, false, kind);
		put_row("-", info->parameter, true, kind);
		put_aliases(info->aliases, kind);
	}
	put_row("--", option_table[OPT_ID].name, false, ""); /* its parameter is that of OPT_OPERAND_ID */
	puts(")");
}

/* What is said of each word. */
static void put_help(void)
{
	table("_krtask_help");
	for (const struct command *command = command_table; command->name; command++) {
		if (command->hidden)
			continue;
		put_row("", command->name, false, command->summary);
		if (command->cmdlet)
			put_row("", command->cmdlet, true, command->summary);
	}
	for (int id = 0; id < OPTION_TOTAL; id++) {
		const struct option_info *info = &option_table[id];

		if (id == OPT_ID || id == OPT_OPERAND_IDS)
			continue;
		put_row("--", info->name, false, info->help);
		put_row("-", info->parameter, true, *info->help ? info->help : info->parameter);
	}
	puts(")");
}

/* The first words of commands: "server" once. */
static bool is_first(const struct command *command)
{
	size_t length = strcspn(command->name, " ");

	for (const struct command *other = command_table; other < command; other++) {
		if (!other->hidden && strcspn(other->name, " ") == length &&
		    strncmp(other->name, command->name, length) == 0)
			return false;
	}
	return !command->hidden;
}

static void put_names(void)
{
	printf(zsh ? "typeset -ga _krtask_names\n_krtask_names=(" : "declare -ga _krtask_names=(");
	for (const struct command *command = command_table; command->name; command++) {
		if (is_first(command))
			printf(" %.*s", (int)strcspn(command->name, " "), command->name);
		if (command->cmdlet)
			printf(" %s", command->cmdlet);
	}
	for (size_t i = 0; synonym_word(i); i++)
		printf(" %s", synonym_word(i));
	puts(" )");
}

static void put_synonyms(void)
{
	table("_krtask_synonyms");
	for (size_t i = 0; synonym_word(i); i++)
		put_row("", synonym_word(i), false, synonym_resolve(synonym_word(i)));
	puts(")");
}

static void put_tables(void)
{
	put_names();
	put_synonyms();
	put_options();
	put_operands();
	put_values();
	if (zsh)
		put_help();
}

/* fish: how a kind is said there. */
static void fish_arguments(const char *kind)
{
	const char *states;

	if (*kind == ',')
		kind++;
	if (strcmp(kind, "@file") == 0) {
		printf(" -rF");
		return;
	}
	printf(" -x");
	states = strncmp(kind, "@id:", 4) == 0 ? kind + 4 : NULL;
	if (states)
		printf(" -a '(__krtask_ids %s)'", states);
	else if (strcmp(kind, "@directory") == 0)
		printf(" -a '(__fish_complete_directories)'");
	else if (*kind == '@')
		printf(" -a '(__krtask_%ss)'", kind + 1);
	else if (*kind)
		printf(" -a '%s'", kind);
}

static void fish_option(enum option_id id, const char *condition, const struct command *cmdlet)
{
	const struct option_info *info = &option_table[id];
	char kind[KIND_SIZE];

	if (!*(cmdlet ? info->parameter : info->name))
		return;
	printf("complete -c krtask -n '%s'", condition);
	if (cmdlet)
		printf(" -o %s", info->parameter);
	else
		printf(" -l %s", info->name);
	if (!cmdlet && info->letter)
		printf(" -s %c", info->letter);
	if (option_takes_value(id)) {
		kind_of_value(id, kind);
		if (cmdlet && strcmp(kind, "@operands") == 0)
			kind_of_operands(cmdlet, true, kind);
		fish_arguments(kind);
	}
	printf(" -d ");
	quoted(*info->help ? info->help : info->parameter);
	putchar('\n');
}

static void fish_command(const struct command *command, bool cmdlet)
{
	struct option_set set = cmdlet ? command_parameters(command) : gnu_options(command);
	char condition[128], kind[KIND_SIZE];

	snprintf(condition, sizeof(condition), "__krtask_is %s", cmdlet ? command->cmdlet : command->name);
	OPTION_SET_EACH(id, &set)
		fish_option((enum option_id)id, condition, cmdlet ? command : NULL);
	kind_of_operands(command, cmdlet, kind);
	if (strncmp(kind, "@id:", 4) == 0)
		printf("complete -c krtask -n '%s' -a '(__krtask_ids %s)'\n", condition, kind + 4);
	else if (strcmp(kind, "@group") == 0)
		printf("complete -c krtask -n '%s' -a '(__krtask_groups)'\n", condition);
	else if (*kind)
		printf("complete -c krtask -n '%s' -a '(__krtask_commands)'\n", condition);
}

static void fish_name(const char *condition, const char *name, const char *help)
{
	printf("complete -c krtask -n '%s' -a '%s' -d ", condition, name);
	quoted(help);
	putchar('\n');
}

/* The options behind which a value is a word of its own. */
static void fish_valued(void)
{
	printf("set -g __krtask_valued");
	for (int id = 0; id < OPTION_TOTAL; id++) {
		const struct option_info *info = &option_table[id];

		if (!option_takes_value((enum option_id)id) || !*info->name)
			continue;
		printf(" --%s", info->name);
		if (info->letter)
			printf(" -%c", info->letter);
	}
	putchar('\n');
}

static void fish_synonyms(void)
{
	printf("set -g __krtask_synonyms");
	for (size_t i = 0; synonym_word(i); i++)
		printf(" %s", synonym_word(i));
	printf("\nset -g __krtask_meanings");
	for (size_t i = 0; synonym_word(i); i++)
		printf(" %s", synonym_resolve(synonym_word(i)));
	putchar('\n');
	for (size_t i = 0; synonym_word(i); i++)
		printf("complete -c krtask -n '__krtask_is' -a '%s'\n", synonym_word(i));
}

static void fish_tables(void)
{
	struct option_set set = gnu_options(NULL);
	char condition[64];

	fish_valued();
	fish_synonyms();

	OPTION_SET_EACH(id, &set)
		fish_option((enum option_id)id, "__krtask_is", NULL);
	for (const struct command *command = command_table; command->name; command++) {
		const char *second = strchr(command->name, ' ');

		if (command->hidden)
			continue;
		if (second) {
			snprintf(condition, sizeof(condition), "__krtask_is %.*s",
			         (int)(second - command->name), command->name);
			fish_name(condition, second + 1, command->summary);
		}
		if (!second)
			fish_name("__krtask_is", command->name, command->summary);
		else if (is_first(command))
			printf("complete -c krtask -n '__krtask_is' -a '%.*s'\n",
			       (int)(second - command->name), command->name);
		fish_command(command, false);
		if (!command->cmdlet)
			continue;
		fish_name("__krtask_is", command->cmdlet, command->summary);
		fish_command(command, true);
	}
}

int main(int argc, char **argv)
{
	const char *shell = argc == 2 ? argv[1] : "";
	bool fish = strcmp(shell, "fish") == 0;
	char *line = NULL;
	size_t size = 0;

	zsh = strcmp(shell, "zsh") == 0;
	if (!fish && !zsh && strcmp(shell, "bash") != 0) {
		fputs("usage: generate bash|zsh|fish <TEMPLATE >COMPLETION\n", stderr);
		return 2;
	}
	while (getline(&line, &size, stdin) > 0) {
		if (strcmp(line, "@TABLES@\n") != 0)
			fputs(line, stdout);
		else if (fish)
			fish_tables();
		else
			put_tables();
	}
	free(line);
	return fflush(stdout) || ferror(stdout) ? 1 : 0;
}
