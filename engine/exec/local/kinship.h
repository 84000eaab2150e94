/*
 * Finds the run from which each process of this machine descends, even if the process has changed its group,
 * its session or its environment.
 *
 *     fill in what is known   kinship_find() …   kin_release()
 *
 * A process belongs to a run if
 *
 *     its session is that of the run's first process;
 *     or its parent is of the run;
 *     or it is an orphan, which is to say a child of a reaper and nobody's first process, and
 *         an earlier look knew it; or another of its session is of the run;
 *         or it has the run's token in its environment (variables.h);
 *         or it has the run's output or pipe of progress open for writing;
 *         or no other run can have left it: that is enough to name it, and not to do anything to it;
 *     or the run was over before this server began, and it has the run's token,
 *         or has the run's output open for writing and is in no session that somebody uses;
 *     or it writes to the run's output after the run's first process is gone: the same.
 *
 * An orphan keeps its pid until the reaper waits for it.  So what an earlier look found about it stays true.
 * Any thread; only reads /proc.
 */
#ifndef KRTASK_EXEC_LOCAL_KINSHIP_H
#define KRTASK_EXEC_LOCAL_KINSHIP_H

#include "engine/exec/local/kin.h"

/* May be called again.  0, or -errno: not possible now. */
int kinship_find(struct kin *kin);
/*
 * Collects the processes whose run will be known only from this look: orphans, and processes that left the
 * session of their run or outlived its first process.  *strays is malloc'ed.  0 or -ENOMEM.
 */
int kinship_list_strays(const struct kin *kin, struct kin_stray **strays, size_t *count);

#endif
