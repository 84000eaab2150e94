/*
 * What-if as a preference of a batch or a mode of the screen, for commands that have no such option: they are checked, say
 * what they would do, and do nothing.
 */
#ifndef KRTASK_TUI_CLI_TRIAL_H
#define KRTASK_TUI_CLI_TRIAL_H

#include "tui/cli/command.h"

/* True if the command is only to say what it would do. */
bool trial_is(const struct invocation *inv);
void trial_say(const struct invocation *inv);

#endif
