#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/host/lock.h"
#include "engine/run/process.h"
#include "engine/task/messages.h"
#include "engine/wire/client/lock_owner.h"

enum { LINE_SIZE = 4400 };

static char *lock_format(const char *format, const char *a, const char *b)
{
	char *text;
	return asprintf(&text, format, a, b) < 0 ? NULL : text;
}

static void read_lock_owner(int fd, const char *path, char **holder, char **error)
{
	char *socket, *their_machine, machine[33];
	if (lock_owner_read(fd, &socket, &their_machine))
		return;
	process_machine_id(machine);
	if (strcmp(their_machine, machine) != 0) {
		*error = lock_format(MSG_LOCK_HELD_ELSEWHERE, path, their_machine);
		free(socket);
	} else {
		*holder = socket;
	}
	free(their_machine);
}

/* The tasks of a copy are those of a server that runs.  -EBUSY with *error; 0: it is none. */
static int refuse_copy(int fd, const char *state, char **error)
{
	char *original = lock_owner_original(fd);
	if (!original)
		return 0;
	*error = lock_format(MSG_LOCK_COPIED, state, original);
	free(original);
	return -EBUSY;
}

int lock_take(const char *state, char **holder, char **error)
{
	*holder = *error = NULL;
	char *path = lock_format("%s/lock%s", state, "");
	if (!path)
		return -ENOMEM;
	int code, fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	code = fd < 0 ? -errno : fd;
	if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB)) {
		code = -errno;
		if (errno == EWOULDBLOCK)
			read_lock_owner(fd, path, holder, error);
		close(fd);
	} else if (fd >= 0 && refuse_copy(fd, state, error)) {
		code = -EBUSY;
		close(fd);
	}
	if (code < 0 && code != -EWOULDBLOCK && !*error)
		*error = lock_format(MSG_LOCK_FAILED, path, strerror(-code));
	free(path);
	return code;
}

bool lock_is_lost(int fd, const char *state)
{
	struct stat held, there;
	char *path = lock_format("%s/lock%s", state, ""), *database = lock_format("%s/tasks.db%s", state, "");
	bool lost = false;
	if (path && database && fstat(fd, &held) == 0) {
		if (lstat(path, &there) == 0)
			lost = there.st_dev != held.st_dev || there.st_ino != held.st_ino;
		else
			lost = errno == ENOENT && lstat(database, &there) && errno == ENOENT;
	}
	free(path);
	free(database);
	return lost;
}

int lock_write(int fd, const char *socket)
{
	char line[LINE_SIZE], machine[33];
	struct stat status;
	if (fstat(fd, &status))
		return -errno;
	process_machine_id(machine);
	int length = snprintf(line, sizeof(line), "%d %s %s\n%llu %llu\n", getpid(), socket, machine,
	                      (unsigned long long)status.st_dev, (unsigned long long)status.st_ino);
	if (length < 0 || length >= (int)sizeof(line))
		return -ENAMETOOLONG;
	if (ftruncate(fd, 0) || pwrite(fd, line, (size_t)length, 0) != length)
		return -errno;
	return 0;
}

void lock_renew(const char *state, int fd, const char *socket)
{
	char *path = lock_format("%s/lock%s", state, ""), *holder, *error;
	struct stat there, held;
	bool is_there =
		!path || fstat(fd, &held) ||
		(lstat(path, &there) == 0 && there.st_ino == held.st_ino && there.st_dev == held.st_dev);
	free(path);
	/* Without a database it is another directory, which somebody has put in the place of this one. */
	if (is_there || lock_is_lost(fd, state))
		return;
	int fresh = lock_take(state, &holder, &error), flags = fcntl(fd, F_GETFD);
	free(holder);
	free(error);
	if (fresh < 0)
		return;
	if (lock_write(fresh, socket) == 0)
		dup3(fresh, fd, flags & FD_CLOEXEC ? O_CLOEXEC : 0);
	close(fresh);
}
