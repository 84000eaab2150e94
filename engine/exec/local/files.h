/* The output of tasks, running or ended; the verbs seal, output and discard. */
#ifndef KRTASK_EXEC_LOCAL_FILES_H
#define KRTASK_EXEC_LOCAL_FILES_H

#include "engine/exec/local/attempt.h"

/* True if its first process is gone but another process has one of its files open for writing. */
bool local_files_are_written(const struct local_attempt *attempt);

/* True if the disk has no room for more output. */
bool local_files_disk_is_full(struct local *local);

int local_seal(struct executor *executor, struct run *run);
int local_output(struct executor *executor, const struct task *task, uint32_t ordinal,
                 enum executor_stream stream, bool want_fd, struct executor_output *output);
void local_discard(struct executor *executor, const struct task *task, uint32_t attempts);

/*
 * Removes the files of tasks that were removed just before an earlier server died, and files of pairs that
 * were needed only while many tasks ran at once.
 */
void local_files_sweep(struct local *local, bool (*is_known)(void *ctx, uint64_t number), void *ctx);

#endif
