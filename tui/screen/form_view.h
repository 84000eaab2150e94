/*
 * The form for a task: a new one, one like another, or one that waits and is changed.
 */
#ifndef KRTASK_TUI_SCREEN_FORM_VIEW_H
#define KRTASK_TUI_SCREEN_FORM_VIEW_H

#include <jansson.h>

#include "tui/screen/view.h"
#include "tui/view/form.h"

/* Opens the form for a new task above this view. */
void form_view_open(struct view *view);
/* Opens it with what the row of a List for an edit has (tui/cli/edit_line.h). */
void form_view_open_for(struct app *app, enum form_purpose purpose, const json_t *row);
/* What a form asked for was done.  Closes that one, if it is the current view.  number: of the form; 0: the one that is open. */
void form_view_finish(struct app *app, size_t number);
/* It was refused: says why, beside the field that it is about if the form is still there. */
void form_view_refuse(struct app *app, size_t number, const char *error);

#endif
