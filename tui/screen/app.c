#include "tui/screen/app.h"

#include <stdlib.h>
#include <time.h>

#include "tui/screen/draw.h"
#include "tui/text/alloc.h"
#include "tui/text/screen_messages.h"

int64_t app_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_BOOTTIME, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void app_open(struct app *app, struct view *view, const struct view_class *class)
{
	struct view **place = &app->top;

	while (*place && (*place)->class->overlay && !class->overlay)
		place = &(*place)->below;
	view->class = class;
	view->app = app;
	view->below = *place;
	*place = view;
}

static void app_free_view(struct view *view)
{
	if (view->class->release)
		view->class->release(view);
	free(view);
}

void app_close(struct view *view)
{
	struct view **place = &view->app->top;

	while (*place != view)
		place = &(*place)->below;
	*place = view->below;
	app_free_view(view);
}

void app_release_views(struct app *app)
{
	while (app->top) {
		struct view *view = app->top;

		app->top = view->below;
		app_free_view(view);
	}
}

struct view *app_view(const struct app *app)
{
	struct view *view = app->top;

	while (view->class->overlay)
		view = view->below;
	return view;
}

struct view *app_find(const struct app *app, const struct view_class *class)
{
	struct view *view = app->top;

	while (view && view->class != class)
		view = view->below;
	return view;
}

void app_say(struct app *app, char *text, bool bad)
{
	free(app->message);
	app->message = text;
	app->message_bad = bad;
	app->message_is_news = false;
}

void app_input_error(struct app *app, char *text)
{
	if (!app->top->class->overlay) {
		app_say(app, text, true);
		return;
	}
	free(app->notice);
	app->notice = text;
}

char *app_error(const struct client_reply *reply)
{
	return reply->error ? alloc_checked(client_explain(reply)) : NULL;
}

void app_say_failure(struct app *app, const struct client_reply *reply)
{
	app_say(app, reply ? app_error(reply) : alloc_string(MSG_SAY_CONNECTION_LOST), true);
}

/* Draws a view.  An overlay is drawn after the view below it. */
static void app_draw_from(struct view *view)
{
	if (view->class->overlay)
		app_draw_from(view->below);
	view->class->draw(view);
}

void app_draw(struct app *app)
{
	terminal_begin();
	app_draw_from(app->top);
	if (app->top->class->overlay)
		draw_waiting_above(app);
	terminal_end();
}

void app_shown(struct app *app)
{
	for (struct view *view = app->top; view; view = view->below) {
		if (view->class->shown)
			view->class->shown(view);
	}
}

void app_resize(struct app *app)
{
	for (struct view *view = app->top; view; view = view->below) {
		if (view->class->resize)
			view->class->resize(view);
	}
}

void app_turn(struct app *app)
{
	for (struct view *view = app->top; view; view = view->below) {
		if (view->class->turn)
			view->class->turn(view);
	}
}

void app_news(struct app *app)
{
	for (struct view *view = app->top; view; view = view->below) {
		if (view->class->news)
			view->class->news(view);
	}
}

int app_wait(const struct app *app)
{
	const struct view *view = app_view(app);

	return view->class->wait ? view->class->wait(view) : -1;
}
