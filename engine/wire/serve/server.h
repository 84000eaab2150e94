/*
 * The server's side of varlink (https://varlink.org): framing, dispatch and back-pressure, on libevent.  It
 * knows nothing about tasks.  Loop thread only.
 *
 * The calls of a connection are answered in order.  A call that is answered later, or more than once, delays
 * the calls after it on the same connection, and no others.
 *
 * The barrier: a reply gets the number of wire_hooks.sequence() when it is made.  Its bytes are written only
 * after wire_server_committed() has been called with that number.  After wire_server_failed(), one error
 * io.krtask.StoreFailed replaces every reply with a greater number.  It also ends a call whose reply
 * `continues`.
 *
 * Limits: a frame has at most WIRE_FRAME_MAX bytes; a longer one is an error, and the connection is closed.
 * One with more than WIRE_VALUES_MAX values is an error, and is not parsed, since that takes many times its bytes.
 * All connections together have at most WIRE_BUDGET bytes of partial frames and unread replies; beyond that,
 * the connection with the most is closed.  If its request was not carried out, it gets the error Overloaded
 * before.  If a peer has more than WIRE_HIGH_WATER unread bytes of replies, nothing is read from it.  Only peers with
 * our own uid (SO_PEERCRED) are served.  When descriptors run out, accepting stops until one is free, or for a second.
 */
#ifndef KRTASK_WIRE_SERVER_H
#define KRTASK_WIRE_SERVER_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "engine/wire/jsonw.h"

struct connection;
struct event_base;
struct wire_server;
struct wire_call;

enum {
	WIRE_FRAME_MAX = 16 << 20,
	WIRE_VALUES_MAX = 1 << 20,
	WIRE_NESTED_MAX = 1 << 16, /* objects and arrays */
	WIRE_BUDGET = 64 << 20,
	WIRE_HIGH_WATER = 1 << 20,
	WIRE_LISTENERS = 2,
};

struct wire_method {
	const char *name; /* without the interface: "Create" */
	/*
	 * parameters is an object, borrowed for the time of this function.  The method calls wire_reply() or
	 * wire_error(), or keeps the call and does so later.
	 */
	void (*run)(void *ctx, struct wire_call *call, const json_t *parameters);
};

/* What another thread does. */
struct wire_job {
	void (*work)(struct wire_job *job); /* on the other thread */
	void (*done)(struct wire_job *job); /* later, on the loop's */
};

struct wire_hooks {
	void *ctx;
	/* Takes a job.  False: it cannot.  NULL: there is no other thread. */
	bool (*offload)(void *ctx, struct wire_job *job);
	/* The number of the latest change that a reply made now could show. */
	uint64_t (*sequence)(void *ctx);
	/* This turn of the loop has taken long enough: what else can be read is, in the next one.  NULL: never. */
	bool (*late)(void);
};

/*
 * A method that is called often may read its parameters from the text.  begin: how such a frame begins, up to the
 * parameters.  run does what the method does; or it returns false, has done nothing, and the frame is parsed.
 */
struct wire_plain {
	const char *begin;
	bool (*run)(void *ctx, struct wire_call *call, const char *parameters, size_t length);
};

struct wire_interface {
	const char *name;                             /* "io.krtask" */
	const char *description;                      /* its .varlink text, for GetInterfaceDescription */
	const char *vendor, *product, *version, *url; /* for GetInfo */
	const struct wire_method *methods;            /* ended by a NULL name */
	const struct wire_plain *plain;               /* ended by a NULL begin; NULL: there is none */
	/*
	 * The worker that has parsed a long frame may read its parameters, too, where that takes long.  The method gets what
	 * this returns by wire_call_prepared(), as long as it runs; NULL: nothing.  Any thread.  NULL: there is no such function.
	 */
	void *(*prepare)(const char *method, const json_t *parameters);
	void (*unprepare)(void *prepared); /* any thread */
};

/*
 * Serves the connections of listen_fd, which is non-blocking and stays the caller's.  interface and hooks are
 * borrowed until wire_server_free().  0 or -errno.
 */
int wire_server_new(struct wire_server **server, struct event_base *base, int listen_fd,
                    const struct wire_interface *interface, const struct wire_hooks *hooks, void *method_ctx);
