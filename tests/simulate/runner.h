/*
 * The executor (engine/core/executor.h), over the machine.  Whatever it reports it reports at once or some
 * steps later, in any order, and it refuses and postpones by chance.  It checks that what it is asked for may
 * be asked for.
 */
#ifndef KRTASK_SIMULATE_RUNNER_H
#define KRTASK_SIMULATE_RUNNER_H

#include "engine/core/executor.h"

extern struct executor runner;

void runner_reset(void);
/* The server is gone, and all that its executor knew. */
void runner_crash(void);
enum { RUNNER_RUNS = 32 };
/*
 * Something happens to a run, as it may: the first of those to which anything can, from this one on.  False:
 * there is none.
 */
bool runner_step(unsigned from);
/* How many commands can be started now, until it is said again: the core is told if that is more. */
void runner_set_room(unsigned room);
/* Some at least. */
void runner_have_room(void);

#endif
