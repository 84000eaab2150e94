#include "tui/cli/cli.h"
#include "engine/task/duration.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tui/cli/commands.h"
#include "tui/cli/configuration.h"
#include "tui/cli/help.h"
#include "tui/cli/report.h"
#include "tui/cli/servers.h"
#include "tui/text/alloc.h"
#include "tui/text/cells.h"
#include "tui/text/habits.h"
#include "tui/text/messages.h"
#include "tui/text/theme.h"

enum { OUTPUT_BUFFER = 1 << 16 };

static enum cli_mode cli_finished(struct cli *cli, int status)
{
	cli->status = status;
	return CLI_FINISHED;
}

static enum cli_mode cli_usage(struct cli *cli, char *error)
{
	const struct invocation *inv = &cli->invocation;
	/* run --wait exits with the status of a task, of which 2 may be one. */
	int status = inv->command && run_in_foreground(inv) ? EXIT_WAIT_FAILED : EXIT_USAGE;

	report_error(&cli->invocation, status, "%s", error);
	free(error);
	return cli_finished(cli, status);
}

/* The options of the command line are valid for every line of the batch, and on the screen. */
static void keep_as_defaults(struct cli *cli)
{
	struct arguments kept = cli->context.defaults;

	cli->context.defaults = cli->invocation.args;
	cli->context.defaults.operands = (struct words)WORDS_INIT;
	cli->context.defaults.batch = false;
	cli->invocation.args.states = (struct words)WORDS_INIT;
	cli->invocation.args.columns = (struct words)WORDS_INIT;
	cli->invocation.args.servers = (struct words)WORDS_INIT;
	cli->invocation.args.run = (struct words)WORDS_INIT;
	cli->invocation.args.after = (struct words)WORDS_INIT;
	cli->invocation.args.env = (struct words)WORDS_INIT;
	cli->invocation.args.arg = (struct words)WORDS_INIT;
	cli->invocation.args.command = (struct words)WORDS_INIT;
	/* Lists and values point into the texts of the configuration, so these are kept. */
	cli->context.defaults.copies = kept.copies;
	kept.copies = (struct words)WORDS_INIT;
	arguments_release(&kept);
}

static enum cli_mode begin_batch(struct cli *cli)
{
	keep_as_defaults(cli);
	return CLI_BATCH;
}

/* Of several, one that is not there is no reason to end: the screen says it. */
static bool check_servers(struct cli *cli)
{
	struct chosen *chosen = &cli->chosen;
	bool no_start = cli->invocation.args.no_start;
	char *error = NULL;
	int result = 0;

	if (chosen->count == 1)
		result = server_check(&chosen->items[0].address, &error);
	if (result)
		report_error(&cli->invocation, EXIT_NO_SERVER, "%s", error);
	free(error);
	for (size_t i = 0; i < chosen->count && !result; i++) {
		struct chosen_server *server = &chosen->items[i];

		server->start = server_may_start(&server->address,
		                                 no_start ? CLIENT_START_NEVER : CLIENT_START_ALWAYS);
	}
	return result == 0;
}

static enum cli_mode begin_screen(struct cli *cli)
{
	const struct arguments *args = &cli->invocation.args;
	char *error = NULL;

	if (arguments_given(args, OPT_CHECK) || arguments_given(args, OPT_STOP_ON_ERROR))
		return cli_usage(cli, alloc_string(MSG_BATCH_OPTIONS));
	if (args->theme && !theme_is_known(args->theme))
		return cli_usage(cli, alloc_format(MSG_THEME_UNKNOWN, args->theme));
	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
		return cli_usage(cli, alloc_string(MSG_NO_TERMINAL));
	if (chosen_find(&cli->chosen, &args->servers, args->server, &error))
		return cli_usage(cli, error);
	if (!check_servers(cli))
		return cli_finished(cli, EXIT_NO_SERVER);
	cli->confirm = (struct confirm_options){
		.what_if = args->what_if,
		.verbose = args->verbose,
		.confirm = args->confirm,
		.preference = args->confirm_preference,
	};
	(void)cells_in_utf8(); /* sets the locale, which all of the screen needs */
	keep_as_defaults(cli);
	return CLI_SCREEN;
}

/* The default preference is Medium on the screen, and High on the command line. */
static void choose_preference(struct cli *cli, bool configured)
{
	struct arguments *args = &cli->invocation.args;

	if (!cli->invocation.command && !args->batch && !configured &&
	    !arguments_given(args, OPT_CONFIRM_PREFERENCE))
		args->confirm_preference = PREFERENCE_MEDIUM;
}

