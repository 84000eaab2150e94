/*
 * The line between the anchor and the server: fixed-size messages over a SOCK_SEQPACKET pair.
 *
 * The server asks about processes that became the anchor's children when an earlier server died; the anchor answers at once.  Either way there
 * are notices that need no answer.  End of file means that the other side is dead.
 */
#ifndef KRTASK_HOST_LINE_H
#define KRTASK_HOST_LINE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

enum line_kind {
	LINE_READY,  /* server: it answers */
	LINE_ERROR,  /* server: it cannot start, text says why, and a restart would not help */
	LINE_STATUS, /* server: how did pid end?  The answer has the same kind */
	LINE_REAP,   /* server: pid's status is committed, let go of it */
	LINE_STOP, /* server: it ends, and no new one is wanted; status: how many tasks run on.  Answered with the same kind */
	LINE_RESTART,   /* server: it ends, and a new one is wanted at once */
	LINE_CHILD,     /* anchor: some child of it changed */
	LINE_TERMINATE, /* anchor: it was asked to end: stop in order */
};

enum line_ending { LINE_NOT_MINE, LINE_RUNNING, LINE_EXITED, LINE_SIGNALED };

struct line_message {
	int32_t kind;
	int32_t pid;
	int32_t ending;  /* enum line_ending, in answers */
	int32_t status;  /* exit status or signal */
	char text[1024]; /* of LINE_ERROR */
};

/* All return 0 or -errno; -EPIPE: the other side is gone. */
int line_send(int fd, const struct line_message *message);
/* -EAGAIN where the other side is behind: for notices, which may be lost. */
int line_send_now(int fd, const struct line_message *message);
/* Blocks. */
int line_receive(int fd, struct line_message *message);
/* -EAGAIN where nothing is there: an answer that was awaited may have taken what the loop was woken for. */
int line_receive_now(int fd, struct line_message *message);

/* The server's end. Loop thread only. */
struct line {
	int fd;
	pid_t anchor;
	bool child_pending, terminate_pending; /* notices that arrived while an answer was awaited */
	void (*noticed)(void *ctx);            /* called when one of these is set; NULL: nobody is told */
	void *noticed_ctx;
};

int line_status(struct line *line, pid_t pid, enum line_ending *ending, int *status);
int line_reap(struct line *line, pid_t pid);
int line_notify(struct line *line, enum line_kind kind, const char *text);

#endif
