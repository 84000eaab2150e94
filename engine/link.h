/*
 * The line between the anchor and the server: fixed-size messages over a SOCK_SEQPACKET pair.
 *
 * The server asks about processes that became the anchor's children when an earlier server died; the anchor answers at once.  Either way there
 * are notices that need no answer.  End of file means that the other side is dead.
 */
#ifndef KRTASK_ENGINE_LINK_H
#define KRTASK_ENGINE_LINK_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

enum link_kind {
	LINK_READY,     /* server: it answers */
	LINK_ERROR,     /* server: it can not start, text says why, and a restart would not help */
	LINK_STATUS,    /* server: how did pid end?  The answer has the same kind */
	LINK_REAP,      /* server: pid's status is committed, let go of it */
	LINK_STOP,      /* server: it ends, and no new one is wanted; status: how many tasks run on.  Answered with the same kind */
	LINK_RESTART,   /* server: it ends, and a new one is wanted at once */
	LINK_SLOTS,     /* server: status is how many tasks run at once from now on, for the servers to come */
	LINK_CHILD,     /* anchor: some child of it changed */
	LINK_TERMINATE, /* anchor: it was asked to end: stop in order */
};

enum link_ending { LINK_NOT_MINE, LINK_RUNNING, LINK_EXITED, LINK_SIGNALED };

struct link_message {
	int32_t kind;
	int32_t pid;
	int32_t ending; /* enum link_ending, in answers */
	int32_t status; /* exit status or signal */
	char text[240]; /* of LINK_ERROR */
};

/* All return 0 or -errno; -EPIPE: the other side is gone. */
int link_send(int fd, const struct link_message *message);
/* -EAGAIN where the other side is behind: for notices, which may be lost. */
int link_send_now(int fd, const struct link_message *message);
/* Blocks. */
int link_receive(int fd, struct link_message *message);
/* -EAGAIN where nothing is there: an answer that was awaited may have taken what the loop was woken for. */
int link_receive_now(int fd, struct link_message *message);

/* The server's end. Loop thread only. */
struct link {
	int fd;
	pid_t anchor;
	bool child_pending, terminate_pending; /* notices that arrived while an answer was awaited */
	void (*noticed)(void *ctx); /* called when one of these is set; NULL: nobody is told */
	void *noticed_ctx;
};

int link_status(struct link *link, pid_t pid, enum link_ending *ending, int *status);
int link_reap(struct link *link, pid_t pid);
int link_notify(struct link *link, enum link_kind kind, const char *text);

#endif
