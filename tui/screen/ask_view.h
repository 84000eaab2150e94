/*
 * The question whether something may be done, as a box above the view that is open.  One question at a time:
 * whoever has another waits until ask_view_busy() is false.
 */
#ifndef KRTASK_TUI_SCREEN_ASK_VIEW_H
#define KRTASK_TUI_SCREEN_ASK_VIEW_H

#include "tui/screen/view.h"
#include "tui/view/dialog.h"

/* One of the four that decide; help and the shell are the view's own. */
typedef void ask_answer(void *ctx, enum confirm_choice choice);

/* id and extra (or NULL) as dialog_open() takes them; note, or NULL, is taken over.  The view is closed before answer is called. */
void ask_view_open(struct app *app, enum confirm_operation operation, const char *id, const char *extra,
                   char *note, ask_answer *answer, void *ctx);
bool ask_view_busy(const struct app *app);
/* Takes the question of this ctx away, if it is being asked. */
void ask_view_forget(struct app *app, const void *ctx);

#endif
