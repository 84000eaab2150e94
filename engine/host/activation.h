/*
 * A socket that the process which started this program has made, such as systemd (sd_listen_fds(3)).
 * LISTEN_PID is the id of this process, LISTEN_FDS is the number of sockets, and the first is descriptor 3.
 */
#ifndef KRTASK_HOST_ACTIVATION_H
#define KRTASK_HOST_ACTIVATION_H

/*
 * Returns 1, with the socket and its path (free() it); 0: there is none; -errno and *error (free() it): it
 * cannot be used.  The variables are removed, since they are not for child processes.
 */
int activation_take(int *fd, char **path, char **error);

#endif
