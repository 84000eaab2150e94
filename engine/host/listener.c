#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "engine/host/listener.h"
#include "engine/task/error.h"
#include "engine/task/messages.h"

enum { BACKLOG = 4096 };

static int listener_name(struct sockaddr_un *name, const char *path)
{
	size_t length = strlen(path);
	if (length >= sizeof(name->sun_path))
		return -ENAMETOOLONG;
	*name = (struct sockaddr_un){ .sun_family = AF_UNIX };
	memcpy(name->sun_path, path, length + 1);
	return 0;
}

bool listener_answers(const char *path)
{
	struct sockaddr_un name;
	int fd = listener_name(&name, path) ? -1
	                                    : socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	bool answered =
		fd >= 0 && (connect(fd, (struct sockaddr *)&name, sizeof(name)) == 0 || errno == EAGAIN);
	if (fd >= 0)
		close(fd);
	return answered;
}

static int listener_bind(const char *path)
{
	struct sockaddr_un name;
	int code = listener_name(&name, path);
	int fd = code ? -1 : socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (code || fd < 0)
		return code ? code : -errno;
	unlink(path);
	mode_t mask = umask(0177);
	if (bind(fd, (struct sockaddr *)&name, sizeof(name)) || listen(fd, BACKLOG))
		code = -errno;
	umask(mask);
	if (!code)
		return fd;
	close(fd);
	return code;
}

int listener_open(const char *path, char **error)
{
	struct sockaddr_un name;
	if (listener_name(&name, path))
		return error_replace(error, -ENAMETOOLONG, MSG_SOCKET_PATH_TOO_LONG, path, strlen(path),
		                     sizeof(name.sun_path) - 1);
	if (listener_answers(path))
		return error_replace(error, -EADDRINUSE, MSG_SOCKET_TAKEN, path);
	int fd = listener_bind(path);
	return fd >= 0 ? fd : error_replace(error, fd, MSG_LISTEN_FAILED, path, strerror(-fd));
}

int listener_open_in(const char *directory, const char *name)
{
	/* The path goes through the descriptor of the directory, so its length does not matter. */
	int at = open(directory, O_PATH | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	if (at < 0)
		return -errno;
	char path[64];
	snprintf(path, sizeof(path), "/proc/self/fd/%d/%s", at, name);
	int fd = listener_bind(path);
	close(at);
	return fd;
}

int listener_note(const char *path, struct listener_node *node)
{
	struct stat status;
	if (lstat(path, &status))
		return -errno;
	if (!S_ISSOCK(status.st_mode))
		return -ENOTSOCK; /* such as the link of a client */
	*node = (struct listener_node){ .dev = status.st_dev, .ino = status.st_ino };
	return 0;
}

bool listener_is_there(const char *path, const struct listener_node *node)
{
	struct listener_node now = { 0 };
	return node->ino != 0 && listener_note(path, &now) == 0 && now.ino == node->ino &&
	       now.dev == node->dev;
}

void listener_remove(const char *path, struct listener_node *node)
{
	if (listener_is_there(path, node))
		unlink(path);
	node->ino = 0;
}

void listener_remove_link(const char *path, const char *target)
{
	char leads_to[4400];
	ssize_t length = readlink(path, leads_to, sizeof(leads_to));
	if (length == (ssize_t)strlen(target) && memcmp(leads_to, target, (size_t)length) == 0)
		unlink(path);
}

static bool take_fresh(const char *path, int fresh, struct listener_node *node, int *fd)
{
	if (fresh < 0 || listener_note(path, node))
		node->ino = 0;
	if (fresh < 0)
		return false;
	if (*fd >= 0)
		close(*fd);
	*fd = fresh;
	return true;
}

bool listener_renew(const char *path, struct listener_node *node, int *fd)
{
	char *error = NULL;
	if (listener_is_there(path, node))
		return false;
	bool renewed = take_fresh(path, listener_open(path, &error), node, fd);
	free(error);
	return renewed;
}

bool listener_renew_in(const char *directory, const char *name, struct listener_node *node, int *fd)
{
	char path[4400];
	snprintf(path, sizeof(path), "%s/%s", directory, name);
	return !listener_is_there(path, node) &&
	       take_fresh(path, listener_open_in(directory, name), node, fd);
}
