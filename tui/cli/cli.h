/*
 * The command line as a whole: configuration, global options, and what is to be done.
 *
 *     switch (cli_begin(&cli, argc, argv)) { … }      which of them
 *     return cli_end(&cli, status);
 */
#ifndef KRTASK_TUI_CLI_CLI_H
#define KRTASK_TUI_CLI_CLI_H

#include "tui/cli/context.h"

enum cli_mode {
	CLI_FINISHED, /* nothing more is to be done: cli.status */
	CLI_SCREEN,
	CLI_BATCH,   /* cli.file, the defaults are in cli.context */
	CLI_COMMAND, /* invocation_run(&cli.invocation) */
};

struct cli {
	struct context context;
	struct invocation invocation;
	int status;
	const char *file;               /* of the batch; NULL: standard input */
	struct address address;         /* for the screen */
	enum client_start start;        /* for the screen */
	struct confirm_options confirm; /* for the screen */
};

enum cli_mode cli_begin(struct cli *cli, int argc, char **argv);
/* Flushes, releases, and gives the exit status. */
int cli_end(struct cli *cli, int status);

#endif
