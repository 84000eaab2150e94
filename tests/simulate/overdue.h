/*
 * What must be true of time limits: who has run for longer is on its way to its end, unless there was trouble in
 * the last second.
 */
#ifndef KRTASK_SIMULATE_OVERDUE_H
#define KRTASK_SIMULATE_OVERDUE_H

#include <stdint.h>

struct task;

void overdue_reset(void);
/* There was no memory, or a commit has failed. */
void overdue_trouble(void);
/* Memory runs out after so many allocations, in a step in which it may have been scarce already. */
void overdue_scarce(unsigned allocations);
/* Before the server's timers: what is due during trouble is tried again later. */
void overdue_look(void);
/* How often. */
extern unsigned overdue_troubles;
void overdue_check(const struct task *task);

#endif
