#include "tui/screen/host.h"

#include <stdlib.h>
#include <string.h>

#include "tui/screen/app.h"
#include "tui/screen/table_view.h"
#include "tui/screen/typed_command.h"
#include "tui/text/alloc.h"
#include "tui/text/screen_messages.h"
#include "tui/text/text.h"

/* So many are connected at once. */
enum { HOST_CONNECTING_MAX = 8 };

bool host_several(const struct app *app)
{
	return app->host_count > 1;
}

void host_choose(struct app *app, size_t index)
{
	app->host = &app->hosts[index];
	app->feed = &app->host->feed;
}

/* Of several, one that cannot be reached is no reason to end. */
static int host_connect(struct host *host, enum client_start start, char **error)
{
	if (!host_several(host->app))
		return feed_open(&host->feed, start, error);
	feed_begin(&host->feed, start);
	return 0;
}

int host_begin(struct app *app, const struct chosen *servers, char **error)
{
	size_t count = servers->count;
	int result = 0;

	app->hosts = alloc_zero(count, sizeof(*app->hosts));
	app->host_count = count;
	app->gate.most = HOST_CONNECTING_MAX;
	for (size_t i = 0; i < count; i++) {
		struct host *host = &app->hosts[i];

		host->app = app;
		host->index = i;
		host->label = servers->items[i].label;
		news_init(&host->news, count > 1 ? host->label : NULL);
		feed_init(&host->feed, &servers->items[i].address);
		if (count > 1)
			host->feed.gate = &app->gate;
	}
	host_choose(app, 0);
	for (size_t i = 0; i < count && result == 0; i++)
		result = host_connect(&app->hosts[i], servers->items[i].start, error);
	return result;
}

void host_end(struct app *app)
{
	for (size_t i = 0; i < app->host_count; i++) {
		feed_release(&app->hosts[i].feed);
		news_release(&app->hosts[i].news);
		free(app->hosts[i].unread);
	}
	free(app->hosts);
	app->hosts = NULL;
	app->host_count = 0;
}

void host_open_lists(struct app *app, void (*news)(void *ctx), void *ctx)
{
	for (size_t i = 0; i < app->host_count; i++) {
		struct host *host = &app->hosts[i];

		alerts_init(&host->alerts, host);
		live_open(&host->live, &host->feed, news, ctx);
	}
}

void host_close_lists(struct app *app)
{
	for (size_t i = 0; i < app->host_count; i++) {
		alerts_release(&app->hosts[i].alerts);
		live_close(&app->hosts[i].live);
	}
}

/* Its list may be coming anew. */
static bool host_is_up(const struct host *host)
{
	return channel_up(&host->feed.calls) && host->feed.status_known;
}

enum host_state host_state(const struct host *host)
{
	if (host_is_up(host))
		return HOST_UP;
	return host->down_since ? HOST_DOWN : HOST_CONNECTING;
}

bool host_left_out(const struct host *host)
{
	return host->app->table->merged && host_state(host) == HOST_DOWN && (host->stale || !host->up_at);
}

int64_t host_clock(const struct host *host)
{
	return host_is_up(host) ? app_now() : host->up_at;
}

const struct host *host_late(const struct app *app)
{
	const struct host *late = NULL;
	unsigned longest = 0;

	for (size_t i = 0; i < app->host_count; i++) {
		if (feed_waiting(&app->hosts[i].feed) <= longest)
			continue;
		late = &app->hosts[i];
		longest = feed_waiting(&late->feed);
	}
	return late;
}

char *host_id(const struct host *host, const char *id)
{
	return host_several(host->app) ? alloc_format("%s:%s", host->label, id) : alloc_string(id);
}

char *host_say(const struct host *host, const char *text)
{
	return host_several(host->app) ? alloc_format("%s: %s", host->label, text) : alloc_string(text);
}

size_t host_tagged(const struct app *app)
{
	size_t count = 0;

	for (size_t i = 0; i < app->host_count; i++)
		count += tags_count(&app->hosts[i].live.list.tags);
	return count;
}

size_t host_hidden(const struct app *app)
{
	size_t count = 0;

	for (size_t i = 0; i < app->host_count; i++)
		count += tags_hidden(&app->hosts[i].live.list.tags);
	return count;
}

size_t host_meant(const struct host *host)
{
	const struct list *list = &host->live.list;

	if (host_tagged(host->app) > host_hidden(host->app))
		return tags_shown(&list->tags);
	return host == host->app->host && list_selected(list);
}

size_t host_meant_count(const struct app *app)
{
	size_t count = 0;

	for (size_t i = 0; i < app->host_count; i++)
		count += host_meant(&app->hosts[i]);
	return count;
}

static struct host *host_find(struct app *app, const char *label)
{
	if (!*label)
		return app->host;
	for (size_t i = 0; i < app->host_count; i++) {
		if (strcmp(app->hosts[i].label, label) == 0)
			return &app->hosts[i];
	}
	return NULL;
}

void host_ask(struct app *app, const char *label)
{
	struct host *host = host_find(app, label);

	if (!host) {
		app_say(app, alloc_format(MSG_CONNECT_UNKNOWN, label), true);
		return;
	}
	if (host->feed.address->kind != ADDRESS_SSH) {
		app_say(app, alloc_format(MSG_CONNECT_NEAR, host->label), true);
		return;
	}
	client_ask(host->feed.address, terminal_run);
	feed_hurry(&host->feed);
}

void host_forget(struct app *app, const void *ctx)
{
	for (size_t i = 0; i < app->host_count; i++)
		feed_forget(&app->hosts[i].feed, ctx);
}

