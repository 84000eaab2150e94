/*
 * The lock of a state directory.  It ensures that a directory has one server, and tells where that server
 * listens.  It is an flock(2), so it ends with the last process that has the descriptor.  Its content is a
 * line PID SOCKET MACHINE, and a line DEVICE NODE that says which file it was written to: a copy of the directory can be told
 * by it.
 */
#ifndef KRTASK_ENGINE_LOCK_H
#define KRTASK_ENGINE_LOCK_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Takes STATE/lock.  Returns a descriptor, or -errno and *error (free() it).  -EWOULDBLOCK: another server
 * holds it, and *holder (free() it) is the path of its socket.  *holder is NULL if that server is on another
 * machine, which *error says, or if it has not written the path yet.  -EBUSY: the directory is a copy of one whose server
 * runs: both would have the same tasks.
 */
int lock_take(const char *state, char **holder, char **error);
/* That directory is no longer the one of the lock, which somebody has moved away or removed; not the lock alone. */
bool lock_is_lost(int fd, const char *state);
/* Writes our lines into the lock file.  0 or -errno. */
int lock_write(int fd, const char *socket);
/* Makes the file anew, and takes it, if somebody has deleted it: fd becomes that file.  Who has taken a new one keeps it. */
void lock_renew(const char *state, int fd, const char *socket);

#endif
