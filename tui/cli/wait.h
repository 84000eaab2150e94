/*
 * Waiting for tasks, for those who do not only wait.
 */
#ifndef KRTASK_TUI_CLI_WAIT_H
#define KRTASK_TUI_CLI_WAIT_H

#include "tui/cli/command.h"

/*
 * Until that task ends: inv->status becomes its own, 125 where waiting failed, 130 after Ctrl-C.  Nothing is
 * printed but JSON.
 */
void wait_in_foreground(struct invocation *inv, const char *id);

#endif
