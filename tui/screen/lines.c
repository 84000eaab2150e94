#include <stdio.h>

#include "tui/screen/app.h"

enum { SIDE_STEP = 8, WHEEL_LINES = 3 };

struct place {
	int x, y;
};

static void put(void *ctx, const struct sgr *sgr, const char *text, int columns)
{
	struct place *place = ctx;

	/* A combining character goes where the one before it stands: curses adds it to that cell. */
	terminal_glyph(place->y, place->x, sgr, text);
	place->x += columns;
}

void lines_draw(struct lines *lines)
{
	int height = draw_body_lines(), columns = terminal_columns();

	tail_resize(&lines->tail, height);
	for (int i = 0; i < height; i++) {
		struct place place = { .x = 0, .y = i + 1 };

		tail_draw(&lines->tail, lines->tail.top + i, lines->left, columns, put, &place);
	}
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

static struct lines *lines_of(struct app *app)
{
	return app_view(app) == &log_view ? log_lines(app) : &app->output;
}

static void scroll(struct app *app, int64_t by)
{
	tail_scroll(&lines_of(app)->tail, by);
}

void lines_up(struct app *app)
{
	scroll(app, -1);
}

void lines_down(struct app *app)
{
	scroll(app, 1);
}

void lines_page_up(struct app *app)
{
	scroll(app, -lines_of(app)->tail.height);
}

void lines_page_down(struct app *app)
{
	scroll(app, lines_of(app)->tail.height);
}

void lines_home(struct app *app)
{
	scroll(app, INT64_MIN);
}

void lines_end(struct app *app)
{
	scroll(app, INT64_MAX);
}

void lines_left(struct app *app)
{
	struct lines *lines = lines_of(app);

	lines->left = lines->left > SIDE_STEP ? lines->left - SIDE_STEP : 0;
}

void lines_right(struct app *app)
{
	struct lines *lines = lines_of(app);

	if (lines->left < TAIL_LINE_MAX)
		lines->left += SIDE_STEP;
}

void lines_mouse(struct app *app, const struct terminal_event *event)
{
	if (event->key != TERMINAL_CLICK)
		scroll(app, event->key == TERMINAL_WHEEL_UP ? -WHEEL_LINES : WHEEL_LINES);
}
