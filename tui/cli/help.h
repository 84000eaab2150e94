/* --help and --version, made from the tables. */
#ifndef KRTASK_TUI_CLI_HELP_H
#define KRTASK_TUI_CLI_HELP_H

#include <stdio.h>

#include "tui/cli/command.h"

void help_overall(FILE *out);
void help_command(const struct command *command, FILE *out);
void help_version(FILE *out);

#endif
