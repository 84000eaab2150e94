/*
 * What a supervisor started, with its socket, while an earlier server holds the state directory: one that a client
 * started before the supervisor was set up, or whose anchor stays for its tasks after the supervisor has ended it.
 * A second server of the same tasks cannot be, so this process stands in for that one: it passes on the clients of the
 * supervisor's socket, unless that anchor has the same socket, and the supervisor's signal to end, and lasts as long.
 */
#ifndef KRTASK_HOST_STAND_IN_H
#define KRTASK_HOST_STAND_IN_H

#include "engine/host/anchor.h"

enum stand_in_end {
	STAND_IN_OVER, /* this process was told to end, or the server came to its end */
	STAND_IN_FREE, /* the server was killed, or is gone already: the lock is to be taken */
	STAND_IN_NONE, /* it cannot be watched from here */
};

/* signal_fd, of signalfd(2), tells SIGTERM, SIGINT and SIGCHLD. */
enum stand_in_end stand_in_run(const struct daemon_options *options, int signal_fd);

#endif
