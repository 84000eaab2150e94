/*
 * What somebody who waits for an answer should know: on standard error, so that it is no part of the answer.
 */
#ifndef KRTASK_TUI_CLI_HINTS_H
#define KRTASK_TUI_CLI_HINTS_H

#include "tui/cli/context.h"

/* Those of the tasks that nobody has started: what is waited for, and how to start it.  Connected, no answers outstanding. */
void hint_not_started(struct invocation *inv, const struct words *ids);
/* One column of the tasks, hint_text() in their order; false: it was reported, and is not known. */
bool hint_ask(struct invocation *inv, const char *column, const struct words *ids,
              struct client_reply *reply);
/* NULL: there is no such task. */
const char *hint_text(const struct client_reply *reply, size_t at);
/* The task's output is empty: if it failed, and wrote its errors elsewhere, where they are. */
void hint_elsewhere(struct invocation *inv, const char *id);

#endif
