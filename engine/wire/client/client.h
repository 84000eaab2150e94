/*
 * The client's side: finds or starts the server, calls it, and reads its replies.
 *
 *     client_open()                       connects, starting a server if allowed
 *     client_send() … client_receive()    pipelined: replies come in the order of the calls
 *     client_call()                       one call and its reply
 *     client_close()
 *
 * It neither prints nor exits.  A client belongs to one thread.  Errors are negative errnos, and
 * client_error() has a message for the user.
 */
#ifndef KRTASK_WIRE_CLIENT_H
#define KRTASK_WIRE_CLIENT_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "engine/wire/client/address.h"
#include "engine/wire/jsonw.h"

struct client;

enum client_start {
	CLIENT_START_NEVER,    /* connect only */
	CLIENT_START_EXISTING, /* start a server only if its state directory exists */
	CLIENT_START_ALWAYS,   /* new, run, group, server start, --batch, TUI */
};

/*
 * 0; -ENOENT if no server is running and none was to be started; or another -errno.  Then *error (free() it)
 * is a message.
 */
int client_open(struct client **client, const struct address *address, enum client_start start, char **error);
void client_close(struct client *client); /* may be NULL */
/*
 * The same without waiting for another machine: over ssh, calls are made only when client_settle() has returned 0.
 * 0; -EAGAIN: not yet, client_fd() tells when to look again; -EINTR; or another -errno, and client_error().
 */
int client_begin(struct client **client, const struct address *address, enum client_start start,
                 char **error);
int client_settle(struct client *client, int timeout_ms);
/* The last line that ssh has written since the last call, malloc'ed; NULL: nothing new. */
char *client_said(struct client *client);
/*
 * Has the words, which end with NULL, run on the terminal: an ssh that may ask its question, a password or whether the key of the
 * host is right.  Later connections of this user to that host share its own, for ten minutes after the last of them.
 */
void client_ask(const struct address *address, void (*run)(const char *const *words));
/* True if the error message of an ssh:// server says that it would have asked one. */
bool client_asks(const char *error);

/*
 * The path of the installed krtaskd.  The order of the search is: KRTASKD, the directory of this program,
 * this path, PATH.  The text stays the caller's.  It must be set before the first client is opened.
 */
void client_set_installed(const char *path);

/* The path of the krtaskd that this client would start.  free() it.  NULL with *error: there is none. */
char *client_krtaskd(char **error);

/* The number of slots for a krtaskd that this client starts; 0: its default. */
void client_set_start_slots(unsigned slots);
/* How long what follows the end of a task may run, for such a krtaskd; 0: its default. */
void client_set_start_hook_limit(int64_t milliseconds);

/*
 * How long a client waits for a server that gives no sign of life: this number of seconds; 0: without limit;
 * CLIENT_PATIENCE_USUAL: 15, and 60 by ssh, which includes connecting.  Then the error is -ETIMEDOUT.  After one
 * second, or 5 by ssh, tell (may be NULL) gets a sentence for the user.  A reply that is late for a good reason,
 * e.g. of Wait, is awaited as long as the server is alive.  It is for all clients of this process.
 */
enum { CLIENT_PATIENCE_USUAL = -1 };
void client_set_patience(double seconds, void (*tell)(const char *text));

struct client_reply {
	json_t *parameters; /* an object, owned: json_decref; NULL in an error reply without any */
	char *error;        /* owned: free(); a full name such as "io.krtask.NotFound"; NULL: no error */
	bool continues;     /* more replies to the same call will follow */
};
void client_reply_release(struct client_reply *reply);

enum { CLIENT_MORE = 1, CLIENT_ONEWAY = 2 };

/*
 * A method without a dot is one of io.krtask.  parameters may be NULL.  The call is buffered; as much as the
 * socket accepts is written.  0 or -errno; -EPIPE: the connection is gone, and this call was not sent.
 */
int client_send(struct client *client, const char *method, const struct jsonw *parameters, int flags);
/*
 * The next reply.  It waits for timeout_ms; -1: without limit; 0: not at all.  Meanwhile it sends what is
 * buffered. 0; -EAGAIN: no reply yet; -EINTR: a signal came; -EPIPE: the connection is gone
 * (client_reconnect()); -EPROTO: what came is not varlink;
 * -ETIMEDOUT: the server gives no sign of life.
 */
int client_receive(struct client *client, struct client_reply *reply, int timeout_ms);
/*
 * The same, without building a tree, since that costs more than reading: *parameters is the JSON of the
 * parameters, *length bytes, which are valid until the next call on this client; reply->parameters is NULL.
 * For errors, and for very short replies, *parameters is NULL, and the reply is the same as from
 * client_receive().
 */
int client_receive_text(struct client *client, struct client_reply *reply, const char **parameters,
                        size_t *length, int timeout_ms);
/*
 * Sends a call and receives its reply.  No replies may be outstanding.  If the reply is an error, returns
 * -EREMOTE and sets reply->error.
 */
int client_call(struct client *client, const char *method, const struct jsonw *parameters,
                struct client_reply *reply);

/* The number of calls whose last reply has not been received. */
unsigned client_outstanding(const struct client *client);
/* The seconds that its server has to answer (client_set_patience()); 0: without limit. */
double client_patience(const struct client *client);
/* For poll(2): the descriptor, and whether there is something to write. */
int client_fd(const struct client *client);
bool client_wants_write(const struct client *client);

/*
 * Connects to the same server again, within timeout_ms (-1: without limit).  Over ssh, it tries again after 1 s, 2 s
 * and so on up to 60 s, tells so once (client_set_patience()), and returns -EINTR if a signal came.  It may wait in the backlog of the anchor, or start a
 * server as client_open() was allowed to.  Outstanding calls are forgotten, and the environment must be sent
 * again. 0 or -errno.
 */
int client_reconnect(struct client *client, int timeout_ms);
/* The user waits by this connection: that it was lost is said, too, when the first attempt connects it again. */
void client_set_lasting(struct client *client, bool lasting);

/*
 * Sends the environment of this process (Environment), once per connection, and returns its hash.  *hash is
 * NULL for ssh:// servers, whose own environment is used.  No replies may be outstanding.  Errors are those
 * of client_call(). After an error no task must be created, since it would get another environment.
 */
int client_environment(struct client *client, const char **hash);
/* True for ssh:// servers.  Paths of this machine mean nothing there. */
bool client_is_remote(const struct client *client);

/* The message about the last failure; "" if there was none. */
const char *client_error(const struct client *client);
/*
 * The message for an error reply, malloc'ed.  It is the "reason" parameter if there is one.  Otherwise it
 * follows from the name of the error.
 */
char *client_explain(const struct client_reply *reply);

/*
 * `krtask server bridge`, the remote end of ssh://: copies between standard input and output and the socket
 * of the server, until either ends.  0 or -errno.
 */
int client_bridge(const struct address *address, enum client_start start, char **error);
/* What it does once it is connected: in and out may be the same.  They are left open.  0 or -errno. */
int client_bridge_copy(int in, int out, int server);

#endif
