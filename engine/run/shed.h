/*
 * What a process was born with and does well to be without: it was started by whoever came first, and serves
 * all who come after.  What its user may not change, stays.
 */
#ifndef KRTASK_RUN_SHED_H
#define KRTASK_RUN_SHED_H

/*
 * Niceness, I/O priority, OOM score and CPUs; and hard limits, where root may raise them.  For children too.
 */
void shed_inheritance(void);
/*
 * The soft limits that would stop work in the middle, up to the hard ones.  How many descriptors there may
 * be.
 */
unsigned shed_limits(void);

#endif
