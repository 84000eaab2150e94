/*
 * Marks of a run on a process: the run's token in its environment (variables.h), and the run's output or pipe
 * of progress, open for writing.  Any thread; only reads /proc.
 *
 * Each returns a place among the runs, or KIN_NONE: it bears no such mark, or could not be looked at.  If that was for
 * want of descriptors or memory, kin->trouble says so.
 */
#ifndef KRTASK_EXEC_LOCAL_MARKS_H
#define KRTASK_EXEC_LOCAL_MARKS_H

#include "engine/exec/local/kin.h"

/* KIN_NO_RUN: it has a token, but not that of a run here. */
int kin_owner_by_token(struct kin *kin, const struct process_info *info);
int kin_owner_by_files(struct kin *kin, const struct process_info *info);
/* By the token; without one, by the files.  KIN_NO_RUN: as above. */
int kin_owner_by_marks(struct kin *kin, const struct process_info *info);
/*
 * Of one that is no orphan.  Anybody may open a file, so an open file alone proves nothing: it is recognized by its
 * token, or because it is a daemon that writes to the output.  alone: it is in no session that somebody uses.
 */
int kin_owner_of_scattered(struct kin *kin, const struct process_info *info, bool alone);

#endif
