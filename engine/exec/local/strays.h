/*
 * Children that are no first process of a run: orphans that a subreaper inherits.  Which run left each of
 * them is known from the last census (kin.h) until it is reaped here, or by the anchor because we said so.
 */
#ifndef KRTASK_EXEC_LOCAL_STRAYS_H
#define KRTASK_EXEC_LOCAL_STRAYS_H

#include "engine/exec/local/attempt.h"
#include "engine/exec/local/kin.h"

/* What a census found takes the place of what was known; strays become ours. */
void local_strays_take(struct local *local, struct kin_stray *strays, size_t count);
/* The run of that task has some. */
bool local_strays_left_by(const struct local *local, uint64_t number);

/* Somebody lives who is surely of that task: known from the last census, or by its token. */
bool local_strays_of(const struct local *local, uint64_t number, int64_t created_at);

/*
 * Reaps those of this process: children of its main thread, which spawns nothing itself.  1: some of those
 * that live were in no census yet; 0; -errno: that cannot be told now.
 */
int local_strays_reap(struct local *local);
/* The same question about those of the anchor. */
int local_strays_of_anchor(const struct local *local);
/* Those of the anchor, but for first processes that are known. */
void local_strays_reap_anchor(struct local *local);

#endif
