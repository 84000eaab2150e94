#include "tui/screen/link.h"

#include <errno.h>
#include <stdlib.h>
#include <utlist.h>

#include "tui/text/alloc.h"

/* A fast talker gets no more than this many answers taken before the keyboard is looked at again. */
enum { ANSWERS_AT_ONCE = 16 };

struct link_call {
	link_answer *answer;
	void *ctx;
	size_t tag;
	struct link_call *prev, *next;
};

int link_open(struct link *link, const struct address *address, enum client_start start, char **error)
{
	*link = (struct link)LINK_INIT;
	return client_open(&link->client, address, start, error);
}

void link_close(struct link *link)
{
	struct link_call *call, *next;

	client_close(link->client);
	DL_FOREACH_SAFE(link->calls, call, next)
	free(call);
	*link = (struct link)LINK_INIT;
}

bool link_up(const struct link *link)
{
	return link->client != NULL;
}

/* Closes it, and tells those who wait.  They may call again at once: those calls fail at once. */
static void lose(struct link *link)
{
	struct link_call *calls = link->calls, *call, *next;

	client_close(link->client);
	*link = (struct link)LINK_INIT;
	DL_FOREACH_SAFE(calls, call, next)
	{
		call->answer(call->ctx, call->tag, NULL);
		free(call);
	}
}

void link_send(struct link *link, const char *method, struct jsonw *parameters, bool more,
               link_answer *answer, void *ctx, size_t tag)
{
	struct link_call *call;
	int error = link->client ? client_send(link->client, method, parameters, more ? CLIENT_MORE : 0)
	                         : -ENOTCONN;

	jsonw_release(parameters);
	if (error == -ENOTCONN && !link->client) {
		answer(ctx, tag, NULL);
		return;
	}
	call = alloc_zero(1, sizeof(*call));
	*call = (struct link_call){ .answer = answer, .ctx = ctx, .tag = tag };
	DL_APPEND(link->calls, call);
	if (error)
		lose(link);
}

struct pollfd link_poll(const struct link *link)
{
	struct pollfd entry = { .fd = -1, .events = POLLIN };

	if (link->client) {
		entry.fd = client_fd(link->client);
		if (client_wants_write(link->client))
			entry.events |= POLLOUT;
	}
	return entry;
}

bool link_receive(struct link *link)
{
	link->backlog = false;
	for (int i = 0; link->client && i < ANSWERS_AT_ONCE; i++) {
		struct client_reply reply = { 0 };
		struct link_call *call = link->calls;
		int error = client_receive(link->client, &reply, 0);
		bool last;

		if (error == -EAGAIN || error == -EINTR)
			return true;
		if (error || !call) {
			client_reply_release(&reply);
			lose(link);
			return false;
		}
		last = !reply.continues;
		if (last)
			DL_DELETE(link->calls, call);
		call->answer(call->ctx, call->tag, &reply);
		if (last)
			free(call);
		client_reply_release(&reply);
	}
	link->backlog = link->client != NULL;
	return link->backlog;
}
