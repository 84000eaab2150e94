/*
 * Whys: why a task does not run yet, as it must be answered: all that holds, the most decisive first, in words.  It is
 * found out from what is put and from what the runner does.
 */
#ifndef KRTASK_SIMULATE_WHYS_H
#define KRTASK_SIMULATE_WHYS_H

/* The oracle, while all is quiet: of all tasks. */
void whys_check(void);

#endif
