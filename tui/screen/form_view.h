/*
 * The form for a new task.
 */
#ifndef KRTASK_TUI_SCREEN_FORM_VIEW_H
#define KRTASK_TUI_SCREEN_FORM_VIEW_H

#include "tui/screen/view.h"

/* Above this view. */
void form_view_open(struct view *view);
/* The task is made: the form, where it is the view that is open, has done its work. */
void form_view_finish(struct app *app);

#endif
