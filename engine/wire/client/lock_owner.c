#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
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

char *lock_owner_socket(const char *state)
{
	char *path, *socket = NULL, *machine = NULL;
	int fd;

	if (asprintf(&path, "%s/lock", state) < 0)
		return NULL;
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	free(path);
	if (fd < 0)
		return NULL;
	/* If nobody holds the lock, we get a shared one.  Closing the descriptor releases it. */
	if (flock(fd, LOCK_SH | LOCK_NB) < 0 && errno == EWOULDBLOCK &&
	    lock_owner_read(fd, &socket, &machine) == 0)
		free(machine);
	close(fd);
	return socket;
}
