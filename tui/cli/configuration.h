/*
 * The configuration file: $XDG_CONFIG_HOME/krtask/config, or ~/.config/krtask/config.  It is an INI file
 * whose keys are options.  Those of the section [run] are for new and run.
 */
#ifndef KRTASK_TUI_CLI_CONFIGURATION_H
#define KRTASK_TUI_CLI_CONFIGURATION_H

#include "tui/cli/command.h"
#include "tui/cli/options.h"

/*
 * Sets the options in the file, if there is one.  0, or -errno and *error (free() it), "FILE:LINE: message".
 */
int config_load(struct arguments *arguments, char **error);
/* The same for a file by its path. */
int config_load_file(struct arguments *arguments, const char *path, char **error);
/*
 * Gives a command that makes tasks the options of the section [run] that its words did not give.  0, or -EINVAL
 * and *error (free() it).
 */
int config_apply_run(struct invocation *inv, char **error);

#endif
