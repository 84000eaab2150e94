/* The stored values of a group, which is a queue with slots of its own.  Plain values; any thread. */
#ifndef KRTASK_TASK_GROUP_H
#define KRTASK_TASK_GROUP_H

#include <stdbool.h>
#include <stdint.h>

/* The group of tasks without one: it is always there. */
#define GROUP_DEFAULT "default"

enum { GROUP_SLOTS_MAX = 1000000 };

struct group_settings {
	unsigned slots;     /* how many its tasks take at most; 0: no limit */
	int32_t priority;   /* between groups, higher first */
	bool paused;        /* nothing in it is started */
	bool pause_on_fail; /* a task that fails pauses it */
};

#endif
