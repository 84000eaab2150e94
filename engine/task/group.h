/* The stored values of a group, which is a queue with slots of its own.  Any thread. */
#ifndef KRTASK_TASK_GROUP_H
#define KRTASK_TASK_GROUP_H

#include <stdbool.h>
#include <stdint.h>

/* The group of tasks without one: it is always there. */
#define GROUP_DEFAULT "default"

enum { GROUP_SLOTS_MAX = 1000000, GROUP_PILOTS_MAX = 1000, GROUP_PILOT_SLOTS_MAX = 1000 };

/* What runs is being paused or resumed, too: not all of it is yet. */
enum group_sweep { GROUP_SWEEP_NONE, GROUP_SWEEP_PAUSES, GROUP_SWEEP_RESUMES, GROUP_SWEEP_COUNT };

/* Where its tasks run. */
enum group_executor { GROUP_LOCAL, GROUP_SLURM, GROUP_EXECUTOR_COUNT };

struct group_settings {
	unsigned slots;   /* how many its tasks take at most; 0: no limit */
	int32_t priority; /* between groups, higher first */
	bool paused;      /* nothing in it is started */
	enum group_sweep sweep;
	bool pause_on_fail; /* a task that fails pauses it */
	bool has_niceness;
	int niceness;   /* of its tasks that ask for none */
	char *devices;  /* owned; see devices.h; NULL: none.  It has as many slots */
	char *on_empty; /* owned; code of sh, run when its last task has ended; NULL: none */
	enum group_executor executor;
	char *sbatch;    /* owned; options of sbatch for its tasks; NULL: none */
	char *directory; /* owned; absolute: where its tasks write their output, on Slurm; NULL: none */
	unsigned pilots,
		pilot_slots; /* so many jobs run its tasks, so many at a time each; 0: each task is a job */
};

/* One can be added with that name: it is valid as an id, and is not "none". */
bool group_name_valid(const char *name);
/* The name stands for no group: "default", or "none" in any case. */
bool group_is_none(const char *name);
/* What a user gave as the group of a task, which may be NULL: a name that stands for none becomes NULL. */
void group_settle(char **name);
/* Whether a task of that group, NULL for none, is meant by a name.  Names are compared without regard to case. */
bool group_is_meant(const char *group, const char *name);

/* "4x8"; an empty text is 0 of both.  False: it is something else. */
bool group_read_pilot(const char *text, unsigned *pilots, unsigned *slots);
/* A deep copy.  0, or -ENOMEM: to is empty. */
int group_settings_copy(struct group_settings *to, const struct group_settings *from);
void group_settings_release(struct group_settings *settings);

#endif
