/* --help and --version, made from the tables. */
#ifndef KRTASK_TUI_CLI_HELP_H
#define KRTASK_TUI_CLI_HELP_H

#include <stdio.h>

#include "tui/cli/command.h"

/* topic: the first word of the commands; NULL: all of them. */
void help_overall(const char *topic, FILE *out);
void help_command(const struct command *command, FILE *out);
void help_version(FILE *out);

#endif
