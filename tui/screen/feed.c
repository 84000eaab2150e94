#include "tui/screen/feed.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <utlist.h>

#include "tui/text/alloc.h"
#include "tui/text/screen_messages.h"

/*
 * Milliseconds before an attempt to connect: after a loss, and after a failed attempt; at most, to another machine, which is
 * twice as long each time; and how long a connection to one must last to be a good one.
 */
enum { RETRY_SOON = 200, RETRY_LATER = 1000, RETRY_MOST = 60000, STEADY = 10000, SECOND = 1000 };

void feed_init(struct feed *feed, const struct address *address)
{
	*feed = (struct feed){ .address = address, .calls = { .prompt = true } };
	DL_APPEND(feed->channels, &feed->calls);
}

static bool feed_is_far(const struct feed *feed)
{
	return feed->address->kind == ADDRESS_SSH;
}

/* Takes over the text.  What was said before is not said again. */
static void feed_note_trouble(struct feed *feed, char *trouble)
{
	if (!trouble || !feed->trouble || strcmp(trouble, feed->trouble) != 0)
		feed->told = false;
	free(feed->trouble);
	feed->trouble = trouble;
}

static void feed_note_said(struct feed *feed, const struct channel *channel)
{
	char *said = client_said(channel->client);

	if (!said)
		return;
	free(feed->said);
	feed->said = said;
}

int feed_open(struct feed *feed, enum client_start start, char **error)
{
	int result = channel_open(&feed->calls, feed->address, start, error);

	if (!result)
		feed_note_said(feed, &feed->calls);
	return result;
}

/* How long to wait after an attempt that failed. */
static int feed_pause(struct feed *feed)
{
	if (!feed_is_far(feed) || feed->pause == 0)
		feed->pause = RETRY_LATER;
	else
		feed->pause = feed->pause < RETRY_MOST / 2 ? 2 * feed->pause : RETRY_MOST;
	return feed->pause;
}

static void feed_leave_gate(struct feed *feed, bool settling)
{
	feed->settling -= settling;
	if (feed->gate)
		feed->gate->open -= settling;
}

static void feed_close_channel(struct feed *feed, struct channel *channel)
{
	feed_leave_gate(feed, channel->settling);
	channel_close(channel);
}

void feed_release(struct feed *feed)
{
	feed_close_channel(feed, &feed->calls);
	server_status_release(&feed->status);
	free(feed->trouble);
	free(feed->said);
	*feed = (struct feed){ 0 };
}

static bool feed_gate_is_shut(const struct feed *feed)
{
	return feed->gate && feed_is_far(feed) && feed->settling == 0 && feed->gate->open >= feed->gate->most;
}

/* The attempt has come to this.  False: it failed. */
static bool feed_settled(struct feed *feed, struct channel *channel, int result, char *error)
{
	if (result == -EAGAIN)
		return true;
	feed_note_trouble(feed, error);
	if (result == 0) {
		feed->connected = feed->now;
		feed_note_said(feed, channel);
		if (channel->connected)
			channel->connected(channel->ctx);
		return true;
	}
	if (channel_up(&feed->calls))
		feed->pause = 0; /* it is there */
	feed->retry_at = feed->now + feed_pause(feed);
	return false;
}

/* Connects, or begins to.  False: it failed. */
static bool feed_connect_with(struct feed *feed, struct channel *channel, enum client_start start)
{
	char *error = NULL;
	int result;

	if (channel->settling || feed_gate_is_shut(feed))
		return true;
	result = channel_begin(channel, feed->address, start, &error);
	feed->settling += channel->settling;
	if (feed->gate)
		feed->gate->open += channel->settling;
	return feed_settled(feed, channel, result, error);
}

/*
 * This does not start a server again: the user may have stopped it on purpose, and if it has crashed, its anchor restarts
 * it.
 */
static bool feed_connect(struct feed *feed, struct channel *channel)
{
	return feed_connect_with(feed, channel, CLIENT_START_NEVER);
}

void feed_begin(struct feed *feed, enum client_start start)
{
	feed_connect_with(feed, &feed->calls, start);
}

/* Something came on a channel that is being connected. */
static void feed_settle(struct feed *feed, struct channel *channel)
{
	char *error = NULL;
	int result = channel_settle(channel, &error);

	feed_leave_gate(feed, !channel->settling);
	feed_settled(feed, channel, result, error);
}

void feed_add(struct feed *feed, struct channel *channel)
{
	DL_APPEND(feed->channels, channel);
	feed_again(feed, channel);
}

void feed_drop(struct feed *feed, struct channel *channel)
{
	feed_close_channel(feed, channel);
	DL_DELETE(feed->channels, channel);
}

void feed_again(struct feed *feed, struct channel *channel)
{
	feed_close_channel(feed, channel);
	channel->resting = false;
	feed_connect(feed, channel);
}

void feed_again_later(struct feed *feed, struct channel *channel)
{
	feed_close_channel(feed, channel);
	channel->resting = false;
	feed->retry_at = feed->now + RETRY_SOON;
}

void feed_rest(struct channel *channel)
{
	channel_close(channel);
	channel->resting = true;
}

void feed_call(struct feed *feed, const char *method, struct jsonw *parameters, channel_answer *answer,
               void *ctx, size_t tag)
{
	channel_send(&feed->calls, method, parameters, false, answer, ctx, tag);
}

void feed_wish(struct feed *feed, const char *method, struct jsonw *parameters, channel_answer *answer,
               void *ctx, size_t tag)
{
	feed_call(feed, method, parameters, answer, ctx, tag);
	channel_wish(&feed->calls);
}

bool feed_give_up(struct feed *feed)
{
	return channel_give_up(&feed->calls);
}

