/*
 * PowerShell's preference variables: what every command below their assignment does unless its own parameters say otherwise.
 */
#ifndef KRTASK_TUI_BATCH_PREFERENCES_H
#define KRTASK_TUI_BATCH_PREFERENCES_H

#include "tui/batch/variables.h"
#include "tui/cli/options.h"

/* Sets what the variable stands for.  Returns NULL, or an error message (free() it); then nothing has changed. */
char *preference_set(struct arguments *defaults, const char *name, const char *text);
/* The variables of all of them, as they stand. */
void preferences_define(struct variables *variables, const struct arguments *defaults);

#endif
