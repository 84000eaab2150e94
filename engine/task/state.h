/*
 * The states of a task, and the only table by which it moves between them.
 *
 * Every state change in the program is task_state_next(state, event).  An empty cell refuses, and the caller
 * answers False.  Pure; any thread.
 *
 * CLAIMED is Queued to everybody outside: the claim (an entry in the ledger) is written down, but the command
 * has not begun.  It is a state of its own because a stop must be remembered then.  For a queued task, a stop
 * only takes it off the queue.
 *
 * OVERTIME is Stopping to everybody outside.  The time limit stops the task and not a user, so it ends
 * Failed.
 */
#ifndef KRTASK_TASK_STATE_H
#define KRTASK_TASK_STATE_H

#include <stdbool.h>

/* Identifier, number in the store (never change one), name shown. */
#define TASK_STATES(X)                                                                                       \
	X(CREATED, 0, "Created")                                                                             \
	X(QUEUED, 1, "Queued")                                                                               \
	X(CLAIMED, 2, "Queued")                                                                              \
	X(RUNNING, 3, "Running")                                                                             \
	X(STOPPING, 4, "Stopping")                                                                           \
	X(COMPLETED, 5, "Completed")                                                                         \
	X(FAILED, 6, "Failed")                                                                               \
	X(STOPPED, 7, "Stopped")                                                                             \
	X(OVERTIME, 8, "Stopping")                                                                           \
	X(PAUSED, 9, "Paused")

enum task_state {
#define X(identifier, number, name) TASK_##identifier = (number),
	TASK_STATES(X)
#undef X
		TASK_STATE_COUNT
};

/* Identifier, what happened. */
#define TASK_EVENTS(X)                                                                                       \
	X(START, "a user starts it")                                                                         \
	X(CLAIM, "it has an entry of the ledger")                                                            \
	X(UNCLAIM, "its claimed command never began")                                                        \
	X(SPAWN, "its process is running")                                                                   \
	X(STOP, "a user stops it")                                                                           \
	X(EXIT_ZERO, "its process ended with exit status 0")                                                 \
	X(EXIT_OTHER, "its process ended otherwise, or could not begin")                                     \
	X(GROUP_EMPTY, "after a stop: the last of its processes is gone")                                    \
	X(LOST, "it is gone, and it is unknown how it ended")                                                \
	X(PAUSE, "a user pauses it")                                                                         \
	X(RESUME, "a user resumes it")                                                                       \
	X(OVERDUE, "it has run for its time limit")                                                          \
	X(AGAIN, "this attempt has ended, and another one follows")                                          \
	X(UNMET, "a task that it waits for has ended otherwise")                                             \
	X(EXPIRED, "it is too late to begin")

enum task_event {
#define X(identifier, text) TASK_EVENT_##identifier,
	TASK_EVENTS(X)
#undef X
		TASK_EVENT_COUNT
};

/* The state after event, or -1 where the event is refused. */
int task_state_next(enum task_state state, enum task_event event);

/* The name shown to users ("Queued" for CLAIMED too, "Stopping" for OVERTIME).  Static. */
const char *task_state_name(enum task_state state);

/* The state that stands for this one outside: QUEUED for CLAIMED, STOPPING for OVERTIME, else itself. */
enum task_state task_state_shown(enum task_state state);

/* Finds a state by its name, in any case.  -1 if there is none.  CLAIMED and OVERTIME are never found. */
int task_state_parse(const char *name);

/* True for Completed, Failed, Stopped: nothing leads out of these. */
bool task_state_terminal(enum task_state state);

/* True for Claimed, Running, Paused, Overtime, Stopping: it has a process, or may have one. */
bool task_state_active(enum task_state state);

/* True for Overtime and Stopping: it ends when the last of its processes is gone. */
bool task_state_stops(enum task_state state);

/* "Created, Queued, Running, …": the names in order, for messages.  Static. */
const char *task_state_names(void);

#endif
