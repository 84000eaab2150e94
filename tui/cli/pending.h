/*
 * Ids of tasks that are waited for, each once, without regard to case.  An id is found fast among many.
 */
#ifndef KRTASK_TUI_CLI_PENDING_H
#define KRTASK_TUI_CLI_PENDING_H

#include "tui/cli/words.h"

struct pending {
	struct words ids; /* as they were added; text NULL: it was taken */
	size_t left;      /* that were not taken */
	void *tree;       /* of tsearch(3), by the texts */
};

#define PENDING_INIT                                                                                         \
	{                                                                                                    \
		WORDS_INIT, 0, NULL                                                                          \
	}

/* At most count ids are to be added. */
void pending_expect(struct pending *pending, size_t count);
/* The texts are borrowed.  One that is there already is not added. */
void pending_add(struct pending *pending, const struct word *id);
/* False: it was not added, or was taken. */
bool pending_take(struct pending *pending, const char *id);
/* The next that is left; *at, first 0, is where to go on.  NULL: there is none. */
const char *pending_next(const struct pending *pending, size_t *at);
void pending_release(struct pending *pending);

#endif
