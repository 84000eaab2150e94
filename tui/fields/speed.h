/*
 * How fast a task gets on: from the last times that what is done of it has grown.  Pure.
 *
 * What is known at the beginning, such as a part that was there before, counts for nothing, so this is better than the
 * share by the time since the start.  What goes back begins anew.
 */
#ifndef KRTASK_TUI_FIELDS_SPEED_H
#define KRTASK_TUI_FIELDS_SPEED_H

#include <stdint.h>

struct speed {
	int64_t at;   /* milliseconds; 0: nothing is known */
	double share; /* at that time */
	double rate;  /* of it in a millisecond; 0: not known */
};

/* share: 0 to 1; less than 0: it is not known. */
void speed_note(struct speed *speed, double share, int64_t at);

#endif
