/*
 * The output files of tasks.
 *
 * A running task writes to a pair of files, slot-P.out and slot-P.err, which are opened with O_APPEND.  P is
 * the lowest number that is free when its command is started, so that there are as many pairs as tasks that
 * run at once. At the end, files that are not empty are renamed to N.out and N.err, where N is the internal
 * number of the task. Those that are empty are used again, since creating and deleting files for each silent
 * task is slow on ext4.
 *
 * A file that anybody has open is never used again: neither is its task's output given to who reads it, nor
 * does who still writes to it write into another's.  The kernel tells by granting a lease (fcntl(2),
 * F_SETLEASE), which is given back at once.  On a filesystem without leases no file is used again.
 *
 *     output_take()  output_start()  …  output_is_written()  output_finish()  output_give_back()
 *
 * Numbers are the loop thread's; the files of a pair any thread's, as long as one thread at a time has them.
 */
#ifndef KRTASK_RUN_OUTPUT_H
#define KRTASK_RUN_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum output_stream { OUTPUT_STDOUT, OUTPUT_STDERR };

/* Pairs from 0 to that: those that are free have their files open, to be used again. */
enum { OUTPUT_KEPT_MAX = 16 };

struct output; /* a directory of output files */

/*
 * Opens DIRECTORY/log, and creates it (mode 0700) if needed.  Empty files of earlier servers stay, to be used
 * again.  kept: how many pairs are kept open, OUTPUT_KEPT_MAX at most.  0 or -errno.
 * This process ignores SIGIO from now on.
 */
int output_open(struct output **output, const char *directory, int kept);
void output_close(struct output *output);

/* The lowest pair that is free, or -EAGAIN. */
int output_take(struct output *output);
/* Recovery: a task that an earlier server left has that pair.  0, -EINVAL. */
int output_take_this(struct output *output, int pair);
/* Its task is over, and its files were finished; or it never began. */
void output_give_back(struct output *output, int pair);

/*
 * Makes the files of a pair, which its command is to open for appending: output_path() says where they are. 
 * With merge it uses only the first.  A file that is not empty, has another hard link, or is open elsewhere,
 * is never written to, but replaced by a new one.  0 or -errno.
 */
int output_start(struct output *output, int pair, bool merge);

/* The first process of the task is gone: who else has a file of the pair open for writing is left running. */
bool output_is_written(struct output *output, int pair);

/*
 * The task has ended: renames files that are not empty, and those that are still open for writing (what comes
 * yet is its own).  left: where no lease tells who has a file open, its task has left somebody running. 
 * After a crash, it may be called again.  0 or -errno.
 */
int output_finish(struct output *output, int pair, uint64_t number, bool left);

/*
 * Opens a file for reading; pair: -1 once the task has ended.  A descriptor; -ENOENT: nothing was
 * written; -errno.
 */
int output_read_open(struct output *output, uint64_t number, int pair, enum output_stream stream);
/* The same for writing, for content_cap(), if the file exists. */
int output_write_open(struct output *output, uint64_t number, int pair, enum output_stream stream);
/*
 * Writes the path of the same file, for inotify, relative to output_dirfd().  True if it is the file of
 * a pair.
 */
bool output_path(uint64_t number, int pair, enum output_stream stream, char *path, size_t size);
/*
 * What a name of that folder means: a pair's file (pair >= 0), or a task's (pair -1).  False: none of ours.
 */
bool output_parse_name(const char *name, uint64_t *number, int *pair);
int output_dirfd(const struct output *output);
const char *output_directory(const struct output *output);

/* Nobody has that pair. */
bool output_is_free(const struct output *output, int pair);

/*
 * Removes the files of a removed task.  Missing files are no error.  Between parts of a large file it asks
 * whether to go on; the rest of it stays where it is.
 */
void output_forget(struct output *output, uint64_t number, bool (*goes_on)(void *ctx), void *ctx);

#endif
