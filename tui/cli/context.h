/*
 * What all commands of one run of the program share: defaults, connections, and standard output.
 */
#ifndef KRTASK_TUI_CLI_CONTEXT_H
#define KRTASK_TUI_CLI_CONTEXT_H

#include "engine/wire/client/client.h"
#include "tui/cli/command.h"
#include "tui/cli/options.h"

struct several_part;

/* So often a request is sent again. */
enum { CONNECTION_REPEATS_MAX = 3 };

struct connection {
	char *text; /* the address as it was given; "": the default */
	struct address address;
	struct client *client;   /* NULL: not open */
	const char *environment; /* hash of our environment, once it was sent; NULL: the server's own */
	char *parent;  /* the task that runs this program, if it is a task of that server; NULL: none */
	char *noted;   /* what was printed last of what a task will not have; NULL: nothing */
	bool prepared; /* environment and parent are known */
	bool lasting;  /* to another machine: it is connected again for as long as the user wants to wait */
	int64_t deadline; /* of that, in milliseconds of the monotonic clock; 0: none */
	struct connection *next;
};

struct context {
	struct arguments defaults; /* every command begins with them */
	bool batch;
	bool checking;  /* only check, and send nothing */
	bool on_screen; /* for a user who sees what is waited for, and wants to know why something is False */
	const char *source; /* name of the batch for messages; NULL: no name */
	int ask_fd;         /* answers to questions are read here; -1: no questions */
	/* Asks questions instead of ask_text(); NULL: ask_text() does it. */
	int (*ask)(void *ctx, struct confirm *confirm, enum confirm_operation operation, const char *target);
	void *ask_ctx;
	/* Told before a request is sent; NULL: nobody is. */
	void (*sends)(void *ctx, const char *method);
	void *sends_ctx;
	struct connection *connections;
	struct several_part *
		part; /* of one of several servers, in its own process (several.h); NULL: there are no others */
	struct jsonw scratch; /* for one report at a time */
	char *cwd;
	unsigned char nonce[16]; /* a random prefix and a counter */
	bool output_failed;
	int output_error;    /* errno of the first failure */
	struct strings made; /* ids of created tasks that may not be written yet */
};

void context_init(struct context *context);
/*
 * Closes everything and flushes standard output.  Returns status, or EXIT_FALSE if the output could not be
 * written.
 */
int context_finish(struct context *context, int status);

/*
 * A task was created, and its id was put into standard output.  If that cannot be written, the id is printed
 * on standard error.
 */
void context_made(struct context *context, const char *id);
/* Flushes standard output. */
void context_flush(struct context *context);

/*
 * The connection for an address (NULL: the default).  Does not open it.  0, or EXIT_USAGE and *error (free()
 * it).
 */
int context_connection(struct context *context, const char *server, struct connection **connection,
                       char **error);
/* Opens it if it is not open.  0, or EXIT_NO_SERVER and *error. */
int connection_open(struct connection *connection, enum client_start start, char **error);
/*
 * Connects again after the connection was lost, within 10 s, or as a lasting one.  0 or -errno; -EINTR: Ctrl-C, of a
 * command that catches it.
 */
int connection_again(struct connection *connection);
/*
 * Sends the environment and finds the parent, once per connection.  No replies may be outstanding.  Errors
 * are those of client_call().
 */
int connection_prepare(struct connection *connection);
/* Closes it.  It is opened again when it is needed. */
void connection_end(struct connection *connection);
/* Milliseconds of the monotonic clock, for deadlines. */
int64_t connection_clock(void);
/* Another one to the same server, not yet open, for a call that goes on; connection_release() it. */
struct connection *connection_beside(const struct connection *connection);
void connection_release(struct connection *connection);
/*
 * The id of the task that runs this program, if it is a task of that server.  NULL: none.  It may have been
 * removed.
 */
const char *connection_own_task(const struct connection *connection);

/* The directory of this process.  NULL with errno: it was removed. */
const char *context_cwd(struct context *context);
/* A number that no Create has used yet, in 32 hexadecimal digits. */
void context_nonce(struct context *context, char text[33]);

/* For the functions of commands.  Connects.  False: an error was reported, and inv->status is set. */
bool invocation_connect(struct invocation *inv);
bool invocation_connect_as(struct invocation *inv, enum client_start start);
/*
 * For what-if, which starts no server: the address must be valid, its name that of a server, and at a socket or on another
 * host one must answer.  False: reported.
 */
bool invocation_finds_server(struct invocation *inv);
/*
 * Sends a call, whose reply goes to receive().  repeatable: sending it twice is harmless.  False: reported.
 */
bool invocation_send(struct invocation *inv, const char *method, const struct jsonw *parameters,
                     bool repeatable);
/*
 * Sends a call and waits for the reply.  If the connection is lost and the call is repeatable, connects and
 * calls again. False: an error, or an error reply, was reported.
 */
bool invocation_call(struct invocation *inv, const char *method, const struct jsonw *parameters,
                     bool repeatable, struct client_reply *reply);
/* The same, but for an error reply it returns true and sets reply->error. */
bool invocation_ask(struct invocation *inv, const char *method, const struct jsonw *parameters,
                    bool repeatable, struct client_reply *reply);
/* To be called before a request is sent by other means than these. */
void invocation_sends(const struct invocation *inv, const char *method);
/* Receives all replies that inv expects. */
void invocation_receive_all(struct invocation *inv);
/* "7", or "7 -s SERVER": the arguments of a command for this task, for hints.  malloc'ed. */
char *invocation_words(const struct invocation *inv, const char *id);
/* The connection was lost after a request was sent, and no other could be made. */
void invocation_report_gone(struct invocation *inv, const char *why);
/*
 * True if the call may be sent again after the connection was lost.  The number of times is limited, since a
 * call could crash the server each time.
 */
bool invocation_may_repeat(struct invocation *inv);

#endif
