/*
 * Tokens into words: variables get their values.
 */
#ifndef KRTASK_TUI_BATCH_EXPAND_H
#define KRTASK_TUI_BATCH_EXPAND_H

#include "tui/batch/jobs.h"

/*
 * Appends the words of count tokens from first on to words; a variable alone in a word is as many words as it has values.  Waits for values
 * that are still to come.  unknown: none has a value yet, as in a check. 0, or -EINVAL with *error (free() it) and *column.
 */
int expand_tokens(struct jobs *jobs, struct job *job, size_t first, size_t count, bool unknown,
                  struct words *words, char **error, unsigned *column);

#endif
