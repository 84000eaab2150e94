/*
 * Selectors: --state, --group, --name and --all stand for the ids of all tasks that they find, those that the command fits, as they are
 * when it is called.
 *
 *     selector_check()     before any server is reached
 *     selector_find()      the ids become the operands
 *
 * get, list and watch put them into their own List instead: selector_put().
 */
#ifndef KRTASK_TUI_CLI_SELECTOR_H
#define KRTASK_TUI_CLI_SELECTOR_H

#include <stdbool.h>

#include "engine/wire/jsonw.h"
#include "tui/cli/command.h"

extern const struct option_set options_selectors;

/* In GNU's syntax; cmdlets have none. */
bool selector_given(const struct invocation *inv);
/* 0, or an exit status after having reported what is wrong with a value. */
int selector_check(struct invocation *inv);
/* Keys of a List that finds them. */
void selector_put(struct jsonw *w, const struct invocation *inv);
/* Connects, and puts the ids into the operands.  True too if no selector is given.  False: there is nothing to do, or it was reported. */
bool selector_find(struct invocation *inv);
/* What --help says of one of them here. */
const char *selector_help(enum option_id id);

#endif
