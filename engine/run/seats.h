/*
 * Low numbers for the descriptors of a command.
 *
 *     seats_new()  seats_take()  seats_first_unneeded()  clone …  seats_leave()  seats_free()
 *
 * A child shares the table of descriptors of its parent until it has copied the beginning of the table
 * (child.h).  So all descriptors that it needs must be there.  If thousands are open, new ones have high
 * numbers.  They are put into a seat meanwhile: low numbers that were reserved at the start.  Any thread,
 * except for seats_new() and seats_free().
 */
#ifndef KRTASK_RUN_SEATS_H
#define KRTASK_RUN_SEATS_H

#include <stddef.h>

#include "engine/run/spawn.h"

struct seats;

/* 0 or -errno.  With few descriptors there are few seats, or none. */
int seats_new(struct seats **seats);
void seats_free(struct seats *seats);

/*
 * Gives the sources of the list low numbers, as far as there is room.  Returns a seat that must be given
 * back, or -1: none is needed or free.
 */
int seats_take(struct seats *seats, struct spawn_descriptor *list, size_t count);
void seats_leave(struct seats *seats, int seat);
/*
 * All sources and targets of the list are below this number.  0: this kernel cannot copy the beginning of a
 * table (before Linux 5.9).
 */
unsigned seats_first_unneeded(const struct seats *seats, const struct spawn_descriptor *list, size_t count);

#endif
