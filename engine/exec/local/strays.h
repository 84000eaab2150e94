/*
 * Strays are children that are not the first process of a run: orphans that a subreaper inherits.  The last
 * census (kin.h) tells which run left each of them.  This is remembered until the stray is reaped here, or by
 * the anchor at our request.
 */
#ifndef KRTASK_EXEC_LOCAL_STRAYS_H
#define KRTASK_EXEC_LOCAL_STRAYS_H

#include "engine/exec/local/attempt.h"
#include "engine/exec/local/kin.h"

/* Replaces the known strays with those that a census found, and takes over the array. */
void local_strays_take(struct local *local, struct kin_stray *strays, size_t count);
/* True if the run of that task has left strays. */
bool local_strays_left_by(const struct local *local, uint64_t number);

/*
 * True if a process lives that certainly belongs to the task: by the last census, by its token, or because the task's
 * message names it and it bears a mark of it (marks.h).
 */
bool local_strays_of(const struct local *local, const struct task *task);

/*
 * Reaps strays of this process: children of its main thread, which spawns nothing itself.  1: no census has
 * seen some of those that live; 0: all were seen; -errno: it cannot be found out now.
 */
int local_strays_reap(struct local *local);
/* No orphan is known, and there is none. */
bool local_strays_none(const struct local *local);
/* The same result for the strays of the anchor, without reaping. */
int local_strays_of_anchor(const struct local *local);
/* Has the anchor reap its children, except for first processes that are known. */
void local_strays_reap_anchor(struct local *local);

#endif
