/*
 * Finds the server.  A client that finds none takes the lock NAME.start in the runtime directory, and looks
 * again. Only then does it start a server.  Of fifty clients at once, the first starts a server, and the
 * others find it when they get the lock.
 */
#include "engine/wire/client/connect.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "engine/task/error.h"
#include "engine/task/messages.h"
#include "engine/wire/client/lock_owner.h"
#include "engine/wire/client/owner.h"
#include "engine/wire/client/patience.h"

enum { LOCK_PAUSE_MS = 16, WAKE_MS = 3000 /* for an anchor to make its sockets */ };

int64_t connect_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int connect_left(int64_t deadline)
{
	int64_t left;

	if (deadline < 0)
		return -1;
	left = deadline - connect_now();
	if (left < 0)
		return 0;
	return left < INT_MAX ? (int)left : INT_MAX;
}

/* The server must belong to our own user. */
static int check_peer(int fd, const char *path, char **error)
{
	struct ucred peer;
	socklen_t length = sizeof(peer);

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &length) < 0)
		return error_replace(error, -errno, MSG_CONNECT_FAILED, path, strerror(errno));
	if (peer.uid != geteuid())
		return error_replace(error, -EPERM, MSG_SERVER_FOREIGN, path, (unsigned)peer.uid,
		                     (unsigned)geteuid());
	return 0;
}

/* If the backlog is full, connect(2) waits as long as the send timeout allows. */
static void limit_wait(int fd, int64_t deadline)
{
	int left = connect_left(deadline);
	struct timeval limit = { .tv_sec = left / 1000, .tv_usec = left % 1000 * 1000 };

	if (left < 0)
		return;
	if (left == 0)
		limit.tv_usec = 1;
	(void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
}

/* path is for messages. */
static int connect_name(const struct sockaddr_un *name, const char *path, int64_t deadline, int *fd,
                        char **error)
{
	int result, s = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (s < 0)
		return error_replace(error, -errno, MSG_SOCKET_NOT_CREATED, strerror(errno));
	limit_wait(s, deadline);
	do
		result = connect(s, (const struct sockaddr *)name, sizeof(*name)) < 0 ? -errno : 0;
	while (result == -EINTR);
	if (result == -EAGAIN)
		result = error_replace(error, -ETIMEDOUT, MSG_SERVER_FULL, path);
	else if (result < 0 && result != -ENOENT && result != -ECONNREFUSED)
		(void)error_replace(error, result, MSG_CONNECT_FAILED, path, strerror(-result));
	if (result == 0)
		result = check_peer(s, path, error);
	if (result == 0 && fcntl(s, F_SETFL, O_NONBLOCK) < 0)
		result = error_replace(error, -errno, MSG_CONNECT_FAILED, path, strerror(errno));
	if (result < 0)
		close(s);
	else
		*fd = s;
	return result;
}

int connect_socket(const char *path, int64_t deadline, int *fd, char **error)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX };

	if (strlen(path) >= sizeof(name.sun_path))
		return error_replace(error, -ENAMETOOLONG, MSG_SOCKET_PATH_TOO_LONG, path, strlen(path),
		                     sizeof(name.sun_path) - 1);
	memcpy(name.sun_path, path, strlen(path) + 1);
	return connect_name(&name, path, deadline, fd, error);
}

/*
 * Connects to the socket in the state directory.  It is there even if the runtime directory was removed.  Its
 * path may have any length.
 */
static int connect_state(const struct address *address, int64_t deadline, int *fd, char **error)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX };
	int at = open(address->state, O_PATH | O_DIRECTORY | O_CLOEXEC), result;

	if (at < 0)
		return -ENOENT;
	(void)snprintf(name.sun_path, sizeof(name.sun_path), "/proc/self/fd/%d/" ADDRESS_STATE_SOCKET, at);
	result = connect_name(&name, address->state, deadline, fd, error);
	close(at);
	return result;
}

static bool not_there(int result)
{
	return result == -ENOENT || result == -ECONNREFUSED;
}

static bool socket_exists(const char *path)
{
	struct stat status;

	return lstat(path, &status) == 0;
}

/* The directory of the socket.  free() it. */
static char *socket_directory(const struct address *address)
{
	const char *slash = strrchr(address->socket, '/');

	return strndup(address->socket, (size_t)(slash - address->socket));
}

static int no_server(const struct address *address, char **error)
{
	if (address->kind == ADDRESS_UNIX)
		return error_replace(error, -ENOENT, MSG_SERVER_NOT_AT, address->socket);
	if (strcmp(address->name, "default") != 0)
		return error_replace(error, -ENOENT, MSG_SERVER_NOT_RUNNING_NAMED, address->name,
		                     address->name);
	return error_replace(error, -ENOENT, MSG_SERVER_NOT_RUNNING, address->name);
}

/* Blocks, but no longer than until the deadline: whoever holds it may be hung. */
static int await_lock(int fd, const char *name, int64_t deadline)
{
	struct pollfd nothing = { .fd = -1 };
	struct patience_wait wait = { MSG_START_AWAITED, name, PATIENCE_START_MS, 0 };
	int pause = 1;

	while (flock(fd, LOCK_EX | LOCK_NB) < 0) {
		int64_t next = connect_now() + pause;

		if (errno != EINTR && errno != EWOULDBLOCK)
			return -errno;
		if (connect_left(deadline) == 0)
			return -ETIMEDOUT;
		(void)patience_poll(&nothing, next, &wait);
		pause = pause < LOCK_PAUSE_MS ? pause * 2 : LOCK_PAUSE_MS;
	}
	return 0;
}

