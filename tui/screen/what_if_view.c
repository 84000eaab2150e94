#include "tui/screen/what_if_view.h"

#include <stdlib.h>

#include "tui/screen/app.h"
#include "tui/screen/help_view.h"
#include "tui/screen/page_view.h"
#include "tui/text/alloc.h"

static void what_if_view_draw(struct view *view)
{
	page_view_draw((struct page_view *)view, "What if");
}

static const struct key what_if_view_keys[] = {
	{ { '?', TERMINAL_F1 }, "?", "Help", "show this help; also F1", help_view_open, false },
	{ { 'q', TERMINAL_ESCAPE, TERMINAL_F10 }, "q", "Back", "leave the page; also Esc", app_close, false },
	PAGE_VIEW_KEYS,
};

static const struct view_class what_if_view_class = {
	.title = "What if",
	.keys = what_if_view_keys,
	.draw = what_if_view_draw,
	.mouse = page_view_mouse,
	.release = page_view_release,
};

void what_if_view_open(struct app *app, const struct targets *targets)
{
	struct page_view *page = alloc_zero(1, sizeof(*page));

	for (size_t i = 0; i < targets->count; i++) {
		char *line = targets_what_if(targets, i);

		pager_add(&page->pager, STYLE_NORMAL, NULL, STYLE_NORMAL, line);
		free(line);
	}
	app_open(app, &page->view, &what_if_view_class);
}
