/*
 * Who is left of a run whose first process is gone.  A census (census.h) finds them, on its own thread, with
 * a descriptor for each that is to be waited for; the loop waits for these.
 */
#ifndef KRTASK_EXEC_LOCAL_SURVIVORS_H
#define KRTASK_EXEC_LOCAL_SURVIVORS_H

#include "engine/exec/local/attempt.h"
#include "engine/exec/local/kin.h"

/* How many are listed, and waited for at once. */
enum { LOCAL_SURVIVORS_MAX = 64 };

struct local_listed {
	struct process_info info;
	int pidfd; /* -1: it is not to be waited for, or there was no descriptor */
};

struct local_survivors {
	struct local_listed *listed; /* owned */
	unsigned listed_count;
	unsigned count;   /* of all, listed or not */
	unsigned awaited; /* of these, how many are to be gone before the run is over */
};

/* Of the run; awaited are those in its session, or all.  Any thread.  0 or -ENOMEM. */
int local_survivors_gather(struct local_survivors *survivors, const struct kin *kin, int run, bool await_all);
void local_survivors_release(struct local_survivors *survivors);
/* "left running: 12 (sleep), 13 (sh)".  False: nobody is. */
bool local_survivors_describe(const struct local_survivors *survivors, char *text, size_t size);
/*
 * emptied(attempt) is called once those that are awaited, as far as they are listed, are gone: the
 * descriptors are the attempt's now.  False: none of them can be watched.
 */
bool local_survivors_watch(struct local_attempt *attempt, struct local_survivors *survivors,
                           void (*emptied)(struct local_attempt *attempt));
void local_survivors_unwatch(struct local_attempt *attempt);

#endif
