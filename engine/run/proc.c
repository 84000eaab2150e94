#include "engine/run/proc.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "engine/task/array.h"

enum { READ_ROOM = 4096 };

static int proc_open(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd >= 0)
		return fd;
	return errno == ENOENT ? -ESRCH : -errno;
}

ssize_t proc_read(const char *path, char *buffer, size_t size)
{
	ssize_t count;
	int fd = proc_open(path);

	if (fd < 0)
		return fd;
	do
		count = read(fd, buffer, size - 1);
	while (count < 0 && errno == EINTR);
	if (count < 0)
		count = -errno;
	else
		buffer[count] = '\0';
	(void)close(fd);
	return count;
}

static ssize_t read_growing(int fd, char **result)
{
	size_t used = 0, size = 0;
	char *buffer = NULL, *larger;
	ssize_t count;

	do {
		larger = array_grow(buffer, &size, used + READ_ROOM, 1);
		if (!larger) {
			free(buffer);
			return -ENOMEM;
		}
		buffer = larger;
		count = read(fd, buffer + used, size - used - 1);
		if (count > 0)
			used += (size_t)count;
	} while (count > 0 || (count < 0 && errno == EINTR));
	if (count < 0) {
		count = -errno;
		free(buffer);
		return count;
	}
	buffer[used] = '\0';
	*result = buffer;
	return (ssize_t)used;
}

ssize_t proc_read_whole(const char *path, char **result)
{
	ssize_t count;
	int fd = proc_open(path);

	if (fd < 0)
		return fd;
	count = read_growing(fd, result);
	(void)close(fd);
	return count;
}

const char *proc_field(const char *text, int number)
{
	for (int field = 2; *text && field < number; text++)
		field += *text == ' ';
	return text;
}

long proc_number(const char *text, int number)
{
	return strtol(proc_field(text, number), NULL, 10);
}
