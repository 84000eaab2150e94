/*
 * The client's side: finding (and starting) the server, calling it, reading its answers.
 *
 *     client_open()                       connects, starting a server if allowed
 *     client_send() … client_receive()    pipelined: answers come in the order of the calls
 *     client_call()                       one of each
 *     client_close()
 *
 * Neither prints nor exits.  One thread a client.  Errors: a negative errno-like code and client_error(), a message for the user.
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
	CLIENT_START_EXISTING, /* start one only if its state directory exists */
	CLIENT_START_ALWAYS,   /* new, run, group, server start, --batch, TUI */
};

/*
 * 0; -ENOENT (no server, and none was to be started) or another -errno: *error (free() it) is a message such as
 * "no server 'default' is running (krtask server start)".
 */
int client_open(struct client **client, const struct address *address, enum client_start start, char **error);
void client_close(struct client *client); /* NULL is fine */

/*
 * Where an installed krtaskd is: looked for there when KRTASKD names none and none is beside this program, before PATH.
 * The text stays the caller's.  Before the first client is opened; without it nothing but those is looked for.
 */
void client_set_installed(const char *path);

/* Passed to krtaskd when this client starts one; 0: none given. */
void client_set_start_slots(unsigned slots);

struct client_reply {
	json_t *parameters; /* an object, owned: json_decref; NULL on error replies without any */
	char *error;        /* owned: free(); whole name such as "io.krtask.NotFound"; NULL: no error */
	bool continues;     /* more answers to the same call follow */
};
void client_reply_release(struct client_reply *reply);

enum { CLIENT_MORE = 1, CLIENT_ONEWAY = 2 };

/* method without a dot is of io.krtask.  parameters NULL: {}.  Buffers, and writes what the socket takes.  0 or -errno. */
int client_send(struct client *client, const char *method, const struct jsonw *parameters, int flags);
/*
 * The next answer.  timeout_ms -1: as long as it takes; 0: only what is here.  0; -EAGAIN: none yet; -EINTR: a signal came; -EPIPE: the connection is gone (client_reconnect());
 * -EPROTO: what came is not varlink.  Sends what is still buffered while it waits.
 */
int client_receive(struct client *client, struct client_reply *reply, int timeout_ms);
/*
 * As client_receive(), for those who read faster than a tree is made: *parameters is then the JSON of the answer's parameters, length bytes that
 * stay until the next call on this client, and reply->parameters is NULL.  Errors, and answers too short to matter, come as there, *parameters NULL.
 */
int client_receive_text(struct client *client, struct client_reply *reply, const char **parameters,
                        size_t *length, int timeout_ms);
/* send and receive; not while answers are outstanding. On an error reply returns -EREMOTE with reply->error set. */
int client_call(struct client *client, const char *method, const struct jsonw *parameters,
                struct client_reply *reply);

/* Calls sent whose last answer has not been received. */
unsigned client_outstanding(const struct client *client);
/* For poll(2): the descriptor, and whether it also wants to write. */
int client_fd(const struct client *client);
bool client_wants_write(const struct client *client);

/* Connects again to the same server (within timeout_ms, waiting in the backlog of the anchor, starting one as client_open() was told).
 * Outstanding calls are forgotten, and the environment must be sent anew. 0 or -errno. */
int client_reconnect(struct client *client, int timeout_ms);

/*
 * Sends this process's environment once a connection (Environment), and gives its hash; NULL for ssh:// servers, where the
 * other side's own is used.  Not while answers are outstanding.  0, or as client_call() with NULL: a task that is created without
 * it would get another environment.
 */
int client_environment(struct client *client, const char **hash);
/* True for ssh:// servers: paths here mean nothing there. */
bool client_is_remote(const struct client *client);

/* The message about the last failure; "" if there was none. */
const char *client_error(const struct client *client);
/* The message for an error reply: the "reason" parameter where there is one, else made from the error's name. malloc'ed. */
char *client_explain(const struct client_reply *reply);

/* `krtask server bridge`, the far end of ssh://: copies between stdin/stdout and the server's socket until either ends. 0 or -errno. */
int client_bridge(const struct address *address, enum client_start start, char **error);

#endif
