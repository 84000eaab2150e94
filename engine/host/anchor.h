/*
 * The anchor: a small process that outlives the server.  It holds the lock and the listening sockets.  It is
 * the parent of the server, and of the task processes that a dead server leaves behind.  If the server dies,
 * the anchor starts a new one.
 *
 * It is single-threaded, keeps nothing that grows, and sleeps in poll(2).
 */
#ifndef KRTASK_ENGINE_ANCHOR_H
#define KRTASK_ENGINE_ANCHOR_H

#include <stdbool.h>
#include <sys/types.h>

#include "engine/run/shed.h"

/* Options of both the anchor and the server.  The strings are borrowed. */
struct daemon_options {
	const char *program; /* absolute path of this executable */
	const char *name;
	const char *socket;
	const char *state;        /* the state directory of this server */
	int slots;                /* at the start; 0: no limit; -1: as many as the last server had */
	int64_t hook_limit;       /* at the start, in milliseconds; 0: as the last server had it */
	mode_t umask;             /* of the caller; the server and tasks start with it, too */
	struct shed_noted limits; /* as umask */
	bool foreground;
	bool borrowed; /* the socket was made by whoever started this, and stays when this ends */
	int ready_fd;  /* gets one line when the server is ready; -1: none */
	int listen_fd; /* -1: to be made */
	int state_fd;  /* the socket in the state directory; -1: to be made; for the server: none */
	int lock_fd;   /* -1: to be taken */
	int line_fd;   /* for the server: its line to the anchor */
	bool collect;  /* for the server: commit the ends of tasks, then end */
};

/*
 * Descriptors that the server inherits: the listening socket as systemd passes it (sd_listen_fds(3)), then
 * others.
 */
enum { DAEMON_LISTEN_FD = 3, DAEMON_LINE_FD = 4, DAEMON_LOCK_FD = 5, DAEMON_STATE_FD = 6 };

/* Runs the anchor until its end.  Returns the exit status. */
int anchor_run(struct daemon_options *options);

/* In server.c.  Runs the server until its end.  Returns the exit status. */
int server_run(const struct daemon_options *options);

#endif
