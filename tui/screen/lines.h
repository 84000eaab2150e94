/*
 * Output that can be scrolled, and the keys for that.
 */
#ifndef KRTASK_TUI_SCREEN_LINES_H
#define KRTASK_TUI_SCREEN_LINES_H

#include "tui/screen/keys.h"
#include "tui/view/tail.h"

struct lines {
	struct tail tail;
	int left; /* first visible column */
};

/* A view with LINES_KEYS and lines_mouse() must begin with this struct. */
struct lines_view {
	struct view view;
	struct lines *lines;
};

void lines_draw(struct lines *lines);
/* Writes the scroll position.  over: no more lines will come. */
void lines_place(const struct lines *lines, bool over, char *buf, size_t size);

void lines_up(struct view *view);
void lines_down(struct view *view);
void lines_page_up(struct view *view);
void lines_page_down(struct view *view);
void lines_home(struct view *view);
void lines_end(struct view *view);
void lines_left(struct view *view);
void lines_right(struct view *view);
void lines_mouse(struct view *view, const struct terminal_event *event);

#define LINES_KEYS                                                                                                \
	{ { TERMINAL_UP, 'k' }, "Up k", NULL, "up a line", lines_up, false },                                     \
		{ { TERMINAL_DOWN, 'j' }, "Down j", NULL, "down a line", lines_down, false },                     \
		{ { TERMINAL_PAGE_UP }, "PgUp", NULL, "up a page", lines_page_up, false },                        \
		{ { TERMINAL_PAGE_DOWN, ' ' }, "PgDn", NULL, "down a page; also Space", lines_page_down, false }, \
		{ { TERMINAL_HOME }, "Home", NULL, "to the first line that is kept", lines_home, false },         \
		{ { TERMINAL_END }, "End", NULL, "to the end, and follow it", lines_end, false },                 \
		{ { TERMINAL_LEFT }, "Left", NULL, "scroll left", lines_left, false },                            \
		{ { TERMINAL_RIGHT }, "Right", NULL, "scroll right", lines_right, false }, KEYS_END

#endif
