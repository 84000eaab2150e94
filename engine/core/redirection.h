/*
 * What a task waits for is replaced while it waits.  Each replacement is a change of its own; the caller puts
 * several of them, and what they mean, between journal_open() and journal_close().  Loop thread only.
 */
#ifndef KRTASK_CORE_REDIRECTION_H
#define KRTASK_CORE_REDIRECTION_H

#include "engine/core/kernel.h"

/*
 * The task waits for these, which are sorted (dependencies_sort()), and for nothing else.  It must have its own
 * plan, and no claim.  0 or -ENOMEM: nothing has changed.
 */
int redirection_put(struct core *core, struct task *task, const struct plan_after *after, size_t count);
/*
 * 1: the task waits for itself by way of others; 0; -ENOMEM: that cannot be found out; -E2BIG: nor by looking at so
 * many of the things that tasks wait for.  *looks becomes what is left of them.
 */
int redirection_is_circular(const struct core *core, const struct task *task, unsigned *looks);

/* A search from several tasks looks at none twice.  Nothing may change meanwhile. */
struct redirection_search {
	const struct core *core;
	unsigned looks;                    /* so many are left */
	bool any;                          /* a circle that the task is not in counts, too */
	struct redirection_visit *visited; /* by number (uthash) */
	const struct task *member;         /* of the circle that was found, the oldest one */
};

/* As redirection_is_circular().  After anything but 0 the search is over. */
int redirection_search_from(struct redirection_search *search, const struct task *task);
void redirection_search_release(struct redirection_search *search);

#endif
