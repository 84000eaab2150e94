/*
 * The configuration file: $XDG_CONFIG_HOME/krtask/config, default ~/.config/krtask/config, an INI file whose keys are options.
 */
#ifndef KRTASK_TUI_CLI_CONFIGURATION_H
#define KRTASK_TUI_CLI_CONFIGURATION_H

#include "tui/cli/options.h"

/* Sets what the file says; a file that is not there says nothing.  0, or -errno and *error "FILE:LINE: what is wrong" (free() it). */
int config_load(struct arguments *arguments, char **error);
/* The same for a file by its path. */
int config_load_file(struct arguments *arguments, const char *path, char **error);

#endif
