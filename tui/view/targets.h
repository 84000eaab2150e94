/*
 * The targets of an operation, i.e. the tasks that it is for: which are asked about, which are sent to the
 * server, and what is said at the end.  tui/confirm/confirm.h has the policy.  Pure: the caller asks, sends,
 * and reports back.
 *
 *     targets_init(); targets_add() for each task
 *     switch (targets_step(&targets)) {
 *     TARGETS_ASK: show the dialog for targets_next(), then call targets_answer()
 *     TARGETS_SEND: call the server for targets_sent(), and targets_result() when the reply is there
 *     TARGETS_WAIT: replies are outstanding
 *     TARGETS_DONE: show targets_summary() or the what-if lines }
 */
#ifndef KRTASK_TUI_VIEW_TARGETS_H
#define KRTASK_TUI_VIEW_TARGETS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/task/state.h"
#include "engine/task/task.h"
#include "tui/confirm/confirm.h"

struct target {
	uint64_t number;
	size_t host; /* its server, for the caller */
	char *id;    /* as it is shown: "7", or "a:7" if there are several servers */
	char *name;  /* NULL: not known, or the one that a task has by default */
	int state;   /* enum task_state; -1: not known */
	enum {
		TARGET_UNDECIDED,
		TARGET_SENT,
		TARGET_TRUE,
		TARGET_FALSE,
		TARGET_ERROR,   /* reason says why */
		TARGET_UNKNOWN, /* no reply came: it may be done */
		TARGET_SKIPPED, /* answered No */
		TARGET_WHAT_IF,
	} outcome;
	char *reason; /* why not: "it is Running", or an error message of the server */
};

struct targets {
	enum confirm_operation operation;
	bool kill; /* cancel by SIGKILL at once */
	struct confirm confirm;
	struct target *items;
	size_t count, size, next, outstanding;
};

enum targets_step { TARGETS_ASK, TARGETS_SEND, TARGETS_WAIT, TARGETS_DONE };

/* A kill is always asked about, whatever the preference is. */
void targets_init(struct targets *targets, enum confirm_operation operation, bool kill,
                  const struct confirm_options *options);
/* It is asked about, unless the user wants no question at all. */
void targets_ask_anyway(struct targets *targets);
void targets_release(struct targets *targets);
void targets_add(struct targets *targets, uint64_t number, const char *id);
/* It is of this server.  label stands before its id; NULL: nothing does. */
void targets_of(struct targets *targets, size_t host, const char *label);
/* The id that its server knows. */
const char *target_own_id(const struct target *target);
/* Puts them into the order of their servers. */
void targets_sort(struct targets *targets);
/*
 * Those whose known state refuses the operation are neither asked about nor sent, and told with the others.  Not after the
 * first targets_step().
 */
void targets_set_aside(struct targets *targets);
/* How many servers they are of, once they are sorted. */
size_t targets_hosts(const struct targets *targets);
/* Takes away what is of this server.  Not after the first targets_step(). */
void targets_drop(struct targets *targets, size_t host);
/* What the question says about the target that was added last.  name (or NULL) is copied. */
void targets_describe(struct targets *targets, const char *name, int state);

/*
 * TARGETS_SEND marks a target as sent, and moves to the next one.  targets_sent() is the index of the one
 * sent.
 */
enum targets_step targets_step(struct targets *targets);
size_t targets_sent(const struct targets *targets);
/* The target that is to be asked about. */
const struct target *targets_next(const struct targets *targets);
/*
 * CONFIRM_SUSPEND and CONFIRM_EXPLAIN are for the caller, and the question stays open.  The next
 * targets_step() carries out any other verdict.
 */
enum confirm_verdict targets_answer(struct targets *targets, enum confirm_choice choice);
/*
 * The reply is there: its result, or an error message where error is not NULL.  reason (or NULL) says why the
 * result is false.  Both are copied.
 */
void targets_result(struct targets *targets, size_t index, bool result, const char *reason,
                    const char *error);

/* No reply will come.  The reason is copied. */
void targets_lost(struct targets *targets, size_t index, const char *reason);
/* True if a reply of this server is outstanding. */
bool targets_awaits(const struct targets *targets, size_t host);
/* None of those will come. */
void targets_give_up(struct targets *targets, size_t host, const char *reason);

/* How many targets have this outcome. */
size_t targets_outcome(const struct targets *targets, int outcome);
/*
 * One line for the user: "Task 7: started", "3 started, 1 could not be started (Task 9: it is Running)".
 * NULL if there is nothing to say.  malloc'ed.
 */
char *targets_summary(const struct targets *targets);
/* The What if: line of a target. malloc'ed. */
char *targets_what_if(const struct targets *targets, size_t index);

#endif
