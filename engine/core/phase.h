/*
 * The phases of a run, and the one table by which it moves between them: phase × event, in the form of
 * engine/task/state.h.  Pure.
 */
#ifndef KRTASK_CORE_PHASE_H
#define KRTASK_CORE_PHASE_H

#include <stdbool.h>

/* Identifier, what it means. */
#define RUN_PHASES(X)                                                                                        \
	X(PREPARING, "the executor is making the handle")                                                    \
	X(CLAIMING, "the claim is being committed")                                                          \
	X(READY, "the claim is durable; it waits for a slot")                                                \
	X(STARTING, "the executor is starting it")                                                           \
	X(STARTING_PAUSED, "the same, and a pause is durable")                                               \
	X(STARTING_STOPPED, "the same, and a stop is durable")                                               \
	X(ADOPTING, "an earlier server claimed it; the executor is finding out what happened")               \
	X(ADOPTING_PAUSED, "the same, and a pause is durable")                                               \
	X(ADOPTING_STOPPED, "the same, and a stop is durable")                                               \
	X(RUNNING, "its command is running")                                                                 \
	X(ENDED, "it has ended, and that must be committed")                                                 \
	X(CLOSING, "its end is being committed")                                                             \
	X(VOID, "it never began and never will, and that must be committed")                                 \
	X(UNCLAIMING, "that it never began is being committed")                                              \
	X(RECALLING_EARLY, "the claim is being committed, and then that it is given back")                   \
	X(RECALLING, "that the claim is given back, and the task waits again, is being committed")

enum run_phase {
#define X(identifier, text) RUN_##identifier,
	RUN_PHASES(X)
#undef X
		RUN_PHASE_COUNT
};

/* Identifier, what happened. */
#define RUN_EVENTS(X)                                                                                        \
	X(PREPARED, "the executor made the handle")                                                          \
	X(CLAIMED, "the claim is durable")                                                                   \
	X(GO, "a slot is free: the executor starts it")                                                      \
	X(STOP_DURABLE, "a stop is durable")                                                                 \
	X(PAUSE_DURABLE, "a pause is durable")                                                               \
	X(RESUME_DURABLE, "a resume is durable")                                                             \
	X(POSTPONED, "the executor could not start it now")                                                  \
	X(BEGAN, "its command is running")                                                                   \
	X(WITHDRAW, "the claim is withdrawn before it began")                                                \
	X(NEVER_BEGAN, "the executor knows that an earlier server's claim never began")                      \
	X(EXITED, "the executor reported its end")                                                           \
	X(CLOSE, "its end was put")                                                                          \
	X(REOPEN, "the commit of its end failed")                                                            \
	X(UNCLAIM, "that it never began was put")                                                            \
	X(VOID_AGAIN, "the commit of that failed")                                                           \
	X(RESTORE, "the stop that withdrew the claim was undone")                                            \
	X(RECALL, "that the claim is given back was put")                                                    \
	X(RECALL_UNDONE, "the commit of that failed")

enum run_event {
#define X(identifier, text) RUN_EVENT_##identifier,
	RUN_EVENTS(X)
#undef X
		RUN_EVENT_COUNT
};

/* The phase after event, or -1 where there is none. */
int run_phase_next(enum run_phase phase, enum run_event event);
/* It is not known yet what has become of what an earlier server claimed. */
bool run_phase_is_adopting(enum run_phase phase);
const char *run_phase_name(enum run_phase phase); /* "PREPARING", for logs.  Static. */
const char *run_event_name(enum run_event event);

#endif
