/*
 * The form for a new task.
 */
#ifndef KRTASK_TUI_SCREEN_FORM_VIEW_H
#define KRTASK_TUI_SCREEN_FORM_VIEW_H

#include "tui/screen/view.h"

/* Opens the form above this view. */
void form_view_open(struct view *view);
/* The task was created.  Closes the form, if it is the current view. */
void form_view_finish(struct app *app);

#endif
