/*
 * Ways to a server: by its socket, by starting it, by ssh.  Private to the client.
 */
#ifndef KRTASK_WIRE_CONNECT_H
#define KRTASK_WIRE_CONNECT_H

#include <stdint.h>
#include <sys/types.h>

#include "engine/wire/client/client.h"

/*
 * A connected, non-blocking, close-on-exec socket in *fd; deadline in milliseconds of connect_now(), -1:
 * none. 0; -ENOENT where no server runs and none was to be started; another -errno.  *error is a message
 * then.
 */
int connect_server(const struct address *address, enum client_start start, int64_t deadline, int *fd,
                   char **error);
/* The same to one socket; -ENOENT and -ECONNREFUSED come without a message. */
int connect_socket(const char *path, int64_t deadline, int *fd, char **error);
/* Runs ssh, which starts a server on the other side as start says; *pid is to be waited for once *fd is closed. */
int connect_ssh(const struct address *address, enum client_start start, int *fd, pid_t *pid, char **error);

/*
 * Runs krtaskd and waits for its word. *socket is where it, or who was there before it, listens: free() it.
 */
int start_server(const struct address *address, char **socket, char **error);

/* Milliseconds of CLOCK_MONOTONIC, and those until then for poll(2). */
int64_t connect_now(void);
int connect_left(int64_t deadline);

#endif
