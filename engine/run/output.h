/*
 * The output files of tasks.
 *
 * A running task writes to a pair of files, slot-P.out and slot-P.err, which are opened with O_APPEND.  P is
 * the lowest number that is free when its command is started, so that there are as many pairs as tasks that
 * run at once. At the end, files that are not empty are renamed to N.out and N.err, where N is the internal
 * number of the task; those of its Kth attempt, from the second one on, to N-K.out and N-K.err.  Those that
 * are empty are used again, since creating and deleting files for each silent task is slow on ext4.
 *
 * A file that somebody has open is never used again.  Otherwise a reader would see the output of another
 * task, or a writer would write into it.  If the kernel grants a lease (fcntl(2), F_SETLEASE), nobody has the
 * file open.  The lease is given back at once.  On a filesystem without leases no file is used again.
 *
 *     output_take()  output_start()  …  output_is_written()  output_finish()  output_give_back()
 *
 * Only the loop thread uses numbers.  Any thread may use the files of a pair, but only one at a time.
 */
#ifndef KRTASK_RUN_OUTPUT_H
#define KRTASK_RUN_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum output_stream { OUTPUT_STDOUT, OUTPUT_STDERR };

/* At most this many pairs, the first ones, keep their files open while they are free, to be used again. */
enum { OUTPUT_KEPT_MAX = 16 };

struct output; /* a directory of output files */

/* Whose output it is. */
struct output_owner {
	uint64_t number;  /* of the task */
	uint32_t attempt; /* from 1 */
};

/*
 * Opens DIRECTORY/log, and creates it (mode 0700) if needed.  Empty files of earlier servers stay, to be used
 * again.  kept is how many pairs stay open, OUTPUT_KEPT_MAX at most.  From now on, this process ignores
 * SIGIO.  0 or -errno.
 */
int output_open(struct output **output, const char *directory, int kept);
void output_close(struct output *output);

/* Takes the lowest free pair.  -EAGAIN: there is none. */
int output_take(struct output *output);
/* For recovery: marks the pair of a task of an earlier server as taken.  0 or -EINVAL. */
int output_take_this(struct output *output, int pair);
/* Gives the pair back: its task has ended and its files are finished, or the task never began. */
void output_give_back(struct output *output, int pair);

/*
 * Prepares the files of a pair.  The command opens them for appending: output_path() says where they are.
 * With merge it uses only the first.  A file that is not empty, has another hard link, or is open elsewhere
 * is replaced by a new one.  0 or -errno.
 */
int output_start(struct output *output, int pair, bool merge);

/*
 * To be called when the first process of the task has ended.  True if another process has a file of the pair
 * open for writing: it was left running.
 */
bool output_is_written(struct output *output, int pair);

/* True if a file of the pair is certainly empty. */
bool output_is_empty(struct output *output, int pair, enum output_stream stream);

/*
 * To be called when the task has ended.  Renames files that are not empty, and files that are still open for
 * writing, since further output belongs to this task.  left: the task has left a process running; this counts
 * if there are no leases.  May be called again after a crash.  0 or -errno.
 */
int output_finish(struct output *output, int pair, struct output_owner owner, bool left);

/*
 * Opens a file for reading; pair: -1 once the task has ended.  A descriptor; -ENOENT: nothing was
 * written; -errno.
 */
int output_read_open(struct output *output, struct output_owner owner, int pair, enum output_stream stream);
/* The same for writing, for content_cap(), if the file exists. */
int output_write_open(struct output *output, struct output_owner owner, int pair, enum output_stream stream);
/*
 * Writes the path of the same file, for inotify, relative to output_dirfd().  True if it is the file of
 * a pair.
 */
bool output_path(struct output_owner owner, int pair, enum output_stream stream, char *path, size_t size);
/*
 * Tells what a file name in the directory means: a file of a pair (pair >= 0), or of an attempt (pair -1).
 * False: it is not a name of ours.
 */
bool output_parse_name(const char *name, struct output_owner *owner, int *pair);
int output_dirfd(const struct output *output);
const char *output_directory(const struct output *output);

/* True if no task has the pair. */
bool output_is_free(const struct output *output, int pair);

/*
 * Removes the files of an attempt of a removed task.  Missing files are no error.  A large file is removed in parts.
 * Between these it asks whether to continue; if not, the rest of the file stays.
 */
void output_forget(struct output *output, struct output_owner owner, bool (*goes_on)(void *ctx), void *ctx);

#endif
