/*
 * A part of an output file, read by a worker, and the place where the next one begins.  It notices that the file
 * was truncated and has grown again, as by `echo >/dev/stderr`: its content is new then, and is read from its
 * beginning.
 *
 *     log_part_init() …  log_part_read(), look at the results, log_part_advance() …  log_part_release()
 */
#ifndef KRTASK_SERVICE_LOG_PART_H
#define KRTASK_SERVICE_LOG_PART_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "engine/run/sieve.h"

enum { LOG_PART_MARK = 32 }; /* bytes that show whether the file is still the one that was read */

struct log_part {
	bool capped;  /* by --max-log: a hole is output that was not kept */
	int64_t tail; /* begin with the last lines, so many; -1: begin at offset */
	off_t offset;
	struct sieve *sieve; /* owned; what is looked for, from the offset on; NULL: nothing */
	bool backward;
	/* Results of log_part_read(): */
	off_t next_offset;
	uint64_t skipped; /* bytes of holes before what was read */
	bool at_end;      /* the part reaches the end that the file had */
	off_t reached; /* by the search, where there is one: what was read is around this; got 0: it goes on there */
	ssize_t got; /* bytes, or -errno; -ERANGE: the offset is after the end of the file */
	char *bytes; /* owned */
	/* Its own: */
	char mark[LOG_PART_MARK]; /* the bytes before the offset */
	size_t mark_length;       /* 0: there are none */
};

/* offset in bytes; tail: lines, or -1.  0 or -ENOMEM. */
int log_part_init(struct log_part *part, int64_t offset, int64_t tail);
void log_part_release(struct log_part *part);
/*
 * Any thread.  fd: of the file, -ENOENT: there is none yet, so nothing is in it; another -errno: that is the result.
 * following: an offset after the end is no error, since the file was truncated.
 */
void log_part_read(struct log_part *part, int fd, bool following);
/* The next part begins where this one ended. */
void log_part_advance(struct log_part *part);
/* The next part begins another file. */
void log_part_rewind(struct log_part *part);

#endif
