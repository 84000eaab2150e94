/*
 * How the command of a task is scheduled: as it asked for itself; else, for the niceness, as its group says; else as
 * its caller was.  Loop thread only.
 */
#ifndef KRTASK_CORE_NICENESS_H
#define KRTASK_CORE_NICENESS_H

#include "engine/core/kernel.h"

/*
 * Makes *scheduled of the environment of the task, from which it borrows all pointers.  False: it is as the
 * environment says, and *scheduled is untouched.
 */
bool niceness_decide(const struct task *task, const struct environment *environment,
                     struct environment *scheduled);

#endif
