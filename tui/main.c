/*
 * krtask: the screen, one command, or a batch of commands.
 */
#include "engine/wire/client/client.h"
#include "tui/batch/batch.h"
#include "tui/cli/cli.h"
#include "tui/screen/screen.h"

int main(int argc, char **argv)
{
	struct cli cli;
	int status;

	client_set_installed(KRTASKD_PATH);
	switch (cli_begin(&cli, argc, argv)) {
	case CLI_SCREEN:
		status = screen_run(&cli.chosen, &cli.confirm, &cli.context.defaults);
		break;
	case CLI_BATCH:
		status = batch_run(&cli.context, &cli.invocation.args.operands);
		break;
	case CLI_COMMAND:
		status = invocation_run(&cli.invocation);
		break;
	default:
		status = cli.status;
	}
	return cli_end(&cli, status);
}
