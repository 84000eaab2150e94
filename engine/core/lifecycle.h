/*
 * The only way to change the state of a task: a row of the table (engine/task/state.h), the fields that
 * the event fills in, and a change in the journal.
 *
 *     struct lifecycle_fill fill = { .fields = LIFECYCLE_ENDED_AT | LIFECYCLE_MESSAGE,
 *                                    .status = { .ended_at = now, .message = text } };
 *     lifecycle_apply(core, task, TASK_EVENT_STOP, &fill,
 *                     &(struct lifecycle_effect){ .committed = …, .undone = … });
 *
 * What an end means for other tasks (core->follow) is a part of its commit.
 *
 * If the commit fails, only the fields that the event filled in are restored, each to its former value.
 * Fields that changed meanwhile without the journal (a command began, progress) stay.  Then `undone` restores
 * what the maker changed beside the task.  Loop thread only.
 */
#ifndef KRTASK_CORE_LIFECYCLE_H
#define KRTASK_CORE_LIFECYCLE_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/core/kernel.h"

enum lifecycle_field {
	LIFECYCLE_ENDED_AT = 1,
	LIFECYCLE_EXIT = 2,    /* exit_code, term_signal and what it used */
	LIFECYCLE_PERCENT = 4, /* percent and percent_known */
	LIFECYCLE_MESSAGE = 8, /* copied */
	LIFECYCLE_STOP = 16,   /* process.stop_signal and process.kill_at; the task has a run */
	LIFECYCLE_NO_PROCESS =
		32, /* the stored row has no process, whatever its run holds until that is durable */
	LIFECYCLE_MARKS = 64, /* of the plan, which must be the task's own (record_make_plan()) */
	LIFECYCLE_START_ORDER = 128,
	LIFECYCLE_UNMET = 256, /* because of that it is not run, which is stored */
	LIFECYCLE_STARTED_AT = 512,
	LIFECYCLE_ATTEMPT = 1024,    /* is added to those of the plan, which must be the task's own */
	LIFECYCLE_NO_ATTEMPT = 2048, /* the one that was added last is taken out again */
};

struct lifecycle_fill {
	unsigned fields;           /* of enum lifecycle_field: which of the following are used */
	struct task_status status; /* message is borrowed */
	struct task_process process;
	struct plan_marks marks;
	const struct plan_after *unmet;     /* of the task's plan */
	const struct plan_attempt *attempt; /* copied */
	bool urgent;                        /* somebody waits for the commit */
};

struct lifecycle_effect {
	void (*committed)(struct core *core, struct task *task); /* NULL: nothing follows */
	/*
	 * Called before that, with the values that were asked for: they may differ from those of the task by
	 * now.  NULL: nothing.
	 */
	void (*recorded)(struct core *core, struct task *task, const struct task_process *asked);
	void (*undone)(struct core *core, struct task *task); /* NULL: nothing else to put back */
	/*
	 * Called after that, with the values that were asked for, to do what must be done in spite of the
	 * failure.  NULL: nothing.
	 */
	void (*unrecorded)(struct core *core, struct task *task, const struct task_process *asked);
};

/* 0; -EPERM: the table refuses; -ENOMEM.  On failure nothing has changed. */
int lifecycle_apply(struct core *core, struct task *task, enum task_event event,
                    const struct lifecycle_fill *fill, const struct lifecycle_effect *effect);
/*
 * A step that the ledger records, not the journal: a command began, or was found running.  No effect if
 * the table has no cell for it.
 */
void lifecycle_began(struct core *core, struct task *task);
/* For effects: tells the hook that the task has ended. */
void lifecycle_ended(struct core *core, struct task *task);
/* Something that users can see of the task has changed. */
void lifecycle_touch(struct core *core, struct task *task);

#endif
