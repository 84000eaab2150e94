#include "tui/screen/details_view.h"

#include <stdio.h>
#include <stdlib.h>

#include "engine/task/task.h"
#include "tui/screen/app.h"
#include "tui/screen/draw.h"
#include "tui/screen/help_view.h"
#include "tui/screen/host.h"
#include "tui/screen/log_view.h"
#include "tui/screen/page_view.h"
#include "tui/screen/recent.h"
#include "tui/text/alloc.h"
#include "tui/text/screen_messages.h"
#include "tui/view/details.h"

/* Lines of each stream that are asked for; milliseconds after which what is said of a time is another one. */
enum { DETAILS_READ = 100, DETAILS_TICK = 1000 };

struct details_view {
	struct page_view page;
	struct details details;
	struct recent output, error;
	char id[TASK_ID_MAX + 1];
	unsigned asked; /* calls that are outstanding */
	bool again;     /* and something has changed since they were sent */
	bool stale;     /* the page is to be written anew */
	int64_t filled; /* when it was written */
};

static void details_view_ask(struct view *view);

static void details_view_changed(void *ctx)
{
	((struct details_view *)ctx)->stale = true;
}

/* One of the calls was answered. */
static void details_view_answered(struct details_view *details)
{
	details->stale = true;
	details->asked--;
	if (details->asked || !details->again)
		return;
	details->again = false;
	details_view_ask(&details->page.view);
}

static void details_view_relatives(void *ctx, size_t tag, const struct client_reply *reply)
{
	struct details_view *details = ctx;

	(void)tag;
	if (reply && !reply->error) {
		json_decref(details->details.relatives);
		details->details.relatives = json_incref(json_object_get(reply->parameters, "rows"));
	}
	details_view_answered(details);
}

static void details_view_why(void *ctx, size_t tag, const struct client_reply *reply)
{
	struct details_view *details = ctx;

	(void)tag;
	if (reply && !reply->error) {
		json_decref(details->details.why);
		details->details.why = json_incref(reply->parameters);
	}
	details_view_answered(details);
}

static void details_view_fields(void *ctx, size_t tag, const struct client_reply *reply)
{
	struct details_view *details = ctx;
	struct app *app = details->page.view.app;
	struct jsonw params = JSONW_INIT;
	char *error = reply ? app_error(reply) : NULL;

	(void)tag;
	if (error) {
		app_say(app, alloc_format("Task %s: %s", details->id, error), true);
	} else if (reply && !details_take(&details->details, reply->parameters, app_now())) {
		app_say(app, alloc_format(MSG_TASK_GONE, details->id), true);
	} else if (reply && details_relatives(&details->details, &params)) {
		details->asked++;
		feed_call(app->feed, "List", &params, details_view_relatives, details, 0);
	}
	free(error);
	details_view_answered(details);
}

static void details_view_ask(struct view *view)
{
	struct details_view *details = (struct details_view *)view;
	struct jsonw params = JSONW_INIT;

	details->again = details->asked > 0;
	if (details->asked)
		return;
	details->asked = 2;
	details_request(details->id, &params);
	feed_call(view->app->feed, "List", &params, details_view_fields, details, 0);
	feed_call_id(view->app->feed, "Why", details->id, details_view_why, details, 0);
}

static int details_view_wait(const struct view *view)
{
	const struct details_view *details = (const struct details_view *)view;

	return details_tick(&details->details) ? DETAILS_TICK - (int)(app_now() % DETAILS_TICK) : -1;
}

static void details_view_turn(struct view *view)
{
	struct details_view *details = (struct details_view *)view;

	details->stale |=
		details_tick(&details->details) && app_now() / DETAILS_TICK != details->filled / DETAILS_TICK;
}

static void details_view_draw(struct view *view)
{
	struct details_view *details = (struct details_view *)view;
	char *id = host_id(view->app->host, details->id);
	char *title = alloc_format("Task %s  %s  %s", id, details_text(&details->details, "name"),
	                           details_text(&details->details, "state"));

	if (details->stale) {
		details->details.lines = draw_body_lines() / 2;
		details->details.output =
			(struct details_output){ details->output.bytes, details->output.length };
		details->details.error =
			(struct details_output){ details->error.bytes, details->error.length };
		details->filled = app_now();
		details_fill(&details->details, details->filled, &details->page.pager);
	}
	details->stale = false;
	page_view_draw(&details->page, title);
	free(title);
	free(id);
}

static void details_view_release(struct view *view)
{
	struct details_view *details = (struct details_view *)view;

	feed_forget(view->app->feed, view);
	recent_close(&details->output);
	recent_close(&details->error);
	details_release(&details->details);
	page_view_release(view);
}

static void details_view_log(struct view *view)
{
	log_view_open(view->app, ((struct details_view *)view)->id);
}

static const struct key details_view_keys[] = {
	{ { '?', TERMINAL_F1 }, "?", "Help", "show this help; also F1", help_view_open, false },
	{ { 'q', TERMINAL_ESCAPE, TERMINAL_F10 }, "q", "Back", "leave the page; also Esc", app_close, false },
	{ { 'l' }, "l", "Log", "show the task's output and follow it", details_view_log, false },
	PAGE_VIEW_KEYS,
};

static const struct view_class details_view_class = {
	.title = "Details",
	.keys = details_view_keys,
	.draw = details_view_draw,
	.mouse = page_view_mouse,
	.turn = details_view_turn,
	.news = details_view_ask,
	.wait = details_view_wait,
	.release = details_view_release,
};

void details_view_open(struct app *app, const char *id, const struct speed *speed)
{
	struct details_view *details = alloc_zero(1, sizeof(*details));

	snprintf(details->id, sizeof(details->id), "%s", id);
	if (speed)
		details->details.speed = *speed;
	/* A command that is said there is for a shell, where the server called default is the usual one. */
	if (strcmp(app->feed->address->text, "default") != 0)
		details->details.server = app->feed->address->text;
	app_open(app, &details->page.view, &details_view_class);
	recent_open(&details->output, app->feed, id, "stdout", DETAILS_READ, details_view_changed, details);
	recent_open(&details->error, app->feed, id, "stderr", DETAILS_READ, details_view_changed, details);
	details_view_ask(&details->page.view);
}
