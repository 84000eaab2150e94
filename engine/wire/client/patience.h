/*
 * How long a server is waited for, and who is told.  A server that answers late may be at work on what was asked for: whether it lives shows on
 * another connection, where it need not do anything.  Private to the client.
 */
#ifndef KRTASK_WIRE_PATIENCE_H
#define KRTASK_WIRE_PATIENCE_H

#include <poll.h>
#include <stdbool.h>
#include <stdint.h>

#include "engine/wire/client/client.h"

enum patience_stage {
	PATIENCE_SATISFIED, /* the server lives, or nothing is waited for */
	PATIENCE_FRESH,     /* nothing is known */
	PATIENCE_ASKED,     /* it was asked for a sign of life */
	PATIENCE_TOLD,      /* nothing came, and it was said */
};

struct patience {
	enum patience_stage stage;
	int64_t since; /* 0: not waited yet */
	int probe;     /* the connection it was asked on; -1: none */
};

#define PATIENCE_INIT { .probe = -1 }

enum {
	PATIENCE_TELL_MS = 1000,  /* without a sign of life: that is said */
	PATIENCE_START_MS = 3000, /* the same of a server that starts: it may have much to read */
};

/* Something was asked; its answer is awaited from the first patience_due() on. */
void patience_begin(struct patience *patience);
void patience_end(struct patience *patience);
/* When patience_step() is to be called, by connect_now(); -1: never. */
int64_t patience_due(struct patience *patience);
/* 0; -ETIMEDOUT: it has been waited for long enough. */
int patience_step(struct patience *patience, const struct address *address);

/* When a server that is connected to now has had its time; -1: never. */
int64_t patience_deadline(void);
/* Waiting for something else than an answer: begins where since is 0. */
struct patience_wait {
	const char *message, *what; /* told, once, */
	int after_ms;               /* when so much time is over */
	int64_t since;
};

/* As poll(2) of one descriptor (-1: only wait) until deadline. */
int patience_poll(struct pollfd *fd, int64_t deadline, struct patience_wait *wait);
/* For messages: the seconds that a server has. */
double patience_seconds(void);

#endif
