/*
 * What was typed in a form that was left, until the screen ends: Esc may have been a mistake.  The next form of its kind
 * says that it is there, and a key puts it back: it does not come by itself, since keys that were typed ahead would then
 * change a command that nobody sees.  Kept are one new task, one copy and one change.
 */
#ifndef KRTASK_TUI_SCREEN_FORM_RECALL_H
#define KRTASK_TUI_SCREEN_FORM_RECALL_H

#include <stddef.h>

#include "tui/view/form.h"

struct app;

/* This form is left: keeps what is not as it was filled in, and says so. */
void form_recall_keep(struct app *app, struct form *form, size_t number);
/* This form was opened and filled in: says if something is kept for it. */
void form_recall_offer(struct app *app, const struct form *form);
/* For its key. */
void form_recall_exchange(struct app *app, struct form *form);
/* What the form asked for was done.  form: NULL: it was left before; number: its number. */
void form_recall_forget(struct app *app, const struct form *form, size_t number);
void form_recall_release(struct app *app);

#endif
