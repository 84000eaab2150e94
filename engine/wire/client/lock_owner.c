#include "config.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "engine/wire/client/address.h"
#include "engine/wire/client/lock_owner.h"

enum { LINE_SIZE = 4400 };

int lock_owner_read(int fd, char **socket, char **machine)
{
	char line[LINE_SIZE];
	ssize_t got = pread(fd, line, sizeof(line) - 1, 0);
	char *end, *first, *last;

	line[got > 0 ? got : 0] = '\0';
	end = strchr(line, '\n');
	if (!end)
		return -ENODATA;
	*end = '\0';
	/* The path of the socket may contain spaces. */
	first = strchr(line, ' ');
	last = strrchr(line, ' ');
	if (!first || first == last)
		return -ENODATA;
	*last = '\0';
	first = strdup(first + 1);
	last = strdup(last + 1);
	if (!first || !last) {
		free(first);
		free(last);
		return -ENOMEM;
	}
	*socket = first;
	*machine = last;
	return 0;
}

static bool is_same_node(const char *a, const char *b)
{
	struct stat first, second;

	return stat(a, &first) == 0 && stat(b, &second) == 0 && first.st_dev == second.st_dev &&
	       first.st_ino == second.st_ino;
}

bool lock_owner_listens(const char *state, const char *socket)
{
	char *held = lock_owner_socket(state), *inside = NULL;
	bool same = held && (strcmp(held, socket) == 0 || is_same_node(held, socket));

	/* A link to the socket in its state directory. */
	if (held && !same && asprintf(&inside, "%s/" ADDRESS_STATE_SOCKET, state) >= 0) {
		same = is_same_node(inside, socket);
		free(inside);
	}
	free(held);
	return same;
}

/* Opens STATE/lock.  A descriptor, or -1. */
static int open_lock(const char *state)
{
	char *path;
	int fd;

	if (asprintf(&path, "%s/lock", state) < 0)
		return -1;
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	free(path);
	return fd;
}

/*
 * The path of a file that the process has open, malloc'ed; NULL: it has not.  Only processes of ours can be asked.  The id in
 * the lock file may be that of a server that is no more, or of another machine.
 */
static char *open_path(pid_t pid, dev_t device, ino_t node)
{
	char directory[64], path[PATH_MAX];
	struct stat status;
	struct dirent *entry;
	char *found = NULL;
	DIR *files;

	(void)snprintf(directory, sizeof(directory), "/proc/%d/fd", (int)pid);
	files = opendir(directory);
	while (files && !found && (entry = readdir(files))) {
		ssize_t length;

		if (fstatat(dirfd(files), entry->d_name, &status, 0) || status.st_dev != device ||
		    status.st_ino != node)
			continue;
		length = readlinkat(dirfd(files), entry->d_name, path, sizeof(path));
		found = length > 0 ? strndup(path, (size_t)length) : NULL;
	}
	if (files)
		closedir(files);
	return found;
}

static bool has_open(pid_t pid, int fd)
{
	struct stat status;
	char *path = fstat(fd, &status) == 0 ? open_path(pid, status.st_dev, status.st_ino) : NULL;
	bool found = path != NULL;

	free(path);
	return found;
}

char *lock_owner_original(int fd)
{
	char text[LINE_SIZE], *line, *original = NULL;
	unsigned long long device, node;
	struct stat status;
	ssize_t got = pread(fd, text, sizeof(text) - 1, 0);
	long pid;

	text[got > 0 ? got : 0] = '\0';
	line = strchr(text, '\n');
	pid = strtol(text, NULL, 10);
	/* NOLINTNEXTLINE(cert-err34-c): what is no number is of no file */
	if (!line || sscanf(line + 1, "%llu %llu", &device, &node) != 2 || fstat(fd, &status))
		return NULL;
	if (pid > 1 && pid <= INT_MAX && pid != getpid() &&
	    (device != status.st_dev || node != status.st_ino))
		original = open_path((pid_t)pid, (dev_t)device, (ino_t)node);
	line = original ? strrchr(original, '/') : NULL;
	if (line)
		*line = '\0';
	return original;
}

int lock_owner_process(const char *state, int fd, bool *shared)
{
	char line[LINE_SIZE];
	int lock = open_lock(state), process = -1;
	ssize_t got = lock < 0 ? -1 : pread(lock, line, sizeof(line) - 1, 0);
	bool held = got > 0 && flock(lock, LOCK_SH | LOCK_NB) < 0 && errno == EWOULDBLOCK;
	long pid;

	line[got > 0 ? got : 0] = '\0';
	pid = strtol(line, NULL, 10);
	/* The process is taken before it is looked at, so no signal can reach another one. */
	if (held && pid > 1 && pid <= INT_MAX && pid != getpid())
		process = (int)syscall(SYS_pidfd_open, (pid_t)pid, 0);
	if (process >= 0 && !has_open((pid_t)pid, lock)) {
		close(process);
		process = -1;
	}
	if (shared)
		*shared = process >= 0 && has_open((pid_t)pid, fd);
	if (lock >= 0)
		close(lock);
	return process;
}

