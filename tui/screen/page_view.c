#include "tui/screen/page_view.h"

#include <stdio.h>

#include "tui/screen/draw.h"
#include "tui/text/cells.h"

enum { WHEEL_LINES = 3 };

void page_view_layout(struct page_view *page)
{
	pager_layout(&page->pager, terminal_columns(), draw_body_lines());
}

static void page_view_draw_line(const struct page_view *page, size_t number, int y)
{
	const struct pager_line *line = &page->pager.lines[number];
	bool selected = number >= page->selected && number < page->selected_end;

	if (line->style == STYLE_HEADING) {
		draw_heading(y, line->text);
		return;
	}
	if (selected)
		terminal_fill(y, 0, terminal_columns(), STYLE_SELECTED);
	terminal_highlight(selected);
	terminal_put(y, 0, line->label_style, line->label);
	terminal_put(y, line->indent, line->style, line->text);
	terminal_highlight(false);
}

void page_view_draw_lines(const struct page_view *page, const char *title, const char *place)
{
	const struct pager *pager = &page->pager;

	draw_title(title, place);
	for (size_t i = 0; i < (size_t)pager->height && pager->top + i < pager->length; i++)
		page_view_draw_line(page, pager->top + i, (int)i + 1);
	draw_bottom(&page->view);
}

void page_view_draw(struct page_view *page, const char *title)
{
	const struct pager *pager = &page->pager;
	char place[64] = "";

	page_view_layout(page);
	if (pager->length > 0)
		snprintf(place, sizeof(place), "%zu-%zu of %zu", pager->top + 1,
		         pager->length - pager->top < (size_t)pager->height
		                 ? pager->length
		                 : pager->top + (size_t)pager->height,
		         pager->length);
	page_view_draw_lines(page, title, place);
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
