/*
 * What the files of the server share with each other, and with nobody else.
 *
 *     server.c      accepting, the lists below, the barrier, draining
 *     connection.c  one peer: reading frames out of its bytes, closing
 *     outbox.c      bytes on their way to a peer, the marks of those held back, writing
 *     dispatch.c    a frame → a call → its method; org.varlink.service
 *     call.c        what methods answer with
 *
 * A connection is freed only from callbacks of the loop, never while a method runs: what may be inside a
 * method calls connection_doom(), and the next turn closes it.
 */
#ifndef KRTASK_WIRE_CONNECTION_H
#define KRTASK_WIRE_CONNECTION_H

#include <event2/buffer.h>
#include <event2/event.h>
#include <event2/event_struct.h>

#include "engine/wire/buffer.h"
#include "engine/wire/serve/server.h"

enum {
	READ_CHUNK = 64 << 10,  /* room made for a read */
	READ_AHEAD = 256 << 10, /* bytes read while frames in front of them wait for their turn */
	TURN_FRAMES = 256,      /* frames of one connection in one turn of the loop */
	LINGER_SECONDS = 5, /* how long a peer that sent garbage may take to read what was wrong with it */
};

/* One reply in the outbox that is held back. */
struct mark {
	uint64_t sequence;
	uint64_t bytes : 63;
	uint64_t last : 1; /* its call is over with it */
	const char *note;  /* what else is to be said where it fails; NULL: nothing */
};

struct outbox {
	struct evbuffer *bytes;
	size_t released;    /* of bytes: may be written */
	struct mark *marks; /* of the bytes behind released, in order: from first to first + count */
	size_t first, count, size;
};

struct wire_call {
	struct connection *connection; /* NULL: it is gone, and answers go nowhere */
	bool more, oneway;
	const char *note; /* of its mark */
	bool cancelled;   /* an error took the place of a reply: answers go nowhere */
	void (*closed)(void *ctx);
	void *closed_ctx;
	void (*drained)(void *ctx);
	void *drained_ctx;
};

struct connection {
	struct wire_server *server;
	struct connection *prev, *next;           /* of all */
	struct connection *turn_prev, *turn_next; /* of those with something to do in the next turn */
	struct connection *sent_prev, *sent_next; /* of those with something to write now */
	struct connection *held_prev, *held_next; /* of those with replies held back */
	int fd;
	pid_t pid;
	struct event readable, writable;
	struct buffer in;
	size_t counted; /* bytes of it that are in the budget */
	struct outbox out;
	struct wire_call *call; /* the one that is being answered */
	void *session;
	void (*release_session)(void *session);
	size_t held;      /* bytes it counts for in the budget */
	size_t discarded; /* bytes thrown away while lingering */
	bool in_turn, in_send, in_hold;
	bool reading, writing; /* events that are added */
	bool busy;             /* connection_turn() goes through its frames */
	bool starved;          /* frames are left, and it must read replies first */
	bool gone;             /* the peer reads no more: what it sent is still carried out */
	bool eof;              /* the peer sends no more, but may still read */
	bool lingering; /* what it sends is thrown away; it is closed when it has read the rest or time is up */
	bool shut;      /* lingering, and all was written */
	bool doomed;    /* to be closed in the next turn */
};

/* One interface, ready for look-up. */
struct served {
	const char *name;
	const char *description;
	const struct wire_method **methods; /* sorted by name; owned */
	size_t count;
	void *ctx;
};

struct wire_server {
	struct event_base *base;
	const struct wire_interface *interface;
	const struct wire_hooks *hooks;
	struct served served[2]; /* org.varlink.service and ours */
	struct event *accept[WIRE_LISTENERS], *accept_again, *turn, *send, *drain;
	int listeners;
	struct connection *connections, *turns, *sends, *holds;
	size_t count, most; /* connections: now, and at most */
	size_t turns_count;
	size_t held;   /* bytes that count for the budget */
	size_t unsent; /* bytes in outboxes */
	uint64_t committed;
	bool accept_paused;
	bool draining;
	void (*drained)(void *ctx);
	void *drained_ctx;
};

/* server.c */
void server_schedule_turn(struct connection *connection);
void server_schedule_send(struct connection *connection);
void server_hold(struct connection *connection, bool held); /* it has replies held back, or none */
void server_adopt(struct connection *connection);
void server_forget(struct connection *connection); /* off all lists */
void server_account(struct connection *connection, size_t before, size_t after);
void server_check_drained(struct wire_server *server);

/* connection.c */
int connection_new(struct wire_server *server, int fd, pid_t pid);
void connection_close(struct connection *connection);
void connection_doom(struct connection *connection);
void connection_turn(struct connection *connection);
void connection_turn_frames(struct connection *connection);
void connection_send(struct connection *connection);
/* Brings what it waits for up to date after anything happened; closes it if all is over. */
void connection_settle(struct connection *connection);
/* What it sends from here on is thrown away, and it is closed once what it is owed is written. */
void connection_linger(struct connection *connection);

/* outbox.c */
int outbox_init(struct outbox *out);
void outbox_release(struct outbox *out);
size_t outbox_length(const struct outbox *out);
void outbox_clear(struct connection *connection);
struct part {
	const void *bytes;
	size_t length;
};
/* Adds one reply made of parts; sequence 0 waits for nothing. */
void outbox_add(struct connection *connection, const struct part *parts, size_t count, uint64_t sequence,
                bool last, const char *note);
void outbox_commit(struct connection *connection);
/* error: a frame that ends with its reason, and OUTBOX_ERROR_END. */
#define OUTBOX_ERROR_END "\"}}"
void outbox_fail(struct connection *connection, uint64_t sequence, const struct part *error);
/* Writes what the socket takes. 0 or -errno, of which -EAGAIN is one. */
int outbox_write(struct connection *connection);

/* dispatch.c */
int dispatch_init(struct wire_server *server, void *method_ctx);
void dispatch_release(struct wire_server *server);
void dispatch_frame(struct connection *connection, const char *frame, size_t length);
void dispatch_too_large(struct connection *connection);

/* call.c */
void call_error(struct connection *connection, const char *error, const struct jsonw *parameters,
                uint64_t sequence);
/* The call is over, without an answer from here on: tells its owner. */
void call_abandon(struct connection *connection);

#endif
