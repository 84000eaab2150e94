/*
 * Children of this process.
 */
#ifndef KRTASK_TESTS_CHILDREN_H
#define KRTASK_TESTS_CHILDREN_H

#include <sys/types.h>

/* A child that lives until it is killed. */
pid_t make_child(void);
void end_child(pid_t pid);
/* Makes a session with a leader, a live process and a zombie, and then writes a byte. */
pid_t make_session(int ready);

#endif
