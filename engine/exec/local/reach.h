/*
 * Sends signals to all processes of a run.  It uses pidfds that were checked, so a pid that is used again
 * does not lead to another process.  A process group that has a leader gets the signal at once, so that a
 * child which is forked just then does not escape.  Other processes get it one by one.
 *
 * Every process of the session gets a signal once.  SIGKILL, SIGSTOP and SIGCONT are also sent to processes
 * that left the session; any other signal continues these.  SIGKILL is sent until no new process is found.
 * Any thread.
 */
#ifndef KRTASK_EXEC_LOCAL_REACH_H
#define KRTASK_EXEC_LOCAL_REACH_H

#include "engine/exec/local/kin.h"

enum { REACH_SIGNALS = 8 };

struct reach_signals {
	int numbers[REACH_SIGNALS]; /* in this order */
	unsigned count;
	unsigned group_had; /* the leader's group had so many of them; other processes had none */
};

struct reach {
	int run; /* its place in kin */
	struct reach_signals signals;
	bool again; /* SIGKILL must be sent once more: it forks faster than its descendants are found */
};

/*
 * kin must be filled by kinship_find(), which is called again if SIGKILL is among the signals.  0, or -errno: not
 * everything was done.
 */
int reach_all(struct kin *kin, struct reach *const *reaches, size_t count);

/* Adds a signal.  If there is no room it replaces the last one. */
void reach_signals_add(struct reach_signals *signals, int number);

/*
 * Before processes are found, or if they cannot be found now: signals only the group of a leader.  A parent must keep
 * the leader's pid during the call.
 */
void reach_group_of(pid_t leader, struct reach_signals *signals);

#endif