static bool host_give_up_some(struct app *app, bool late)
{
	bool found = false;

	for (size_t i = 0; i < app->host_count; i++) {
		struct feed *feed = &app->hosts[i].feed;

		while ((!late || feed_waiting(feed)) && feed_give_up(feed))
			found = true;
	}
	return found;
}

bool host_give_up(struct app *app)
{
	bool found = host_give_up_some(app, true) || host_give_up_some(app, false);

	if (found && !app->table->seeking)
		app_say(app, alloc_string(MSG_GIVEN_UP), false);
	return found;
}

int host_poll(struct app *app, struct pollfd *ready)
{
	int count = 0;

	for (size_t i = 0; i < app->host_count; i++) {
		app->hosts[i].polled = count;
		count += feed_poll(&app->hosts[i].feed, ready + count);
	}
	return count;
}

/* False: it has nothing new to say.  What ssh says of a connection that is there does not name its host. */
static bool host_hear(struct host *host)
{
	bool named = !host->feed.said;
	char *news = feed_news(&host->feed);

	if (!news)
		return false;
	free(host->unread);
	host->unread_passes = named;
	host->unread = named ? alloc_string(news) : host_say(host, news);
	free(news);
	return true;
}

/* All that is unread, with the servers first: not all of it may fit on the line.  NULL: nothing. */
static char *host_unread(const struct app *app)
{
	struct text labels = TEXT_INIT, texts = TEXT_INIT;
	size_t count = 0;
	char *news;

	for (size_t i = 0; i < app->host_count; i++) {
		const struct host *host = &app->hosts[i];

		if (!host->unread)
			continue;
		text_format(&labels, "%s%s", count ? ", " : "", host->label);
		text_format(&texts, "%s%s", count ? "; " : "", host->unread);
		count++;
	}
	news = count > 1 ? alloc_format(MSG_SAY_SEVERAL, count, labels.data, texts.data)
	       : count   ? alloc_string(texts.data)
	                 : NULL;
	text_release(&labels);
	text_release(&texts);
	return news;
}

static void host_show_news(struct app *app, char *news)
{
	app_say(app, news, true);
	app->message_is_news = news != NULL;
}

/* Its connection is there, so that it was not is no longer told. */
static void host_take_back(struct host *host)
{
	struct app *app = host->app;

	if (!host->unread || !host->unread_passes)
		return;
	free(host->unread);
	host->unread = NULL;
	if (app->message_is_news)
		host_show_news(app, host_unread(app));
}

/* Nor is what could not be done without it. */
static void host_take_back_refusal(const struct host *host)
{
	struct app *app = host->app;
	char *named = host_say(host, MSG_NOT_CONNECTED);

	if (app->message &&
	    (strcmp(app->message, named) == 0 || strcmp(app->message, MSG_NOT_CONNECTED) == 0))
		app_say(app, NULL, false);
	free(named);
}

/* Notes since when it is down: since it was lost, or an attempt to connect it has failed. */
static void host_look(struct host *host, int64_t now)
{
	bool up = host_is_up(host);

	if (up || host->was_up)
		host->up_at = now;
	if (up)
		host->down_since = 0;
	else if (!host->down_since && (host->was_up || host->feed.trouble))
		host->down_since = time(NULL);
	if (up && !host->feed.trouble)
		host_take_back(host);
	if (live_up(&host->live) && !host->was_live)
		host_take_back_refusal(host);
	host->was_up = up;
	host->was_live = live_up(&host->live);
	host->stale &= !host->was_live;
}

void host_receive(struct app *app, const struct pollfd *ready, int64_t now)
{
	for (size_t i = 0; i < app->host_count; i++) {
		feed_receive(&app->hosts[i].feed, ready + app->hosts[i].polled, now);
		host_look(&app->hosts[i], now); /* before it is drawn */
	}
}

int host_turn(struct app *app, int64_t now)
{
	int soonest = -1;

	for (size_t i = 0; i < app->host_count; i++) {
		int wait = feed_turn(&app->hosts[i].feed, now);

		host_look(&app->hosts[i], now);
		if (wait >= 0 && (soonest < 0 || wait < soonest))
			soonest = wait;
	}
	return soonest;
}

/*
 * What a page shows, and what a command prints that is running, may be late without a sign of that, unlike the rows of the table,
 * whose clocks go on.
 */
static bool host_has_page(const struct host *host)
{
	const struct app *app = host->app;

	return host == app->host &&
	       (app_view(app) != &app->table->view || typed_command_running(app->command));
}

void host_ask_for_signs(struct app *app, int64_t within)
{
	for (size_t i = 0; i < app->host_count; i++) {
		if (app->hosts[i].live.list.height > 0 || host_has_page(&app->hosts[i]))
			feed_ask(&app->hosts[i].feed, within);
	}
}

int host_sign_wait(const struct app *app, int64_t now, int64_t within)
{
	const struct channel *calls = &app->feed->calls;
	int64_t left = app->feed->heard + within - now;

	if (!host_has_page(app->host) || !channel_up(calls) || channel_waits(calls))
		return -1;
	return left > 0 ? (int)left : 0;
}

void host_tell_news(struct app *app)
{
	bool heard = false;

	for (size_t i = 0; i < app->host_count; i++)
		heard |= host_hear(&app->hosts[i]);
	if (heard)
		host_show_news(app, host_unread(app));
}

void host_read_news(struct app *app)
{
	for (size_t i = 0; i < app->host_count; i++) {
		free(app->hosts[i].unread);
		app->hosts[i].unread = NULL;
	}
}
