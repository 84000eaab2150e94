#include "tui/screen/live.h"

static void live_request(void *ctx);

static void live_answer(void *ctx, size_t tag, const struct client_reply *reply)
{
	struct live *live = ctx;

	(void)tag;
	if (!reply) {
		window_reset(&live->list.window);
		return;
	}
	if (live->ending && !reply->error) { /* what still comes is of the window before */
		if (!reply->continues)
			live_request(live);
		return;
	}
	live->list.window.now = live->feed->now;
	if (reply->error || !reply->continues ||
	    (list_apply(&live->list, reply->parameters) < 0 && live->list.window.id < 0)) {
		window_reset(&live->list.window);
		feed_again_later(live->feed, &live->channel);
		return;
	}
	feed_take_status(live->feed, json_object_get(reply->parameters, "status"));
	if (live->news)
		live->news(live->ctx);
}

static void live_request(void *ctx)
{
	struct live *live = ctx;
	struct jsonw params = JSONW_INIT;

	live->ending = false;
	list_request(&live->list, &params);
	channel_send(&live->channel, "List", &params, true, live_answer, live, 0);
}

void live_open(struct live *live, struct feed *feed, void (*news)(void *ctx), void *ctx)
{
	live->feed = feed;
	live->news = news;
	live->ctx = ctx;
	live->channel = (struct channel){ .connected = live_request, .ctx = live, .prompt = true };
	feed_add(feed, &live->channel);
}

void live_close(struct live *live)
{
	if (live->feed) {
		feed_forget(live->feed, live);
		feed_drop(live->feed, &live->channel);
	}
	list_release(&live->list);
}

bool live_connected(const struct live *live)
{
	return channel_up(&live->channel) && channel_up(&live->feed->calls);
}

bool live_up(const struct live *live)
{
	return live_connected(live) && live->list.window.id >= 0;
}

bool live_selection_due(const struct live *live)
{
	const struct list *list = &live->list;

	return live_connected(live) &&
	       (list->window.id < 0 || (list->window.total > 0 && !list_selected(list)));
}

/* A server that cannot end a window is one that knows only connections. */
static void live_ended(void *ctx, size_t tag, const struct client_reply *reply)
{
	struct live *live = ctx;

	(void)tag;
	if (live->ending && (!reply || reply->error))
		feed_again(live->feed, &live->channel);
}

/* Another connection would take long, to another machine. */
static void live_end(struct live *live, int64_t window)
{
	struct jsonw params = JSONW_INIT;

	jsonw_object(&params);
	jsonw_key(&params, "window");
	jsonw_int(&params, window);
	jsonw_end_object(&params);
	live->ending = true;
	feed_call(live->feed, "ListEnd", &params, live_ended, live, 0);
}

void live_anew(struct live *live)
{
	int64_t window = live->list.window.id;

	live->located = 0;
	if (!channel_up(&live->channel))
		return; /* the request is sent when the channel is connected */
	window_reset(&live->list.window);
	list_let_go(&live->list);
	if (window >= 0 && channel_up(&live->feed->calls))
		live_end(live, window);
	else if (!live->ending)
		feed_again(live->feed, &live->channel);
}

static void live_scrolled(void *ctx, size_t tag, const struct client_reply *reply)
{
	struct live *live = ctx;

	(void)tag;
	if (!reply || !reply->error)
		return;
	window_reset(&live->list.window); /* a new connection has no window yet */
	feed_again_later(live->feed, &live->channel);
}

static void live_located(void *ctx, size_t tag, const struct client_reply *reply)
{
	struct live *live = ctx;
	const json_t *position =
		reply && !reply->error ? json_object_get(reply->parameters, "position") : NULL;

	(void)tag;
	live->locating = false;
	if (reply && live->located)
		list_found(&live->list, live->located,
		           json_is_integer(position) ? json_integer_value(position) : -1);
}

static void live_locate(struct live *live, const char *id)
{
	struct jsonw params = JSONW_INIT;

	jsonw_object(&params);
	jsonw_key(&params, "id");
	jsonw_string(&params, id);
	window_write_query(&live->list.window.query, &params);
	jsonw_end_object(&params);
	live->locating = true;
	live->located = live->list.selected;
	feed_call(live->feed, "Position", &params, live_located, live, 0);
}

static void live_looked(void *ctx, size_t tag, const struct client_reply *reply)
{
	struct live *live = ctx;

	(void)tag;
	live->looking = false;
	live->list.window.now = live->feed->now;
	if (reply && !reply->error)
		list_held_row(&live->list, json_array_get(json_object_get(reply->parameters, "rows"), 0));
}

static void live_look(struct live *live, const char *id)
{
	struct jsonw params = JSONW_INIT;

	window_request_row(&live->list.window, id, &params);
	live->looking = true;
	feed_call(live->feed, "List", &params, live_looked, live, 0);
}

void live_ask(struct live *live)
{
	struct jsonw params = JSONW_INIT;
	const char *lost = list_lost(&live->list), *old = list_held_old(&live->list);

	if (!live_up(live))
		return;
	if (lost && !live->locating)
		live_locate(live, lost);
	if (old && !live->looking)
		live_look(live, old);
	if (list_scroll(&live->list, &params))
		feed_call(live->feed, "Scroll", &params, live_scrolled, live, 0);
}
