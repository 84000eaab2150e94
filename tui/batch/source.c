#include "tui/batch/source.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tui/batch/continuation.h"
#include "tui/batch/foreign.h"
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
	source->line = source->passed = 0;
}

static bool source_goes_on(const char *text, size_t length)
{
	size_t end = length > 0 && text[length - 1] == '\r' ? length - 1 : length;

	/* A block of a cmdlet has a brace, which may continue here, too. */
	if (!foreign_may_continue(text, length) && (end == 0 || text[end - 1] != '`'))
		return false;
	return continuation_follows(text, length) || foreign_continues(text, length);
}

/* The end of the line that begins there, and of those by which it goes on.  False: it is not here yet. */
static bool source_end(const struct source *source, const char *start, size_t *length, unsigned *lines)
{
	const char *stop = source->buffer + source->end, *end = start - 1;

	do {
		const char *from = end + 1;

		end = memchr(from, '\n', (size_t)(stop - from));
		if (!end && !source->ended)
			return false;
		++*lines;
		*length = (size_t)((end ? end : stop) - start);
	} while (end && source_goes_on(start, *length) && (end + 1 < stop || !source->ended));
	return true;
}

bool source_next(struct source *source, const char **line, size_t *length)
{
	static const char mark[] = "\xef\xbb\xbf"; /* the byte order mark, which some editors write */
	unsigned lines = 0;

	if (source->end == source->start)
		return false;
	const char *start = source->buffer + source->start;
	if (!source_end(source, start, length, &lines))
		return false;
	source->start += *length;
	if (source->start < source->end)
		source->start++; /* the newline */
	source->line = source->passed + 1;
	source->passed += lines;
	if (source->line == 1 && *length >= 3 && memcmp(start, mark, 3) == 0) {
		start += 3;
		*length -= 3;
	}
	*line = start;
	return true;
}
