#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "engine/host/children.h"
#include "engine/host/refusal.h"
#include "engine/task/messages.h"
#include "engine/wire/jsonw.h"

enum { REFUSALS_AT_ONCE = 64 };

static void refusal_format(struct jsonw *w, const char *reason)
{
	jsonw_object(w);
	jsonw_key(w, "error");
	jsonw_string(w, "io.krtask.Unavailable");
	jsonw_key(w, "parameters");
	jsonw_object(w);
	jsonw_key(w, "reason");
	jsonw_string(w, reason);
	jsonw_end_object(w);
	jsonw_end_object(w);
}

/* A frame ends in a NUL.  The client may have gone, so an error does not matter. */
static void refusal_write(int fd, struct jsonw *w)
{
	char end = '\0';
	struct iovec parts[] = { { w->data, w->length }, { &end, 1 } };
	struct msghdr frame = { .msg_iov = parts, .msg_iovlen = sizeof(parts) / sizeof(*parts) };
	(void)sendmsg(fd, &frame, MSG_NOSIGNAL);
}

void refusal_tell(int fd, const char *reason)
{
	struct jsonw w = JSONW_INIT;
	refusal_format(&w, reason);
	if (!w.failed)
		refusal_write(fd, &w);
	jsonw_release(&w);
}

/* Nobody but this process has what tasks left running, so their user has to know of them.  NULL: out of memory. */
static char *refusal_explain(const char *reason)
{
	char running[512], *text;
	children_name(0, running, sizeof(running));
	if (!*running)
		return strdup(reason);
	return asprintf(&text, MSG_REFUSED_RUNNING, reason, running) < 0 ? NULL : text;
}

void refusal_send(int listen_fd, int state_fd, const char *reason)
{
	struct jsonw w = JSONW_INIT;
	char *text = refusal_explain(reason);
	refusal_format(&w, text ? text : reason);
	free(text);
	for (int i = 0; i < REFUSALS_AT_ONCE; i++) {
		int fd = accept4(listen_fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
		if (fd < 0)
			fd = accept4(state_fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
		if (fd < 0)
			break;
		if (!w.failed)
			refusal_write(fd, &w);
		close(fd);
	}
	jsonw_release(&w);
}
