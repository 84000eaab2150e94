/*
 * One action of the user on one or more tasks: which are asked about, which are sent, and what is said at the
 * end. The policy is tui/confirm/confirm.h; this walks it over the targets.  Pure: the caller asks, sends and
 * reports back.
 *
 *     action_init(); action_add() for each target
 *     switch (action_step(&a)) {
 *     ACTION_ASK: show the dialog for action_target(), then action_answer()
 *     ACTION_SEND: call the server for action_target(), later action_result() for it
 *     ACTION_WAIT: results are outstanding;  ACTION_DONE: action_summary() or the what-if lines }
 */
#ifndef KRTASK_TUI_VIEW_ACTION_H
#define KRTASK_TUI_VIEW_ACTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/task/state.h"
#include "engine/task/task.h"
#include "tui/confirm/confirm.h"

struct action_target {
	uint64_t number;
	char id[TASK_ID_MAX + 1];
	enum {
		TARGET_UNDECIDED,
		TARGET_SENT,
		TARGET_TRUE,
		TARGET_FALSE,
		TARGET_ERROR,   /* reason says why */
		TARGET_SKIPPED, /* answered No */
		TARGET_WHAT_IF,
	} outcome;
	char *reason; /* why not: "it is Running", a clause from the server */
};

struct action {
	enum confirm_operation operation;
	bool kill; /* Cancel, and at once by SIGKILL */
	struct confirm confirm;
	struct action_target *targets;
	size_t count, size, next, outstanding;
};

enum action_step { ACTION_ASK, ACTION_SEND, ACTION_WAIT, ACTION_DONE };

/* A kill is asked about whatever the preference says. */
void action_init(struct action *action, enum confirm_operation operation, bool kill,
                 const struct confirm_options *options);
void action_release(struct action *action);
void action_add(struct action *action, uint64_t number, const char *id);

/* ACTION_SEND marks the target as sent and goes on to the next one: action_sent() is its index. */
enum action_step action_step(struct action *action);
size_t action_sent(const struct action *action);
/* The target that is asked about. */
const struct action_target *action_target(const struct action *action);
/*
 * CONFIRM_SUSPEND and CONFIRM_EXPLAIN are the asker's business, the question stays open; anything else is
 * taken up by the next action_step().
 */
enum confirm_verdict action_answer(struct action *action, enum confirm_choice choice);
/*
 * The answer came: result, or an error where error is not NULL. reason (may be NULL) is why the result is
 * false. Both are copied.
 */
void action_result(struct action *action, size_t index, bool result, const char *reason, const char *error);

/* How many targets have this outcome. */
size_t action_outcome(const struct action *action, int outcome);
/*
 * One line for the user: "Task 7: started", "3 started, 1 could not be started (Task 9: it is Running)".
 * NULL: there is nothing to say. malloc'ed.
 */
char *action_summary(const struct action *action);
/* The What if: line of a target. malloc'ed. */
char *action_what_if(const struct action *action, size_t index);

#endif
