/*
 * Survivors are the processes that are left of a run whose first process is gone.  A census (census.h) finds
 * them on its own thread, and opens a descriptor for each that must be waited for.  The loop waits for these.
 */
#ifndef KRTASK_EXEC_LOCAL_SURVIVORS_H
#define KRTASK_EXEC_LOCAL_SURVIVORS_H

#include "engine/exec/local/attempt.h"
#include "engine/exec/local/kin.h"

/* How many are listed, and waited for at once. */
enum { LOCAL_SURVIVORS_MAX = 64 };

struct local_listed {
	struct process_info info;
	int pidfd;    /* -1: it is not waited for, or there was no descriptor */
	bool guessed; /* it is named, and nothing else, since only that no other run can have left it is known */
};

struct local_survivors {
	struct local_listed *listed; /* owned */
	unsigned listed_count;
	unsigned count;   /* of all, listed or not */
	unsigned awaited; /* how many of them must be gone before the run is over */
};

/*
 * Collects the survivors of the run.  Those in its session are awaited, or all.  Any thread.  0 or -ENOMEM.
 */
int local_survivors_gather(struct local_survivors *survivors, const struct kin *kin, int run, bool await_all);
void local_survivors_release(struct local_survivors *survivors);
/* Adds those that are sure to be of the run to the list (plan_add_left()).  0 or -ENOMEM. */
int local_survivors_list(const struct local_survivors *survivors, struct strings *processes);
/* Writes "left running: 12 (sleep), 13 (sh)".  False: none is left. */
bool local_survivors_describe(const struct local_survivors *survivors, char *text, size_t size);
/*
 * Calls emptied(attempt) once all listed survivors that are awaited are gone.  The attempt takes over the
 * descriptors.  False: none of them can be watched.
 */
bool local_survivors_watch(struct local_attempt *attempt, struct local_survivors *survivors,
                           void (*emptied)(struct local_attempt *attempt));
void local_survivors_unwatch(struct local_attempt *attempt);

#endif
