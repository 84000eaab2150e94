/*
 * What List is asked for.
 */
#ifndef KRTASK_TUI_CLI_LISTING_H
#define KRTASK_TUI_CLI_LISTING_H

#include "tui/cli/command.h"
#include "tui/fields/wire.h"

/* The parameters for these columns, of the tasks that the command names or selects. */
void listing_put(struct jsonw *w, const struct field_wire *wire, const struct invocation *inv);

#endif
