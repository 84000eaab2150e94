/*
 * Hints for a user who waits for a result.  They are on standard error, so they are not part of the result.
 */
#ifndef KRTASK_TUI_CLI_HINTS_H
#define KRTASK_TUI_CLI_HINTS_H

#include "tui/cli/context.h"

/*
 * Names the tasks that were not started, are paused or held, and tells how they go on.  inv must be connected, with no replies
 * outstanding.
 */
void hint_not_started(struct invocation *inv, const struct words *ids);
/*
 * Columns of the tasks, the last one NULL; hint_text() is the first of them, in their order.  False: it was
 * reported, and is not known.
 */
bool hint_ask(struct invocation *inv, const char *const columns[], const struct words *ids,
              struct client_reply *reply);
/* What one of the reasons of a task says.  A command in it is one for the server of this invocation.  malloc'ed. */
char *hint_reason(const struct invocation *inv, const json_t *reason);
/* NULL: there is no such task. */
const char *hint_text(const struct client_reply *reply, size_t at);
/* The output of a task is empty.  If it failed and wrote to standard error, tells how to see that. */
void hint_elsewhere(struct invocation *inv, const char *id);
/* The same for a result, to somebody on a terminal, and also if it has not failed. */
void hint_no_result(struct invocation *inv, const char *id);
/* On the screen, where a command that prints nothing looks as if it had done nothing: the task has no output at all. */
void hint_silent(struct invocation *inv, const char *id);

/* On a terminal: a task that was just started was stopped at once, or waits for the end of a pause. */
void hint_not_run(struct invocation *inv, const char *id);
/* On a terminal: which tasks the selectors of this command find, when they found none. */
void hint_none_found(struct invocation *inv);
/* On a terminal, at the end: what was not found as the one id is the name of a task. */
void hint_named(struct invocation *inv);

/* Says of each id in inv->refused why its result was False. */
void hint_refused(struct invocation *inv);

/* The last line that is not empty; a carriage return begins a line too.  NULL: there is none. */
char *hint_last_line(char *bytes, size_t count);

#endif
