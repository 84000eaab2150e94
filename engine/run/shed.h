/*
 * Resets what the server inherited from its caller: the first caller starts it, but it serves all later ones
 * too.  Values that its user is not allowed to change stay.
 */
#ifndef KRTASK_RUN_SHED_H
#define KRTASK_RUN_SHED_H

/*
 * Resets niceness, I/O priority, OOM score and CPUs, and the hard limits if root may raise them.  Children
 * inherit this.
 */
void shed_inheritance(void);
/*
 * Raises the soft limits that would stop its work to the hard ones.  Returns how many descriptors it can
 * have.
 */
unsigned shed_limits(void);

#endif
