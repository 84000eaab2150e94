/*
 * A varlink server with methods made for tests, and a barrier that a test moves by hand.
 *
 * Its interface is io.krtask, with: Echo (answers its parameters), Count (how many calls were carried out),
 * Bump (counts), Length (of "text"), Hold (keeps the call until fake_answer), Tagged (answers at once with
 * the tag "sequence"), Big (answers with "bytes" bytes), Stream ("count" replies), Open (like Stream, but
 * keeps the call), Fail (the error NotFound), Environment and ServerStatus (as the real ones), Quit.
 */
#ifndef KRTASK_TESTS_FAKE_SERVER_H
#define KRTASK_TESTS_FAKE_SERVER_H

#include <event2/event.h>
#include <pthread.h>
#include <stdatomic.h>

#include "engine/wire/serve/server.h"

enum { FAKE_HELD_MAX = 64 };

struct fake_hold {
	struct fake *fake;
	struct wire_call *call; /* NULL: closed, or answered */
};

struct fake {
	struct event_base *base;
	struct wire_server *server;
	char directory[64], path[96];
	int listen_fd;
	const char *state;                    /* what ServerStatus says its state directory is; borrowed */
	struct fake_hold held[FAKE_HELD_MAX]; /* by Hold and Open, in order */
	unsigned held_count;
	unsigned closed, drained, released; /* callbacks that ran */
	atomic_uint count;                  /* calls of Bump */
	atomic_uint environments;           /* calls of Environment */
	atomic_bool out_of_memory;          /* what Environment answers then */
	uint64_t sequence;                  /* what hooks.sequence says */
	pthread_t thread;
	struct event *stop;
	int stop_fds[2];
};

/* path NULL: a socket in a new directory of its own. */
void fake_init(struct fake *fake, const char *path);
void fake_release(struct fake *fake);
/* Only the server, or all but it: the socket stays and takes connections. */
void fake_serve(struct fake *fake);
void fake_stop_serving(struct fake *fake);
/* One look at all there is to do. */
void fake_turn(struct fake *fake);
/* The loop in a thread of its own, and its end. */
void fake_thread(struct fake *fake);
void fake_join(struct fake *fake);

void fake_answer(struct fake *fake, unsigned held);

#endif
