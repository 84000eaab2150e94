/*
 * Tasks that one call waits for, by number.  One of very many is found in logarithmic time if they were added in the
 * order of their creation, as a client that asks for all of them does.
 */
#ifndef KRTASK_SERVICE_AWAITED_H
#define KRTASK_SERVICE_AWAITED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct awaited {
	uint64_t *numbers; /* owned */
	size_t count;      /* added */
	size_t left;       /* added and not taken */
	bool mixed;        /* they are not in order */
};

/* For at most this many.  0 or -ENOMEM. */
int awaited_init(struct awaited *awaited, size_t count);
void awaited_release(struct awaited *awaited);
/* A number may be added more than once. */
void awaited_add(struct awaited *awaited, uint64_t number);
/* Once; so often as it was added, it can be taken.  False: it is not there any more. */
bool awaited_take(struct awaited *awaited, uint64_t number);
bool awaited_has(const struct awaited *awaited, uint64_t number);
/* The next that is left; *at, first 0, is where to go on.  0: there is none. */
uint64_t awaited_next(const struct awaited *awaited, size_t *at);

#endif