void feed_call_id(struct feed *feed, const char *method, const char *id, channel_answer *answer, void *ctx,
                  size_t tag)
{
	struct jsonw params = JSONW_INIT;

	jsonw_object(&params);
	jsonw_key(&params, "id");
	jsonw_string(&params, id);
	jsonw_end_object(&params);
	feed_call(feed, method, &params, answer, ctx, tag);
}

void feed_forget(struct feed *feed, const void *ctx)
{
	channel_forget(&feed->calls, ctx);
}

bool feed_up(const struct feed *feed)
{
	const struct channel *channel;

	DL_FOREACH(feed->channels, channel)
	{
		if (!channel_up(channel) && !channel->resting)
			return false;
	}
	return true;
}

void feed_take_status(struct feed *feed, const json_t *status)
{
	if (server_status_parse(&feed->status, status) == 0)
		feed->status_known = true;
}

int feed_poll(struct feed *feed, struct pollfd *ready)
{
	struct channel *channel;
	int count = 0;

	DL_FOREACH(feed->channels, channel)
	{
		assert(count < FEED_CHANNELS_MAX);
		channel->index = count;
		ready[count++] = channel_poll(channel);
	}
	return count;
}

/* Replies may cause channels to be added or dropped, so the list is searched again after each. */
static struct channel *feed_next_ready(struct feed *feed)
{
	struct channel *channel;

	DL_FOREACH(feed->channels, channel)
	{
		if (channel->ready)
			return channel;
	}
	return NULL;
}

void feed_receive(struct feed *feed, const struct pollfd *ready, int64_t now)
{
	struct channel *channel;

	feed->now = now;
	DL_FOREACH(feed->channels, channel)
	channel->ready = channel->client && (channel->backlog || ready[channel->index].revents);
	while ((channel = feed_next_ready(feed))) {
		channel->ready = false;
		if (channel->settling)
			feed_settle(feed, channel);
		else
			channel_receive(channel);
	}
}

static bool feed_has_backlog(const struct feed *feed)
{
	const struct channel *channel;

	DL_FOREACH(feed->channels, channel)
	{
		if (channel->backlog)
			return true;
	}
	return false;
}

/* Channels that were lost are connected again a little later. */
static void feed_see_losses(struct feed *feed)
{
	struct channel *channel;

	bool lost = false, poor = feed_is_far(feed) && feed->now - feed->connected < STEADY;

	DL_FOREACH(feed->channels, channel)
	{
		lost |= channel->lost;
		channel->lost = false;
	}
	if (!lost)
		return;
	if (!poor)
		feed->pause = 0;
	feed->retry_at = feed->now + (poor ? feed_pause(feed) : RETRY_SOON);
}

/* Milliseconds until another second of waiting is over; -1: nothing waits. */
static int feed_watch(struct feed *feed, int64_t now)
{
	struct channel *channel;
	int64_t next = SECOND + 1;

	DL_FOREACH(feed->channels, channel)
	{
		bool waits = channel->prompt && channel_up(channel) && channel_waits(channel);

		if (channel->heard)
			feed->heard = now;
		if (!waits)
			channel->since = 0;
		else if (!channel->since || channel->heard)
			channel->since = now;
		channel->heard = false;
		if (waits && SECOND - (now - channel->since) % SECOND < next)
			next = SECOND - (now - channel->since) % SECOND;
	}
	return next > SECOND ? -1 : (int)next;
}

unsigned feed_waiting(const struct feed *feed)
{
	const struct channel *channel;
	int64_t longest = 0;

	DL_FOREACH(feed->channels, channel)
	{
		if (channel->since && feed->now - channel->since > longest)
			longest = feed->now - channel->since;
	}
	return (unsigned)(longest / SECOND);
}

static void feed_answered(void *ctx, size_t tag, const struct client_reply *reply)
{
	(void)tag;
	if (reply && !reply->error)
		feed_take_status(ctx, json_object_get(reply->parameters, "status"));
}

void feed_ask(struct feed *feed, int64_t within)
{
	struct jsonw params = JSONW_INIT;

	if (channel_up(&feed->calls) && !channel_waits(&feed->calls) && feed->now - feed->heard >= within)
		feed_call(feed, "ServerStatus", &params, feed_answered, feed, 0);
}

/* Connects what is due.  Milliseconds until it must be called again; -1: no time limit. */
static int feed_connect_due(struct feed *feed, int64_t now)
{
	struct channel *channel;

	feed_see_losses(feed);
	if (feed_up(feed))
		return feed_has_backlog(feed) ? 0 : -1;
	if (now < feed->retry_at)
		return feed_has_backlog(feed) ? 0 : (int)(feed->retry_at - now);
	DL_FOREACH(feed->channels, channel)
	{
		if (!channel_up(channel) && !channel->resting && !feed_connect(feed, channel))
			return (int)(feed->retry_at - now);
	}
	feed_see_losses(feed);
	/* Another machine is awaited by its descriptor, and the gate by those that are before it. */
	return feed_up(feed) || feed_is_far(feed) ? -1 : RETRY_SOON;
}

char *feed_news(struct feed *feed)
{
	char *news = feed->said;

	feed->said = NULL;
	if (news || !feed->trouble || feed->told || !feed_is_far(feed))
		return news;
	feed->told = true;
	return alloc_format(client_asks(feed->trouble) ? MSG_SAY_ASKS : MSG_SAY_AGAIN, feed->trouble);
}

void feed_hurry(struct feed *feed)
{
	feed->retry_at = feed->pause = 0;
	feed->told = false;
}

int feed_turn(struct feed *feed, int64_t now)
{
	int watch, due;

	feed->now = now;
	due = feed_connect_due(feed, now);
	watch = feed_watch(feed, now);
	return due < 0 || (watch >= 0 && watch < due) ? watch : due;
}
