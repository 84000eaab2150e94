/*
 * Removing the output of tasks that are not there any more.  To free many blocks takes long, and the journal
 * of the filesystem waits for it: so a worker does it, one task after the other, and a large file is made
 * shorter bit by bit. What it does not come to, the next server finds (local_files_sweep()).
 */
#ifndef KRTASK_EXEC_LOCAL_DISCARD_H
#define KRTASK_EXEC_LOCAL_DISCARD_H

#include "engine/exec/local/attempt.h"

/* NULL: out of memory. */
struct local_discards *local_discards_new(struct local *local);
/* The pool must have no job of it any more. */
void local_discards_free(struct local_discards *discards);

void local_discards_add(struct local_discards *discards, uint64_t number);
/* The server ends: the worker is to leave the rest. */
void local_discards_leave(struct local_discards *discards);

#endif
