/*
 * The anchor: a tiny process that outlives the server.  It holds the lock and the listening socket, is the parent
 * of the server and of what a dead server leaves behind, and starts a server anew when it dies.
 *
 * Single-threaded; keeps nothing that grows; sleeps in poll.
 */
#ifndef KRTASK_ENGINE_ANCHOR_H
#define KRTASK_ENGINE_ANCHOR_H

#include <stdbool.h>
#include <sys/types.h>

/* What anchor and server both are told.  The strings are borrowed. */
struct daemon_options {
	const char *program; /* absolute path of this executable */
	const char *name;
	const char *socket;
	const char *state; /* the server's own state directory */
	int slots;         /* to begin with, 0: no limit; -1: as the servers before had */
	mode_t umask;      /* that it was started with, and what it starts is started with, too */
	bool foreground;
	int ready_fd;  /* told one line when the server answers; -1: none */
	int listen_fd; /* -1: to be made */
	int state_fd;  /* the socket in the state directory, likewise; the server's: -1: there is none */
	int lock_fd;   /* -1: to be taken */
	int line_fd;   /* the server's: its line to the anchor */
	bool collect;  /* the server's: only bring in what ended, then end */
};

/* Where the server finds what it inherits: the listening socket as systemd passes it (sd_listen_fds(3)), then ours. */
enum { DAEMON_LISTEN_FD = 3, DAEMON_LINE_FD = 4, DAEMON_LOCK_FD = 5, DAEMON_STATE_FD = 6 };

/* The anchor's life.  The exit status. */
int anchor_run(struct daemon_options *options);

/* The server's (server.c).  The exit status. */
int server_run(const struct daemon_options *options);

/* A server whose anchor was killed becomes the anchor: the same process, so that it keeps its children. Returns only on failure: an errno. */
int anchor_become(const struct daemon_options *options);

#endif
