/*
 * The lock of a state directory: one server a directory, and the way to it for those who come by another socket.
 * It is an flock(2), so that it ends with the last process that holds the descriptor; the content is for reading: one line, PID SOCKET MACHINE.
 */
#ifndef KRTASK_ENGINE_LOCK_H
#define KRTASK_ENGINE_LOCK_H

#include <stddef.h>

/*
 * Takes STATE/lock.  A descriptor; -EWOULDBLOCK: held, and *holder (free() it) is the socket's path of the one who holds it, or NULL
 * where it is on another machine (*error, free() it, says so) or not written yet; -errno with *error.
 */
int lock_take(const char *state, char **holder, char **error);
/* Writes who we are. 0 or -errno. */
int lock_write(int fd, const char *socket);

#endif
