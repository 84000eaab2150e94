/*
 * The screen: the whole full-screen front end.
 */
#ifndef KRTASK_TUI_SCREEN_SCREEN_H
#define KRTASK_TUI_SCREEN_SCREEN_H

#include "engine/wire/client/client.h"
#include "tui/confirm/confirm.h"

struct arguments;

/*
 * Runs until the user quits: an exit status.  defaults: what-if and confirm preference as the configuration
 * says; arguments: what holds for every command that is typed.
 */
int screen_run(const struct address *address, enum client_start start, const struct confirm_options *defaults,
               const struct arguments *arguments);

#endif
