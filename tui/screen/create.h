/*
 * New tasks, made by a line of the batch language; the new one is selected then.
 */
#ifndef KRTASK_TUI_SCREEN_CREATE_H
#define KRTASK_TUI_SCREEN_CREATE_H

#include <stdbool.h>

struct app;
struct table_view;

/* True if a task may be made now; else the user was told why not. */
bool create_allowed(struct app *app);
/* starts: the line also starts it.  False: it is not on its way. */
bool create_begin(struct app *app, const char *line, bool starts);
/* One like the task with this id. */
void create_again(struct table_view *table, const char *id);

#endif
