/*
 * Does what a form asks for: creates a task, by a line of the batch language, and selects it; or changes one.
 */
#ifndef KRTASK_TUI_SCREEN_CREATE_H
#define KRTASK_TUI_SCREEN_CREATE_H

#include <jansson.h>

#include "tui/view/form.h"

struct app;
struct view;

/* row: what the task was, for an edit.  number: of the form. */
void create_submit(struct app *app, struct form *form, const json_t *row, size_t number);
/* For keys of the table.  They open the form with what the selected task has; several are copied after a question. */
void create_again(struct view *view);
void create_edit(struct view *view);
/* Opens the form that changes the task with this id. */
void create_edit_id(struct app *app, const char *id);

#endif
