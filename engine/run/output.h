/*
 * The output files of tasks.
 *
 * A running task writes to the files of its ledger entry E, slot-E.out and slot-E.err, which are opened
 * with O_APPEND.  The next task of the entry uses them again if they are empty, since creating and
 * deleting files for each silent task is slow on ext4.  (Their names are those of earlier versions,
 * since a server may be replaced while its tasks are running.)  At the end, files that are not empty
 * are renamed to N.out and N.err, where N is the internal number of the task.
 *
 * Any thread, as long as an entry is used by one thread at a time.
 */
#ifndef KRTASK_RUN_OUTPUT_H
#define KRTASK_RUN_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum output_stream { OUTPUT_STDOUT, OUTPUT_STDERR };

struct output; /* a directory of output files */

/*
 * Opens DIRECTORY/log, and creates it (mode 0700) if needed.  Empty files of entries of earlier servers
 * stay, to be used again.  0 or -errno.
 */
int output_open(struct output **output, const char *directory);
void output_close(struct output *output);

/*
 * Opens the files of an entry for its task; with merge, *error_fd equals *output_fd.  A file that is
 * not empty, or has another hard link, is never appended to, but replaced by a new one.  0 or -errno
 * (then none is open).
 */
int output_start(struct output *output, int entry, bool merge, int *output_fd, int *error_fd);

/*
 * The task has ended: renames files that are not empty.  reusable false: a survivor may still have the
 * files of the entry open, so empty ones are removed.  After a crash, it may be called again.  0 or
 * -errno.
 */
int output_finish(struct output *output, int entry, uint64_t number, bool reusable);

/*
 * Opens a file for reading; entry: -1 once the task has ended.  A descriptor; -ENOENT: nothing was
 * written; -errno.
 */
int output_read_open(struct output *output, uint64_t number, int entry, enum output_stream stream);
/* The same for writing, for content_cap(), if the file exists. */
int output_write_open(struct output *output, uint64_t number, int entry, enum output_stream stream);
/*
 * Writes the path of the same file, for inotify, relative to output_dirfd().  True if it is the file of
 * an entry.
 */
bool output_path(uint64_t number, int entry, enum output_stream stream, char *path, size_t size);
/* What a name of that folder means: an entry's file (entry >= 0), or a task's (entry -1).  False: none of ours. */
bool output_parse_name(const char *name, uint64_t *number, int *entry);
int output_dirfd(const struct output *output);
const char *output_directory(const struct output *output);

/* Removes the files of a removed task.  Missing files are no error. */
void output_forget(struct output *output, uint64_t number);

#endif
