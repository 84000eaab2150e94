/*
 * One connection to the server for an event loop: calls are sent without waiting, and each answer goes to the
 * function given with its call.
 */
#ifndef KRTASK_TUI_SCREEN_LINK_H
#define KRTASK_TUI_SCREEN_LINK_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>

#include "engine/wire/client/client.h"

/* reply NULL: the connection was lost before the (last) answer. */
typedef void link_answer(void *ctx, size_t tag, const struct client_reply *reply);

struct link_call;

struct link {
	struct client *client;   /* NULL: not connected */
	struct link_call *calls; /* sent and not answered, in order */
	bool backlog;            /* link_receive() left something: call it again without waiting */
};

#define LINK_INIT                                                                                            \
	{                                                                                                    \
		NULL, NULL, false                                                                            \
	}

/* As client_open(); link must not be connected. */
int link_open(struct link *link, const struct address *address, enum client_start start, char **error);
/* Forgets the calls outstanding without a word. */
void link_close(struct link *link);
bool link_up(const struct link *link);

/*
 * parameters is consumed (released).  answer may be called from within, with NULL, when there is no
 * connection.
 */
void link_send(struct link *link, const char *method, struct jsonw *parameters, bool more,
               link_answer *answer, void *ctx, size_t tag);

/* What to poll for; a descriptor of -1 without a connection. */
struct pollfd link_poll(const struct link *link);
/*
 * After poll(2) found it ready: takes what has come, but not without end.  False: the connection is lost; all
 * calls have been answered with NULL.
 */
bool link_receive(struct link *link);

#endif
