/*
 * Selectors: --state, --group, --name and --all stand for the ids of tasks.  They find the tasks for which
 * the command makes sense, at the time when it is called.
 *
 *     selector_check()     without a server
 *     selector_find()      the ids become the operands
 *
 * get, list and watch use selector_put() for their own List instead.
 */
#ifndef KRTASK_TUI_CLI_SELECTOR_H
#define KRTASK_TUI_CLI_SELECTOR_H

#include <stdbool.h>

#include "engine/task/state.h"
#include "engine/wire/jsonw.h"
#include "tui/cli/command.h"

extern const struct option_set options_selectors;

/* The first selector that was given, or OPTION_TOTAL. */
enum option_id selector_first(const struct invocation *inv);
/* True if a selector was given.  Only GNU syntax has selectors. */
bool selector_given(const struct invocation *inv);
/* True if --state takes this word. */
bool selector_takes_state(const char *word);
/* Checks the values.  0, or an exit status after reporting. */
int selector_check(struct invocation *inv);
/* True if --state finds tasks in this state, or was not given. */
bool selector_has_state(const struct invocation *inv, enum task_state state);
/* True if --state has the name of the state itself; ended and all are none. */
bool selector_names_state(const struct invocation *inv, enum task_state state);
/* Writes the parameters of a List that finds the tasks. */
void selector_put(struct jsonw *w, const struct invocation *inv);
/*
 * Connects, and puts the ids into the operands.  Also true if no selector was given.  False: no task was
 * found, or an error was reported.
 */
bool selector_find(struct invocation *inv);
/* The help text of a selector. */
const char *selector_help(enum option_id id);

#endif
