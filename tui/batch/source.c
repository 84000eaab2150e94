#include "tui/batch/source.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tui/text/alloc.h"

enum { READ_SIZE = 1 << 16 };

int source_open(struct source *source, const char *path)
{
	*source = (struct source){ .fd = STDIN_FILENO };
	if (!path || strcmp(path, "-") == 0)
		return 0;
	source->fd = open(path, O_RDONLY | O_CLOEXEC);
	if (source->fd < 0)
		return -errno;
	source->owned = true;
	return 0;
}

void source_close(struct source *source)
{
	if (source->owned)
		close(source->fd);
	free(source->buffer);
}

static int source_append(struct source *source)
{
	ssize_t got;

	source->buffer = alloc_room(source->buffer, &source->size, source->end + READ_SIZE, 1);
	do {
		got = read(source->fd, source->buffer + source->end, source->size - source->end);
	} while (got < 0 && errno == EINTR);
	if (got < 0)
		return -errno;
	source->ended = got == 0;
	source->end += (size_t)got;
	return 0;
}

int source_fill(struct source *source)
{
	if (source->start > 0) {
		memmove(source->buffer, source->buffer + source->start, source->end - source->start);
		source->end -= source->start;
		source->start = 0;
	}
	return source_append(source);
}

int source_fill_whole(struct source *source)
{
	int result = 0;

	while (!result && !source->ended)
		result = source_append(source);
	return result;
}

void source_rewind(struct source *source)
{
	source->start = 0;
	source->line = 0;
}

bool source_next(struct source *source, const char **line, size_t *length)
{
	static const char mark[] = "\xef\xbb\xbf"; /* the byte order mark, which some editors write */
	char *start, *end;
	size_t left = source->end - source->start;

	if (left == 0)
		return false;
	start = source->buffer + source->start;
	end = memchr(start, '\n', left);
	if (!end && !source->ended)
		return false;
	*length = end ? (size_t)(end - start) : left;
	source->start += *length + (end ? 1 : 0);
	if (source->line++ == 0 && *length >= 3 && memcmp(start, mark, 3) == 0) {
		start += 3;
		*length -= 3;
	}
	*line = start;
	return true;
}
