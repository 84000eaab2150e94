/*
 * The executor (engine/core/executor.h), over the machine.  It reports at once or some steps later, in any
 * order, and it refuses and postpones at random.  It checks that the core is allowed to ask what it asks.
 */
#ifndef KRTASK_SIMULATE_RUNNER_H
#define KRTASK_SIMULATE_RUNNER_H

#include "engine/core/executor.h"

extern struct executor runner;

void runner_reset(void);
/* The server has been killed, and its executor forgets everything. */
void runner_crash(void);
enum { RUNNER_RUNS = 32 };
/*
 * Looks from this run on for the first run that can have an event, and lets one happen.  False: no run can
 * have one.
 */
bool runner_step(unsigned from);
/* Sets how many commands can start until the next call.  The core is told if there is more room. */
void runner_set_room(unsigned room);
/* Makes room for at least one command. */
void runner_have_room(void);

#endif
