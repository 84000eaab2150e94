/*
 * One server, as the screen knows it: its connections, the calls in flight on them, and its status.  Nothing
 * of it is global: a second server is a second feed.
 *
 *     feed_init(); feed_open()           the first time; the server is started if that is allowed
 *     feed_poll() … feed_receive()       around poll(2): answers go to those who asked
 *     feed_turn()                        connects again what was lost, when it is time
 *     feed_release()                     after all who have added a channel are gone
 *
 * Single calls share one connection.  A call that goes on for ever (a live list, a log that is followed)
 * holds back all that come behind it, so it has a channel of its own, by feed_add().
 */
#ifndef KRTASK_TUI_SCREEN_FEED_H
#define KRTASK_TUI_SCREEN_FEED_H

#include <stdint.h>

#include "tui/screen/channel.h"
#include "tui/view/server_status.h"

enum { FEED_CHANNELS_MAX = 8 };

struct feed {
	const struct address *address;
	struct channel calls;
	struct channel *channels; /* all of them (utlist) */
	int64_t now;              /* what feed_turn() or feed_receive() was told last */
	int64_t retry_at;         /* not before is anything connected again */
	char *trouble;            /* why it could not be connected; NULL: it could */
	struct server_status status;
	bool status_known;
};

/* Times are milliseconds of any clock that goes on. */
void feed_init(struct feed *feed, const struct address *address);
void feed_release(struct feed *feed);
/* As client_open(), for the connection of single calls. */
int feed_open(struct feed *feed, enum client_start start, char **error);

/*
 * Adds a channel, connects it if that is possible at once, and from then on keeps it connected until
 * feed_drop().
 */
void feed_add(struct feed *feed, struct channel *channel);
void feed_drop(struct feed *feed, struct channel *channel);
/* Its call is over, and is to be made anew: at once, or (it may end at once again) later. */
void feed_again(struct feed *feed, struct channel *channel);
void feed_again_later(struct feed *feed, struct channel *channel);
/* Its call is over, and it rests until feed_again(). */
void feed_rest(struct channel *channel);

/* A single call; as channel_send(). */
void feed_call(struct feed *feed, const char *method, struct jsonw *parameters, channel_answer *answer,
               void *ctx, size_t tag);
/* The same for a method with the one parameter "id". */
void feed_call_id(struct feed *feed, const char *method, const char *id, channel_answer *answer, void *ctx,
                  size_t tag);
/* Whoever asked with this ctx is gone: no answers. */
void feed_forget(struct feed *feed, const void *ctx);

/* Every channel is connected. */
bool feed_up(const struct feed *feed);
/* The Status object of a reply; anything else changes nothing. */
void feed_take_status(struct feed *feed, const json_t *status);

/* Fills in what to poll for, at most FEED_CHANNELS_MAX entries: how many. */
int feed_poll(struct feed *feed, struct pollfd *ready);
void feed_receive(struct feed *feed, const struct pollfd *ready, int64_t now);
/* Milliseconds until it wants to be called again, -1: not by time. */
int feed_turn(struct feed *feed, int64_t now);

#endif
