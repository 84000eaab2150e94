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

enum { FAKE_HELD_MAX = 64, FAKE_JOBS_MAX = 64 };

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
	struct fake_hold held[FAKE_HELD_MAX]; /* by Hold and Open, the first call first */
	unsigned held_count;
	unsigned closed, drained, released; /* how many callbacks ran */
	atomic_uint count;                  /* calls of Bump */
	atomic_uint environments;           /* calls of Environment */
	atomic_bool out_of_memory;          /* Environment says so; Count, Tagged cannot reply */
	uint64_t sequence;                  /* what hooks.sequence says */
	bool has_workers;                   /* set it before fake_serve() */
	struct wire_job
		*jobs[FAKE_JOBS_MAX]; /* what workers were given and have not done, the oldest first */
	unsigned jobs_count;
	pthread_t thread;
	struct event *stop;
	int stop_fds[2];
};

/* Whether there is anything to prepare. */
extern atomic_bool fake_prepares;
/* So many of what wire_interface.prepare() returned are not freed yet. */
extern atomic_uint fake_prepared;
/* What hooks.late says. */
extern bool fake_late;

/* If path is NULL, it makes a socket in a new directory. */
void fake_init(struct fake *fake, const char *path);
void fake_release(struct fake *fake);
/* Starts and ends only the server.  The socket stays, and takes connections. */
void fake_serve(struct fake *fake);
void fake_stop_serving(struct fake *fake);
/* Runs the loop once, without waiting. */
void fake_turn(struct fake *fake);
/* Runs the loop in its own thread, and ends that thread. */
void fake_thread(struct fake *fake);
void fake_join(struct fake *fake);

void fake_answer(struct fake *fake, unsigned held);
/* Does the oldest job, as a worker would.  False: there is none. */
bool fake_work(struct fake *fake);

#endif
