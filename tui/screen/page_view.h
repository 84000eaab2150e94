/*
 * A page of text that can be scrolled, and the keys for that.
 */
#ifndef KRTASK_TUI_SCREEN_PAGE_VIEW_H
#define KRTASK_TUI_SCREEN_PAGE_VIEW_H

#include "tui/screen/keys.h"

/* A view with PAGE_VIEW_KEYS and page_view_mouse() must begin with this struct. */
struct page_view {
	struct view view;
	struct pager pager;
	size_t selected,
		selected_end; /* lines of the pager: from one to before the other; none if they are equal */
};

void page_view_draw(struct page_view *page, const char *title);
/* The same in two steps.  place: what stands at the right end of the title. */
void page_view_layout(struct page_view *page);
void page_view_draw_lines(const struct page_view *page, const char *title, const char *place);
void page_view_release(struct view *view);

void page_view_up(struct view *view);
void page_view_down(struct view *view);
void page_view_page_up(struct view *view);
void page_view_page_down(struct view *view);
void page_view_home(struct view *view);
void page_view_end(struct view *view);
void page_view_mouse(struct view *view, const struct terminal_event *event);

#define PAGE_VIEW_KEYS                                                                                       \
	{ { TERMINAL_UP, 'k' }, "Up k", NULL, "up a line", page_view_up, false },                            \
		{ { TERMINAL_DOWN, 'j' }, "Down j", NULL, "down a line", page_view_down, false },            \
		{ { TERMINAL_PAGE_UP, CONTROL('B'), CONTROL('U') },                                          \
		  "PgUp",                                                                                    \
		  NULL,                                                                                      \
		  "up a page; also C-b and C-u",                                                             \
		  page_view_page_up,                                                                         \
		  false },                                                                                   \
		{ { TERMINAL_PAGE_DOWN, ' ', CONTROL('F'), CONTROL('D') },                                   \
		  "PgDn",                                                                                    \
		  NULL,                                                                                      \
		  "down a page; also Space, C-f and C-d",                                                    \
		  page_view_page_down,                                                                       \
		  false },                                                                                   \
		{ { TERMINAL_HOME, 'g' }, "Home", NULL, "to the beginning; also g", page_view_home, false }, \
		{ { TERMINAL_END, 'G' }, "End", NULL, "to the end; also G", page_view_end, false }, KEYS_END

#endif
