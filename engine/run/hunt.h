/*
 * A search through an output file in slices: reads until a line may show a word of a sieve, or some time is over.  Any
 * thread.
 */
#ifndef KRTASK_RUN_HUNT_H
#define KRTASK_RUN_HUNT_H

#include <stdbool.h>
#include <sys/types.h>

#include "engine/run/sieve.h"

struct hunt {
	bool backward;
	/*
	 * The beginning of a line; backward: the end of one.  Then where the search goes on: forward, the line that was found
	 * begins there; backward, it ends there.
	 */
	off_t at;
	bool found;
	bool over; /* the file has no more lines in this direction */
};

/* 0 or -errno. */
int hunt_on(struct hunt *hunt, const struct sieve *sieve, int fd);

#endif
