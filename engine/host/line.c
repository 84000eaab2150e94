#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "engine/host/line.h"

static int send_message(int fd, const struct line_message *message, int flags)
{
	ssize_t sent;
	do
		sent = send(fd, message, sizeof(*message), MSG_NOSIGNAL | flags);
	while (sent < 0 && errno == EINTR);
	if (sent < 0)
		return errno == ECONNRESET ? -EPIPE : -errno;
	return 0;
}

int line_send(int fd, const struct line_message *message)
{
	return send_message(fd, message, 0);
}

int line_send_now(int fd, const struct line_message *message)
{
	return send_message(fd, message, MSG_DONTWAIT);
}

static int line_receive_flags(int fd, struct line_message *message, int flags)
{
	ssize_t got;
	do
		got = recv(fd, message, sizeof(*message), flags);
	while (got < 0 && errno == EINTR);
	if (got < 0)
		return errno == ECONNRESET ? -EPIPE : -errno;
	return got == (ssize_t)sizeof(*message) ? 0 : -EPIPE;
}

int line_receive(int fd, struct line_message *message)
{
	return line_receive_flags(fd, message, 0);
}

int line_receive_now(int fd, struct line_message *message)
{
	return line_receive_flags(fd, message, MSG_DONTWAIT);
}

/* Sends a message and waits for its reply.  Notices that come before the reply are remembered. */
static int line_ask(struct line *line, struct line_message *message)
{
	int kind = message->kind;
	int error = line_send(line->fd, message);
	while (error == 0) {
		error = line_receive(line->fd, message);
		if (error == 0 && message->kind == kind)
			return 0;
		line->child_pending |= message->kind == LINE_CHILD;
		line->terminate_pending |= message->kind == LINE_TERMINATE;
		line->sockets_pending |= message->kind == LINE_SOCKETS;
		if (line->noticed)
			line->noticed(line->noticed_ctx);
	}
	return error;
}

/* Messages have the same size in all versions, so this is text. */
void line_put_usage(struct line_message *message, struct task_usage usage)
{
	snprintf(message->text, sizeof(message->text), "%" PRId64 " %" PRId64, usage.cpu_ms, usage.max_rss);
}

static struct task_usage line_usage(const struct line_message *message)
{
	struct task_usage usage = { .cpu_ms = 0 };
	char *end;
	usage.cpu_ms = strtoll(message->text, &end, 10);
	usage.max_rss = strtoll(end, NULL, 10);
	return usage;
}

int line_status(struct line *line, pid_t pid, enum line_ending *ending, int *status, struct task_usage *usage)
{
	struct line_message message = { .kind = LINE_STATUS, .pid = pid };
	int error = line_ask(line, &message);
	if (error)
		return error;
	*ending = (enum line_ending)message.ending;
	*status = message.status;
	*usage = line_usage(&message);
	return 0;
}

int line_reap(struct line *line, pid_t pid)
{
	struct line_message message = { .kind = LINE_REAP, .pid = pid };
	return line_send(line->fd, &message);
}

bool line_passes(int status, bool served)
{
	return status == ENOMEM || status == EMFILE || status == ENFILE || (served && status == EBUSY);
}

int line_tell_failure(struct line *line, int code, const char *text)
{
	struct line_message message = { .kind = LINE_ERROR, .status = -code };
	snprintf(message.text, sizeof(message.text), "%s", text);
	return line_send(line->fd, &message);
}

int line_notify(struct line *line, enum line_kind kind, const char *text)
{
	struct line_message message = { .kind = (int32_t)kind };
	snprintf(message.text, sizeof(message.text), "%s", text ? text : "");
	return line_send(line->fd, &message);
}
