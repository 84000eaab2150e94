#include "engine/task/schedule.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* <linux/ioprio.h>: the class is in the bits above the level. */
enum { IO_CLASS_SHIFT = 13, IO_CLASS_BEST_EFFORT = 2, IO_CLASS_IDLE = 3, IO_LEVELS = 8 };

int schedule_copy(struct task_schedule *to, const struct task_schedule *from)
{
	*to = *from;
	int error = string_copy(&to->cpus, from->cpus);

	if (error)
		schedule_release(to);
	return error;
}

void schedule_release(struct task_schedule *schedule)
{
	free(schedule->cpus);
	*schedule = (struct task_schedule){ .cpus = NULL };
}

bool schedule_asks(const struct task_schedule *schedule)
{
	return schedule->has_niceness || schedule->io_priority || schedule->cpus;
}

void schedule_apply(const struct task_schedule *schedule, struct environment *environment)
{
	if (!schedule_asks(schedule))
		return;
	if (!environment->has_schedule)
		environment_capture_schedule(environment);
	if (schedule->has_niceness)
		environment->niceness = schedule->niceness;
	if (schedule->io_priority)
		environment->io_priority = schedule->io_priority;
	if (schedule->cpus)
		(void)cpus_parse(&environment->cpus, schedule->cpus);
}

int schedule_parse_io(const char *text)
{
	if (strcmp(text, "idle") == 0)
		return IO_CLASS_IDLE << IO_CLASS_SHIFT;
	if (strncmp(text, "be:", 3) != 0 || text[3] < '0' || text[3] >= '0' + IO_LEVELS || text[4])
		return -1;
	return IO_CLASS_BEST_EFFORT << IO_CLASS_SHIFT | (text[3] - '0');
}

void schedule_format_io(int io_priority, char text[SCHEDULE_IO_SIZE])
{
	int level = io_priority & ((1 << IO_CLASS_SHIFT) - 1);

	text[0] = '\0';
	if (io_priority >> IO_CLASS_SHIFT == IO_CLASS_IDLE)
		(void)snprintf(text, SCHEDULE_IO_SIZE, "idle");
	else if (io_priority >> IO_CLASS_SHIFT == IO_CLASS_BEST_EFFORT)
		(void)snprintf(text, SCHEDULE_IO_SIZE, "be:%d", level);
}
