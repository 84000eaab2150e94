/* --help and --version, made from the tables. */
#ifndef KRTASK_TUI_CLI_HELP_H
#define KRTASK_TUI_CLI_HELP_H

#include "tui/cli/command.h"

/* What --help and --version of the invocation ask for, as its result. */
void help_tell(struct invocation *inv);

#endif
