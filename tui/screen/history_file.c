#include "tui/screen/history_file.h"

#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/task/utf8.h"
#include "engine/wire/client/address.h"
#include "tui/text/alloc.h"

#define HISTORY_NAME "screen.history"

/* A file with more bytes, or twice as many lines as are kept, is made short; of its last bytes, no more is read. */
enum { FILE_MAX = 1 << 20 };

/* A screen that is stopped may have the lock: so often, and so many milliseconds apart, another one tries. */
enum { TRIES = 25, APART = 2 };

/* malloc'ed.  NULL: there is no such place. */
static char *history_file_path(void)
{
	char *directory = address_state_directory(), *error = NULL, *path = NULL;

	if (directory && address_secure_directory(directory, &error) == 0)
		path = alloc_format("%s/" HISTORY_NAME, directory);
	free(error);
	free(directory);
	return path;
}

/* True if the path still leads to this file, which is nobody else's. */
static bool history_file_is(int fd, const char *path)
{
	struct stat mine, there;

	return fstat(fd, &mine) == 0 && lstat(path, &there) == 0 && mine.st_ino == there.st_ino &&
	       mine.st_dev == there.st_dev && S_ISREG(mine.st_mode) && mine.st_uid == geteuid();
}

/* Opens the file, locked.  Another screen may replace it meanwhile.  -1: it cannot be used. */
static int history_file_open(const char *path)
{
	for (int tries = 0; tries < TRIES; tries++) {
		int fd = open(path, O_RDWR | O_APPEND | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK, 0600);

		if (fd < 0)
			return -1;
		if (flock(fd, LOCK_EX | LOCK_NB) == 0 && history_file_is(fd, path) && fchmod(fd, 0600) == 0)
			return fd;
		close(fd);
		poll(NULL, 0, APART);
	}
	return -1;
}

/* True if the last line has no end. */
static bool history_file_is_open(int fd, off_t end)
{
	char last = '\n';

	return end > 0 && pread(fd, &last, 1, end - 1) == 1 && last != '\n';
}

void history_file_add(const char *line)
{
	char *path, *text;
	int fd;

	if (!*line || *line == ' ' || *line == '\t' || strchr(line, '\n'))
		return;
	path = history_file_path();
	fd = path ? history_file_open(path) : -1;
	if (fd >= 0) {
		off_t end = lseek(fd, 0, SEEK_END);

		/* A crash may have left a part of a line.  Another, on a full disk, is taken back. */
		text = alloc_format("%s%s\n", history_file_is_open(fd, end) ? "\n" : "", line);
		if (write(fd, text, strlen(text)) != (ssize_t)strlen(text) && end >= 0)
			(void)!ftruncate(fd, end);
		free(text);
		close(fd);
	}
	free(path);
}

/* The end of the file, from the beginning of a line on; malloc'ed, ended by a NUL. */
static char *history_file_content(int fd, bool *whole)
{
	off_t size = lseek(fd, 0, SEEK_END), from = size > FILE_MAX ? size - FILE_MAX : 0;
	char *content = alloc_zero(FILE_MAX + 1, 1), *newline;
	ssize_t length = pread(fd, content, FILE_MAX, from);

	*whole = from == 0;
	content[length > 0 ? length : 0] = '\0';
	if (*whole)
		return content;
	newline = strchr(content, '\n');
	memmove(content, newline ? newline + 1 : "", newline ? strlen(newline + 1) + 1 : 1);
	return content;
}

/* Puts a new file with the lines of the history in the place of the old one, which is locked. */
static void history_file_shorten(const char *path, const struct history *history)
{
	char *new = alloc_format("%s.XXXXXX", path);
	int fd = mkostemp(new, O_CLOEXEC);
	FILE *file = fd >= 0 ? fdopen(fd, "w") : NULL;
	bool good = file != NULL;

	for (size_t i = 0; i < history->count && good; i++)
		good = fprintf(file, "%s\n", history->lines[i]) > 0;
	if (file) {
		good = fflush(file) == 0 && fsync(fd) == 0 && good;
		good = fclose(file) == 0 && good;
	}
	if (fd >= 0 && (!good || rename(new, path) < 0))
		unlink(new);
	free(new);
}

void history_file_read(struct history *history)
{
	char *path = history_file_path(), *content, *rest, *line;
	int fd = path ? history_file_open(path) : -1;
	bool whole;
	size_t count = 0;

	if (fd >= 0) {
		content = rest = history_file_content(fd, &whole);
		while ((line = strsep(&rest, "\n"))) {
			/* The last piece is no line, unless its end was lost. */
			if (rest && utf8_valid(line, strlen(line)))
				history_add(history, line);
			count++;
		}
		if (!whole || count > 2 * HISTORY_MAX)
			history_file_shorten(path, history);
		free(content);
		close(fd);
	}
	free(path);
}
