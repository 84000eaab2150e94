/*
 * The options that say when a task runs and in which order, as parameters of Create, Again and Set.
 */
#ifndef KRTASK_TUI_CLI_PLAN_OPTIONS_H
#define KRTASK_TUI_CLI_PLAN_OPTIONS_H

#include "tui/cli/command.h"

/* Checks the values of those that are given.  0, or an exit status; then *error (free() it). */
int plan_options_check(const struct arguments *args, bool cmdlet, char **error);
/* Reports an error about values that only the server could compare with those that the task has.  False: it is another one. */
bool plan_options_report(struct invocation *inv, const struct client_reply *reply);
/* Writes the keys of those that are given. */
void plan_options_put(const struct arguments *args, struct jsonw *w);

/* Writes the names of the columns that have the values of a task. */
void plan_options_columns(struct jsonw *w);
/* Adds the options with these values. */
void plan_options_write(struct strings *words, const json_t *row);
/* As plan_options_put(); and what the row has, and is not given any more, is taken away. */
void plan_options_put_changes(const struct arguments *args, const json_t *row, struct jsonw *w);

#endif
