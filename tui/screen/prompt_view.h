/*
 * A line that is asked for at the bottom of the view that is open.
 */
#ifndef KRTASK_TUI_SCREEN_PROMPT_VIEW_H
#define KRTASK_TUI_SCREEN_PROMPT_VIEW_H

#include "tui/screen/view.h"
#include "tui/view/edit.h"

extern const struct view_class prompt_view_class;

struct prompt {
	const char *label;
	void (*enter)(struct app *app, const char *line);
	void (*escape)(struct app *app); /* NULL: nothing is to be done */
};

/* prompt and history must stay; text is what stands in the line at first. */
void prompt_view_open(struct app *app, const struct prompt *prompt, struct history *history,
                      const char *text);

#endif
