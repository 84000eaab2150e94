#include "tui/screen/lines.h"

#include <stdio.h>

#include "tui/screen/draw.h"

enum { SIDE_STEP = 8, WHEEL_LINES = 3 };

struct lines_at {
	int x, y;
	int begin, end; /* the columns between the marks */
};

static void lines_put(void *ctx, const struct sgr *sgr, const char *text, int columns)
{
	struct lines_at *at = ctx;

	/* A combining character is drawn at the place of the one before it.  curses adds it to that cell. */
	if (at->x >= at->begin && at->x + columns <= at->end)
		terminal_glyph(at->y, at->x, sgr, text);
	at->x += columns;
}

static void lines_skip(void *ctx, const struct sgr *sgr, const char *text, int columns)
{
	(void)ctx, (void)sgr, (void)text, (void)columns;
}

/* A mark at an edge says that the line goes on there, as in the log. */
static void lines_draw_line(const struct lines *lines, int64_t number, int y)
{
	int columns = terminal_columns(), width = tail_draw(&lines->tail, number, 0, 0, lines_skip, NULL);
	bool before = lines->left > 0 && width > 0, after = width > lines->left + columns;
	struct lines_at at = { .y = y, .begin = before, .end = columns - after };

	tail_draw(&lines->tail, number, lines->left, columns, lines_put, &at);
	if (before)
		terminal_put(y, 0, STYLE_KEY, "<");
	if (after)
		terminal_put(y, columns - 1, STYLE_KEY, ">");
}

void lines_draw(struct lines *lines)
{
	int height = draw_body_lines();

	tail_resize(&lines->tail, height);
	for (int i = 0; i < height; i++)
		lines_draw_line(lines, lines->tail.top + i, i + 1);
}

void lines_place(const struct lines *lines, bool over, char *buf, size_t size)
{
	const struct tail *tail = &lines->tail;
	int64_t end = tail_end(tail), last = tail->top + tail->height;

	if (tail->follow)
		snprintf(buf, size, "%s", over ? "end" : "following");
	else
		snprintf(buf, size, "%lld-%lld of %lld", (long long)tail->top + 1,
		         (long long)(last < end ? last : end), (long long)end);
}

static struct lines *lines_of(const struct view *view)
{
	return ((const struct lines_view *)view)->lines;
}

static void lines_scroll(const struct view *view, int64_t by)
{
	tail_scroll(&lines_of(view)->tail, by);
}

void lines_up(struct view *view)
{
	lines_scroll(view, -1);
}

void lines_down(struct view *view)
{
	lines_scroll(view, 1);
}

void lines_page_up(struct view *view)
{
	lines_scroll(view, -lines_of(view)->tail.height);
}

void lines_page_down(struct view *view)
{
	lines_scroll(view, lines_of(view)->tail.height);
}

void lines_home(struct view *view)
{
	lines_scroll(view, INT64_MIN);
}

void lines_end(struct view *view)
{
	lines_scroll(view, INT64_MAX);
}

void lines_left(struct view *view)
{
	struct lines *lines = lines_of(view);

	lines->left = lines->left > SIDE_STEP ? lines->left - SIDE_STEP : 0;
}

void lines_right(struct view *view)
{
	struct lines *lines = lines_of(view);

	if (lines->left < TAIL_LINE_MAX)
		lines->left += SIDE_STEP;
}

void lines_mouse(struct view *view, const struct terminal_event *event)
{
	if (event->key != TERMINAL_CLICK)
		lines_scroll(view, event->key == TERMINAL_WHEEL_UP ? -WHEEL_LINES : WHEEL_LINES);
}
