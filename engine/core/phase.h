/*
 * The phases of a run, and the one table by which it moves between them: phase × event, in the form of engine/task/state.h.  Pure.
 */
#ifndef KRTASK_CORE_PHASE_H
#define KRTASK_CORE_PHASE_H

/* Identifier, what it means. */
#define RUN_PHASES(X)                                                                      \
	X(PREPARING, "the executor is making what the claim will name")                    \
	X(CLAIMING, "the claim is on its way to the store")                                \
	X(READY, "the claim is durable; it waits for a slot")                              \
	X(STARTING, "the executor is starting it")                                         \
	X(STARTING_STOPPED, "the same, and a stop has become durable meanwhile")           \
	X(ADOPTING, "an earlier server claimed it; the executor is finding out")           \
	X(ADOPTING_STOPPED, "the same, and a stop is durable")                             \
	X(RUNNING, "its command runs")                                                     \
	X(ENDED, "it has ended, and that is to be written down")                           \
	X(CLOSING, "its end is on its way to the store")                                   \
	X(VOID, "it never began and never will, and that is to be written down")           \
	X(UNCLAIMING, "that it never began is on its way to the store")

enum run_phase {
#define X(identifier, text) RUN_##identifier,
	RUN_PHASES(X)
#undef X
	RUN_PHASE_COUNT
};

/* Identifier, what happened. */
#define RUN_EVENTS(X)                                                                      \
	X(PREPARED, "the executor named what it made")                                     \
	X(CLAIMED, "the claim is durable")                                                 \
	X(GO, "a slot is free: the executor is told to start it")                          \
	X(STOP_DURABLE, "a stop is durable")                                               \
	X(POSTPONED, "the executor could not start it now")                                \
	X(BEGAN, "its command runs")                                                       \
	X(WITHDRAW, "a claim is taken back before it began")                               \
	X(NEVER_BEGAN, "the executor knows that an earlier server's claim never began")    \
	X(EXITED, "the executor saw its end, or lost it")                                  \
	X(CLOSE, "its end was put to the store")                                           \
	X(REOPEN, "the commit of its end failed")                                          \
	X(UNCLAIM, "that it never began was put to the store")                             \
	X(VOID_AGAIN, "the commit of that failed")                                         \
	X(RESTORE, "the stop that took the claim back was undone")

enum run_event {
#define X(identifier, text) RUN_EVENT_##identifier,
	RUN_EVENTS(X)
#undef X
	RUN_EVENT_COUNT
};

/* The phase after event, or -1 where there is none. */
int run_phase_next(enum run_phase phase, enum run_event event);
const char *run_phase_name(enum run_phase phase); /* "PREPARING", for logs.  Static. */
const char *run_event_name(enum run_event event);

#endif
