/*
 * The data that the files of the local executor share: the executor itself, and an attempt.  An attempt is
 * the executor's data of a run (run->execution), from prepare or adopt to forget.
 *
 * The files, each using only those before it:
 *
 *     anchor       who keeps what an earlier server's children left
 *     variables    the environment of a command
 *     kin          whose the processes of this machine are
 *     reach        signals to all that is of a run
 *     attempt      what is held
 *     holding      its number and devices
 *     progress     what a task says of itself: by its pipe, or in its output
 *     cap          --max-log while it runs
 *     discard      removal of the output of tasks that are gone
 *     files        output: where it is, its final name
 *     parent       who is the parent of its first process: what may be known of that
 *     watch        the exit of its first process
 *     survivors    who is left after that
 *     spares       who is left of tasks that nothing waits for, and is not watched
 *     strays       children that nobody waits for
 *     census       looks at the processes there are, and signals, on a thread of its own
 *     settling     looks at who is left until they agree
 *     lingering    waiting for who is left before the next attempt
 *     ending       from the exit of its first process to the report of an end
 *     start        from go to a process
 *     stuck        processes that do not get to their commands
 *     traces       what it left without a ledger
 *     adopt        what an earlier server left
 *     local        the verbs
 *
 * A file tells a higher one by the function given with a watch, and the core by the reports of the executor.
 * Except for progress, this call must be the last use of an attempt, since the attempt may be freed by it.
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
#include "engine/exec/local/reach.h"
#include "engine/exec/local/variables.h"
#include "engine/run/output.h"

struct environment;
struct ledger;
struct local_attempt;
struct local_census;
struct local_discards;
struct local_settling;
struct local_subject;
struct local_survivor;
struct local_survivors;
struct local_traces;
struct pool;
struct spawner;
struct start_job;

/* After trouble with the system (no memory, no descriptors), when to look again. */
enum { LOCAL_RETRY_MS = 1000 };

enum local_stage {
	LOCAL_PREPARED, /* it has an entry; nothing is running */
	LOCAL_STARTING, /* a worker is starting it */
	LOCAL_RUNNING,  /* its first process runs */
	LOCAL_LEFT,     /* its first process is gone; others may run, or the end is not reported yet */
	LOCAL_GONE,     /* it was reported that all are gone */
};

enum local_parent {
	LOCAL_PARENT_SERVER, /* our child: waitid() returns its status */
	LOCAL_PARENT_ANCHOR, /* the anchor knows its status */
	LOCAL_PARENT_NOBODY, /* found by pid and start time: only the kernel may know its status */
};

struct local_attempt {
	struct local *local;
	struct run *run;    /* NULL: forgotten while a census is being taken of it, or there never was one */
	uint64_t number;    /* of its task */
	int64_t created_at; /* the same */
	uint32_t ordinal;   /* it is that attempt of the task, from 1 */
	struct local_attempt *prev, *next;           /* in local->attempts (utlist) */
	struct local_attempt *list_prev, *list_next; /* in *list (utlist) */
	struct local_attempt **list;                 /* one of local's lists from starting on; NULL: none */
	UT_hash_handle by_pid;                       /* in local->leaders, where it has a parent */
	int entry;                                   /* of the ledger, -1: none */
	int files;      /* its pair of output files, -1: none, or they have their final names */
	pid_t pid;      /* 0: it has not begun */
	uint64_t start; /* as in struct task_process */
	enum local_stage stage;
	enum local_parent parent;
	struct start_job *starting; /* while it is STARTING: the worker's; NULL */
	int sent_early; /* the signal of a stop that its process has got before its command; 0: none */

	int pidfd; /* of its first process, -1: none */
	bool sure; /* pidfd is certainly not of another process with the same number */
	struct event exit_event;
	void (*exited)(struct local_attempt *attempt);

	struct reach_signals signals; /* that are to go out; with some, it is in local->signalled */
	struct local_attempt *signal_prev, *signal_next;
	struct local_subject *subject; /* a census is being taken of it; NULL */
	bool killed;                   /* SIGKILL is for all of its processes */
	bool remnant;                  /* of no run: local_attempt_of_left() */
	bool lingers;                  /* the same, and it is to be told when they are gone */
	bool sparing;                  /* the same, but nothing waits for that */
	bool spared;                   /* and it holds a descriptor of a process that is left */

	int progress_fd; /* its pipe, -1: none */
	ino_t pipe;      /* its inode, kept after it is closed; 0: there was none */
	struct event progress_event;
	char line[512]; /* of the pipe, not ended yet */
	size_t line_length;
	bool reported; /* it reported progress itself */

	/* From LOCAL_LEFT: */
	bool known; /* exit_code and term_signal are valid */
	int exit_code, term_signal;
	struct task_usage usage;
	char *message;            /* owned; why its command could not begin, or what is unknown; NULL: none */
	char *remarks;            /* owned; about its end, until that is reported; NULL: none */
	struct strings processes; /* owned; those that are left, as they are reported */
	struct local_survivor *survivors; /* survivors that are waited for (utlist) */
	void (*emptied)(struct local_attempt *attempt);
	struct local_settling *settling; /* owned; it is looked at again for their names; NULL */
	unsigned looks;                  /* at who is left */
	bool empty;                      /* the last census found nobody to wait for */
	bool told;                       /* the core knows that its first process is gone */
	bool left;                       /* processes of it are left */
	bool written;                    /* somebody has one of its output files open for writing */
};

