/*
 * PowerShell's preference variables.  They are defaults for all later commands, which parameters override.
 */
#ifndef KRTASK_TUI_BATCH_PREFERENCES_H
#define KRTASK_TUI_BATCH_PREFERENCES_H

#include "tui/batch/variables.h"
#include "tui/cli/options.h"

/* Sets the preference.  Returns NULL, or an error message (free() it); then nothing has changed. */
char *preference_set(struct arguments *defaults, const char *name, const char *text);
/* Defines the variables of all preferences, with their current values. */
void preferences_define(struct variables *variables, const struct arguments *defaults);

#endif
