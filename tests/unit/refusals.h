/*
 * Requests to the service of service_peer.h that change something, while memory runs out at each allocation in turn: those of jansson
 * and libevent, too.  An error means that nothing was done; the usual reply, that all was; the end of the connection, one of the two.
 * And a later server finds what this one shows.
 */
#ifndef KRTASK_TESTS_REFUSALS_H
#define KRTASK_TESTS_REFUSALS_H

#include <stdbool.h>

enum { REFUSAL_STEPS = 6 };

struct refusal {
	const char *name;
	const char *before[REFUSAL_STEPS]; /* is done first */
	const char *act;
	const char *shows[REFUSAL_STEPS]; /* what can be seen of it */
	const char *undo[REFUSAL_STEPS];
	bool some; /* after an error, some of what can be seen may be done and the rest not */
};

/* To be called after event_memory_own(). */
void refusal_check(const struct refusal *refusal);

#endif
