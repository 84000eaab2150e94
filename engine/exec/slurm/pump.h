/*
 * What is done to the files of a crew, in a thread of their own: tickets are put and taken back, logs are read, directories
 * are taken away.  pump_work() blocks; the rest is for the loop thread.
 */
#ifndef KRTASK_EXEC_SLURM_PUMP_H
#define KRTASK_EXEC_SLURM_PUMP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/exec/slurm/claims.h"
#include "engine/run/pool.h"

enum pump_verb {
	PUMP_PUT,      /* a ticket into the queue */
	PUMP_AGAIN,    /* one of a pilot, with another name; -ENOENT: it is not there */
	PUMP_WITHDRAW, /* and out of it; -ENOENT: it is not there */
	PUMP_SIGNAL,   /* a file in the directory of a pilot */
	PUMP_DROP,     /* a ticket of a pilot */
	PUMP_REMOVE,   /* the directory of a pilot that is over; tickets that are still there are listed */
};

struct pump_order {
	struct pump_order *prev, *next; /* utlist */
	enum pump_verb verb;
	uint64_t attempt, serial; /* of the attempt, and of the ticket */
	char pilot[32];
	char name[CLAIMS_NAME];
	char from[CLAIMS_NAME]; /* its name before, at the pilot */
	bool keeps;             /* what Slurm has said of the pilot */
	char *bytes;            /* owned */
	size_t length;
	int result; /* 0 or -errno */
};

/* A ticket that was found. */
struct pump_ticket {
	uint64_t serial;
	char pilot[40]; /* "": in the queue */
	char name[CLAIMS_NAME];
};

struct pump_pilot {
	uint64_t serial;
	char name[32];
	size_t offset;
	bool revoke;
	bool over; /* only what it has claimed since then is listed */
	/* Results: */
	int error;
	char *text; /* owned; whole lines, NUL-ended; NULL: nothing new */
	size_t length;
};

struct pump_job {
	struct pool_job job; /* first */
	void *crew;
	char *directory, *path; /* owned */
	const char *program;    /* of pilots; NULL: beside that of the server */
	char identity[24];
	bool prepare;              /* makes the directories, and finds what is there */
	bool adopts;               /* an earlier server had marked the directory */
	struct pump_order *orders; /* owned */
	struct pump_pilot *pilots; /* owned */
	size_t pilot_count;
	/* Results: */
	int error;
	struct pump_ticket *
		tickets; /* owned; of all pilots when it prepares, the latest place last; else of those that are revoked or removed */
	size_t ticket_count;
	char (*found)[40]; /* owned; directories of pilots, when it prepares */
	size_t found_count;
};

void pump_work(struct pool_job *job);
void pump_free(struct pump_job *job);

#endif
