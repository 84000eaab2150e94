/*
 * Causes: what the core puts about a task must say why: its message, its times, what its processes used, and when the
 * next attempt may begin.  It is predicted from what the users and the runner have said, and compared with each change
 * as it is put.
 */
#ifndef KRTASK_SIMULATE_CAUSES_H
#define KRTASK_SIMULATE_CAUSES_H

#include "engine/core/run.h"
#include "tests/simulate/disk.h"

void causes_reset(void);
/* The task is about to say this of itself. */
void causes_said(uint64_t number, const char *message);
/* That was refused. */
void causes_unsaid(uint64_t number);
/* The runner says that it cannot begin now; that its command has begun; that it has ended. */
void causes_postponed(uint64_t number);
void causes_began(uint64_t number);
void causes_ended(uint64_t number, const struct run_end *end);
/* The core has heard of that: there may have been no memory for the texts. */
void causes_heard(uint64_t number);
/* The row is about to be put; before it was like this. */
void causes_touch(uint64_t number, const struct disk_row *before);
/* The whole change is put. */
void causes_check(void);
/* Those that it left are gone, as the core has been told. */
void causes_gone(uint64_t number);
/* The executor is asked whether those that the task left are gone. */
void causes_watched(uint64_t number);
/* All is quiet. */
void causes_check_rest(void);
/* The next server has heard of nothing yet. */
void causes_crash(void);
/* What follows the message of a task that left processes running. */
#define CAUSES_LEFT "7 (x)"

#endif
