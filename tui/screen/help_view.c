#include "tui/screen/help_view.h"

#include "tui/screen/app.h"
#include "tui/screen/edit_keys.h"
#include "tui/screen/log_view.h"
#include "tui/screen/page_view.h"
#include "tui/screen/prompt_view.h"
#include "tui/screen/table_view.h"
#include "tui/text/alloc.h"

static void help_view_draw(struct view *view)
{
	page_view_draw((struct page_view *)view, "Help");
}

static const struct key help_view_keys[] = {
	{ { 'q', TERMINAL_ESCAPE, TERMINAL_F10, '?' },
	  "q",
	  "Back",
	  "leave the page; also Esc",
	  app_close,
	  false },
	PAGE_VIEW_KEYS,
};

#define HELP_VIEW                                                                                            \
	.title = "Help", .keys = help_view_keys, .draw = help_view_draw, .mouse = page_view_mouse,           \
	.release = page_view_release

static const struct view_class help_view_class = { HELP_VIEW };
/* Above a line that is being typed. */
static const struct view_class help_view_above_class = { HELP_VIEW, .overlay = true };

static void help_view_add(struct pager *pager, const struct view_class *class)
{
	keys_help(class->title, class->keys, pager);
}

void help_view_open(struct view *view)
{
	struct page_view *help = alloc_zero(1, sizeof(*help));

	help_view_add(&help->pager, view->class);
	if (view->class != &table_view_class)
		help_view_add(&help->pager, &table_view_class);
	if (view->class != &log_view_class)
		help_view_add(&help->pager, &log_view_class);
	if (view->class != &prompt_view_class)
		help_view_add(&help->pager, &prompt_view_class);
	edit_keys_help(&help->pager);
	app_open(view->app, &help->view, view->class->overlay ? &help_view_above_class : &help_view_class);
}
