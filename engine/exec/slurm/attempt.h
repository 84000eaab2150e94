/*
 * What the files of the executor for Slurm share: an attempt, from prepare or adopt until forget.  Loop thread only,
 * except where a comment says otherwise.
 *
 *     rows, program, script, files    what Slurm says, is asked and runs; on the worker
 *     silence                         who of Slurm does not answer
 *     orders, submit                  what the worker is to do, and what follows
 *     watch                           one squeue for all, and what it means for each
 *     slurm                           the verbs
 */
#ifndef KRTASK_EXEC_SLURM_ATTEMPT_H
#define KRTASK_EXEC_SLURM_ATTEMPT_H

#include <event2/event.h>
#include <stdbool.h>
#include <stdint.h>
#include <uthash.h>

#include "engine/core/executor.h"
#include "engine/exec/slurm/files.h"
#include "engine/exec/slurm/options.h"

struct order_job;
struct pool;
struct submit_job;
struct slurm_crew;
struct slurm_pilot;

enum slurm_stage {
	SLURM_SUBMITTING, /* sbatch is to be called, or was */
	SLURM_DOUBTFUL,   /* its answer was lost: there is a job, or none */
	SLURM_HELD,       /* prepared: its job is held */
	SLURM_REFUSED,    /* prepared: sbatch refused it, and go says so */
	SLURM_RELEASED,   /* go */
	SLURM_WITHHELD,   /* go, but it is to be held again */
	SLURM_ADOPTED,    /* an earlier server had it */
	SLURM_RUNNING,    /* began */
	SLURM_ENDED,      /* ended */
	SLURM_FORGOTTEN,  /* the core has forgotten it, and the worker has not */
};

/* Where the ticket of an attempt is, if its group has pilots. */
enum slurm_place {
	TICKET_HERE,      /* nowhere */
	TICKET_QUEUED,    /* any pilot may claim it */
	TICKET_WITHDRAWN, /* it is to be taken back */
	TICKET_CLAIMED,   /* by its pilot */
};

/* The lists of a crew (places.h). */
enum crew_list {
	CREW_NONE,
	CREW_HERE, /* to be put */
	CREW_QUEUED,
	CREW_LEAVING, /* to be taken back, or already here */
	CREW_WITHDRAWN,
	CREW_CLAIMED,
	CREW_LISTS,
};

struct slurm_attempt {
	UT_hash_handle hh;                           /* in slurm->by_base */
	struct slurm_attempt *prev, *next;           /* in slurm->attempts (utlist) */
	struct slurm_attempt *crew_prev, *crew_next; /* in crew->lists[listed] */
	enum crew_list listed;
	struct slurm *slurm;
	struct run *run; /* NULL: forgotten */
	uint64_t serial; /* of no other */
	uint64_t number;
	uint32_t ordinal;
	char base[SLURM_BASE_SIZE];
	char *directory; /* owned */
	enum slurm_stage stage;
	uint64_t job;   /* 0: none, or unknown */
	bool released;  /* scontrol said so */
	bool withholds; /* an adopted one is to be held */
	bool absent;    /* the last squeue did not list its job, whose number may be that of another by now */
	unsigned unseen;  /* so often it was over, and its end was missing */
	unsigned answers; /* of sbatch that were no number of a job */
	int signal; /* to be sent when its command is seen to run: it may not have been there; 0: none */
	struct slurm_begin begin;
	char node[64];
	char reason[64];         /* why it is pending */
	char *error;             /* owned; why it was refused, or is doubtful; NULL */
	struct slurm_crew *crew; /* NULL: it is a job of its own */
	struct slurm_pilot *pilot;
	enum slurm_place place;
	uint64_t ticket; /* 0: it never had one */
	bool withdraws;  /* it is to be taken back, and that is to be reported */
};

/* What is asked of Slurm, each by programs of its own. */
enum slurm_asked {
	SLURM_ASKED_SBATCH,
	SLURM_ASKED_SQUEUE,
	SLURM_ASKED_ORDERS, /* scontrol, scancel */
	SLURM_ASKED_COUNT
};

struct slurm_answer {
	bool silent;
	char *error; /* owned; what is wrong, if it is not that Slurm does not answer; NULL */
};

/* How late the worker is with what it has. */
enum slurm_late {
	SLURM_IN_TIME,
	SLURM_LATE,  /* a program takes long */
	SLURM_STUCK, /* longer than any program may: it waits for a file */
};

struct slurm {
	struct executor executor; /* first */
	struct slurm_options options;
	char identity[24];
	char *address;      /* owned */
	char *programs;     /* owned; where they are; NULL: in the PATH */
	struct pool *pool;  /* one thread; NULL: not needed yet */
	struct pool *files; /* one thread, for those of the crews; NULL: not needed yet */
	struct slurm_crew *crews;
	void (*crew_turn)(evutil_socket_t fd, short what, void *ctx); /* of their timers */
	uint64_t last_ticket;                                         /* of no earlier server either */
	struct event *pool_event, *files_event, *watch_event;
	int stop_fd;                           /* readable when the executor is to close */
	struct slurm_attempt *attempts, *hint; /* by serial; from where the next is looked for */
	struct slurm_attempt *by_base;         /* a hash table of all */
	struct order_job *again;               /* owned; orders that were not heard (utlist) */
	size_t orders;                         /* that the worker has */
	struct submit_job *submissions;        /* owned; the worker has the first, if submitting (utlist) */
	bool submitting;
	uint64_t last_serial;
	int interval_ms; /* until the next squeue */
	bool watching;   /* the worker has one */
	bool changed;    /* something has happened since the last one began */
	bool hurried;    /* the next one comes as soon as it may */
	bool swept;      /* jobs of an earlier server that nobody knows were looked for */
	bool closing;
	bool abandoned; /* a thread goes on, so what it uses must stay */
	struct slurm_answer asked[SLURM_ASKED_COUNT];
	enum slurm_late late;
	struct event *late_event;
	size_t given;   /* jobs that the worker has */
	char text[160]; /* the latest reason */
};

static inline struct slurm *slurm_of(struct executor *executor)
{
	return (struct slurm *)executor;
}

static inline struct slurm_attempt *slurm_attempt_of(const struct run *run)
{
	return run ? run->execution : NULL;
}

struct slurm_attempt *slurm_attempt_new(struct slurm *slurm, struct run *run, enum slurm_stage stage,
                                        const char *directory);
void slurm_attempt_free(struct slurm_attempt *attempt);
/* NULL: it is no longer there. */
struct slurm_attempt *slurm_attempt_find(struct slurm *slurm, uint64_t serial);
/* The latest with this base of its files.  NULL: the core has forgotten it, too. */
struct slurm_attempt *slurm_attempt_of_base(struct slurm *slurm, const char *base);

#endif
