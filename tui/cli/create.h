/*
 * What new, run, again and set share: from the command line to the parameters of Create and Again.
 */
#ifndef KRTASK_TUI_CLI_CREATE_H
#define KRTASK_TUI_CLI_CREATE_H

#include "engine/task/task.h"
#include "tui/cli/command.h"

/* One of the operands, -c and --file; --env and --arg.  0; an exit status, reported; -ENOMEM. */
int create_build_command(struct invocation *inv, struct strings *command);
int create_build_variables(struct invocation *inv, struct strings *variables);
/* Where it is to run, malloc'ed.  NULL: nowhere. */
char *create_cwd(struct invocation *inv);

/* Keys of a request: nothing where there is nothing. */
void create_put_text(struct jsonw *w, const char *key, const char *text);
void create_put_spec(struct jsonw *w, const struct task_spec *spec);
/* Says that a task with the same key has not ended, and that no other one was made. */
void create_note_unique(struct invocation *inv, const char *id);
void create_put_nonce(struct invocation *inv, struct jsonw *w);

#endif
