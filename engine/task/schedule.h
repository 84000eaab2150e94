/*
 * How a task asked to be scheduled: niceness, class of I/O, and CPUs.  What it did not ask for is as its
 * caller has it.  All zero: it asked for nothing.  Pure except for schedule_apply(); any thread.
 */
#ifndef KRTASK_TASK_SCHEDULE_H
#define KRTASK_TASK_SCHEDULE_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/task/environment.h"

enum {
	NICENESS_NONE = NICENESS_MAX + 1, /* as a parameter: no niceness is asked for */
	SCHEDULE_IO_SIZE = 16,            /* of the text of a class */
};

struct task_schedule {
	char *cpus;      /* owned; as taskset(1) has them; NULL: none are asked for */
	int io_priority; /* as in struct environment; 0: none */
	short niceness;
	bool has_niceness;
};

/* A deep copy.  0, or -ENOMEM: to is empty. */
int schedule_copy(struct task_schedule *to, const struct task_schedule *from);
void schedule_release(struct task_schedule *schedule);
/* True if it asks for anything. */
bool schedule_asks(const struct task_schedule *schedule);
/* Changes the schedule of the environment.  What the environment does not know is as this thread has it. */
void schedule_apply(const struct task_schedule *schedule, struct environment *environment);

/* "idle", or "be:0" to "be:7", as an I/O priority.  -1: it is none of these. */
int schedule_parse_io(const char *text);
/* The reverse.  "": it is another one. */
void schedule_format_io(int io_priority, char text[SCHEDULE_IO_SIZE]);

#endif
