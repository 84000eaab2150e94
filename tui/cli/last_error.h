/*
 * What a task wrote last to standard error, for people; with --merge, to its output.
 */
#ifndef KRTASK_TUI_CLI_LAST_ERROR_H
#define KRTASK_TUI_CLI_LAST_ERROR_H

#include "tui/cli/context.h"

/*
 * Its last line that is not empty, malloc'ed.  NULL: there is none, or it is not known, and *error says why, malloc'ed.
 * The connection must have no call that is not over: one beside that of the command.
 */
char *last_error_ask(struct connection *connection, const char *id, char **error);
/* The same.  If it is not known, that is reported. */
char *last_error_tell(struct invocation *inv, struct connection *connection, const char *id);

#endif
