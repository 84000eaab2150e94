/*
 * Private to the files of the wire server.
 *
 *     server.c      accepting, the lists below, the barrier, draining
 *     admit.c       who has to go when there are too many
 *     connection.c  one peer: reading frames out of its bytes, closing
 *     outbox.c      replies on their way to a peer, those that are held back, writing
 *     dispatch.c    a frame → a call → its method; org.varlink.service
 *     parse.c       long frames, by workers
 *     reclaim.c     memory that hostile peers have left is given back
 *     call.c        the replies of methods
 *
 * A connection is freed only by callbacks of the loop, never while a method runs.  Code that may run inside a
 * method calls connection_doom(), and the next turn closes the connection.
 */
#ifndef KRTASK_WIRE_CONNECTION_H
#define KRTASK_WIRE_CONNECTION_H

#include <event2/buffer.h>
#include <event2/event.h>
#include <event2/event_struct.h>

#include "engine/wire/buffer.h"
#include "engine/wire/serve/server.h"

enum {
	READ_FIRST = 4 << 10,    /* bytes of the first read of a frame */
	READ_CHUNK = 64 << 10,   /* of one more: at least, if there are as many */
	READ_MOST = 128 << 10,   /* of any: fresh memory takes a while */
	READ_AHEAD = 256 << 10,  /* bytes that are read while earlier frames wait for their turn */
	TURN_FRAMES = 256,       /* frames of one connection in one turn of the loop */
	TURN_REPLIES = 64 << 10, /* bytes of replies, sent or not, after which its turn ends */
	LARGE_FRAME = 256 << 10, /* bytes of a frame that takes long: one in a turn of the loop */
	LINGER_SECONDS = 5,      /* time for a peer whose frame is too large to read the error */
};

/* A reply in the outbox that is held back until a commit. */
struct mark {
	uint64_t sequence; /* of the commit */
	uint64_t bytes : 63;
	uint64_t last : 1; /* the last reply of its call */
	const char *note;  /* is added to the error if the commit fails; NULL: nothing */
};

struct outbox {
	struct evbuffer *bytes;
	size_t released;    /* so many of the bytes may be written now */
	struct mark *marks; /* of the bytes after those, in order: from first to first + count */
	size_t first, count, size;
};

struct wire_call {
	struct connection *connection; /* NULL: it is gone, and replies are dropped */
	bool more, oneway;
	const char *note; /* of its mark */
	bool cancelled;   /* an error has replaced a reply, and later replies are dropped */
	size_t held;      /* bytes of the reply that is being made */
	void (*closed)(void *ctx);
	void *closed_ctx;
	void (*drained)(void *ctx);
	void *drained_ctx;
};

struct connection {
	struct wire_server *server;
	struct connection *prev, *next;           /* in the list of all */
	struct connection *turn_prev, *turn_next; /* in the list of those with work in the next turn */
	struct connection *sent_prev, *sent_next; /* in the list of those with something to write now */
	struct connection *held_prev, *held_next; /* in the list of those with replies held back */
	int fd;
	pid_t pid;
	struct event readable, writable;
	struct buffer in;
	size_t counted; /* so many of its bytes are counted in the budget */
	struct outbox out;
	struct wire_call *call;  /* the one that has no last reply yet; NULL: none */
	struct parsing *parsing; /* the frame that a worker parses; NULL: none */
	void *prepared;          /* what else the worker has made of the frame whose method is running */
	void *session;
	size_t session_bytes;
	void (*release_session)(void *session);
	size_t replied;   /* bytes of replies since its turn began, also of those that nobody gets */
	size_t held;      /* its bytes in the budget */
	size_t discarded; /* bytes thrown away while lingering */
	int64_t came_at,
		active_at; /* milliseconds of admit_clock(): when it came, when it sent something last */
	bool guest;        /* it came when few places were left */
	bool served;       /* one of its frames was looked at */
	bool in_turn, in_send, in_hold;
	bool reading, writing; /* these events are added */
	bool busy;             /* connection_turn_frames() is running */
	bool starved;          /* frames are left, but the peer must read replies first */
	bool gone;             /* the peer reads no more; what it has sent is still carried out */
	bool eof;              /* the peer sends no more, but may still read */
	bool lingering;        /* what it sends is thrown away; see connection_linger() */
	bool shut;             /* lingering, and all was written */
	bool doomed;           /* to be closed in the next turn */
	bool refused;          /* doomed, and told why */
};

