/*
 * A socket that was made by who started this program, such as systemd (sd_listen_fds(3)): LISTEN_PID names this process, LISTEN_FDS says
 * how many there are, and the first is descriptor 3.
 */
#ifndef KRTASK_HOST_ACTIVATION_H
#define KRTASK_HOST_ACTIVATION_H

/*
 * 1 with the socket and its path (free() it); 0: there is none; -errno with *error (free() it): it cannot be used.  The variables are
 * removed: they are not for anybody else.
 */
int activation_take(int *fd, char **path, char **error);

#endif
