/*
 * The table of commands: the names of each in both syntaxes, its arguments, and its functions.  An invocation
 * is a command with its arguments, from either syntax.
 *
 *     invocation_parse()      words → struct invocation
 *     invocation_run()        checks, calls the server, reports; returns the exit status
 *
 * A batch pipelines instead.  It calls command->check(), then command->send() while replies to earlier lines
 * are outstanding, and command->receive() for each reply, in order.
 */
#ifndef KRTASK_TUI_CLI_COMMAND_H
#define KRTASK_TUI_CLI_COMMAND_H

#include "engine/task/strings.h"
#include "engine/wire/client/client.h"
#include "tui/cli/options.h"

struct context;
struct connection;
struct invocation;

enum exit_status {
	EXIT_DONE = 0,
	EXIT_FALSE = 1, /* a result was False, or a task was not found or not ready */
	EXIT_USAGE = 2, /* wrong usage or invalid input; nothing was done */
	EXIT_NO_SERVER = 3,
	EXIT_TIMEOUT = 124,
	EXIT_WAIT_FAILED = 125,
	EXIT_SIGNAL = 128, /* plus the number of the signal */
};

/* The tasks that selectors find for a command. */
enum selects {
	SELECTS_NOTHING, /* it takes no selectors */
	SELECTS_ANY,
	SELECTS_CREATED,
	SELECTS_STARTED,  /* and not ended, nor what this is called in */
	SELECTS_LIVE,     /* not ended */
	SELECTS_PAUSABLE, /* queued or running */
	SELECTS_PAUSED,   /* or held */
	SELECTS_ENDED,
	SELECTS_UNCOMPLETED, /* Failed or Stopped; those that --state says, if they have ended */
};

struct command {
	const char *name;              /* "stop"; "server start" for a subcommand */
	const char *cmdlet;            /* NULL: none */
	const char *operands;          /* as --help shows them */
	const char *summary;           /* one line */
	const char *details;           /* more for --help, or NULL */
	struct option_set options;     /* in addition to the global ones */
	struct option_set gnu_only;    /* options that the cmdlet lacks */
	struct option_set later;       /* more in GNU syntax; a prefix is looked up in `options` first */
	struct option_set clears;      /* of these, the value "none" takes away what was given */
	enum selects selects;          /* which tasks selectors find in place of ids (selector.h) */
	struct option_set cmdlet_only; /* more parameters of the cmdlet, in addition to the common ones */
	unsigned least, most;          /* operands */
	/* Positional parameters of the cmdlet, ended by OPTION_TOTAL.  NULL: none. */
	const enum option_id *positions;
	enum client_start start;
	bool makes_server; /* it can start a server with a new name */
	bool is_run;       /* new --start under another name */
	bool is_wait;      /* its exit status is a task's, and 125 where it could not wait */
	bool copies; /* its operands are ids, and behind -- a command; beside ids, --name and --group are no selectors */
	bool lists;   /* its results are records of tasks */
	bool apart;   /* it takes one id, or several through a pipeline, each for itself */
	bool numbers; /* a word such as -5 is an operand, and no option */
	bool tells_ids; /* a variable gets nothing but ids of tasks, as it does if it lists: a pipeline binds them as such */
	bool hidden;

	/*
	 * Checks the arguments, without a server.  Returns 0, or an exit status after reporting.  May be
	 * NULL.
	 */
	int (*check)(struct invocation *inv);
	/*
	 * Either run(), or send() and receive().  If a command has all three, the pair is used if
	 * pipelines().
	 */
	void (*run)(struct invocation *inv);
	bool (*pipelines)(const struct invocation *inv);
	bool creates;                         /* needs the environment of the caller on the connection */
	void (*send)(struct invocation *inv); /* sends calls and adds to expected */
	void (*receive)(struct invocation *inv, struct client_reply *reply);
};

extern const struct command command_table[]; /* ended by a NULL name */

/* What PowerShell calls streams. */
enum output_kind { OUTPUT_RESULT, OUTPUT_ERROR, OUTPUT_WARNING, OUTPUT_INFORMATION, OUTPUT_COUNT };

