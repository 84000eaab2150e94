/*
 * A look at who lives: processes that lost their parent went to the nearest subreaper, to us, or, of runs that an earlier server began, to the
 * anchor; and, where they are not enough to know, all processes.  One look serves all runs that ended in one turn of the loop.
 */
#ifndef KRTASK_EXEC_LOCAL_LOOK_H
#define KRTASK_EXEC_LOCAL_LOOK_H

#include "engine/exec/local/attempt.h"
#include "engine/run/process.h"

struct local_orphan {
	struct process_info info;
	char id[TASK_ID_MAX + 1]; /* KRTASK_ID in its environment, or empty */
};

struct local_look {
	struct local_orphan *orphans; /* owned; they live */
	size_t orphan_count;
	struct process_info *processes; /* owned; all there are, once somebody asked for them; NULL */
	int process_count;
};

/* 0; -EAGAIN: they come and go so fast that some may have been missed; or -errno: not now. */
int local_look_begin(struct local_look *look, const struct local *local);
/* Fills look->processes.  0 or -errno: not now. */
int local_look_at_processes(struct local_look *look);
void local_look_end(struct local_look *look);

#endif
