/*
 * What can stand behind a command or an option, for completions: those of the shells, and those of the screen.
 *
 * A kind is a text: words with blanks between; @id:STATE,… @file @directory @server @group or @command; @operands
 * for the operands of a command; or nothing for any text.  With a comma before it, there can be several values,
 * separated by commas.
 */
#ifndef KRTASK_TUI_CLI_KINDS_H
#define KRTASK_TUI_CLI_KINDS_H

#include "tui/cli/command.h"

enum { KIND_SIZE = 2048 };

/* These write to kind, which has KIND_SIZE bytes. */
void kind_of_operands(const struct command *command, bool cmdlet, char *kind);
void kind_of_value(enum option_id id, char *kind);

#endif
