/*
 * What the files of the local executor share: the executor itself, and an attempt, which is what it holds of
 * a run (run->execution) from prepare or adopt to forget.
 *
 * The files, each using only those before it:
 *
 *     anchor       who keeps what an earlier server's children left
 *     attempt      what is held
 *     variables    the environment of a command
 *     progress     what a task says of itself: by its pipe, or in its output
 *     cap          --max-log while it runs
 *     files        output: where it is, its final name, its removal
 *     parent       who is the parent of its first process: what may be known of that, and done to it
 *     watch        the exit of its first process
 *     look         who lives
 *     survivors    who is left after that
 *     ending       from that exit to the report of an end
 *     start        from go to a process
 *     adopt        what an earlier server left
 *     strays       children that nobody waits for
 *     local        the verbs
 *
 * News goes up by the function that is given with a watch, and to the core by the executor's reports.  All of
 * these but progress are the last thing that is done with an attempt, since it may be gone after that.
 */
#ifndef KRTASK_EXEC_LOCAL_ATTEMPT_H
#define KRTASK_EXEC_LOCAL_ATTEMPT_H

#include <event2/event.h>
#include <event2/event_struct.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include <uthash.h>

#include "engine/core/executor.h"
#include "engine/exec/local/anchor.h"

struct environment;
struct ledger;
struct local_survivor;
struct output;
struct pool;

/* After trouble with the system (no memory, no descriptors), when to look again. */
enum { LOCAL_RETRY_MS = 1000 };

enum local_stage {
	LOCAL_PREPARED, /* it has an entry; nothing of it runs */
	LOCAL_STARTING, /* a worker has it */
	LOCAL_RUNNING,  /* its first process runs */
	LOCAL_LEFT,     /* its first process is gone; others may not be, or it is not told yet */
	LOCAL_GONE,     /* that all are gone was reported */
};

enum local_parent {
	LOCAL_PARENT_SERVER, /* our child: waitid() tells its status */
	LOCAL_PARENT_ANCHOR, /* the anchor tells */
	LOCAL_PARENT_NOBODY, /* found by pid and start time: its status cannot be known */
};

struct local_attempt {
	struct local *local;
	struct run *run;
	struct local_attempt *prev, *next;           /* in local->attempts (utlist) */
	struct local_attempt *list_prev, *list_next; /* in *list (utlist) */
	struct local_attempt **list;                 /* one of local's lists from unadopted on; NULL: none */
	UT_hash_handle by_pid; /* in local->anchored, where parent is LOCAL_PARENT_ANCHOR */
	int entry;             /* of the ledger, -1: none */
	pid_t pid;             /* 0: it has not begun */
	uint64_t start;        /* as in struct task_process */
	enum local_stage stage;
	enum local_parent parent;
	int signal; /* to be sent, once it can be found out whether its group is its own; 0: none */

	int pidfd; /* of its first process, -1: none */
	struct event exit_event;
	void (*exited)(struct local_attempt *attempt);

	int progress_fd; /* its pipe, -1: none */
	struct event progress_event;
	char line[512]; /* of the pipe, not ended yet */
	size_t line_length;
	bool reported; /* it said something of itself */

	/* From LOCAL_LEFT on: */
	bool known; /* exit_code and term_signal are */
	int exit_code, term_signal;
	char *message; /* owned; why its command could not begin, or what is not known; NULL */
	struct local_survivor *survivors; /* those that are waited for (utlist) */
	void (*emptied)(struct local_attempt *attempt);
	unsigned looks; /* at who is left */
	bool told;   /* that its first process is gone */
	bool held;   /* somebody may hold its output files open */
	bool sealed; /* they have their final names */
};

struct local {
	struct executor executor; /* first: what the core knows */
	struct event_base *base;
	char *address;
	struct pool *pool;
	const struct local_anchor *anchor;
	int64_t (*now)(void);
	const struct environment *own_environment;
	unsigned descriptors;
	bool same_boot; /* the ledger is of this boot */
	struct ledger *ledger;
	struct output *output;
	int input; /* /dev/null */

	struct local_attempt *attempts;  /* all (utlist) */
	struct local_attempt *unadopted; /* nothing could be found out yet (utlist) */
	struct local_attempt *unwatched; /* RUNNING, without a descriptor that tells of the exit (utlist) */
	struct local_attempt *ended;     /* LEFT, survivors are to be looked for (utlist) */
	struct local_attempt *looking;   /* the same, while that is done (utlist) */
	struct local_attempt *anchored;  /* children of the anchor, by pid (uthash) */
	unsigned active;                 /* attempts that have a first process, or are getting one */
	unsigned pipes;                  /* of progress, open or being opened */

	struct event *child_event;  /* SIGCHLD */
	struct event *retry_event;  /* what could not be done is tried again */
	struct event *end_event;    /* local->ended is to be looked at, in this turn of the loop */
	struct event *cap_event;    /* while tasks with --max-log run */
	struct event *strays_event; /* a look at the anchor's children is due */
};

static inline struct local *local_of(struct executor *executor)
{
	return (struct local *)executor;
}

/* NULL: none. */
static inline struct local_attempt *local_attempt_of(const struct run *run)
{
	return run ? run->execution : NULL;
}

/* Becomes run->execution.  NULL: out of memory. */
struct local_attempt *local_attempt_new(struct local *local, struct run *run, int entry);
/* Of what it holds, only what is allocated: its watches must have been stopped. */
void local_attempt_free(struct local_attempt *attempt);

/* Each is in one list at most.  Appending takes it out of the one where it is. */
void local_list_append(struct local_attempt **list, struct local_attempt *attempt);
void local_list_remove(struct local_attempt *attempt);

/* In a second, or when retry() comes: unless that is on its way already. */
void local_retry_later(struct local *local);

/* A pipe each costs a descriptor: when many run, those to come do without. */
bool local_may_pipe(const struct local *local);
/* How many more commands there are descriptors for. */
unsigned local_room(const struct local *local);

#endif
