/*
 * What all commands of one run of the program share: the defaults from the configuration, the connections, and standard output.
 */
#ifndef KRTASK_TUI_CLI_CONTEXT_H
#define KRTASK_TUI_CLI_CONTEXT_H

#include "engine/wire/client/client.h"
#include "tui/cli/command.h"
#include "tui/cli/options.h"

struct connection {
	char *text; /* the address as asked for; "": the default */
	struct address address;
	struct client *client;   /* NULL: not open */
	const char *environment; /* hash of this process's own, once sent; NULL: the server's is used */
	char *parent;  /* the task that this program runs in, if it is one of that server's; NULL: none */
	bool noted;    /* it was said what its tasks cannot have */
	bool prepared; /* environment and parent are known */
	struct connection *next;
};

struct context {
	struct arguments defaults; /* every command begins with them */
	bool batch;
	bool checking;      /* nothing will be sent */
	const char *source; /* of the batch, for messages; NULL: one that needs no name */
	int ask_fd;         /* where answers to questions are read; -1: nowhere */
	/* Asks in another way than in text on ask_fd: as ask_text().  NULL: there is none. */
	int (*ask)(void *ctx, struct confirm *confirm, enum confirm_operation operation, const char *target);
	void *ask_ctx;
	struct connection *connections;
	struct jsonw scratch; /* one report at a time */
	char *cwd;
	unsigned char nonce[16]; /* a random prefix and a counter */
	bool output_failed;
	int output_error;    /* errno of the first failure */
	struct strings made; /* ids of tasks that may not have been written yet */
};

void context_init(struct context *context);
/* Closes everything; flushes standard output: status, or EXIT_FALSE after a message where it could not be written. */
int context_finish(struct context *context, int status);

/* A task was made, and its id is on its way to standard output: if it does not get there the id is said on standard error. */
void context_made(struct context *context, const char *id);
/* Writes what there is for standard output. */
void context_flush(struct context *context);

/* The connection for an address (NULL: the default), not yet open.  0 or EXIT_USAGE with *error (free() it). */
int context_connection(struct context *context, const char *server, struct connection **connection,
                       char **error);
/* Opens it where it is not.  0 or EXIT_NO_SERVER with *error. */
int connection_open(struct connection *connection, enum client_start start, char **error);
/* After the connection was lost: 0 or -errno, within 10 s. */
int connection_again(struct connection *connection);
/* Closes it, to be opened again by the next who needs it. */
void connection_end(struct connection *connection);
/* Another one to the same server, not yet open, for a call that goes on; connection_release() it. */
struct connection *connection_beside(const struct connection *connection);
void connection_release(struct connection *connection);
/* The id of the task that this program runs in, if it is one of that server's; NULL: none.  It may be gone there. */
const char *connection_own_task(const struct connection *connection);
/* Sends the environment, finds the parent; once a connection, while no answers are outstanding.  0, or as client_call(). */
int connection_prepare(struct connection *connection);

/* This process's directory, or NULL with errno where it has none any more. */
const char *context_cwd(struct context *context);
/* A number that no Create carried yet, in 32 hexadecimal digits. */
void context_nonce(struct context *context, char text[33]);

/* For the functions of commands.  Connects inv; false: reported, inv->status set. */
bool invocation_connect(struct invocation *inv);
bool invocation_connect_as(struct invocation *inv, enum client_start start);
/* Sends a call; its answer comes to receive().  repeatable: it does no harm twice. False: reported. */
bool invocation_send(struct invocation *inv, const char *method, const struct jsonw *parameters,
                     bool repeatable);
/* Sends a call and waits; reconnects, and where repeatable calls again.  False: reported (also error replies). */
bool invocation_call(struct invocation *inv, const char *method, const struct jsonw *parameters,
                     bool repeatable, struct client_reply *reply);
/* The same, but error replies are the caller's: true with reply->error set. */
bool invocation_ask(struct invocation *inv, const char *method, const struct jsonw *parameters,
                    bool repeatable, struct client_reply *reply);
/* Receives all answers that inv expects. */
void invocation_receive_all(struct invocation *inv);
/* "7", or "7 -s SERVER": what a hint writes behind a command, so that it is about the same task. malloc'ed. */
char *invocation_words(const struct invocation *inv, const char *id);
/* After the connection was lost: whether inv's call may be sent again.  A call that brings down the server each time is not sent for ever. */
bool invocation_may_repeat(struct invocation *inv);

#endif
