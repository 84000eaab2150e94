/*
 * How tasks are ordered by a column.  What is absent comes first; texts are compared in any case.
 */
#ifndef KRTASK_ENGINE_SERVICE_ORDERING_H
#define KRTASK_ENGINE_SERVICE_ORDERING_H

#include <stdbool.h>
#include <stdint.h>

struct task;

struct ordering {
	/*
	 * What is compared first, so that most comparisons need no look at the tasks: the number itself, or
	 * what a text begins with. NULL: nothing.
	 */
	int64_t (*key)(const struct task *task, int64_t now);
	/* The same, if it matters what the user has seen: all ends up to this number.  NULL: it does not. */
	int64_t (*judge)(const struct task *task, int64_t now, uint64_t seen);
	/* Of those with the same key: less than, equal to or greater than 0.  NULL: they are equal. */
	int (*compare)(const struct task *a, const struct task *b);
	bool fleeting; /* it changes although the task does not: with the time, or with other tasks */
};

/* The status message of a task; of one that is held, who does not go on by itself, that it is. */
const char *ordering_message_of(const struct task *task);

extern const struct ordering ordering_id, ordering_name, ordering_description, ordering_group, ordering_cwd,
	ordering_state, ordering_final, ordering_start, ordering_end, ordering_duration, ordering_percent,
	ordering_percent_known, ordering_message, ordering_progress, ordering_parent, ordering_children,
	ordering_attempt, ordering_priority, ordering_weight, ordering_nice, ordering_ionice, ordering_cpus,
	ordering_after, ordering_cpu, ordering_rss, ordering_begin, ordering_expire, ordering_limit,
	ordering_kill, ordering_exit, ordering_signal, ordering_pid, ordering_command, ordering_activity;

#endif
