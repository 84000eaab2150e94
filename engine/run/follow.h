/*
 * Being told that a file grew, without slowing down its writer: an inotify watch that fires once (IN_ONESHOT)
 * and is armed again by the one who follows, at most FOLLOW_INTERVAL_MS apart.
 *
 * Loop thread only.  The engine adds follow_fd() to its loop and calls follow_dispatch() when it is readable;
 * the callback gets what was given at follow_arm().
 */
#ifndef KRTASK_RUN_FOLLOW_H
#define KRTASK_RUN_FOLLOW_H

struct follow;
struct follow_watch;

enum { FOLLOW_INTERVAL_MS = 100 };

int follow_new(struct follow **follow); /* 0 or -errno */
void follow_free(struct follow *follow);
int follow_fd(const struct follow *follow);
void follow_dispatch(struct follow *follow);

/*
 * Fires fn(ctx) once at the next modification, then the watch is spent: arm anew.  More than one watch may be
 * on one file (inotify merges watches of one inode: all of them fire). 0 or -errno (-ENOENT: no such file
 * yet).
 */
int follow_arm(struct follow *follow, const char *path, void (*fn)(void *ctx), void *ctx,
               struct follow_watch **watch);
/* Before it fired; afterwards it must not be called. */
void follow_disarm(struct follow *follow, struct follow_watch *watch);

#endif
