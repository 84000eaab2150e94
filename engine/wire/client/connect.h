/*
 * Connects to a server by its socket or by ssh, and starts servers.  Private to the client.
 */
#ifndef KRTASK_WIRE_CONNECT_H
#define KRTASK_WIRE_CONNECT_H

#include <stdint.h>
#include <sys/types.h>

#include "engine/wire/client/client.h"

/*
 * *fd becomes a connected socket, non-blocking and close-on-exec.  The deadline is in milliseconds of
 * connect_now(); -1: none.  0; -ENOENT if no server is running and none was to be started; or another
 * -errno.  On failure *error is a message.
 */
int connect_server(const struct address *address, enum client_start start, int64_t deadline, int *fd,
                   char **error);
/* The same for one socket.  There is no message for -ENOENT and -ECONNREFUSED. */
int connect_socket(const char *path, int64_t deadline, int *fd, char **error);
/*
 * Runs krtaskd, and waits for the line that it reports.  *socket (free() it) is the socket of this server, or
 * of the one that was there before it.
 */
int start_server(const struct address *address, char **socket, char **error);

/* Milliseconds of CLOCK_MONOTONIC, and the milliseconds until a deadline, for poll(2). */
int64_t connect_now(void);
int connect_left(int64_t deadline);

#endif
