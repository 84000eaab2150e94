/*
 * How long a client waits for a server, and when the user is told.  A server whose reply is late may be
 * working on the request. Another connection, where it has nothing to do, shows whether it is alive.  Private
 * to the client.
 */
#ifndef KRTASK_WIRE_PATIENCE_H
#define KRTASK_WIRE_PATIENCE_H

#include <poll.h>
#include <stdbool.h>
#include <stdint.h>

#include "engine/wire/client/client.h"
#include "engine/wire/client/ssh.h"

enum patience_stage {
	PATIENCE_SATISFIED, /* the server is alive, or no reply is awaited */
	PATIENCE_FRESH,     /* nothing is known yet */
	PATIENCE_ASKED,     /* it was asked for a sign of life */
	PATIENCE_TOLD,      /* there was no sign of life, and the user was told */
};

enum patience_range {
	PATIENCE_NEAR,
	PATIENCE_FAR,   /* by ssh */
	PATIENCE_FIRST, /* by ssh, right after its first answer */
};

struct patience {
	enum patience_stage stage;
	enum patience_range range;
	int64_t since;  /* 0: waiting has not begun */
	int probe;      /* the other connection, for the sign of life; -1: none */
	struct ssh ssh; /* of that */
};

#define PATIENCE_INIT                                                                                        \
	{                                                                                                    \
		.probe = -1, .ssh = SSH_INIT                                                                 \
	}

enum {
	PATIENCE_TELL_MS = 1000,  /* without a sign of life on this machine, the user is told */
	PATIENCE_START_MS = 3000, /* the same for a server that is starting, which may have much to read */
};

/* A request was sent.  Waiting for its reply begins with the first patience_due(). */
void patience_begin(struct patience *patience, enum patience_range range);
/* The same for the first request by ssh, which may still be connecting: no other connection would tell more. */
void patience_begin_greeting(struct patience *patience);
void patience_end(struct patience *patience);
/* The time of connect_now() at which patience_step() must be called; -1: never. */
int64_t patience_due(struct patience *patience);
/* 0, or -ETIMEDOUT: the time of the server is over. */
int patience_step(struct patience *patience, const struct address *address);

/* Tells the user, as client_set_patience() says. */
void patience_say(const char *text);
/* The deadline for a server that is connected to now; -1: none. */
int64_t patience_deadline(void);
/* Waiting for something other than a reply.  It begins if since is 0. */
struct patience_wait {
	const char *message, *what; /* the user is told this, once, */
	int after_ms;               /* after this time */
	int64_t since;
};

/* The same as poll(2) for one descriptor (-1: only wait), until the deadline. */
int patience_poll(struct pollfd *fd, int64_t deadline, struct patience_wait *wait);
/* The seconds that a server has, for messages. */
double patience_seconds(enum patience_range range);

#endif
