/*
 * A look at live processes.  Processes that lost their parent are children of the nearest subreaper: of
 * the server, or, if an earlier server started their run, of the anchor.  If these do not suffice, all
 * processes are read.  One look serves all runs that ended in one turn of the loop.
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

/*
 * 0; -EAGAIN: processes start and end so fast that some may have been missed; or -errno: not possible
 * now.
 */
int local_look_begin(struct local_look *look, const struct local *local);
/* Fills look->processes.  0 or -errno: not now. */
int local_look_at_processes(struct local_look *look);
void local_look_end(struct local_look *look);

#endif
