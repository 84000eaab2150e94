#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <sys/socket.h>

#include "engine/link.h"

static int send_message(int fd, const struct link_message *message, int flags)
{
	ssize_t sent;
	do
		sent = send(fd, message, sizeof *message, MSG_NOSIGNAL | flags);
	while (sent < 0 && errno == EINTR);
	if (sent < 0)
		return errno == ECONNRESET ? -EPIPE : -errno;
	return 0;
}

int link_send(int fd, const struct link_message *message)
{
	return send_message(fd, message, 0);
}

int link_send_now(int fd, const struct link_message *message)
{
	return send_message(fd, message, MSG_DONTWAIT);
}

static int receive(int fd, struct link_message *message, int flags)
{
	ssize_t got;
	do
		got = recv(fd, message, sizeof *message, flags);
	while (got < 0 && errno == EINTR);
	if (got < 0)
		return errno == ECONNRESET ? -EPIPE : -errno;
	return got == (ssize_t)sizeof *message ? 0 : -EPIPE;
}

int link_receive(int fd, struct link_message *message)
{
	return receive(fd, message, 0);
}

int link_receive_now(int fd, struct link_message *message)
{
	return receive(fd, message, MSG_DONTWAIT);
}

/* Sends and waits for the answer; notices that come before it are remembered. */
static int ask(struct link *link, struct link_message *message)
{
	int kind = message->kind;
	int error = link_send(link->fd, message);
	while (error == 0) {
		error = link_receive(link->fd, message);
		if (error == 0 && message->kind == kind)
			return 0;
		link->child_pending |= message->kind == LINK_CHILD;
		link->terminate_pending |= message->kind == LINK_TERMINATE;
		if (link->noticed)
			link->noticed(link->noticed_ctx);
	}
	return error;
}

int link_status(struct link *link, pid_t pid, enum link_ending *ending, int *status)
{
	struct link_message message = { .kind = LINK_STATUS, .pid = pid };
	int error = ask(link, &message);
	if (error)
		return error;
	*ending = (enum link_ending)message.ending;
	*status = message.status;
	return 0;
}

int link_reap(struct link *link, pid_t pid)
{
	struct link_message message = { .kind = LINK_REAP, .pid = pid };
	return link_send(link->fd, &message);
}

int link_notify(struct link *link, enum link_kind kind, const char *text)
{
	struct link_message message = { .kind = (int32_t)kind };
	snprintf(message.text, sizeof message.text, "%s", text ? text : "");
	return link_send(link->fd, &message);
}
