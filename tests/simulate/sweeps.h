/*
 * Sweeps: a user pauses or resumes all that runs, or what runs in a group.  This goes on in slices, each when the one
 * before is durable, over servers that are killed, and nothing starts meanwhile.
 */
#ifndef KRTASK_SIMULATE_SWEEPS_H
#define KRTASK_SIMULATE_SWEEPS_H

#include <stdbool.h>
#include <stdint.h>

#include "tests/simulate/disk.h"

/* So that few tasks make several slices. */
enum { SWEEPS_SLICE = 1, SWEEPS_LOOKS = 3 };

/* A user asks for it now, and for nothing else. */
extern bool sweeps_are_asked;

void sweeps_reset(void);
void sweeps_act(void);
/* Somebody asks again while the end of one is on its way, and that may not be stored.  False: no end is. */
bool sweeps_act_again(void);
/* While that goes on, a user does the same to one task, the walk passes by, and the former is not stored. */
void sweeps_cross(void);
/* What it resumes is continued although that cannot be put. */
bool sweeps_send(void);
/* A user has paused or resumed the task by itself: a sweep that has passed by leaves that as it is. */
void sweeps_excuse(uint64_t number, bool pause);
/* The server has been killed: nobody is told any more. */
void sweeps_crash(void);

/* The oracle: the mark of this group in the store is about to become this one; DISK_GROUPS: that of all. */
void sweeps_mark(int group, enum group_sweep mark);
/* The group is to be removed. */
void sweeps_gone(int group);
/* A change is put outside of a request, which pauses or resumes what runs: a slice. */
void sweeps_put(const struct disk_row *before, const struct disk_row *row);
/* So many changes are durable, or lost. */
void sweeps_written(uint64_t sequence);
/* The command of a task is about to begin. */
void sweeps_check_go(const struct disk_row *row);
/* Nothing is to be done, and nothing fails. */
void sweeps_check_over(void);

#endif
