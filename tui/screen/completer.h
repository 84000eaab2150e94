/*
 * Tab in a line: finds out what the word before the cursor may become, from the server and from directories, too, and
 * shows the candidates if there are several.
 *
 *     completer_start()       Tab
 *     completer_hide()        any other key
 *     completer_draw()
 *     completer_release()     before the line goes
 */
#ifndef KRTASK_TUI_SCREEN_COMPLETER_H
#define KRTASK_TUI_SCREEN_COMPLETER_H

#include "tui/view/completion.h"

struct app;

/* helped: the line has changed, or there are several candidates, which are shown now. */
typedef void completer_ended(void *ctx, bool helped);

struct completer {
	struct app *app;
	struct edit *edit; /* borrowed, until completer_hide() */
	struct completion completion;
	struct strings named;   /* how its candidates are shown, if they are ids: with their names */
	bool busy;              /* the server was asked */
	bool quotes;            /* words of the line are quoted */
	bool listed;            /* the candidates are shown */
	char *before;           /* the line when it was asked for; owned */
	char *cwd;              /* paths begin here; owned; NULL: where krtask was started */
	completer_ended *ended; /* may be NULL */
	void *ctx;
};

/*
 * Takes over the completion.  cwd: paths begin there; NULL: where krtask was started.  ended is called at the end, which
 * may be before this returns.
 */
void completer_start(struct completer *completer, struct edit *edit, const struct completion *completion,
                     bool quotes, const char *cwd);
void completer_hide(struct completer *completer);
void completer_release(struct completer *completer);
/* Draws the candidates in the lines that end above this one, in no more than that number. */
void completer_draw(const struct completer *completer, int below, int lines);

#endif
