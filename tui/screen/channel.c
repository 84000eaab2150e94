#include "tui/screen/channel.h"

#include <errno.h>
#include <stdlib.h>
#include <utlist.h>

#include "tui/text/alloc.h"

/* At most this many replies are processed before the keyboard is looked at again. */
enum { ANSWERS_AT_ONCE = 16 };

struct channel_call {
	channel_answer *answer; /* NULL: nobody wants the reply any more */
	void *ctx;
	size_t tag;
	bool replied; /* it goes on, and there was a reply */
	bool wished;  /* see channel_wish() */
	struct channel_call *prev, *next;
};

int channel_open(struct channel *channel, const struct address *address, enum client_start start,
                 char **error)
{
	channel->calls = NULL;
	channel->backlog = channel->lost = channel->settling = false;
	return client_open(&channel->client, address, start, error);
}

int channel_begin(struct channel *channel, const struct address *address, enum client_start start,
                  char **error)
{
	int result;

	channel->calls = NULL;
	channel->backlog = channel->lost = channel->settling = false;
	result = client_begin(&channel->client, address, start, error);
	channel->settling = !result && address->kind == ADDRESS_SSH;
	return channel->settling ? -EAGAIN : result;
}

int channel_settle(struct channel *channel, char **error)
{
	int result = client_settle(channel->client, 0);

	if (result == -EINTR)
		result = -EAGAIN;
	channel->settling = result == -EAGAIN;
	if (!result || channel->settling)
		return result;
	*error = alloc_string(client_error(channel->client));
	channel_close(channel);
	return result;
}

void channel_close(struct channel *channel)
{
	struct channel_call *call, *next;

	client_close(channel->client);
	channel->client = NULL;
	DL_FOREACH_SAFE(channel->calls, call, next)
	free(call);
	channel->calls = NULL;
	channel->backlog = channel->settling = false;
}

bool channel_up(const struct channel *channel)
{
	return channel->client && !channel->settling;
}

bool channel_waits(const struct channel *channel)
{
	const struct channel_call *call;

	DL_FOREACH(channel->calls, call)
	{
		if (!call->replied)
			return true;
	}
	return false;
}

static void channel_tell(const struct channel_call *call, const struct client_reply *reply)
{
	if (call->answer)
		call->answer(call->ctx, call->tag, reply);
}

/* Closes it, and tells the callers that wait.  If they call again from there, the call fails at once. */
static void channel_lose(struct channel *channel)
{
	struct channel_call *calls = channel->calls, *call, *next;

	client_close(channel->client);
	channel->client = NULL;
	channel->calls = NULL;
	channel->backlog = false;
	channel->lost = true;
	DL_FOREACH_SAFE(calls, call, next)
	{
		channel_tell(call, NULL);
		free(call);
	}
}

void channel_send(struct channel *channel, const char *method, struct jsonw *parameters, bool more,
                  channel_answer *answer, void *ctx, size_t tag)
{
	if (!channel_up(channel)) {
		jsonw_release(parameters);
		answer(ctx, tag, NULL);
		return;
	}

	int error = client_send(channel->client, method, parameters, more ? CLIENT_MORE : 0);
	struct channel_call *call = alloc_zero(1, sizeof(*call));

	jsonw_release(parameters);
	*call = (struct channel_call){ .answer = answer, .ctx = ctx, .tag = tag };
	DL_APPEND(channel->calls, call);
	if (error)
		channel_lose(channel);
}

void channel_forget(struct channel *channel, const void *ctx)
{
	struct channel_call *call;

	DL_FOREACH(channel->calls, call)
	{
		if (call->ctx == ctx)
			call->answer = NULL;
	}
}

void channel_wish(struct channel *channel)
{
	if (channel->calls)
		channel->calls->prev->wished = true;
}

static struct channel_call *channel_wished(const struct channel *channel)
{
	struct channel_call *call;

	DL_FOREACH(channel->calls, call)
	{
		if (call->wished && call->answer)
			return call;
	}
	return NULL;
}

bool channel_give_up(struct channel *channel)
{
	struct channel_call *call = channel_wished(channel), given_up;

	if (!call)
		return false;
	given_up = *call;
	call->answer = NULL;
	channel_tell(&given_up, NULL);
	return true;
}

struct pollfd channel_poll(const struct channel *channel)
{
	struct pollfd entry = { .fd = -1, .events = POLLIN };

	if (channel->client) {
		entry.fd = client_fd(channel->client);
		if (client_wants_write(channel->client))
			entry.events |= POLLOUT;
	}
	return entry;
}

/* Passes the reply to the function of its call, which may close the channel. */
static void channel_take(struct channel *channel, const struct client_reply *reply)
{
	struct channel_call *first = channel->calls, call = *first;

	channel->heard = true;
	first->replied = true;
	if (!reply->continues) {
		DL_DELETE(channel->calls, first);
		free(first);
	}
	channel_tell(&call, reply);
}

void channel_receive(struct channel *channel)
{
	channel->backlog = false;
	for (int i = 0; channel->client && i < ANSWERS_AT_ONCE; i++) {
		struct client_reply reply = { 0 };
		int error = client_receive(channel->client, &reply, 0);

		if (error == -EAGAIN || error == -EINTR)
			return;
		if (error || !channel->calls)
			channel_lose(channel);
		else
			channel_take(channel, &reply);
		client_reply_release(&reply);
	}
	channel->backlog = channel->client != NULL;
}
