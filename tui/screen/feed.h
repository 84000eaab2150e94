/*
 * A server, as the screen sees it: its connections, the outstanding calls, and its status.  Nothing of it is
 * global, so a second server is a second feed.
 *
 *     feed_init(); feed_open()           connects for the first time; starts the server if that is allowed
 *     feed_poll() … feed_receive()       around poll(2); replies go to their functions
 *     feed_turn()                        connects lost channels again, when it is time
 *     feed_release()                     after all channels were dropped
 *
 * Single calls share a connection.  A call that goes on (a live list, a log that is followed) would delay all
 * later calls, so it has a channel of its own, which feed_add() adds.
 */
#ifndef KRTASK_TUI_SCREEN_FEED_H
#define KRTASK_TUI_SCREEN_FEED_H

#include <stdint.h>

#include "tui/screen/channel.h"
#include "tui/view/server_status.h"

enum { FEED_CHANNELS_MAX = 16 };

/* How many feeds may be at work on a connection to another machine at once; it is for all that share it. */
struct feed_gate {
	unsigned open, most;
};

struct feed {
	const struct address *address;
	struct channel calls;
	struct channel *channels; /* all of them (utlist) */
	int64_t now;              /* of the last feed_turn() or feed_receive() */
	int64_t heard;            /* when the server has last said something */
	int64_t retry_at;         /* nothing is connected again before this time */
	int pause; /* before the next attempt, if the last one has failed; another machine is given more */
	int64_t connected;      /* when a channel was connected last */
	struct feed_gate *gate; /* NULL: none */
	unsigned settling;      /* channels that have passed it */
	char *trouble;          /* why it could not be connected; NULL: no trouble */
	bool told;              /* the user was told of that */
	char *said;             /* what ssh said; the owner takes it; NULL: nothing */
	struct server_status status;
	bool status_known;
};

/* Times are milliseconds of any monotonic clock; 0 is none. */
void feed_init(struct feed *feed, const struct address *address);
void feed_release(struct feed *feed);
/* The same as client_open(), for the connection of single calls. */
int feed_open(struct feed *feed, enum client_start start, char **error);
/* The same without waiting for another machine.  If it fails, it is tried again later. */
void feed_begin(struct feed *feed, enum client_start start);

/*
 * Adds a channel, connects it if that is possible at once, and from then on keeps it connected until
 * feed_drop().
 */
void feed_add(struct feed *feed, struct channel *channel);
void feed_drop(struct feed *feed, struct channel *channel);
/* The call of the channel is over.  It is made again at once, or, since it could end at once again, later. */
void feed_again(struct feed *feed, struct channel *channel);
void feed_again_later(struct feed *feed, struct channel *channel);
/* The call of the channel is over.  The channel rests until feed_again(). */
void feed_rest(struct channel *channel);

/* Sends a single call, as channel_send() does. */
void feed_call(struct feed *feed, const char *method, struct jsonw *parameters, channel_answer *answer,
               void *ctx, size_t tag);
/* The same for what a key has asked for, and changes nothing: feed_give_up() ends the wait for it. */
void feed_wish(struct feed *feed, const char *method, struct jsonw *parameters, channel_answer *answer,
               void *ctx, size_t tag);
bool feed_give_up(struct feed *feed);
/* The same as feed_call() for a method with the one parameter "id". */
void feed_call_id(struct feed *feed, const char *method, const char *id, channel_answer *answer, void *ctx,
                  size_t tag);
/* The owner of this ctx is gone, so replies to its calls are dropped. */
void feed_forget(struct feed *feed, const void *ctx);

/* True if every channel is connected. */
bool feed_up(const struct feed *feed);
/* Takes the Status object of a reply.  Anything else is ignored. */
void feed_take_status(struct feed *feed, const json_t *status);

/* Asks the server for a sign of life, unless there was one within these milliseconds, or is due. */
void feed_ask(struct feed *feed, int64_t within);
/* The whole seconds that a call has been waiting for its reply; 0: none is late. */
unsigned feed_waiting(const struct feed *feed);

/* Fills in at most FEED_CHANNELS_MAX entries for poll(2).  Returns how many. */
int feed_poll(struct feed *feed, struct pollfd *ready);
void feed_receive(struct feed *feed, const struct pollfd *ready, int64_t now);
/* What the user is to be told, malloc'ed: what ssh has said, or why it is not connected, which is said once.  NULL: nothing. */
char *feed_news(struct feed *feed);
/* The next attempt to connect is made at once. */
void feed_hurry(struct feed *feed);
/* Milliseconds until it must be called again; -1: no time limit. */
int feed_turn(struct feed *feed, int64_t now);

#endif
