/*
 * The output files of tasks.
 *
 * A running task writes into the files of its entry E of the ledger, slot-E.out and slot-E.err, opened O_APPEND; they are reused
 * by the next task of the entry while they stay empty, since making and deleting a file for each silent task is what slows
 * ext4 down.  (Their names are those of earlier versions: a server may be replaced while its tasks run.)
 * At the end what is not empty is renamed to N.out and N.err, N the task's internal number.
 * Any thread, as long as one entry is used by one thread at a time.
 */
#ifndef KRTASK_RUN_OUTPUT_H
#define KRTASK_RUN_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct progress;

enum output_stream { OUTPUT_STDOUT, OUTPUT_STDERR };

struct output; /* a directory of output files */

/* DIRECTORY/log, made 0700 if need be; unless it keeps anything, empty entry files of earlier servers stay for reuse. 0 or -errno. */
int output_open(struct output **output, const char *directory);
void output_close(struct output *output);

/*
 * Opens an entry's files for its task; *error_fd equals *output_fd where merge.  A leftover file that is not empty, or is still the target of a task
 * number (it should not be), is never appended to: it is replaced by a new one.  0 or -errno (then none is open).
 */
int output_start(struct output *output, int entry, bool merge, int *output_fd, int *error_fd);

/*
 * The end: renames what is not empty.  reusable false: somebody may still hold the entry's files open (a survivor), so
 * empty ones are removed too.  Idempotent: after a crash it may be called again.  0 or -errno.
 */
int output_finish(struct output *output, int entry, uint64_t number, bool reusable);

/* For reading: entry >= 0 while the task runs, -1 after.  A descriptor; -ENOENT: it wrote nothing; -errno. */
int output_read_open(struct output *output, uint64_t number, int entry, enum output_stream stream);
/* The same for output_cap(): for writing, and only where the file is. */
int output_write_open(struct output *output, uint64_t number, int entry, enum output_stream stream);
/* The path of the same, for inotify; relative to the directory, whose descriptor is output_dirfd. path is filled; true if it is an entry's. */
bool output_path(uint64_t number, int entry, enum output_stream stream, char *path, size_t size);
int output_dirfd(const struct output *output);
const char *output_directory(const struct output *output);

/* Removes the files of a task that is forgotten.  Missing ones are fine. */
void output_forget(struct output *output, uint64_t number);

/*
 * Caps a file that grows: when it holds more than max bytes of data (and a block or so) everything but the first and the last half of max becomes
 * a hole (fallocate(2) FALLOC_FL_PUNCH_HOLE).  0 or -errno.
 */
int output_cap(int fd, uint64_t max);

/* What the tail of the file says of progress: see progress_scan_output(). */
bool output_scan_progress(int fd, struct progress *progress);

/* The offset at which the last count lines begin (a last line without newline counts as one).  -errno. */
off_t output_tail_offset(int fd, uint64_t lines);

/*
 * Reads up to size bytes at *offset; holes made by the cap are skipped, *offset moves behind what was read or skipped, *skipped counts the bytes skipped before
 * the data returned.  The count, 0 at the end of the file, -errno.
 */
ssize_t output_read(int fd, off_t *offset, void *buffer, size_t size, uint64_t *skipped);

#endif