/* ---- If somebody has deleted the lock file: the server has a lock of the directory, too ---- */

/* A line of /proc/locks, see proc(5).  The id, or 0: it is about another file, or about who waits for a lock. */
static pid_t parse_holder(const char *line, ino_t node)
{
	unsigned long long found;
	int pid;

	/* NOLINTNEXTLINE(cert-err34-c): the kernel's numbers */
	if (sscanf(line, "%*d: FLOCK %*s %*s %d %*x:%*x:%llu", &pid, &found) != 2 || found != node ||
	    pid <= 1)
		return 0;
	return pid;
}

/* Who has a lock of this directory, or 0. */
static pid_t directory_holder(int directory)
{
	char line[256];
	struct stat status;
	pid_t holder = 0;
	FILE *locks = fopen("/proc/locks", "re");

	if (locks && fstat(directory, &status) == 0) {
		while (!holder && fgets(line, sizeof(line), locks)) {
			holder = parse_holder(line, status.st_ino);
			if (holder && !has_open(holder, directory))
				holder = 0;
		}
	}
	if (locks)
		(void)fclose(locks);
	return holder;
}

static pid_t parent_of(pid_t pid)
{
	char path[64], line[128];
	int parent = 0;

	(void)snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
	FILE *status = fopen(path, "re");
	while (status && parent == 0 && fgets(line, sizeof(line), status))
		(void)sscanf(line, "PPid: %d", &parent); /* NOLINT(cert-err34-c): the kernel's number */
	if (status)
		(void)fclose(status);
	return (pid_t)parent;
}

/* True if the process has the lock file of this directory open, which was deleted. */
static bool has_deleted_lock(pid_t pid, int directory)
{
	char path[128], name[PATH_MAX], target[PATH_MAX + 64];
	struct dirent *entry;
	bool found = false;
	DIR *files;
	ssize_t length;

	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", directory);
	length = readlink(path, name, sizeof(name) - 1);
	if (length <= 0)
		return false;
	name[length] = '\0';
	(void)snprintf(path, sizeof(path), "/proc/%d/fd", (int)pid);
	files = opendir(path);
	while (files && !found && (entry = readdir(files))) {
		ssize_t got = readlinkat(dirfd(files), entry->d_name, target, sizeof(target) - 1);
		target[got > 0 ? got : 0] = '\0';
		found = strncmp(target, name, (size_t)length) == 0 &&
		        strcmp(target + length, "/lock (deleted)") == 0;
	}
	if (files)
		closedir(files);
	return found;
}

/* The anchor of the server that has the directory, as a descriptor of pidfd_open(2), or -1. */
static int directory_anchor(const char *state)
{
	int directory = open(state, O_RDONLY | O_DIRECTORY | O_CLOEXEC), process = -1;
	pid_t server, anchor = 0;

	if (directory < 0)
		return -1;
	server = flock(directory, LOCK_SH | LOCK_NB) < 0 && errno == EWOULDBLOCK ? directory_holder(directory)
	                                                                         : 0;
	if (server > 0)
		anchor = parent_of(server);
	/* The process is taken before it is looked at. */
	if (anchor > 1)
		process = (int)syscall(SYS_pidfd_open, anchor, 0);
	if (process >= 0 && !has_deleted_lock(anchor, directory)) {
		close(process);
		process = -1;
	}
	close(directory);
	return process;
}

bool lock_owner_wake(const char *state)
{
	int process = lock_owner_process(state, -1, NULL);

	if (process < 0)
		process = directory_anchor(state);
	bool sent = process >= 0 && syscall(SYS_pidfd_send_signal, process, SIGHUP, NULL, 0) == 0;
	if (process >= 0)
		close(process);
	return sent;
}

char *lock_owner_socket(const char *state)
{
	char *socket = NULL, *machine = NULL;
	int fd = open_lock(state);

	if (fd < 0)
		return NULL;
	/* If nobody holds the lock, we get a shared one.  Closing the descriptor releases it. */
	if (flock(fd, LOCK_SH | LOCK_NB) < 0 && errno == EWOULDBLOCK &&
	    lock_owner_read(fd, &socket, &machine) == 0)
		free(machine);
	close(fd);
	return socket;
}
