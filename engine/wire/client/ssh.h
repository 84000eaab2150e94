/*
 * The way to a server on another machine: ssh runs `krtask server bridge` there.  Private to the client.
 *
 * What ssh writes to its standard error is kept, and never reaches a terminal by itself.
 */
#ifndef KRTASK_WIRE_SSH_H
#define KRTASK_WIRE_SSH_H

#include <stdbool.h>
#include <sys/types.h>

#include "engine/wire/client/client.h"

struct ssh {
	pid_t pid;  /* 0: none */
	int said;   /* a file in memory with its standard error; -1: none */
	off_t read; /* so much of it was taken */
};

#define SSH_INIT                                                                                             \
	{                                                                                                    \
		.said = -1                                                                                   \
	}

/*
 * Runs $KRTASK_SSH, else ssh.  `start` says whether it may start a server on the other machine.  *fd becomes its
 * standard input and output, non-blocking and close-on-exec.  Close that, then ssh_close().  0, or -errno and
 * *error; that ssh itself fails is seen only by the end of *fd.
 */
int ssh_open(const struct address *address, enum client_start start, int *fd, struct ssh *ssh, char **error);
/*
 * Lets it go.  ssh ends after its standard input has ended and everything has arrived; nobody waits for that.  It ends at
 * the latest with the thread that opened it.
 * at_once: nobody will read what it still brings, so it is terminated.
 */
void ssh_close(struct ssh *ssh, bool at_once);
/* The last line that it has written since the last call, malloc'ed; NULL: nothing new. */
char *ssh_take_line(struct ssh *ssh);
/*
 * Its connection has ended before the server answered, and brought these bytes: why, and what to do about it, in one line.  It
 * has ended, too.
 */
char *ssh_explain(struct ssh *ssh, const struct address *address, const char *bytes, size_t length);
/*
 * Why the other machine has no server, with the commands in it as they must be given on this one: with the address of
 * the server.  malloc'ed; NULL: out of memory.
 */
char *ssh_reason(const struct address *address, const char *reason);
/* For client_ask() and client_asks(). */
void ssh_ask(const struct address *address, void (*run)(const char *const *words));
bool ssh_asks(const char *text);
/* What came instead of a reply, as a message with its first line that is not blank.  malloc'ed. */
char *ssh_chatter(const struct address *address, const char *bytes, size_t length);

#endif