static enum cli_mode cli_choose(struct cli *cli, bool preference_configured)
{
	struct invocation *inv = &cli->invocation;

	if (inv->args.version || inv->args.help) {
		help_tell(inv);
		return cli_finished(cli, 0);
	}
	/* The slots that a command was given may be those of a group. */
	int64_t slots = inv->command ? cli->context.defaults.slots : inv->args.slots;
	if (slots > 0)
		client_set_start_slots((unsigned)slots);
	client_set_start_hook_limit(duration_milliseconds(cli->context.defaults.hook_limit));
	client_set_patience(inv->args.server_timeout, NULL);
	if (inv->command)
		return CLI_COMMAND;
	choose_preference(cli, preference_configured);
	return inv->args.batch ? begin_batch(cli) : begin_screen(cli);
}

/* The address in the environment overrides the one in the configuration. */
static void prefer_environment(struct arguments *defaults)
{
	const char *server = getenv("KRTASK_SERVER");

	if (server && *server)
		defaults->server = NULL;
}

/*
 * If a standard descriptor is closed, the next socket would get its number, and output would be sent to the
 * server.  So such a descriptor is opened in a way that it can be neither read nor written.
 */
static void claim_standard_streams(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
		if (fcntl(fd, F_GETFD) < 0)
			(void)!open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
	}
}

/* In a shell, too, a longer dash begins a parameter of a cmdlet. */
static void cli_take_dashes(struct cli *cli, struct words *words)
{
	bool cmdlet = false;
	size_t at = 0, size = 0;

	while (at < words->count && !command_find(words->items[at].text, NULL, &cmdlet, &size))
		at++;
	for (at++; cmdlet && at < words->count; at++) {
		const char *text = words->items[at].text;
		char *dashed;

		if (strcmp(text, "--") == 0)
			break;
		if (!habit_dash(text, strlen(text)))
			continue;
		habit_of(text, strlen(text), &size);
		dashed = alloc_format("-%s", text + size);
		words_add_text(&cli->dashed, dashed);
		words->items[at].text = dashed;
	}
}

/* How to write a configuration is told even if the one that is there is wrong. */
static bool cli_only_tells(const struct invocation *inv)
{
	return inv->args.help || inv->args.version ||
	       (inv->command && strcmp(inv->command->name, "help") == 0);
}

/* What follows the words and the configuration, either of which may be wrong. */
static enum cli_mode cli_go_on(struct cli *cli, char *misconfigured, char *error, bool preference_configured)
{
	if (misconfigured && (error || !cli_only_tells(&cli->invocation))) {
		free(error);
		return cli_usage(cli, misconfigured);
	}
	free(misconfigured);
	return error ? cli_usage(cli, error) : cli_choose(cli, preference_configured);
}

enum cli_mode cli_begin(struct cli *cli, int argc, char **argv)
{
	static char buffer[OUTPUT_BUFFER]; /* without one, the C library ignores the size */
	enum confirm_preference unset = (enum confirm_preference) - 1;
	struct words words = WORDS_INIT;
	bool configured;
	char *misconfigured = NULL, *error = NULL;
	size_t at = 0;

	*cli = (struct cli){ 0 };
	claim_standard_streams();
	cells_await_locale();
	if (!isatty(STDOUT_FILENO))
		setvbuf(stdout, buffer, _IOFBF, sizeof(buffer));
	context_init(&cli->context);
	invocation_init(&cli->invocation, &cli->context);
	cli->context.defaults.confirm_preference = unset;
	(void)config_load(&cli->context.defaults, &misconfigured);
	configured = cli->context.defaults.confirm_preference != unset;
	if (!configured)
		cli->context.defaults.confirm_preference = PREFERENCE_HIGH;
	prefer_environment(&cli->context.defaults);
	for (int i = 1; i < argc; i++)
		words_add_text(&words, argv[i]);
	cli_take_dashes(cli, &words);
	(void)invocation_parse(&cli->invocation, words.items, words.count, &error, &at);
	words_release(&words);
	return cli_go_on(cli, misconfigured, error, configured);
}

int cli_end(struct cli *cli, int status)
{
	chosen_release(&cli->chosen);
	invocation_release(&cli->invocation);
	for (size_t i = 0; i < cli->dashed.count; i++)
		free((char *)cli->dashed.items[i].text);
	words_release(&cli->dashed);
	return context_finish(&cli->context, status);
}
