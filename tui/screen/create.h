/*
 * Creates tasks with a line of the batch language, and selects the new task.
 */
#ifndef KRTASK_TUI_SCREEN_CREATE_H
#define KRTASK_TUI_SCREEN_CREATE_H

#include <stdbool.h>

struct app;
struct table_view;

/* True if a task can be created now.  Otherwise the user was told why not. */
bool create_allowed(struct app *app);
/* Runs the line.  starts: it also starts the task.  False: the line was not run. */
bool create_begin(struct app *app, const char *line, bool starts);
/* Opens the form, with the values of the task with this id. */
void create_again(struct table_view *table, const char *id);

#endif
