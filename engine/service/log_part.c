#include "config.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine/run/content.h"
#include "engine/run/hunt.h"
#include "engine/service/log_part.h"

/*
 * Bytes of a part; a part with a line that was found begins at a multiple of these, since readers keep pages, and so
 * many bytes before it if the search goes backward.
 */
enum { LOG_PART_SIZE = 192 * 1024, LOG_PART_PAGE = 8192, LOG_PART_LEAD = 96 * 1024 };

int log_part_init(struct log_part *part, int64_t offset, int64_t tail)
{
	*part = (struct log_part){ .offset = offset, .tail = tail, .bytes = malloc(LOG_PART_SIZE) };
	return part->bytes ? 0 : -ENOMEM;
}

void log_part_release(struct log_part *part)
{
	free(part->bytes);
	sieve_free(part->sieve);
	part->bytes = NULL;
	part->sieve = NULL;
}

/*
 * What was read last is still there, or was capped since.  False: the file was truncated, and has grown
 * again.
 */
static bool log_part_recognizes(const struct log_part *part, int fd)
{
	char bytes[LOG_PART_MARK];
	size_t length = part->mark_length;
	ssize_t got = length == 0 ? 0 : pread(fd, bytes, length, part->offset - (off_t)length);
	if (got < 0 || (size_t)got < length)
		return got < 0;
	for (size_t i = 0; i < length; i++)
		if (bytes[i] != part->mark[i] && !(part->capped && bytes[i] == '\0'))
			return false;
	return true;
}

/* end: more is not read, even if it is there. */
static ssize_t log_part_fetch(struct log_part *part, int fd, off_t end)
{
	size_t most = end - part->offset < LOG_PART_SIZE ? (size_t)(end - part->offset) : LOG_PART_SIZE;
	part->next_offset = part->offset;
	return content_read(fd, &part->next_offset, part->bytes, most, part->capped ? &part->skipped : NULL);
}

void log_part_rewind(struct log_part *part)
{
	part->offset = part->next_offset = 0;
	part->mark_length = 0;
}

/*
 * Reads around the line that the search finds, if any.  The hole of a cap is a part of a line: a long one is for whoever
 * asked to look at, as any long line.
 */
static ssize_t log_part_hunt(struct log_part *part, int fd)
{
	struct hunt hunt = { .backward = part->backward, .at = part->offset };
	int error = hunt_on(&hunt, part->sieve, fd);
	off_t lead = part->backward ? LOG_PART_LEAD : 0, page;

	part->reached = part->next_offset = hunt.at;
	part->at_end = hunt.over;
	if (error || !hunt.found)
		return error;
	page = hunt.at > 0 ? (hunt.at - 1) / LOG_PART_PAGE * LOG_PART_PAGE : 0;
	part->offset = page > lead ? page - lead : 0;
	return log_part_fetch(part, fd, INT64_MAX);
}

/* The file was truncated.  Its content is new. */
static ssize_t log_part_read_anew(struct log_part *part, int fd)
{
	log_part_rewind(part);
	part->skipped = 0;
	return log_part_fetch(part, fd, INT64_MAX);
}

/* -ERANGE: the offset is after the end of the file. */
static ssize_t log_part_read_file(struct log_part *part, int fd, off_t size, bool following)
{
	bool beyond = part->tail < 0 && part->offset > size;
	if (beyond && !following)
		return -ERANGE;
	if (fd < 0)
		return 0;
	if (beyond)
		return log_part_read_anew(part, fd);
	if (part->sieve)
		return log_part_hunt(part, fd);
	off_t end = INT64_MAX;
	if (part->tail >= 0)
		part->offset = content_tail_offset(fd, (uint64_t)part->tail, &end);
	if (part->offset < 0)
		return (ssize_t)part->offset;
	/* So many lines were asked for, and not what is written meanwhile. */
	ssize_t got = log_part_fetch(part, fd, end);
	/* Only afterwards is it certain what was read: the file may have been truncated just before. */
	return log_part_recognizes(part, fd) ? got : log_part_read_anew(part, fd);
}

void log_part_read(struct log_part *part, int fd, bool following)
{
	off_t size = fd < 0 ? 0 : lseek(fd, 0, SEEK_END);
	part->skipped = 0;
	part->next_offset = part->reached = part->offset;
	part->at_end = true;
	part->got = fd < 0 && fd != -ENOENT ? fd : log_part_read_file(part, fd, size, following);
	/* A short read does not mean the end: it also happens before a hole. */
	if (part->got > 0)
		part->at_end = part->next_offset >= (part->offset == 0 ? lseek(fd, 0, SEEK_END) : size);
}

void log_part_advance(struct log_part *part)
{
	size_t got = part->got > 0 ? (size_t)part->got : 0;
	part->tail = -1;
	if (got > 0 || part->next_offset != part->offset) {
		part->mark_length = got < LOG_PART_MARK ? got : LOG_PART_MARK;
		memcpy(part->mark, part->bytes + got - part->mark_length, part->mark_length);
	}
	part->offset = part->next_offset;
}
