#include "tui/screen/away_view.h"

#include <stdlib.h>

#include "tui/screen/app.h"
#include "tui/screen/help_view.h"
#include "tui/screen/host.h"
#include "tui/screen/page_view.h"
#include "tui/text/alloc.h"
#include "tui/text/messages.h"
#include "tui/text/text.h"

/* Lines of a terminal that has room for the strip; tasks that one call returns. */
enum { AWAY_LINES = 10, AWAY_ROWS = 200 };

/* What the page has of a server. */
struct away_part {
	struct news news;
	bool asked;  /* a call is outstanding */
	bool failed; /* it could not answer, and is not asked again */
	bool seen;   /* it was told */
};

struct away_view {
	struct page_view page;
	struct away_part *parts; /* one for each server */
	bool nothing;            /* the page says that there is nothing */
};

/* --- the strip */

static void away_view_looked(void *ctx, size_t index, const struct client_reply *reply)
{
	struct app *app = ctx;
	struct host *host = &app->hosts[index];

	host->news_asked = reply != NULL; /* a connection that was lost is no answer */
	if (!reply || reply->error)
		return;
	news_take(&host->news, reply->parameters);
	app_resize(app);
}

void away_view_look(struct app *app)
{
	for (size_t i = 0; i < app->host_count; i++) {
		struct host *host = &app->hosts[i];
		struct jsonw params = JSONW_INIT;

		if (host->news_asked || !channel_up(&host->feed.calls))
			continue;
		host->news_asked = true;
		news_request(&host->news, AWAY_ROWS, &params);
		feed_call(&host->feed, "Away", &params, away_view_looked, app, i);
	}
}

int away_view_strip(const struct app *app)
{
	size_t count = 0;

	for (size_t i = 0; i < app->host_count; i++)
		count += news_count(&app->hosts[i].news);
	return count > 0 && terminal_lines() >= AWAY_LINES;
}

void away_view_draw_strip(const struct app *app, int y)
{
	static const char key[] = "A";
	struct news_sum sum = { .left = false };
	char *text;

	for (size_t i = 0; i < app->host_count; i++)
		news_add_up(&sum, &app->hosts[i].news);
	text = news_strip(&sum);
	if (!text)
		return;
	terminal_fill(y, 0, terminal_columns(), STYLE_NOTICE);
	terminal_put(y, terminal_put(y, 0, STYLE_KEY, key) + 1, STYLE_NOTICE, text);
	free(text);
}

/* --- the page */

/* Takes over the text. */
static void away_view_say(const struct host *host, char *text)
{
	app_say(host->app, host_say(host, text), true);
	free(text);
}

static bool away_view_failed(const struct host *host, struct away_part *part,
                             const struct client_reply *reply)
{
	if (reply && !reply->error)
		return false;
	part->failed = reply != NULL; /* else it is asked again when there is a connection */
	away_view_say(host, reply ? app_error(reply) : alloc_string(MSG_SAY_CONNECTION_LOST));
	return true;
}

static void away_view_taken(void *ctx, size_t index, const struct client_reply *reply)
{
	struct away_view *away = ctx;
	struct away_part *part = &away->parts[index];

	part->asked = false;
	if (away_view_failed(&away->page.view.app->hosts[index], part, reply))
		return;
	news_take(&part->news, reply->parameters);
	if (away->nothing && news_count(&part->news) > 0) {
		pager_clear(&away->page.pager);
		away->nothing = false;
	}
	news_fill(&part->news, &away->page.pager);
}

static void away_view_ask(struct away_view *away, size_t index)
{
	struct feed *feed = &away->page.view.app->hosts[index].feed;
	struct away_part *part = &away->parts[index];
	struct jsonw params = JSONW_INIT;

	if (part->asked || part->failed || !channel_up(&feed->calls))
		return;
	part->asked = true;
	news_request(&part->news, AWAY_ROWS, &params);
	feed_call(feed, "Away", &params, away_view_taken, away, index);
}

static bool away_view_has_answer(const struct away_part *part)
{
	return part->news.cursor >= 0;
}

