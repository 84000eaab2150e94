/*
 * Edits: users change what waits: its name, group and plan, and what it waits for, of one task or of two at once.
 * Each edit of a task gives it another name, so its name says which form it must have (wishes.h).
 */
#ifndef KRTASK_SIMULATE_EDITS_H
#define KRTASK_SIMULATE_EDITS_H

#include <stdbool.h>
#include <stdint.h>

struct task;

void edits_reset(void);
/* A user edits this task, and perhaps another one with it. */
void edits_act(struct task *task);
/* The task waits for its own end. */
bool edits_made_circle(uint64_t number);
/* How many things are waited for, by this one and by those that it waits for, which are visited once. */
unsigned edits_count_waits(uint64_t number, bool *visited);
/* The oracle: of tasks that were edited together both have changed, or none. */
void edits_check(void);
/* The server has been killed: the tasks that are edited now are others. */
void edits_crash(void);

#endif
