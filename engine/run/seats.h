/*
 * Low numbers for the descriptors of a command.
 *
 *     seats_new()  seats_take()  seats_first_unneeded()  clone …  seats_leave()  seats_free()
 *
 * A child shares the table of descriptors of its parent until it has copied the beginning of it (child.h),
 * which must have all that it needs.  Where thousands are open, new ones have high numbers: they are put into
 * a seat meanwhile, which was made while numbers were low.  Any thread, but for seats_new() and seats_free().
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
 * The sources of the list become low, as far as there is room.  To be given back: a seat, or -1 where none is
 * needed or free.
 */
int seats_take(struct seats *seats, struct spawn_descriptor *list, size_t count);
void seats_leave(struct seats *seats, int seat);
/*
 * All sources of the list, and all targets, are below that; 0: this kernel cannot copy the beginning of a
 * table (before Linux 5.9).
 */
unsigned seats_first_unneeded(const struct seats *seats, const struct spawn_descriptor *list, size_t count);

#endif
