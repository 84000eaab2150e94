/*
 * Removes the output of tasks that were removed.  Freeing many blocks takes long and blocks the journal of
 * the filesystem.  So a worker does it, one task after the other, and shortens a large file bit by bit.  If
 * the server ends before, the next server removes the rest (local_files_sweep()).
 */
#ifndef KRTASK_EXEC_LOCAL_DISCARD_H
#define KRTASK_EXEC_LOCAL_DISCARD_H

#include "engine/exec/local/attempt.h"

/* NULL: out of memory. */
struct local_discards *local_discards_new(struct local *local);
/* The pool must have no job of it any more. */
void local_discards_free(struct local_discards *discards);

void local_discards_add(struct local_discards *discards, uint64_t number, uint32_t first, uint32_t last);
/* The server ends: tells the worker to leave the rest. */
void local_discards_leave(struct local_discards *discards);

#endif
