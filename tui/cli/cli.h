/*
 * The command line as a whole: reads the configuration and the global options, and finds out what to do.
 *
 *     switch (cli_begin(&cli, argc, argv)) { … }      which of them
 *     return cli_end(&cli, status);
 */
#ifndef KRTASK_TUI_CLI_CLI_H
#define KRTASK_TUI_CLI_CLI_H

#include "tui/cli/chosen.h"
#include "tui/cli/context.h"

enum cli_mode {
	CLI_FINISHED, /* nothing more to do; cli.status is set */
	CLI_SCREEN,
	CLI_BATCH, /* run the file and arguments in cli.invocation.args.operands; the defaults are in cli.context */
	CLI_COMMAND, /* invocation_run(&cli.invocation) */
};

struct cli {
	struct context context;
	struct invocation invocation;
	int status;
	struct words dashed;            /* owned texts: parameters that had a longer dash */
	struct chosen chosen;           /* for the screen */
	struct confirm_options confirm; /* for the screen */
};

enum cli_mode cli_begin(struct cli *cli, int argc, char **argv);
/* Flushes the output, releases everything, and returns the exit status. */
int cli_end(struct cli *cli, int status);

#endif
