#include "tui/screen/away_view.h"

#include <stdlib.h>

#include "tui/screen/app.h"
#include "tui/screen/help_view.h"
#include "tui/screen/page_view.h"
#include "tui/text/alloc.h"
#include "tui/text/messages.h"

/* Lines of a terminal that has room for the strip; tasks that one call returns. */
enum { AWAY_LINES = 10, AWAY_ROWS = 200 };

struct away_view {
	struct page_view page;
	struct news news;
	bool asked; /* a call is outstanding */
	bool seen;  /* the server was told */
};

static void away_view_looked(void *ctx, size_t tag, const struct client_reply *reply)
{
	struct app *app = ctx;

	(void)tag;
	if (!reply || reply->error)
		return;
	news_take(&app->news, reply->parameters);
	app_resize(app);
}

void away_view_look(struct app *app)
{
	struct jsonw params = JSONW_INIT;

	news_request(&app->news, AWAY_ROWS, &params);
	feed_call(app->feed, "Away", &params, away_view_looked, app, 0);
}

int away_view_strip(const struct app *app)
{
	return news_count(&app->news) > 0 && terminal_lines() >= AWAY_LINES;
}

void away_view_draw_strip(const struct app *app, int y)
{
	static const char key[] = "A";
	char *text = news_strip(&app->news);

	if (!text)
		return;
	terminal_fill(y, 0, terminal_columns(), STYLE_NOTICE);
	terminal_put(y, terminal_put(y, 0, STYLE_KEY, key) + 1, STYLE_NOTICE, text);
	free(text);
}

static void away_view_taken(void *ctx, size_t tag, const struct client_reply *reply)
{
	struct away_view *away = ctx;
	struct app *app = away->page.view.app;

	(void)tag;
	away->asked = false;
	if (app_failed(app, reply)) {
		away->news.left = false;
		return;
	}
	news_take(&away->news, reply->parameters);
	news_fill(&away->news, &away->page.pager);
}

static void away_view_ask(struct away_view *away)
{
	struct jsonw params = JSONW_INIT;

	if (away->asked)
		return;
	away->asked = true;
	news_request(&away->news, AWAY_ROWS, &params);
	feed_call(away->page.view.app->feed, "Away", &params, away_view_taken, away, 0);
}

static void away_view_told(void *ctx, size_t tag, const struct client_reply *reply)
{
	(void)tag;
	if (reply && reply->error)
		app_say(ctx, app_error(reply), true);
}

/* The user has seen all of it, so it is no news any more. */
static void away_view_see(struct away_view *away)
{
	struct app *app = away->page.view.app;
	struct jsonw params = JSONW_INIT;

	away->seen = true;
	news_release(&app->news);
	app_resize(app);
	jsonw_object(&params);
	jsonw_key(&params, "cursor");
	jsonw_int(&params, away->news.cursor);
	jsonw_end_object(&params);
	feed_call(app->feed, "AwaySeen", &params, away_view_told, app, 0);
}

static void away_view_draw(struct view *view)
{
	struct away_view *away = (struct away_view *)view;
	const struct pager *pager = &away->page.pager;

	page_view_draw(&away->page, MSG_NEWS_TITLE);
	if (away->news.cursor < 0 || away->asked || away->seen ||
	    pager->top + (size_t)pager->height < pager->length)
		return;
	if (away->news.left)
		away_view_ask(away);
	else
		away_view_see(away);
}

static void away_view_release(struct view *view)
{
	feed_forget(view->app->feed, view);
	news_release(&((struct away_view *)view)->news);
	page_view_release(view);
}

static const struct key away_view_keys[] = {
	{ { '?', TERMINAL_F1 }, "?", "Help", "show this help; also F1", help_view_open, false },
	{ { 'q', TERMINAL_ESCAPE, 'A', TERMINAL_F10 },
	  "q",
	  "Back",
	  "leave the page; what was shown to its end has been seen",
	  app_close,
	  false },
	PAGE_VIEW_KEYS,
};

static const struct view_class away_view_class = {
	.title = MSG_NEWS_TITLE,
	.keys = away_view_keys,
	.draw = away_view_draw,
	.mouse = page_view_mouse,
	.release = away_view_release,
};

void away_view_open(struct view *view)
{
	struct away_view *away = alloc_zero(1, sizeof(*away));

	news_init(&away->news);
	app_open(view->app, &away->page.view, &away_view_class);
	away_view_ask(away);
}
