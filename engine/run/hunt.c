#include "config.h"

#include "engine/run/hunt.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* Bytes that are read at a time; of these, that are looked at; milliseconds after which others are served. */
enum { CHUNK = 256 * 1024, BLOCK = 4096, SLICE = 50 };

static long hunt_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static ssize_t hunt_read(int fd, char *chunk, size_t size, off_t at)
{
	ssize_t got;

	do
		got = pread(fd, chunk, size, at);
	while (got < 0 && errno == EINTR);
	return got < 0 ? -errno : got;
}

/* A line that has no end yet, or is longer than the chunk, may show anything. */
static void hunt_ahead(struct hunt *hunt, const struct sieve *sieve, const char *chunk, size_t got)
{
	const char *newline = memrchr(chunk, '\n', got);
	const char *end = newline ? newline + 1 : chunk;
	const char *line = sieve_first(sieve, chunk, end);

	hunt->over = got == 0;
	hunt->found = line || (!newline && got > 0);
	hunt->at += (line ? line : end) - chunk;
}

/* The beginning of a line so many bytes before the end of whole lines, or of the last one if it is longer. */
static const char *hunt_line(const char *from, const char *end)
{
	const char *newline = end - from > BLOCK ? memchr(end - BLOCK, '\n', BLOCK - 1) : NULL;

	if (end - from <= BLOCK)
		return from;
	if (!newline)
		newline = memrchr(from, '\n', (size_t)(end - 1 - from));
	return newline ? newline + 1 : from;
}

/* The end of the last line of whole lines that may show a word; NULL: none may. */
static const char *hunt_last(const struct sieve *sieve, const char *from, const char *end)
{
	const char *last = NULL;

	while (!last && end > from) {
		const char *block = hunt_line(from, end), *line, *next = block;

		while (next < end && (line = sieve_first(sieve, next, end)))
			last = next = (const char *)memchr(line, '\n', (size_t)(end - line)) + 1;
		end = block;
	}
	return last;
}

/* The same backward, for the chunk that ends where the search has come to.  first: it begins with the file. */
static void hunt_back(struct hunt *hunt, const struct sieve *sieve, const char *chunk, size_t got, bool first)
{
	const char *end = chunk + got, *newline = memchr(chunk, '\n', got), *last;
	const char *from = first ? chunk : newline ? newline + 1 : end;

	hunt->over = got == 0;
	hunt->found = got > 0 && (end[-1] != '\n' || from == end);
	if (hunt->over || hunt->found)
		return;
	last = hunt_last(sieve, from, end);
	hunt->found = last != NULL;
	hunt->at -= end - (last ? last : from);
}

static int hunt_step(struct hunt *hunt, const struct sieve *sieve, int fd, char *chunk)
{
	off_t from = !hunt->backward ? hunt->at : hunt->at > CHUNK ? hunt->at - CHUNK : 0;
	size_t size = hunt->backward ? (size_t)(hunt->at - from) : CHUNK;
	ssize_t got = size ? hunt_read(fd, chunk, size, from) : 0;

	if (got < 0)
		return (int)got;
	if (hunt->backward && (size_t)got < size)
		return -ERANGE; /* the file has just shrunk */
	if (hunt->backward)
		hunt_back(hunt, sieve, chunk, (size_t)got, from == 0);
	else
		hunt_ahead(hunt, sieve, chunk, (size_t)got);
	return 0;
}

int hunt_on(struct hunt *hunt, const struct sieve *sieve, int fd)
{
	char *chunk = malloc(CHUNK);
	long until = hunt_now() + SLICE;
	int error = chunk ? 0 : -ENOMEM;

	hunt->found = hunt->over = false;
	while (!error && !hunt->found && !hunt->over) {
		error = hunt_step(hunt, sieve, fd, chunk);
		if (hunt_now() >= until)
			break;
	}
	free(chunk);
	return error;
}