/*
 * True if the peer of this socket is to be served, and then its *pid: only our own user is.  Not even root controls the tasks of a
 * user this way.
 */
bool wire_peer_allowed(int fd, pid_t *pid);
/* Serves the connections of one more socket.  0 or -errno. */
int wire_server_listen(struct wire_server *server, int listen_fd);
/*
 * Nothing more is carried out.  Calls that have no reply yet, other than the one that is kept, are over, as if their
 * peers had gone; so are sessions.  What was replied may still be sent.  After the loop has ended, and while what
 * callbacks use still exists.
 */
void wire_server_end_calls(struct wire_server *server, const struct wire_call *kept);
/* Closes all connections and calls their `closed` callbacks. */
void wire_server_free(struct wire_server *server);
/* Stops reading and accepting.  Calls fn(ctx) when all replies have been written, or after `seconds`. */
void wire_server_drain(struct wire_server *server, double seconds, void (*fn)(void *ctx), void *ctx);

/* Writes what may be written now, without the loop. */
void wire_server_send_now(struct wire_server *server);
void wire_server_committed(struct wire_server *server, uint64_t sequence);
void wire_server_failed(struct wire_server *server, uint64_t sequence, const char *reason);

/*
 * Replies.  parameters is one JSON object, which is copied.  With `continues`, more replies will follow; this
 * is allowed if wire_call_more().  Without it the call is over and must not be used again.  The reply to a
 * oneway call is dropped.  wire_reply_tagged() takes the number of the commit that the reply waits for.
 *
 * Returns true if the call goes on.  If `continues` is set and false is returned, memory had run out while
 * the parameters were written: the caller got OutOfMemory instead, the call is over, and `closed` is not
 * called.  wire_reply() does the same without `continues`.  wire_reply_tagged() then closes the connection: something was
 * done, and an error would say that nothing was.
 */
bool wire_reply(struct wire_call *call, const struct jsonw *parameters, bool continues);
bool wire_reply_tagged(struct wire_call *call, const struct jsonw *parameters, bool continues,
                       uint64_t sequence);
/*
 * Replies with an error and ends the call.  error is a name in the interface ("NotFound" →
 * io.krtask.NotFound), or a full name with dots.  parameters may be NULL.  If memory ran out while they were
 * written, the error is OutOfMemory.
 */
void wire_error(struct wire_call *call, const char *error, const struct jsonw *parameters);
/* Replies with org.varlink.service.InvalidParameter and ends the call. */
void wire_invalid(struct wire_call *call, const char *parameter);

/*
 * If the commit that the reply waits for fails, the note is added to the reason of the error.  Plain text,
 * static.
 */
void wire_call_note(struct wire_call *call, const char *note);
bool wire_call_more(const struct wire_call *call);
pid_t wire_call_pid(const struct wire_call *call); /* of the peer (SO_PEERCRED) */
/*
 * What a connection keeps between calls.  It is freed with the connection, and its bytes count for the
 * budget.  Returns the connection; NULL: it is gone, and so is the session.
 */
void *wire_call_session(const struct wire_call *call);
/* What wire_interface.prepare() has returned for it; NULL: nothing. */
void *wire_call_prepared(const struct wire_call *call);
struct connection *wire_call_set_session(struct wire_call *call, void *session, size_t bytes,
                                         void (*release)(void *session));
/* How many bytes the session of that connection counts from now on, until it has another. */
void wire_session_count(struct connection *connection, size_t bytes);
/* Calls closed(ctx) if the connection ends before the call is over.  The call must not be used after that. */
void wire_call_on_close(struct wire_call *call, void (*closed)(void *ctx), void *ctx);
/* How much memory the reply takes that is being made.  It counts for the budget until the call is over. */
void wire_call_hold(struct wire_call *call, size_t bytes);
/*
 * The bytes that the peer has not read yet, including those that are held back.  A stream pauses while there
 * are many: drained(ctx) is called once, when there are none.
 */
size_t wire_call_unsent(const struct wire_call *call);
void wire_call_on_drained(struct wire_call *call, void (*drained)(void *ctx), void *ctx);

#endif
