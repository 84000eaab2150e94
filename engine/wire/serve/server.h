/*
 * The server's side of varlink (https://varlink.org): framing, dispatch and back-pressure on libevent; it knows nothing of tasks.
 *
 * Loop thread only.  Every connection's calls are answered in order; a call that answers later (or more than once) holds
 * back those behind it on the same connection, and nobody else.
 *
 * The barrier: a reply is tagged with wire_hooks.sequence() at the time it is made, and its bytes leave only once
 * wire_server_committed() has been told that number.  After wire_server_failed() every reply above the number is replaced by one error io.krtask.StoreFailed (a reply with `continues` ends its call so).
 *
 * Bounds: a frame of at most WIRE_FRAME_MAX bytes, else error and close; WIRE_BUDGET bytes of half-read frames and unread
 * replies over all connections, past which the connection that holds most is closed; a connection whose peer does not read is not read from (more than WIRE_HIGH_WATER unread).
 * Only peers with this process's own uid (SO_PEERCRED) are served.  When descriptors run out, accepting pauses and goes on when one is freed (or after a second).
 */
#ifndef KRTASK_WIRE_SERVER_H
#define KRTASK_WIRE_SERVER_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "engine/wire/jsonw.h"

struct event_base;
struct wire_server;
struct wire_call;

enum {
	WIRE_FRAME_MAX = 16 << 20,
	WIRE_BUDGET = 64 << 20,
	WIRE_HIGH_WATER = 1 << 20,
	WIRE_LISTENERS = 2,
};

struct wire_method {
	const char *name; /* without the interface: "Create" */
	/*
	 * parameters is an object, borrowed for the call.  The method answers with wire_reply() or wire_error() now, or keeps the call and does so later.
	 */
	void (*run)(void *ctx, struct wire_call *call, const json_t *parameters);
};

struct wire_hooks {
	void *ctx;
	uint64_t (*sequence)(
		void *ctx); /* the number of the latest change that a reply made now could reflect */
};

struct wire_interface {
	const char *name;                             /* "io.krtask" */
	const char *description;                      /* its .varlink text, for GetInterfaceDescription */
	const char *vendor, *product, *version, *url; /* for GetInfo */
	const struct wire_method *methods;            /* ended by a NULL name */
};

/* Serves connections of listen_fd (non-blocking, stays the caller's). interface and hooks are borrowed for its life. 0 or -errno. */
int wire_server_new(struct wire_server **server, struct event_base *base, int listen_fd,
                    const struct wire_interface *interface, const struct wire_hooks *hooks, void *method_ctx);
/* Serves those of one more listening socket. 0 or -errno. */
int wire_server_listen(struct wire_server *server, int listen_fd);
void wire_server_free(struct wire_server *server); /* closes all connections, running closed callbacks */
/* Stop reading and accepting; fn(ctx) once every reply owed has been written to its socket, or seconds have passed. */
void wire_server_drain(struct wire_server *server, double seconds, void (*fn)(void *ctx), void *ctx);

void wire_server_committed(struct wire_server *server, uint64_t sequence);
void wire_server_failed(struct wire_server *server, uint64_t sequence, const char *reason);

/*
 * The answer.  parameters is one JSON object, copied.  With continues more follow (only if the caller said `more`; wire_call_more()); without, the call is over and must
 * not be used again. A oneway call's reply is dropped. wire_reply_tagged is the same with a given tag.
 *
 * True if the call goes on.  With continues, false means that the parameters were not whole, since memory ran out: OutOfMemory has been
 * answered in their place, the call is over, and closed is not called.
 */
bool wire_reply(struct wire_call *call, const struct jsonw *parameters, bool continues);
bool wire_reply_tagged(struct wire_call *call, const struct jsonw *parameters, bool continues,
                       uint64_t sequence);
/* error is a name of the interface ("NotFound" → io.krtask.NotFound) or, with a dot in it, a whole one. parameters may be NULL; not whole, OutOfMemory is answered. Ends the call. */
void wire_error(struct wire_call *call, const char *error, const struct jsonw *parameters);
/* org.varlink.service.InvalidParameter. */
void wire_invalid(struct wire_call *call, const char *parameter);

/* Should the commit that its answer waits for fail, the error's reason has this behind it: plain text, static. */
void wire_call_note(struct wire_call *call, const char *note);
bool wire_call_more(const struct wire_call *call);
pid_t wire_call_pid(const struct wire_call *call); /* of the peer (SO_PEERCRED) */
/* What the connection keeps between calls; freed with it. */
void *wire_call_session(const struct wire_call *call);
void wire_call_set_session(struct wire_call *call, void *session, void (*release)(void *session));
/* closed(ctx) when the connection ends before the call is over; the call is gone then. */
void wire_call_on_close(struct wire_call *call, void (*closed)(void *ctx), void *ctx);
/* Bytes that the peer has not taken yet (held back ones too); a stream waits while they are many: drained(ctx) is called once when they are 0. */
size_t wire_call_unsent(const struct wire_call *call);
void wire_call_on_drained(struct wire_call *call, void (*drained)(void *ctx), void *ctx);

#endif
