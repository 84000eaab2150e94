/*
 * Tells that a file grew, without slowing down its writer: an inotify watch that fires once (IN_ONESHOT).
 * The follower arms it again, at most FOLLOW_INTERVAL_MS apart.
 *
 * Loop thread only.  The engine adds follow_fd() to its loop and calls follow_dispatch() when it is readable;
 * the callback gets the ctx that was given to follow_arm().
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
/* Must be called only before the watch has fired. */
void follow_disarm(struct follow *follow, struct follow_watch *watch);

#endif
