/*
 * Running krtaskd anew: as the server of an anchor, or in place of an anchor, which keeps its process and so its children.
 *
 * The program may have been replaced or removed since it was started.  If it cannot be run, the copy that is running is used once more.
 */
#ifndef KRTASK_HOST_LAUNCH_H
#define KRTASK_HOST_LAUNCH_H

#include <stdbool.h>

#include "engine/host/anchor.h"

/* What an anchor hands down to the program after it.  A program that does not know this number is not run in its place. */
#define LAUNCH_HERITAGE "1"
/* What krtaskd --takes-over N prints. */
#define LAUNCH_ANSWER "takes over " LAUNCH_HERITAGE "\n"

/* In a child of the anchor.  Does not return. */
void launch_child(const struct daemon_options *options, int line_fd, bool collect) __attribute__((noreturn));
/* In place of this process, by program.  Returns only on failure: an errno. */
int launch_instead(const struct daemon_options *options, const char *program);
/* Whether program can be run in place of this one: 0 or -errno. It is run, and has two seconds to answer. */
int launch_try(const char *program);

#endif
