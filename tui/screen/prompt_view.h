/*
 * Asks for a line at the bottom of the current view.
 */
#ifndef KRTASK_TUI_SCREEN_PROMPT_VIEW_H
#define KRTASK_TUI_SCREEN_PROMPT_VIEW_H

#include "tui/screen/view.h"
#include "tui/view/edit.h"

extern const struct view_class prompt_view_class;

struct prompt {
	const char *label;
	void (*enter)(struct app *app, const char *line);
	void (*escape)(struct app *app); /* may be NULL */
	/* What is wrong with a line, malloc'ed, so that it stays open; NULL: nothing.  May be NULL itself. */
	char *(*wrong)(const char *line);
	/*
	 * It is a line of the batch language: Tab completes it.  It is kept for later runs of the program, unless
	 * it begins with a blank.
	 */
	bool commands;
};

/* prompt and history must remain valid.  text is the initial line. */
void prompt_view_open(struct app *app, const struct prompt *prompt, struct history *history,
                      const char *text);

#endif
