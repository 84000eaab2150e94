/*
 * Who is left of a run whose first process is gone.  Its processes that lost their parent went to the nearest
 * subreaper: to us, or, of runs that an earlier server began, to the anchor.  One look serves all runs that
 * ended in one turn of the loop.
 */
#ifndef KRTASK_EXEC_LOCAL_SURVIVORS_H
#define KRTASK_EXEC_LOCAL_SURVIVORS_H

#include "engine/exec/local/attempt.h"
#include "engine/run/process.h"

enum { LOCAL_SURVIVORS_MAX = 64 };

struct local_look {
	struct local_orphan *orphans; /* owned */
	size_t orphan_count;
	struct process_info *processes; /* owned; all there are, once somebody asked for them; NULL */
	int process_count;
};

struct local_survivors {
	struct process_info found[LOCAL_SURVIVORS_MAX];
	unsigned count;
	unsigned in_group; /* of its own group: the others left that, or its session */
};

/* 0 or -errno: not now. */
int local_look_begin(struct local_look *look, const struct local *local);
void local_look_end(struct local_look *look);

/* 0 or -errno: not now. */
int local_survivors_find(struct local_survivors *survivors, struct local_look *look,
                         const struct local_attempt *attempt);
/* "left running: 12 (sleep), 13 (sh)".  False: nobody is. */
bool local_survivors_describe(const struct local_survivors *survivors, char *text, size_t size);
/*
 * emptied(attempt) is called once those of its group, as far as they were found, are gone.  False: none of
 * them can be watched, or none is there any more.
 */
bool local_survivors_watch(struct local_attempt *attempt, const struct local_survivors *survivors,
                           void (*emptied)(struct local_attempt *attempt));
void local_survivors_unwatch(struct local_attempt *attempt);

#endif
