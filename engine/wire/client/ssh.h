/*
 * The way to a server on another machine: ssh runs `krtask server bridge` there.  Private to the client.
 */
#ifndef KRTASK_WIRE_SSH_H
#define KRTASK_WIRE_SSH_H

#include <stdbool.h>
#include <sys/types.h>

#include "engine/wire/client/client.h"

/*
 * Runs $KRTASK_SSH, else ssh.  `start` says whether it may start a server on the other machine.  *fd becomes its
 * standard input and output, non-blocking and close-on-exec.  Close that, then ssh_close(*pid).  0, or -errno and
 * *error; that ssh itself fails is seen only by the end of *fd.
 */
int ssh_open(const struct address *address, enum client_start start, int *fd, pid_t *pid, char **error);
/*
 * Waits for its end.  ssh ends after its standard input has ended and everything has arrived, and gets time for that.
 * at_once: nobody will read what it still brings, so it is terminated.
 */
void ssh_close(pid_t pid, bool at_once);

#endif
