/*
 * The full-screen front end.
 */
#ifndef KRTASK_TUI_SCREEN_SCREEN_H
#define KRTASK_TUI_SCREEN_SCREEN_H

#include "engine/wire/client/client.h"
#include "tui/confirm/confirm.h"

struct arguments;
struct chosen;

/*
 * Runs until the user quits.  Returns an exit status.  defaults has what-if and the confirm preference from
 * the configuration.  arguments are the defaults for typed commands.
 */
int screen_run(const struct chosen *servers, const struct confirm_options *defaults,
               const struct arguments *arguments);

#endif
