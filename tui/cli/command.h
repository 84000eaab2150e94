/*
 * The commands: one table of what each is called in both syntaxes, takes, prints and does; and the invocation, one command with its
 * arguments as either syntax gave them.
 *
 *     invocation_parse()      words → struct invocation
 *     invocation_run()        checks, calls the server, reports: the exit status
 *
 * A batch pipelines instead: command->check(), then command->send() while answers to earlier lines are still to come, and
 * command->receive() for each answer, in order.
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
	EXIT_FALSE = 1, /* some False, not found, or not ready */
	EXIT_USAGE = 2, /* wrong usage or invalid input, nothing done */
	EXIT_NO_SERVER = 3,
	EXIT_TIMEOUT = 124,
	EXIT_WAIT_FAILED = 125,
	EXIT_SIGNAL = 128, /* + the signal's number */
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
};

struct command {
	const char *name;              /* "server start": a second word where there are subcommands */
	const char *cmdlet;            /* NULL: none */
	const char *operands;          /* as --help shows them */
	const char *summary;           /* one line */
	const char *details;           /* more for --help, or NULL */
	struct option_set options;     /* beside the global ones */
	struct option_set later;       /* of GNU's syntax, too; a prefix is one of options first */
	enum selects selects;          /* selectors in place of ids (selector.h) */
	struct option_set cmdlet_only; /* parameters that only the cmdlet takes, beside the common ones */
	unsigned least, most;          /* operands */
	const enum option_id *
		positions; /* cmdlet parameters that take values by position; ended by OPTION_TOTAL; NULL: none */
	enum client_start start;
	bool makes_server; /* also one with a name that no server had */
	bool is_run;       /* new --start under another name */
	bool lists;        /* its results are records of tasks */
	bool hidden;

	int (*check)(
		struct invocation *
			inv); /* may be NULL. Before any server is reached: 0, or an exit status after having reported */
	/* Either run, which does it all, or the pair; where both are there, the pair serves only if pipelines(). */
	void (*run)(struct invocation *inv);
	bool (*pipelines)(const struct invocation *inv);
	bool creates;                         /* needs the caller's environment on the connection */
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
	bool cmdlet; /* in cmdlet syntax */
	bool fresh;  /* args are the context's defaults */
	struct context *context;
	struct connection *connection; /* NULL until invocation_connect() */
	int status;                    /* exit status so far: the greatest reported */

	struct jsonw request; /* the last call's parameters, kept where it may be repeated */
	const char *method;   /* of that call; NULL: it may not */
	const char *made;     /* id of the task that run made in the foreground; NULL: none yet */
	unsigned repeats;     /* how often it was */
	unsigned expected;    /* answers still to come */
	unsigned answered;    /* answers that came; where a call is about several operands, those */
	size_t sent;          /* operands that calls were made about */

	const struct word *words;  /* of the line of a batch, for the columns of what is wrong in it */
	size_t word_count, named;  /* 0 outside of a batch; which of them names the command */
	unsigned line;             /* of the batch; 0: no batch */
	unsigned column;           /* of what is wrong in it; 0: none is meant */
	const struct words *piped; /* ids that come through a pipeline, NULL: none */
	bool silent;               /* results go to the variable only */
	bool halted; /* an error ends it, and a batch with it: -ErrorAction Stop, or the answer to Inquire */
	bool all_errors;        /* "Yes to All" was the answer to Inquire */
	bool capture;           /* a variable takes its results */
	struct confirm confirm; /* of all tasks of the command, however many times it is run for them */
	bool confirming;        /* it was set up */
	struct strings captured[OUTPUT_COUNT]; /* for variables */
	bool waits; /* for its turn: errors are deferred, so that all are reported in the order of the lines */
	struct deferred_error *deferred;
	size_t deferred_count, deferred_size;

	struct arguments args; /* at the end: invocation_clear() clears what stands before */
};

/* By name (GNU, exact) or cmdlet name (any case); words counts the words that name it, 1 or 2. NULL: none. second may be NULL. */
const struct command *command_find(const char *first, const char *second, bool *cmdlet, size_t *words);
/* What it takes in GNU's syntax, the global ones among them; what the cmdlet takes. */
/* Those of them that a prefix is looked for in first, so that new ones break no scripts. */
struct option_set command_options_first(const struct command *command);
struct option_set command_options(const struct command *command);
struct option_set command_parameters(const struct command *command);

void invocation_init(struct invocation *inv, struct context *context);
void invocation_release(struct invocation *inv);
/* Ready for another one; memory is kept. */
void invocation_clear(struct invocation *inv);

/*
 * Parses all the words of a command line; inv->args starts as the context's defaults.  inv->command is NULL where the words name none (only options, or nothing). 0,
 * or -EINVAL, *error (free() it), and *at, the index of the word that is wrong.
 */
int invocation_parse(struct invocation *inv, const struct word *words, size_t count, char **error,
                     size_t *at);

/* An error of what is to be checked is about this text, one of the arguments: in a batch its column is named. */
void invocation_blame(struct invocation *inv, const char *text);
/* Before any server is reached: 0, or an exit status after having reported what is wrong with the arguments. */
int invocation_check(struct invocation *inv);
/* Everything, one after another: the exit status, also in inv->status. */
int invocation_run(struct invocation *inv);

/* "stop", or "Stop-KrTask" where it was called so. */
const char *invocation_name(const struct invocation *inv);

#endif
