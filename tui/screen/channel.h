/*
 * A connection to a server for an event loop.  Calls are sent without waiting, and each reply goes to the
 * function that was given with its call.  A feed keeps it connected.
 */
#ifndef KRTASK_TUI_SCREEN_CHANNEL_H
#define KRTASK_TUI_SCREEN_CHANNEL_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/wire/client/client.h"

/* reply NULL: the connection was lost before the (last) reply. */
typedef void channel_answer(void *ctx, size_t tag, const struct client_reply *reply);

struct channel_call;

struct channel {
	struct client *client;      /* NULL: not connected */
	bool settling;              /* it is, as soon as channel_settle() says so */
	struct channel_call *calls; /* those without a last reply, in order */
	bool backlog;               /* channel_receive() has left something: call it again without waiting */
	bool lost;                  /* the connection was lost; the feed clears this */
	bool heard;                 /* the server has said something; the feed clears this, too */

	/* For the feed. */
	void (*connected)(void *ctx); /* sends the first call; may be NULL */
	void *ctx;
	bool prompt;   /* its calls are answered at once, unless the server hangs */
	int64_t since; /* when it began to wait for such an answer; 0: it does not */
	bool resting;  /* it stays closed until somebody wants it again */
	int index;     /* in the array for poll(2); -1: it is not there */
	bool ready;
	struct channel *prev, *next;
};

/* The same as client_open().  The channel must not be connected. */
int channel_open(struct channel *channel, const struct address *address, enum client_start start,
                 char **error);
/*
 * The same without waiting for another machine.  0: connected; -EAGAIN: channel_settle() when its descriptor is ready;
 * or another -errno, and *error.
 */
int channel_begin(struct channel *channel, const struct address *address, enum client_start start,
                  char **error);
int channel_settle(struct channel *channel, char **error);
/* Closes the channel without telling the callers that wait. */
void channel_close(struct channel *channel);
bool channel_up(const struct channel *channel);
/* True if a call has no reply yet. */
bool channel_waits(const struct channel *channel);

/*
 * Sends a call, and releases parameters.  If there is no connection, answer may be called from within, with
 * NULL.
 */
void channel_send(struct channel *channel, const char *method, struct jsonw *parameters, bool more,
                  channel_answer *answer, void *ctx, size_t tag);
/* Drops all replies to calls with this ctx from now on. */
void channel_forget(struct channel *channel, const void *ctx);

/* The call that was just sent is what a key has asked for, and changes nothing: the user may give it up. */
void channel_wish(struct channel *channel);
/* Gives up the first of them: its answer gets NULL now, and none later.  False: there is none. */
bool channel_give_up(struct channel *channel);

/* The events to poll for.  Without a connection the descriptor is -1. */
struct pollfd channel_poll(const struct channel *channel);
/*
 * Call it when poll(2) reports the descriptor as ready.  It processes replies, but not without limit.  Their
 * functions may close the channel.  If the connection is lost, all calls get NULL.
 */
void channel_receive(struct channel *channel);

#endif
