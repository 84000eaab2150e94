/* How long tasks that have ended are kept.  0: for good. */
#ifndef KRTASK_TASK_KEEP_H
#define KRTASK_TASK_KEEP_H

#include <stdbool.h>
#include <stdint.h>

struct keep {
	int64_t ended;  /* milliseconds after the end; of those that are Failed: */
	int64_t failed; /* the same */
	int64_t size;   /* bytes of all output: of more, what ended first goes */
};

static inline bool keep_is_set(const struct keep *keep)
{
	return keep->ended > 0 || keep->failed > 0 || keep->size > 0;
}

#endif
