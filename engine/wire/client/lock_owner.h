/*
 * Who holds a state directory: the content of its lock, one line PID SOCKET MACHINE (engine/host/lock.h writes it).
 */
#ifndef KRTASK_WIRE_HOLDER_H
#define KRTASK_WIRE_HOLDER_H

#include <stdbool.h>

/* Reads what an open lock file says; both malloc'ed. 0; -ENODATA: nothing whole is there; -ENOMEM. */
int lock_owner_read(int fd, char **socket, char **machine);

/* The socket's path of the server that holds STATE/lock now, malloc'ed; NULL: nobody does. */
char *lock_owner_socket(const char *state);
/* Somebody holds STATE/lock now, and listens at that path.  False too where it cannot be told. */
bool lock_owner_listens(const char *state, const char *socket);

#endif
