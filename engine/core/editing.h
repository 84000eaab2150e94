/*
 * Edits: what was asked for of tasks is changed later.  The name and the description change at any time.  The
 * rest changes only while a task waits: Created or Queued, also if it was claimed, since the claim is then
 * given back first.  All edits of a call are one change.  Loop thread only.
 */
#ifndef KRTASK_CORE_EDITING_H
#define KRTASK_CORE_EDITING_H

#include "engine/core/kernel.h"

enum editing_field {
	EDITING_NAME = 1,
	EDITING_DESCRIPTION = 2, /* NULL: none */
	EDITING_GROUP = 4,       /* NULL: none */
	EDITING_CWD = 8,
	EDITING_COMMAND = 16,
	EDITING_VARIABLES = 32,
	EDITING_MAX_LOG = 64,
	EDITING_MERGE = 128,
	EDITING_PLAN = 256,  /* its marks, and what the task waits for, are ignored */
	EDITING_AFTER = 512, /* after and after_count */
};

/* What of a task is changed. */
struct editing {
	struct task *task;
	unsigned fields;          /* of enum editing_field */
	struct task_spec spec;    /* the values of these fields, borrowed */
	struct plan_after *after; /* borrowed; it is sorted */
	size_t after_count;
};

/*
 * True if all that was asked for can be changed.  False: its command has begun or is on its way, or it has
 * ended.
 */
bool editing_possible(const struct task *task);
/*
 * 0; -EPERM (one of the tasks does not wait), -EINVAL (a value is not valid, or a task would wait for itself) with *error (free() it) the
 * reason, -ENOENT (there is no such group) with *error its name, -ENOMEM.  On failure nothing is changed.
 */
int editing_apply(struct core *core, const struct editing *edits, size_t count, char **error);
/* The same for the name and the description of one task; NULL leaves a value unchanged. */
int editing_set_text(struct core *core, struct task *task, const char *name, const char *description,
                     char **error);

#endif