/* Says that there is nothing, once none is waited for. */
static void away_view_settle(struct away_view *away)
{
	bool answered = false;

	for (size_t i = 0; i < away->page.view.app->host_count; i++) {
		answered |= away_view_has_answer(&away->parts[i]);
		if (away->parts[i].asked)
			return;
	}
	if (!answered || away->page.pager.count > 0)
		return;
	pager_add(&away->page.pager, STYLE_DIM, NULL, STYLE_DIM, MSG_NEWS_NONE);
	away->nothing = true;
}

/* A server may come up while the page is open. */
static void away_view_turn(struct view *view)
{
	struct away_view *away = (struct away_view *)view;

	for (size_t i = 0; i < view->app->host_count; i++) {
		if (!away_view_has_answer(&away->parts[i]))
			away_view_ask(away, i);
	}
	away_view_settle(away);
}

static void away_view_told(void *ctx, size_t index, const struct client_reply *reply)
{
	const struct app *app = ctx;

	if (reply && reply->error)
		away_view_say(&app->hosts[index], app_error(reply));
}

/* The user has seen all that there is of this server, so it is no news any more. */
static void away_view_see(struct away_view *away, size_t index)
{
	struct app *app = away->page.view.app;
	struct away_part *part = &away->parts[index];
	struct jsonw params = JSONW_INIT;

	part->seen = true;
	news_release(&app->hosts[index].news);
	app_resize(app);
	jsonw_object(&params);
	jsonw_key(&params, "cursor");
	jsonw_int(&params, part->news.cursor);
	jsonw_end_object(&params);
	feed_call(&app->hosts[index].feed, "AwaySeen", &params, away_view_told, app, index);
}

/* What a server has sent was shown to its end. */
static void away_view_shown(struct away_view *away, size_t index)
{
	const struct away_part *part = &away->parts[index];

	if (!away_view_has_answer(part) || part->asked || part->seen)
		return;
	if (part->news.left && !part->failed)
		away_view_ask(away, index);
	else
		away_view_see(away, index);
}

/* The title; of several servers it names those that have not answered.  malloc'ed. */
static char *away_view_title(const struct away_view *away)
{
	const struct app *app = away->page.view.app;
	struct text names = TEXT_INIT;
	char *title;

	for (size_t i = 0; host_several(app) && i < app->host_count; i++) {
		if (!away_view_has_answer(&away->parts[i]))
			text_format(&names, "%s%s", names.length ? ", " : "", app->hosts[i].label);
	}
	title = names.length ? alloc_format(MSG_NEWS_WITHOUT, names.data) : alloc_string(MSG_NEWS_TITLE);
	text_release(&names);
	return title;
}

static void away_view_draw(struct view *view)
{
	struct away_view *away = (struct away_view *)view;
	const struct pager *pager = &away->page.pager;
	char *title = away_view_title(away);

	page_view_draw(&away->page, title);
	free(title);
	if (pager->top + (size_t)pager->height < pager->length)
		return;
	for (size_t i = 0; i < view->app->host_count; i++)
		away_view_shown(away, i);
}

static void away_view_release(struct view *view)
{
	struct away_view *away = (struct away_view *)view;

	host_forget(view->app, view);
	for (size_t i = 0; i < view->app->host_count; i++)
		news_release(&away->parts[i].news);
	free(away->parts);
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
	.turn = away_view_turn,
	.release = away_view_release,
};

void away_view_open(struct view *view)
{
	struct app *app = view->app;
	struct away_view *away = alloc_zero(1, sizeof(*away));
	bool asked = false;

	away->parts = alloc_zero(app->host_count, sizeof(*away->parts));
	app_open(app, &away->page.view, &away_view_class);
	for (size_t i = 0; i < app->host_count; i++) {
		news_init(&away->parts[i].news, app->hosts[i].news.server);
		away_view_ask(away, i);
		asked |= away->parts[i].asked;
	}
	if (!asked)
		app_say(app, alloc_string(MSG_NOT_CONNECTED), true);
}
