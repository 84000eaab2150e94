/*
 * What the files of the local executor share: the executor itself, and an attempt, which is what it
 * holds of a run (run->execution) from prepare or adopt to forget.
 *
 * The files, each using only those before it:
 *
 *     anchor       what it asks the anchor
 *     attempt      what it holds
 *     variables    the environment of a command
 *     progress     progress of a task, from its pipe or its output
 *     cap          --max-log while a task is running
 *     files        output: where it is, its final name, its removal
 *     parent       who is the parent of the first process, and so what may be known about it and done to it
 *     watch        the exit of the first process
 *     look         which processes are alive
 *     survivors    which of them are left of a run
 *     ending       from that exit to the report of an end
 *     start        from go to a process
 *     adopt        runs of earlier servers
 *     strays       children that nobody waits for
 *     local        the verbs
 *
 * A file tells a higher one by the function given with a watch, and the core by the reports of the
 * executor.  Except for progress, that is the last thing done with an attempt, which may be gone
 * afterwards.
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
	LOCAL_PREPARED, /* it has an entry; nothing is running */
	LOCAL_STARTING, /* a worker is starting it */
	LOCAL_RUNNING,  /* its first process runs */
	LOCAL_LEFT,     /* its first process is gone; others may not be, or the end is not reported yet */
	LOCAL_GONE,     /* it was reported that all are gone */
};

enum local_parent {
	LOCAL_PARENT_SERVER, /* our child: waitid() returns its status */
	LOCAL_PARENT_ANCHOR, /* the anchor knows its status */
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
	bool reported; /* it reported progress itself */

	/* From LOCAL_LEFT: */
	bool known; /* exit_code and term_signal are valid */
	int exit_code, term_signal;
	char *message; /* owned; why its command could not begin, or what is not known; NULL */
	struct local_survivor *survivors; /* survivors that are waited for (utlist) */
	void (*emptied)(struct local_attempt *attempt);
	unsigned looks; /* how often survivors were looked for */
	bool told;      /* it was reported that the first process is gone */
	bool held;      /* a survivor may have its output files open */
	bool sealed;    /* they have their final names */
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
/* Frees only its memory: its watches must have been stopped. */
void local_attempt_free(struct local_attempt *attempt);

/* Each is in one list at most.  Appending takes it out of the one where it is. */
void local_list_append(struct local_attempt **list, struct local_attempt *attempt);
void local_list_remove(struct local_attempt *attempt);

/* In a second, or when retry() is called, unless that is due already. */
void local_retry_later(struct local *local);

/* Each pipe costs a descriptor, so when many tasks are running, new ones get none. */
bool local_may_pipe(const struct local *local);
/* How many more commands there are descriptors for. */
unsigned local_room(const struct local *local);

#endif