/* An error that is reported later. */
struct deferred_error {
	char *text;
	int status;
	unsigned column;
};

struct invocation {
	const struct command *command;
	const char
		*topic; /* without a command: the first word of those whose help is asked for; NULL: of all */
	bool cmdlet;    /* in cmdlet syntax */
	const char *called; /* its name in messages, where another command does it; NULL: its own */
	bool fresh;         /* args are the defaults of the context */
	struct context *context;
	struct connection *connection; /* NULL until invocation_connect() */
	int status;                    /* exit status so far: the greatest reported */

	const char *
		method; /* of the last call, whose parameters are the request; NULL: it may not be repeated */
	const char *made;  /* id of the task that run made in the foreground; NULL: none yet */
	unsigned repeats;  /* how often it was */
	unsigned expected; /* answers still to come */
	unsigned answered; /* answers that came; where a call is about several operands, those */
	size_t *families;  /* clean: how many tasks go with each operand; NULL elsewhere */
	size_t removed;    /* clean: of these those that are gone */
	size_t sent;       /* operands that calls were made about */

	const struct word *words;  /* of the line of a batch, for the columns of what is wrong in it */
	size_t word_count, named;  /* 0 outside of a batch; which of them names the command */
	unsigned line;             /* of the batch; 0: no batch */
	unsigned column;           /* of what is wrong in it; 0: none is meant */
	const struct words *piped; /* ids that come through a pipeline, NULL: none */
	bool by_ids;               /* it is for the servers that its ids name, and prints them with these */
	bool selected;             /* again: the ids are those that selectors find */
	bool silent;               /* results go to the variable only */
	bool halted; /* an error ends it, and a batch with it: -ErrorAction Stop, or the answer to Inquire */
	bool interrupted;       /* by Ctrl-C, which ends a batch, too */
	bool all_errors;        /* "Yes to All" was the answer to Inquire */
	bool capture;           /* a variable takes its results */
	struct confirm confirm; /* of all tasks of the command, however many times it is run for them */
	bool confirming;        /* it was set up */
	struct words refused;   /* the ids with the result False, if a person is to be told why */
	bool unknown;           /* a task was not found, and that was reported */
	bool waits; /* for its turn; its errors are deferred, to be reported in the order of the lines */
	size_t deferred_count;

	/* invocation_clear() clears all fields before this one. */
	struct arguments args;
	struct jsonw request;                  /* the last call's parameters, kept where it may be repeated */
	struct strings captured[OUTPUT_COUNT]; /* for variables */
	struct deferred_error *deferred;
	size_t deferred_size;
};

/*
 * Finds a command by its exact name, or by the name of a cmdlet in any case.  second may be NULL.  *words is
 * the number of words of the name, 1 or 2.  NULL: there is none.
 */
const struct command *command_find(const char *first, const char *second, bool *cmdlet, size_t *words);
/* A prefix is looked up in these options first, so that new options break no scripts.  NULL: before any command. */
struct option_set command_options_first(const struct command *command);
/* All options of a command, with the global ones; all parameters of the cmdlet. */
struct option_set command_options(const struct command *command);
struct option_set command_parameters(const struct command *command);

void invocation_init(struct invocation *inv, struct context *context);
void invocation_release(struct invocation *inv);
/* Makes it ready for another command, and keeps its memory. */
void invocation_clear(struct invocation *inv);

/*
 * Parses the words of a command line.  inv->args begin with the defaults of the context.  inv->command is
 * NULL if the words name no command.  0, or -EINVAL, *error (free() it), and *at, the index of the wrong
 * word.
 */
int invocation_parse(struct invocation *inv, const struct word *words, size_t count, char **error,
                     size_t *at);

/* The next error is about this text, one of the arguments.  In a batch its column is printed. */
void invocation_blame(struct invocation *inv, const char *text);
/* Checks the arguments, without a server.  0, or an exit status after reporting what is wrong. */
int invocation_check(struct invocation *inv);
/* Does all of the command.  Returns the exit status, which is also in inv->status. */
int invocation_run(struct invocation *inv);

/* The name that was used: "stop" or "Stop-KrTask". */
const char *invocation_name(const struct invocation *inv);

#endif
