/*
 * The line between the anchor and the server: messages of fixed size over a SOCK_SEQPACKET pair.
 *
 * The server asks about processes that became children of the anchor when an earlier server died.  The anchor
 * replies at once.  Both sides also send notices, which have no reply.  End of file means that the other side
 * is dead.
 */
#ifndef KRTASK_HOST_LINE_H
#define KRTASK_HOST_LINE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "engine/task/usage.h"

enum line_kind {
	LINE_READY,     /* server: it serves clients now */
	LINE_ERROR,     /* server: it cannot start; text says why; status: line_passes() */
	LINE_STATUS,    /* server: how did pid end?  The reply has the same kind */
	LINE_REAP,      /* server: the status of pid is committed, reap it */
	LINE_STOP,      /* server: it ends for good; status: running tasks.  The reply has the same kind */
	LINE_RESTART,   /* server: it is ending, and a new one is wanted at once; text: the program */
	LINE_CHILD,     /* anchor: one of its children changed */
	LINE_TERMINATE, /* anchor: it was asked to end, so the server must stop in order */
	LINE_SOCKETS,   /* anchor: it has made new sockets, so the server must restart to get them */
};

enum line_ending { LINE_NOT_MINE, LINE_RUNNING, LINE_EXITED, LINE_SIGNALED };

struct line_message {
	int32_t kind;
	int32_t pid;
	int32_t ending;  /* enum line_ending, in replies */
	int32_t status;  /* exit status or signal */
	char text[1024]; /* of LINE_ERROR and LINE_RESTART; of replies to LINE_STATUS: what it used */
};

void line_put_usage(struct line_message *message, struct task_usage usage);

/* All return 0 or -errno; -EPIPE: the other side is gone. */
int line_send(int fd, const struct line_message *message);
/* Does not block: -EAGAIN if the other side is slow.  For notices, which may be lost. */
int line_send_now(int fd, const struct line_message *message);
/* Blocks. */
int line_receive(int fd, struct line_message *message);
/*
 * Does not block: -EAGAIN if there is nothing.  Waiting for a reply may have read what the loop was woken
 * for.
 */
int line_receive_now(int fd, struct line_message *message);

/* The end of the server.  Loop thread only. */
struct line {
	int fd;
	pid_t anchor;
	/* Notices that came while a reply was awaited. */
	bool child_pending, terminate_pending, sockets_pending;
	void (*noticed)(void *ctx); /* called when one of these is set; may be NULL */
	void *noticed_ctx;
};

/* An anchor of an older version does not tell the usage: then it is unknown. */
int line_status(struct line *line, pid_t pid, enum line_ending *ending, int *status,
                struct task_usage *usage);
int line_reap(struct line *line, pid_t pid);
int line_notify(struct line *line, enum line_kind kind, const char *text);
/* It cannot start, by this -errno. */
int line_tell_failure(struct line *line, int code, const char *text);
/*
 * True for the status of a LINE_ERROR that may pass: memory or descriptors were lacking; or, if a server was ready before
 * (served), what that one was just starting still holds the lock.  Else another try is useless.
 */
bool line_passes(int status, bool served);

#endif
