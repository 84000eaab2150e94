/*
 * Why a task does not run yet: all reasons that hold now, the most decisive first.  They are found out when
 * somebody asks, and never stored.  The cost does not depend on how many tasks there are.  Loop thread only.
 */
#ifndef KRTASK_CORE_REASONS_H
#define KRTASK_CORE_REASONS_H

#include "engine/core/kernel.h"

/* In the order of their weight. */
enum reason_kind {
	REASON_HELD,
	REASON_GROUP_PAUSED,
	REASON_SERVER_PAUSED,
	REASON_BEGIN_TIME,
	REASON_RETRY,
	REASON_SURVIVORS,
	REASON_DEPENDENCY,
	REASON_SLOTS,
	REASON_WEIGHT,
	REASON_PRIORITY,
	REASON_DEVICES,
	REASON_SYSTEM,
	REASON_EXECUTOR,
	REASON_KINDS
};

/* Of more tasks or dependencies only the first ones are named. */
enum { REASON_TASKS = 8, REASONS_DEPENDENCIES = 20, REASONS_MOST = REASONS_DEPENDENCIES + REASON_KINDS };

struct reason {
	enum reason_kind kind;
	const struct task *tasks[REASON_TASKS]; /* it is about them */
	size_t task_count;
	const char *group; /* borrowed; NULL: about none */
	int64_t until;     /* when it ends by itself, 0: unknown */
	char message[TASK_MESSAGE_MAX];
};

struct reasons {
	size_t count;
	struct reason list[REASONS_MOST];
};

const char *reason_name(enum reason_kind kind);
/* No reason: it is about to start, or it is not Queued. */
void reasons_find(const struct core *core, const struct task *task, struct reasons *reasons);
/*
 * The place of the task in its group, from 1, of how many.  False: it is in no queue, or its command is about
 * to start.
 */
bool reasons_place(const struct task *task, size_t *place, size_t *count);

#endif
