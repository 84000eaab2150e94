#include "tui/screen/feed.h"

#include <assert.h>
#include <stdlib.h>
#include <utlist.h>

#include "tui/text/alloc.h"

/* Milliseconds before an attempt to connect: after a loss, and after a failed attempt. */
enum { RETRY_SOON = 200, RETRY_LATER = 1000, SECOND = 1000 };

void feed_init(struct feed *feed, const struct address *address)
{
	*feed = (struct feed){ .address = address, .calls = { .prompt = true } };
	DL_APPEND(feed->channels, &feed->calls);
}

void feed_release(struct feed *feed)
{
	channel_close(&feed->calls);
	server_status_release(&feed->status);
	free(feed->trouble);
	*feed = (struct feed){ 0 };
}

static void feed_note_trouble(struct feed *feed, char *trouble)
{
	free(feed->trouble);
	feed->trouble = trouble;
}

int feed_open(struct feed *feed, enum client_start start, char **error)
{
	return channel_open(&feed->calls, feed->address, start, error);
}

/*
 * Connects.  False: it failed.  This does not start a server again: the user may have stopped it on purpose,
 * and if it has crashed, its anchor restarts it.
 */
static bool feed_connect(struct feed *feed, struct channel *channel)
{
	char *error = NULL;
	int result = channel_open(channel, feed->address, CLIENT_START_NEVER, &error);

	feed_note_trouble(feed, error);
	if (result == 0 && channel->connected)
		channel->connected(channel->ctx);
	return result == 0;
}

void feed_add(struct feed *feed, struct channel *channel)
{
	DL_APPEND(feed->channels, channel);
	feed_again(feed, channel);
}

void feed_drop(struct feed *feed, struct channel *channel)
{
	channel_close(channel);
	DL_DELETE(feed->channels, channel);
}

void feed_again(struct feed *feed, struct channel *channel)
{
	channel_close(channel);
	channel->resting = false;
	if (!feed_connect(feed, channel))
		feed->retry_at = feed->now + RETRY_LATER;
}

void feed_again_later(struct feed *feed, struct channel *channel)
{
	channel_close(channel);
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
	channel->ready = channel_up(channel) && (channel->backlog || ready[channel->index].revents);
	while ((channel = feed_next_ready(feed))) {
		channel->ready = false;
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

	DL_FOREACH(feed->channels, channel)
	{
		if (channel->lost)
			feed->retry_at = feed->now + RETRY_SOON;
		channel->lost = false;
	}
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
		if (channel_up(channel) || channel->resting || feed_connect(feed, channel))
			continue;
		feed->retry_at = now + RETRY_LATER;
		return RETRY_LATER;
	}
	feed_see_losses(feed);
	return feed_up(feed) ? -1 : RETRY_SOON;
}

int feed_turn(struct feed *feed, int64_t now)
{
	int watch, due;

	feed->now = now;
	due = feed_connect_due(feed, now);
	watch = feed_watch(feed, now);
	return due < 0 || (watch >= 0 && watch < due) ? watch : due;
}
