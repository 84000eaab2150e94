/*
 * A run: one attempt at a task, from the moment it is claimed to the moment its end is durable.
 *
 * Its phase says how far that has come.  A phase changes only by run_step(), through one table, phase × event; an empty
 * cell is a fault of the program, which run_step() refuses.  What a user sees is the task's state (engine/task/state.h);
 * the phase is what the core has still to do about it.  Loop thread only.
 */
#ifndef KRTASK_CORE_RUN_H
#define KRTASK_CORE_RUN_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/core/timers.h"
#include "engine/task/task.h"

/* Identifier, what it means. */
#define RUN_PHASES(X)                                                                      \
	X(PREPARING, "the executor is making what the claim will name")                    \
	X(CLAIMING, "the claim is on its way to the store")                                \
	X(READY, "the claim is durable; it waits for a slot")                              \
	X(STARTING, "the executor is starting it")                                         \
	X(STARTING_STOPPED, "the same, and a stop has become durable meanwhile")           \
	X(ADOPTING, "an earlier server claimed it; the executor is finding out")           \
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

/* How a run ended, as the executor reported it. */
struct run_end {
	bool known;        /* exit_code and term_signal are: false where nobody saw it end */
	int32_t exit_code; /* -1: none */
	int32_t term_signal;
	unsigned left;     /* processes of its session that still run */
	char *message;     /* owned; why its command could not begin, or what is not known; NULL */
	char *survivors;   /* owned; "left running: 12 (sleep)"; NULL: none */
};

struct run {
	struct core *core;
	struct task *task;
	enum run_phase phase;
	struct task_process process; /* what the store knows of it: the executor's handle, and what a stop asked for */
	struct run_end end;          /* from ENDED on */
	struct timer kill;           /* due at process.kill_at */
	struct run *prev, *next;     /* in one of the scheduler's lists (utlist), by phase */
	void *execution;             /* the executor's own */
};

/* The phase after event, or -1 where there is none. */
int run_phase_next(enum run_phase phase, enum run_event event);
const char *run_phase_name(enum run_phase phase); /* "PREPARING", for logs.  Static. */
const char *run_event_name(enum run_event event);

/* NULL: out of memory. */
struct run *run_new(struct core *core, struct task *task, enum run_phase phase);
void run_free(struct run *run);
/* Takes a copy of the strings; 0 or -ENOMEM, then end is as it was. */
int run_set_end(struct run *run, const struct run_end *end);
/* Moves to the next phase, or tells core's hook that it is impossible and returns false. */
bool run_step(struct run *run, enum run_event event);

#endif
