/*
 * The processes that are left of a run whose first process is gone.
 */
#ifndef KRTASK_EXEC_LOCAL_SURVIVORS_H
#define KRTASK_EXEC_LOCAL_SURVIVORS_H

#include "engine/exec/local/look.h"

enum { LOCAL_SURVIVORS_MAX = 64 };

struct local_survivors {
	struct process_info found[LOCAL_SURVIVORS_MAX]; /* the first of them */
	unsigned count;                                 /* all, found or not */
	unsigned in_group; /* of its own group, which come first: the others left that, or its session */
};

/* 0; -EAGAIN: processes start and end so fast that some may have been missed; or -errno: not possible now. */
int local_survivors_find(struct local_survivors *survivors, struct local_look *look,
                         const struct local_attempt *attempt);
/* "left running: 12 (sleep), 13 (sh)".  False: nobody is. */
bool local_survivors_describe(const struct local_survivors *survivors, char *text, size_t size);
/*
 * Calls emptied(attempt) once those of its group that were found are gone.  0; -EAGAIN: all of them are
 * gone already; or -errno: none can be watched now.
 */
int local_survivors_watch(struct local_attempt *attempt, const struct local_survivors *survivors,
                          void (*emptied)(struct local_attempt *attempt));
void local_survivors_unwatch(struct local_attempt *attempt);

#endif
