/* The content of an output file: reads it, and keeps only its beginning and its end.  Any thread. */
#ifndef KRTASK_RUN_CONTENT_H
#define KRTASK_RUN_CONTENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct progress;

/*
 * Caps a growing file: if it holds more than about max bytes of data, all but the first and the last
 * half of max becomes a hole (fallocate(2), FALLOC_FL_PUNCH_HOLE).  0 or -errno.
 */
int content_cap(int fd, uint64_t max);
/*
 * True if content_cap() would punch a hole.  That blocks, for a long time if the file is large or being
 * written.
 */
bool content_outgrows(int fd, uint64_t max);

/* Reads progress from the tail of the file: see progress_scan_output(). */
bool content_scan_progress(int fd, struct progress *progress);

/*
 * The offset at which the last lines begin (one without newline counts, too), of the size that the file had then, which is in
 * *size.  -errno.
 */
off_t content_tail_offset(int fd, uint64_t lines, off_t *size);

/*
 * The last line of the file that is not blank, without blanks at its ends; a carriage return begins a line
 * too.  Only its last 4096 bytes are looked at.  malloc'ed.  NULL: there is none, or it could not be read.
 */
char *content_last_line(int fd);

/*
 * Reads up to size bytes at *offset, skipping the holes of a cap.  *offset becomes the offset behind what was
 * read or skipped; *skipped, the number of bytes skipped before the data.  skipped NULL: the file was not
 * capped, and its holes count as zeros that the task wrote.  Returns the number of bytes, 0 at the end of the
 * file, or -errno.
 */
ssize_t content_read(int fd, off_t *offset, void *buffer, size_t size, uint64_t *skipped);

#endif
