/* A crew and its pilots, as data (crew.h).  Loop thread only. */
#ifndef KRTASK_EXEC_SLURM_CREWS_H
#define KRTASK_EXEC_SLURM_CREWS_H

#include "engine/exec/slurm/attempt.h"
#include "engine/exec/slurm/pump.h"

enum pilot_stage {
	PILOT_SUBMITTING, /* sbatch is to be called, or was */
	PILOT_DOUBTFUL,   /* its answer was lost */
	PILOT_THERE,      /* it waits or runs */
	PILOT_REVOKING,   /* its job is over, and its directory is to be taken away */
	PILOT_OVER,
};

struct slurm_pilot {
	struct slurm_pilot *prev, *next; /* in crew->pilots (utlist) */
	struct slurm_crew *crew;
	uint64_t serial;
	char name[32];
	enum pilot_stage stage;
	uint64_t job;    /* 0: unknown */
	bool found;      /* of an earlier server */
	bool spoke;      /* it has begun */
	bool odd;        /* sbatch answered no number */
	size_t offset;   /* so much of its log was read */
	size_t attempts; /* that refer to it */
	unsigned unseen;
	char node[64], state[32], reason[64];
};

struct slurm_crew {
	struct slurm_crew *prev, *next; /* in slurm->crews (utlist) */
	struct slurm *slurm;
	char *directory, *path, *sbatch; /* owned */
	unsigned most, slots;
	struct slurm_pilot *pilots;
	struct slurm_attempt *lists[CREW_LISTS]; /* places.h */
	size_t counts[CREW_LISTS];
	struct pump_order *orders; /* owned; for the next pump (utlist) */
	struct event *timer;
	int interval_ms;
	bool pumping, ready; /* its directory was made, and what an earlier server left there is known */
	size_t ended;        /* tasks, by the last looks */
	unsigned failures;   /* pilots that ended before they began, one after the other */
	char *error;         /* owned; why there are none; NULL */
	char *trouble;       /* owned; why nothing can be done now; NULL */
	int64_t resumes_at;  /* milliseconds since 1970: before that, no pilot is started */
};

#endif
