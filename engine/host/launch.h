/*
 * Executes krtaskd again: as the server of an anchor, or in place of an anchor, which stays the same process
 * and so keeps its children.
 *
 * The program may have been replaced or removed since it was started.  If it cannot be run, the copy that is
 * running is executed once more.
 */
#ifndef KRTASK_HOST_LAUNCH_H
#define KRTASK_HOST_LAUNCH_H

#include <stdbool.h>

#include "engine/host/anchor.h"

/*
 * The version of what an anchor passes to the next program.  A program that does not know this number is not
 * used.
 */
#define LAUNCH_HERITAGE "1"
/* What krtaskd --takes-over N prints. */
#define LAUNCH_ANSWER "takes over " LAUNCH_HERITAGE "\n"

/* Executes the server, in a child of the anchor.  Does not return. */
void launch_child(const struct daemon_options *options, int line_fd, bool collect) __attribute__((noreturn));
/* Executes program in place of this process.  Returns only on failure: an errno. */
int launch_instead(const struct daemon_options *options, const char *program);
/* Checks that program can take the place of this one, by running it for at most two seconds.  0 or -errno. */
int launch_try(const char *program);
/* What an anchor before this one handed down is for nobody else, and least of all for tasks, which would keep it when all of us are gone. */
void launch_keep(const struct daemon_options *options);

#endif