/* The descriptor of the lock, or -errno. */
static int take_start_lock(const char *directory, const char *name, int64_t deadline, char **error)
{
	char *path;
	int fd, result;

	if (asprintf(&path, "%s/%s.start", directory, name) < 0)
		return error_replace(error, -ENOMEM, "%s", strerror(ENOMEM));
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	result = fd < 0 ? -errno : await_lock(fd, name, deadline);
	if (result == -ETIMEDOUT)
		(void)error_replace(error, result, MSG_START_TIMEOUT, name, patience_seconds(PATIENCE_NEAR));
	else if (result < 0)
		(void)error_replace(error, result, MSG_LOCK_FAILED, path, strerror(-result));
	if (result < 0 && fd >= 0)
		close(fd);
	result = result < 0 ? result : fd;
	free(path);
	return result;
}

/*
 * Connects to the socket of a NAME, if the server there has that NAME's state directory.  A server with
 * another state directory may be listening there.
 */
static int connect_named(const struct address *address, int64_t deadline, int *fd, char **error)
{
	int result = connect_socket(address->socket, deadline, fd, error);

	if (result < 0 || address->kind != ADDRESS_NAME ||
	    lock_owner_listens(address->state, address->socket))
		return result;
	result = owner_check(address, *fd, deadline, error);
	if (result < 0) {
		close(*fd);
		*fd = -1;
	}
	return result;
}

/*
 * A server may have no socket at the usual path: a logout has removed it, or the server was started with
 * another runtime directory.  This puts a link there to the socket in the state directory, so that other
 * clients find it at once.  The start lock must be held.
 */
static void put_link(const struct address *address)
{
	char *target = NULL, *link = NULL;

	if (asprintf(&target, "%s/" ADDRESS_STATE_SOCKET, address->state) < 0)
		target = NULL;
	if (asprintf(&link, "%s.link", address->socket) < 0)
		link = NULL;
	if (target && link) {
		(void)unlink(link);
		if (symlink(target, link) < 0 || rename(link, address->socket) < 0)
			(void)unlink(link);
	}
	free(target);
	free(link);
}

/* The socket that the lock of the state directory names. */
static int connect_held(const struct address *address, int64_t deadline, int *fd, char **error)
{
	char *socket = lock_owner_socket(address->state);
	int result = socket ? connect_socket(socket, deadline, fd, error) : -ENOENT;

	free(socket);
	return result;
}

/*
 * A server may be running although all its sockets have been removed.  Its anchor makes them anew when it is
 * asked to.
 */
static int connect_woken(const struct address *address, int64_t deadline, int *fd, char **error)
{
	int64_t end = connect_now() + WAKE_MS;
	int result = -ENOENT;
	char *held = lock_owner_socket(address->state);
	int tries = 0;
	bool lost = !held; /* the lock file, which it makes anew, too */

	if (deadline >= 0 && deadline < end)
		end = deadline;
	if (!lock_owner_wake(address->state)) {
		free(held);
		return result;
	}
	do {
		(void)poll(NULL, 0, tries++ > 0 ? LOCK_PAUSE_MS : 1);
		result = connect_state(address, deadline, fd, error);
		if (not_there(result))
			result = connect_held(address, deadline, fd, error);
		free(held);
		held = lock_owner_socket(address->state);
		lost = lost && !held;
	} while (not_there(result) && (held || lost) && connect_left(end) > 0);
	free(held);
	return result;
}

/*
 * Tries other paths than the usual one: the socket in the state directory, and the one that the lock of that
 * directory names.
 */
static int connect_elsewhere(const struct address *address, int64_t deadline, int *fd, char **error)
{
	int result = connect_state(address, deadline, fd, error);

	if (not_there(result))
		result = connect_held(address, deadline, fd, error);
	if (not_there(result))
		result = connect_woken(address, deadline, fd, error);
	return result;
}

static int start_and_connect(const struct address *address, int64_t deadline, int *fd, char **error)
{
	char *socket = NULL;
	int result = start_server(address, &socket, error);

	if (result < 0)
		return result;
	result = connect_socket(socket, deadline, fd, error);
	if (not_there(result))
		result = error_replace(error, -ECONNREFUSED, MSG_SERVER_SILENT, address->name, socket);
	free(socket);
	return result;
}

static int locked_start(const struct address *address, const char *directory, int64_t deadline, int *fd,
                        char **error)
{
	int lock = take_start_lock(directory, address->name, deadline, error);
	int result;

	if (lock < 0)
		return lock;
	result = connect_named(address, deadline, fd, error);
	if (not_there(result)) {
		result = connect_state(address, deadline, fd, error);
		if (not_there(result))
			result = connect_woken(address, deadline, fd, error);
		if (result == 0 && !socket_exists(address->socket))
			put_link(address);
	}
	if (not_there(result))
		result = start_and_connect(address, deadline, fd, error);
	close(lock);
	return result;
}

int connect_server(const struct address *address, enum client_start start, int64_t deadline, int *fd,
                   char **error)
{
	bool may_start = address->kind == ADDRESS_NAME &&
	                 (start == CLIENT_START_ALWAYS ||
	                  (start == CLIENT_START_EXISTING && socket_exists(address->state)));
	char *directory = socket_directory(address);
	int result = 0;

	if (!directory)
		return error_replace(error, -ENOMEM, "%s", strerror(ENOMEM));
	if (!may_start && !socket_exists(directory))
		result = -ENOENT;
	else if (address->kind == ADDRESS_NAME)
		result = address_secure_directory(directory, error);
	if (result == 0)
		result = connect_named(address, deadline, fd, error);
	if (not_there(result) && may_start) {
		result = locked_start(address, directory, deadline, fd, error);
	} else if (not_there(result)) {
		if (address->kind == ADDRESS_NAME)
			result = connect_elsewhere(address, deadline, fd, error);
		if (not_there(result))
			result = no_server(address, error);
	}
	free(directory);
	return result;
}
