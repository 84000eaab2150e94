/*
 * Resets what the server inherited from its caller: the first caller starts it, but it serves all later ones
 * too.  Values that its user is not allowed to change stay.
 */
#ifndef KRTASK_RUN_SHED_H
#define KRTASK_RUN_SHED_H

#include <sys/resource.h>

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
/*
 * The soft limits, by RLIMIT_…, of who started it.  A program that is executed in its place or as its child
 * gets them back before that.
 */
struct shed_noted {
	rlim_t soft[RLIM_NLIMITS];
};
void shed_note_limits(struct shed_noted *noted);
void shed_restore_limits(const struct shed_noted *noted);

#endif
