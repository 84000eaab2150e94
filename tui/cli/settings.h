/*
 * The value of an option, as text, into a field of struct arguments: one reader for each kind of option.  Pure, but
 * that "22:30" needs the time of day.
 */
#ifndef KRTASK_TUI_SETTINGS_H
#define KRTASK_TUI_SETTINGS_H

#include <stdbool.h>

#include "tui/cli/options.h"

/* Of a number, or an action, of a cmdlet PowerShell ignores these around it. */
#define CMDLET_BLANKS " \t\n\v\f\r"

struct setting {
	struct arguments *arguments; /* keeps the pieces of a list */
	bool cmdlet;                 /* in cmdlet syntax */
};

/*
 * Checks the text, and sets the field, which is of the kind's type and keeps the text.  NULL for the text: the option
 * was given without a value.  Returns NULL, or what the value must be (a constant).
 */
const char *setting_read(enum option_kind kind, void *field, const char *text, const struct setting *how);

#endif
