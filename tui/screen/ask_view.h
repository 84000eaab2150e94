/*
 * Asks whether an operation may be done, in a box above the current view.  There is one question at a time.
 * Other questions wait until ask_view_busy() is false.
 */
#ifndef KRTASK_TUI_SCREEN_ASK_VIEW_H
#define KRTASK_TUI_SCREEN_ASK_VIEW_H

#include "tui/screen/view.h"
#include "tui/view/dialog.h"

/* The choice is one of the four that decide.  The view handles help and the shell itself. */
typedef void ask_answer(void *ctx, enum confirm_choice choice);

/* id, brief, extra, note, tasks and count are those of a dialog (dialog.h). */
struct ask_question {
	const char *text; /* a plain question, which Yes and No answer; NULL: it is about an operation */
	enum confirm_operation operation;
	const char *id, *brief, *extra;
	char *note; /* taken over */
	const struct target *tasks;
	size_t count;
};

/* The view is closed before answer is called. */
void ask_view_open(struct app *app, const struct ask_question *question, ask_answer *answer, void *ctx);
bool ask_view_busy(const struct app *app);
/* Closes the question of this ctx, if it is open. */
void ask_view_forget(struct app *app, const void *ctx);

#endif
