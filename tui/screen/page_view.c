#include "tui/screen/page_view.h"

#include <stdio.h>

#include "tui/screen/draw.h"
#include "tui/text/cells.h"

enum { WHEEL_LINES = 3 };

void page_view_draw(struct page_view *page, const char *title)
{
	struct pager *pager = &page->pager;
	char place[64] = "";

	pager_layout(pager, terminal_columns(), draw_body_lines());
	if (pager->length > 0)
		snprintf(place, sizeof(place), "%zu-%zu of %zu", pager->top + 1,
		         pager->length - pager->top < (size_t)pager->height
		                 ? pager->length
		                 : pager->top + (size_t)pager->height,
		         pager->length);
	draw_title(title, place);
	for (size_t i = 0; i < (size_t)pager->height && pager->top + i < pager->length; i++) {
		const struct pager_line *line = &pager->lines[pager->top + i];

		if (line->style == STYLE_HEADING) {
			draw_heading((int)i + 1, line->text);
			continue;
		}
		terminal_put((int)i + 1, 0, line->label_style, line->label);
		terminal_put((int)i + 1, line->indent, line->style, line->text);
	}
	draw_bottom(&page->view);
}

void page_view_release(struct view *view)
{
	pager_release(&((struct page_view *)view)->pager);
}

static void page_view_scroll(struct view *view, int64_t lines)
{
	pager_scroll(&((struct page_view *)view)->pager, lines);
}

static int page_view_height(const struct view *view)
{
	return ((const struct page_view *)view)->pager.height;
}

void page_view_up(struct view *view)
{
	page_view_scroll(view, -1);
}

void page_view_down(struct view *view)
{
	page_view_scroll(view, 1);
}

void page_view_page_up(struct view *view)
{
	page_view_scroll(view, -page_view_height(view));
}

void page_view_page_down(struct view *view)
{
	page_view_scroll(view, page_view_height(view));
}

void page_view_home(struct view *view)
{
	page_view_scroll(view, INT64_MIN);
}

void page_view_end(struct view *view)
{
	page_view_scroll(view, INT64_MAX);
}

void page_view_mouse(struct view *view, const struct terminal_event *event)
{
	if (event->key != TERMINAL_CLICK)
		page_view_scroll(view, event->key == TERMINAL_WHEEL_UP ? -WHEEL_LINES : WHEEL_LINES);
}
