#include <stdlib.h>
#include <string.h>

#include "tui/screen/app.h"
#include "tui/view/search.h"

/* Milliseconds between attempts: after a loss, and after an attempt that failed. */
enum { RETRY_SOON = 200, RETRY_LATER = 1000 };

static void window_answer(void *ctx, size_t tag, const struct client_reply *reply)
{
	struct app *app = ctx;

	(void)tag;
	if (!reply) {
		window_reset(&app->list.window);
		return;
	}
	if (reply->error || !reply->continues ||
	    (list_apply(&app->list, reply->parameters) < 0 && app->list.window.id < 0)) {
		app->window_ended = true;
		return;
	}
	if (app_has(app, &details_view))
		details_refresh(app);
	if (app_has(app, &family_view))
		family_refresh(app);
}

static void scrolled(void *ctx, size_t tag, const struct client_reply *reply)
{
	struct app *app = ctx;

	(void)tag;
	if (reply && reply->error)
		app->window_ended = true; /* the server does not know our window */
}

static void located(void *ctx, size_t tag, const struct client_reply *reply)
{
	struct app *app = ctx;
	const json_t *position =
		reply && !reply->error ? json_object_get(reply->parameters, "position") : NULL;

	(void)tag;
	app->locating = false;
	if (reply)
		list_found(&app->list, json_is_integer(position) ? json_integer_value(position) : -1);
}

/* The same where it is not the order of creation that counts. */
static void located_in_order(void *ctx, size_t tag, const struct client_reply *reply)
{
	struct app *app = ctx;
	const json_t *rows = reply ? json_object_get(reply->parameters, "rows") : NULL;

	(void)tag;
	app->locating = false;
	if (json_is_array(rows))
		list_found(&app->list, search_position(rows, app->list.selected));
}

static void locate(struct app *app, const char *id)
{
	const struct window_query *query = &app->list.window.query;
	struct jsonw params = JSONW_INIT;

	app->locating = true;
	if (query->text || query->sort || query->reverse) {
		window_order(query, &params);
		link_send(&app->calls, "List", &params, false, located_in_order, app, 0);
		return;
	}

	jsonw_object(&params);
	jsonw_key(&params, "id");
	jsonw_string(&params, id);
	jsonw_end_object(&params);
	link_send(&app->calls, "Position", &params, false, located, app, 0);
}

static void selected(void *ctx, size_t tag, const struct client_reply *reply)
{
	struct app *app = ctx;
	const json_t *rows = reply ? json_object_get(reply->parameters, "rows") : NULL;
	const json_t *row = json_array_get(rows, 0);

	(void)tag;
	app->seeking = false;
	if (json_is_array(row))
		list_select(&app->list, (uint64_t)json_integer_value(json_array_get(row, 0)),
		            json_string_value(json_array_get(row, 1)));
}

void feed_select(struct app *app, const char *id)
{
	struct jsonw params = JSONW_INIT;

	jsonw_object(&params);
	jsonw_key(&params, "columns");
	jsonw_array(&params);
	jsonw_string(&params, "number");
	jsonw_string(&params, "id");
	jsonw_end_array(&params);
	jsonw_key(&params, "ids");
	jsonw_array(&params);
	jsonw_string(&params, id);
	jsonw_end_array(&params);
	jsonw_end_object(&params);
	app->seeking = true;
	link_send(&app->calls, "List", &params, false, selected, app, 0);
}

static void request_window(struct app *app)
{
	struct jsonw params = JSONW_INIT;

	app->window_ended = false;
	list_request(&app->list, &params);
	link_send(&app->window, "List", &params, true, window_answer, app, 0);
}

/* Connects what is not connected. 0 or -errno. */
static int connect_links(struct app *app, enum client_start start, char **error)
{
	int result = 0;

	if (!link_up(&app->window)) {
		result = link_open(&app->window, app->address, start, error);
		if (!result)
			request_window(app);
	}
	/* The first one has started the server, if it was to be started. */
	if (!result && !link_up(&app->calls))
		result = link_open(&app->calls, app->address, CLIENT_START_NEVER, error);
	return result;
}

int feed_open(struct app *app, enum client_start start, char **error)
{
	return connect_links(app, start, error);
}

void feed_close(struct app *app)
{
	link_close(&app->window);
	link_close(&app->calls);
}

bool feed_connected(const struct app *app)
{
	return link_up(&app->window) && link_up(&app->calls);
}

void feed_anew(struct app *app)
{
	char *error = NULL;

	if (!feed_connected(app))
		return; /* it will be asked for when it is */
	link_close(&app->window);
	window_reset(&app->list.window);
	if (connect_links(app, CLIENT_START_NEVER, &error) < 0)
		app->retry_at = app_now() + RETRY_SOON;
	free(error);
}

bool feed_up(const struct app *app)
{
	return feed_connected(app) && app->list.window.id >= 0;
}

void feed_receive(struct app *app, bool window_ready, bool calls_ready)
{
	bool lost = false;

	if (window_ready && link_up(&app->window))
		lost |= !link_receive(&app->window);
	if (calls_ready && link_up(&app->calls))
		lost |= !link_receive(&app->calls);
	if (app->window_ended) {
		app->window_ended = false;
		link_close(&app->window);
		window_reset(&app->list.window);
		lost = true;
	}
	if (lost)
		app->retry_at = app_now() + RETRY_SOON;
}

void feed_ask(struct app *app)
{
	struct jsonw params = JSONW_INIT;
	const char *lost = list_lost(&app->list);

	if (!feed_up(app))
		return;
	if (lost && !app->locating)
		locate(app, lost);
	if (list_scroll(&app->list, &params))
		link_send(&app->calls, "Scroll", &params, false, scrolled, app, 0);
}

int feed_retry(struct app *app)
{
	int64_t now = app_now();
	char *error = NULL;

	if (link_up(&app->window) && link_up(&app->calls))
		return -1;
	if (now < app->retry_at)
		return (int)(app->retry_at - now);
	/*
	 * A server that was stopped on purpose is not started again behind its user's back; one that fell is
	 * restarted by its anchor.
	 */
	if (connect_links(app, CLIENT_START_NEVER, &error) < 0) {
		free(error);
		app->retry_at = now + RETRY_LATER;
		return RETRY_LATER;
	}
	return -1;
}
