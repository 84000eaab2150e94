/*
 * Waiting for tasks, for those who do not only wait.
 */
#ifndef KRTASK_TUI_CLI_WAIT_H
#define KRTASK_TUI_CLI_WAIT_H

#include <signal.h>

#include "tui/cli/command.h"

/* Ctrl-C came since wait_catch(), and did not end the program. */
extern volatile sig_atomic_t wait_interrupted;
void wait_catch(struct sigaction *before);
void wait_catch_no_more(const struct sigaction *before);

/*
 * Until that task ends: inv->status becomes its own, 125 where waiting failed, 130 after Ctrl-C.  Nothing is
 * printed but JSON.
 */
void wait_in_foreground(struct invocation *inv, const char *id);

#endif
