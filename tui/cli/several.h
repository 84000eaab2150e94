/*
 * Commands over several servers: -s given more than once, or -s all.
 *
 * Each server has a process of its own, which runs the command for that server as if it were the only one, so a server
 * that is slow, dead or asks a question delays nobody.  At most 8 of them are connecting at once.  What they print is
 * printed whole and in the order of the servers as far as that delays nobody.  The exit status is the greatest.
 */
#ifndef KRTASK_TUI_CLI_SEVERAL_H
#define KRTASK_TUI_CLI_SEVERAL_H

#include "tui/cli/command.h"

/* The part of a command that is for one server. */
struct several_part {
	size_t index;            /* among the servers */
	const char *label;       /* stands before its ids */
	const struct words *ids; /* those for it */
	int connected;           /* its process closes this when it is connected; -1: it did */
	int written;             /* a byte comes when what it printed was written to standard output */
	bool terminal;           /* which is a terminal */
	bool alone;              /* there is nothing for any other server to do */
};

struct several_how {
	void (*run)(struct invocation *inv); /* in the process of a server */
	/* Asks whether it is to be done: to one task, whose id `target` is, or to several, which it says.  NULL: it is. */
	bool (*agree)(struct invocation *inv, const char *target, bool one);
	/* What it printed, of the servers in order, those that are there.  NULL: it is printed as it is. */
	void (*take)(void *ctx, const struct several_part *part, const char *bytes, size_t length);
	/* That operand names none of the servers, which was said.  NULL: it is no matter. */
	void (*nowhere)(void *ctx, size_t operand);
	void (*flush)(void *ctx); /* some were taken; more may follow; may be NULL */
	/* With lines: milliseconds until it must be called again; -1: enough has come.  servers: that are asked.  May be NULL. */
	int (*turn)(void *ctx, size_t servers);
	void *ctx;
	bool lines;   /* each line is printed when it comes */
	bool heads;   /* the first line is a heading, printed once */
	bool in_turn; /* one after the other, with the terminal: they ask */
	bool found;   /* the ids were found: it asks although they are of one server */
	bool names;   /* an id without a server could be meant for any: it is refused */
};

/* True if the command is for several servers.  False in the process of one of them. */
bool several_given(const struct invocation *inv);
/* True for "a:7" and "a". */
bool several_is_of(const char *id, const char *label);
/*
 * Ids such as "a:7", of servers in the configuration, without -s: the command is for these.  0, or EXIT_USAGE after
 * reporting.
 */
int several_understand(struct invocation *inv);
/*
 * Runs it for all of them.  Ids are SERVER:ID, or those of any server.  inv->status is the greatest of their exit statuses.
 */
void several_run(struct invocation *inv, const struct several_how *how);

/* The id as it is shown: "7", or "a:7" in the process of a server.  The text is valid until the next call. */
const char *several_id(const struct invocation *inv, const char *id);
/* It is connected. */
void several_connected(struct invocation *inv);
/* All was printed.  True once it was written to standard output; *terminal: which is a terminal. */
bool several_written(struct invocation *inv, bool *terminal);

#endif
