/*
 * Makes words from tokens, with the values of variables.
 */
#ifndef KRTASK_TUI_BATCH_EXPAND_H
#define KRTASK_TUI_BATCH_EXPAND_H

#include "tui/batch/jobs.h"

/*
 * Appends the words of count tokens, beginning with number first.  A variable that is alone in a word becomes
 * as many words as it has values.  Waits for values that are not known yet.  unknown: no variable has a
 * value, as in a check.  0, or -EINVAL, *error (free() it) and *column.
 */
int expand_tokens(struct jobs *jobs, struct job *job, size_t first, size_t count, bool unknown,
                  struct words *words, char **error, unsigned *column);

#endif
