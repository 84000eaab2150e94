/*
 * One connection to a server for an event loop: calls are sent without waiting, and each answer goes to the
 * function given with its call.  A feed keeps it connected.
 */
#ifndef KRTASK_TUI_SCREEN_CHANNEL_H
#define KRTASK_TUI_SCREEN_CHANNEL_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>

#include "engine/wire/client/client.h"

/* reply NULL: the connection was lost before the (last) answer. */
typedef void channel_answer(void *ctx, size_t tag, const struct client_reply *reply);

struct channel_call;

struct channel {
	struct client *client;      /* NULL: not connected */
	struct channel_call *calls; /* sent and not answered, in order */
	bool backlog;               /* channel_receive() left something: call it again without waiting */
	bool lost;                  /* the connection broke; for the feed, which clears it */

	/* The feed's. */
	void (*connected)(void *ctx); /* sends what is to be sent first; NULL: nothing */
	void *ctx;
	bool resting; /* it stays closed until somebody wants it again */
	int index;    /* among what is polled; -1: it is not */
	bool ready;
	struct channel *prev, *next;
};

/* As client_open(); the channel must not be connected. */
int channel_open(struct channel *channel, const struct address *address, enum client_start start,
                 char **error);
/* Forgets the calls outstanding without a word. */
void channel_close(struct channel *channel);
bool channel_up(const struct channel *channel);

/*
 * parameters is consumed (released).  answer may be called from within, with NULL, when there is no
 * connection.
 */
void channel_send(struct channel *channel, const char *method, struct jsonw *parameters, bool more,
                  channel_answer *answer, void *ctx, size_t tag);
/* Answers to calls with this ctx are dropped from now on. */
void channel_forget(struct channel *channel, const void *ctx);

/* What to poll for; a descriptor of -1 without a connection. */
struct pollfd channel_poll(const struct channel *channel);
/*
 * After poll(2) found it ready: takes what has come, but not without end.  Answers may close it.  When the
 * connection is lost all calls are answered with NULL.
 */
void channel_receive(struct channel *channel);

#endif
