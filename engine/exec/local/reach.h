/*
 * Signals to all that is of a run: by pidfds that were checked, so that no number that was given away
 * meanwhile leads to somebody else.  A process group that has a leader is reached at once, and nobody whom it
 * forks just then slips through; others one by one.
 *
 * Every process of the session gets a signal once.  SIGKILL, SIGSTOP and SIGCONT go to those that left it, too;
 * any other makes these go on.  SIGKILL is sent until nobody new is found.  Any thread.
 */
#ifndef KRTASK_EXEC_LOCAL_REACH_H
#define KRTASK_EXEC_LOCAL_REACH_H

#include "engine/exec/local/kin.h"

enum { REACH_SIGNALS = 8 };

struct reach_signals {
	int numbers[REACH_SIGNALS]; /* in this order */
	unsigned count;
	bool group_had_them; /* the leader's group, that is; others not */
};

struct reach {
	int run; /* of the kin */
	struct reach_signals signals;
	bool again; /* SIGKILL is to be sent once more: it has descendants faster than they are found */
};

/*
 * kin as kin_find() left it; where SIGKILL is among the signals that is called again.  0 or -errno: not all
 * was done.
 */
int reach_all(struct kin *kin, struct reach *const *reaches, size_t count);

/* One more; what does not fit replaces the last. */
void reach_signals_add(struct reach_signals *signals, int number);

/* Where nobody can be found now: only the group of a leader that a parent keeps, and will keep meanwhile. */
void reach_group_of(pid_t leader, struct reach_signals *signals);

#endif
