/*
 * The one way to change a task's state: a row of the table (engine/task/state.h), fields that the event fills, and a change in the journal.
 *
 *     struct lifecycle_fill fill = { .fields = LIFECYCLE_ENDED_AT | LIFECYCLE_MESSAGE, .status = { .ended_at = now, .message = text } };
 *     lifecycle_apply(core, task, TASK_EVENT_STOP, &fill, &(struct lifecycle_effect){ .committed = …, .undone = … });
 *
 * If the commit fails only the fields that the event filled are put back, each as it was; what came meanwhile without a journal stays (that a
 * process began, progress).  Then `undone` puts back what the maker changed beside the task.  Loop thread only.
 */
#ifndef KRTASK_CORE_LIFECYCLE_H
#define KRTASK_CORE_LIFECYCLE_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/core/kernel.h"

enum lifecycle_field {
	LIFECYCLE_ENDED_AT = 1,
	LIFECYCLE_EXIT = 2,      /* exit_code and term_signal */
	LIFECYCLE_PERCENT = 4,   /* percent and percent_known */
	LIFECYCLE_MESSAGE = 8,   /* copied */
	LIFECYCLE_STOP = 16,     /* process.stop_signal and process.kill_at; the task has a run */
	LIFECYCLE_NO_PROCESS = 32, /* the row says that it has none, whatever its run holds until that is durable */
};

struct lifecycle_fill {
	unsigned fields;             /* of enum lifecycle_field: what of the following counts */
	struct task_status status;   /* message is borrowed */
	struct task_process process;
	bool urgent;                 /* somebody waits for the commit */
};

struct lifecycle_effect {
	void (*committed)(struct core *core, struct task *task); /* NULL: nothing follows */
	void (*undone)(struct core *core, struct task *task);    /* NULL: nothing else to put back */
	/* After that, with what was asked for: what is done all the same.  NULL: nothing. */
	void (*unrecorded)(struct core *core, struct task *task, const struct task_process *asked);
};

/* 0; -EPERM: the table refuses; -ENOMEM.  On failure nothing has changed. */
int lifecycle_apply(struct core *core, struct task *task, enum task_event event, const struct lifecycle_fill *fill,
		    const struct lifecycle_effect *effect);
/* A step that the ledger records and not the journal: that a command began, or was found to run.  Nothing where the table has no cell. */
void lifecycle_began(struct core *core, struct task *task);
/* As an effect: tells that it is terminal. */
void lifecycle_ended(struct core *core, struct task *task);
/* Something of it that can be seen has changed. */
void lifecycle_touch(struct core *core, struct task *task);

#endif
