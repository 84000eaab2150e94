/* Memory: what the core has in memory agrees with what it has put. */
#ifndef KRTASK_SIMULATE_MEMORY_H
#define KRTASK_SIMULATE_MEMORY_H

#include <stdint.h>

struct task;

void memory_reset(void);
/* Finds all tasks, for what follows.  One pass costs less than many searches. */
void memory_find_tasks(void);
/* NULL: there is none with this number. */
const struct task *memory_task(uint64_t number);
void memory_check(void);

#endif
