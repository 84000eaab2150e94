/*
 * The owner of a state directory, from the content of its lock file: a line PID SOCKET MACHINE, and a line DEVICE NODE, the
 * file itself, which engine/host/lock.c writes.  Older versions write the first alone.
 */
#ifndef KRTASK_WIRE_LOCK_OWNER_H
#define KRTASK_WIRE_LOCK_OWNER_H

#include <stdbool.h>

/* Reads an open lock file.  Both texts are malloc'ed.  0; -ENODATA: it has no complete line; -ENOMEM. */
int lock_owner_read(int fd, char **socket, char **machine);

/* The socket of the server that holds STATE/lock now, malloc'ed.  NULL: nobody holds it. */
char *lock_owner_socket(const char *state);
/*
 * The anchor that holds STATE/lock now, as a descriptor of pidfd_open(2) that the caller closes; -1: there is none that
 * can be asked.  shared (NULL: no matter): whether it has the open file of fd, too.
 */
int lock_owner_process(const char *state, int fd, bool *shared);
/*
 * Asks the anchor that holds STATE/lock now to make its sockets anew (krtaskd(8), SIGHUP).  If that file was deleted, it is
 * the anchor of the server that has STATE, and makes the file anew, too.  False: there is none that can be asked.
 */
bool lock_owner_wake(const char *state);
/*
 * If an open lock file is a copy of the one that a server still has, the path of the directory of that, malloc'ed.  NULL: it
 * is not, or that server cannot be asked.
 */
char *lock_owner_original(int fd);
/* True if somebody holds STATE/lock now and listens at that path.  False if this cannot be found out. */
bool lock_owner_listens(const char *state, const char *socket);

#endif