/* A task whose processes that are left are to be looked at: now, or when it becomes due (spares.h). */
struct local_spare {
	uint64_t number;
	int64_t created_at;
	bool due;
};

struct local_spares {
	struct local_spare *all; /* owned */
	size_t count, size;
	size_t due; /* how many are */
	size_t at;  /* the one that was chosen last */
};

struct local {
	struct executor executor; /* first: what the core knows */
	struct event_base *base;
	char *address;
	char identity[LOCAL_IDENTITY_SIZE];
	struct pool *pool;
	const struct local_anchor *anchor;
	int64_t (*now)(void);
	const struct environment *own_environment;
	unsigned descriptors;
	int linger_ms;
	char shortage[128];          /* why local_room() may be 0 */
	char stuck[4200];            /* the latest local_stuck_reason() */
	char no_output[512];         /* why files for output could not be made, until a run began; or empty */
	bool same_boot;              /* the ledger is of this boot */
	struct local_traces *traces; /* owned; while runs are adopted without it */
	struct ledger *ledger;
	struct output *output;
	struct local_discards *discards;
	struct spawner *spawner;
	int input;    /* /dev/null */
	int child_fd; /* of SIGCHLD (signalfd(2)) */

	struct local_attempt *attempts;  /* all (utlist) */
	struct local_attempt *starting;  /* STARTING (utlist) */
	struct local_attempt *unentered; /* to be adopted, without a valid entry (utlist) */
	struct local_attempt *unadopted; /* their state could not be found out yet (utlist) */
	struct local_attempt *unwatched; /* RUNNING, without a descriptor that tells of the exit (utlist) */
	struct local_attempt *ended;     /* LEFT, survivors are to be looked for (utlist) */
	struct local_attempt *looking;   /* the same: a census is to be taken for it (utlist) */
	struct local_attempt *signalled; /* signals are to go out (utlist) */
	struct local_attempt *leaders;   /* those whose first process has a parent, by pid (uthash) */
	unsigned anchored;               /* of these, how many are the anchor's children */
	bool missed;                     /* there was no memory for one of these */
	unsigned active;                 /* attempts that have a first process, or are getting one */
	unsigned sparing, spared;        /* attempts that are */
	struct local_spares spares;
	unsigned pipes;      /* of progress, open or being opened */
	bool capping;        /* a worker is capping files */
	int64_t roomy_until; /* the disk of the output need not be looked at before that */

	struct pool *census_pool;    /* one thread */
	struct local_census *census; /* that is being taken, NULL: none */
	void (*counted)(struct local_attempt *attempt, struct local_survivors *survivors, int error);
	struct kin_stray *strays; /* owned; what the last one found, without those that were reaped since */
	size_t stray_count;
	uint64_t
		alone_since; /* when there were strays last, in clock ticks since boot; or when this server began */

	struct event *census_event; /* signalled or looking are not empty */
	struct event *census_done;  /* of census_pool */
	struct event *child_event;  /* SIGCHLD */
	struct event *reap_event;   /* a look at orphans that may have ended is due */
	struct event *retry_event;  /* to try again what failed */
	struct event *end_event;    /* local->ended is to be looked at, in this turn of the loop */
	struct event *cap_event;    /* while tasks with --max-log run */
	struct event *strays_event; /* a look at the anchor's children is due */
	struct event *spares_event; /* some of the spares are due */
	struct event *stuck_event;  /* those that are to stop before they have begun are to be looked at */
};

/* Whose its output files are. */
static inline struct output_owner local_attempt_owner(const struct local_attempt *attempt)
{
	return (struct output_owner){ attempt->number, attempt->ordinal };
}

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
/*
 * Makes one without a run, for the processes that are left of a task that has ended.  NULL: out of memory.
 */
struct local_attempt *local_attempt_of_left(struct local *local, uint64_t number, int64_t created_at);
/* Frees only its memory: its watches must have been stopped. */
void local_attempt_free(struct local_attempt *attempt);

/* Takes its files before its command is started, and records them in the ledger.  0 or -errno. */
int local_attempt_take_files(struct local_attempt *attempt);
/* Gives them back: nothing was started. */
void local_attempt_give_files_back(struct local_attempt *attempt);

/* Sets the first process and its parent.  0, or -ENOMEM: nothing has changed. */
int local_attempt_lead(struct local_attempt *attempt, pid_t pid, enum local_parent parent);
/* Records that its first process has no parent any more. */
void local_attempt_lose_parent(struct local_attempt *attempt);

/* An attempt is in one list at most.  Appending takes it out of its current list. */
void local_list_append(struct local_attempt **list, struct local_attempt *attempt);
void local_list_remove(struct local_attempt *attempt);

/* Tries again in a second or when retry() is called, unless this is due already. */
void local_retry_later(struct local *local);

/*
 * True if a new task can get a pipe of progress.  Each costs a descriptor, so when many tasks run, new ones
 * get none.
 */
bool local_may_pipe(const struct local *local);
/* How many more commands there are descriptors for. */
unsigned local_room(const struct local *local);

#endif