/* An interface, prepared for look-up. */
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
	struct served served[2]; /* org.varlink.service, and io.krtask */
	struct event *accept[WIRE_LISTENERS], *accept_again, *turn, *send, *drain;
	int listeners;
	struct connection *connections, *turns, *sends, *holds;
	size_t count, most; /* connections: how many there are, and how many there can be */
	size_t turns_count;
	size_t held;                        /* bytes in the budget */
	size_t unsent;                      /* bytes in outboxes */
	size_t peak;                        /* the most bytes in the budget since memory was given back */
	struct parsing *unparsed, *parsing; /* long frames that wait for a worker, and those that one has */
	size_t parsing_bytes;               /* of the latter */
	uint64_t committed;
	bool accept_paused;
	bool draining;
	void (*drained)(void *ctx);
	void *drained_ctx;
};

/* server.c */
void server_schedule_turn(struct connection *connection);
void server_schedule_send(struct connection *connection);
void server_hold(struct connection *connection, bool held); /* held: it has replies that are held back */
void server_adopt(struct connection *connection);
void server_note_activity(struct connection *connection); /* it has sent something */
void server_forget(struct connection *connection);        /* takes it off all lists */
void server_account(struct connection *connection, size_t before, size_t after);
void server_check_drained(struct wire_server *server);

/* admit.c */
int64_t admit_clock(void);
/* Nothing has come there that was not read or accepted yet. */
bool admit_is_silent(int fd);
/* Closes a connection that can be spared.  False: there is none at the moment. */
bool admit_make_place(struct wire_server *server);

/* connection.c */
int connection_new(struct wire_server *server, int fd, pid_t pid);
void connection_close(struct connection *connection);
/* Its call is over without a reply, unless it is the one that is kept, and so is its session. */
void connection_end_calls(struct connection *connection, const struct wire_call *kept);
/*
 * The budget counts received bytes.  Memory that was reserved but never touched costs nothing yet.  moved: so many are
 * no longer in the inbox, but somewhere else.
 */
void connection_count_inbox(struct connection *connection, size_t moved);
void connection_doom(struct connection *connection);
/*
 * The same, of one that has too much.  If none of its requests was begun, or only one that changes nothing, it is told
 * why before.
 */
void connection_refuse(struct connection *connection);
void connection_turn(struct connection *connection);
void connection_turn_frames(struct connection *connection);
/* So much was read that its frame would hold up everybody else for a while. */
bool connection_is_large(const struct connection *connection);
void connection_send(struct connection *connection);
/* After anything has happened to it: updates what it waits for, and closes it if nothing is left to do. */
void connection_settle(struct connection *connection);
/*
 * Throws away what the peer sends from here on.  When all replies are written, nothing more is sent.  The
 * connection is closed when the peer closes it, or after LINGER_SECONDS.
 */
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
/* Adds a reply, which is made of parts.  It waits for the commit `sequence`; 0 waits for nothing. */
void outbox_add(struct connection *connection, const struct part *parts, size_t count, uint64_t sequence,
                bool last, const char *note);
void outbox_commit(struct connection *connection);
/*
 * Replaces the replies that wait for a commit greater than sequence by an error.  The error is a frame whose
 * end is a reason and OUTBOX_ERROR_END.
 */
#define OUTBOX_ERROR_END "\"}}"
void outbox_fail(struct connection *connection, uint64_t sequence, const struct part *error);
/* Writes as much as the socket accepts.  0 if all is written, -EAGAIN if some is left, or another -errno. */
int outbox_write(struct connection *connection);

/* parse.c.  True: a worker parses it, and dispatch_parsed() follows. */
bool parse_offload(struct connection *connection, const char *bytes, size_t length);
void parse_abandon(struct connection *connection);
/* The server goes.  What workers parse for it is thrown away later. */
void parse_release(struct wire_server *server);

/* reclaim.c: to be called when the bytes in the budget have become fewer, or more. */
void reclaim_note(struct wire_server *server);

/* dispatch.c */
int dispatch_init(struct wire_server *server, void *method_ctx);
void dispatch_release(struct wire_server *server);
/* As jsonr_load(). */
json_t *dispatch_parse(const char *bytes, size_t length, json_error_t *error);
/* frame: what that returned. */
void dispatch_parsed(struct connection *connection, const json_t *frame, const json_error_t *error);
void dispatch_frame(struct connection *connection, const char *frame, size_t length);
void dispatch_too_large(struct connection *connection);
void dispatch_overloaded(struct connection *connection);

/* call.c */
void call_error(struct connection *connection, const char *error, const struct jsonw *parameters,
                uint64_t sequence);
/* The call will get no more replies.  Tells its owner. */
void call_abandon(struct connection *connection);

#endif
