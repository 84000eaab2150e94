/*
 * How fast a task gets on: from the last times that what is done of it has grown.  Pure.
 *
 * What is known at the beginning, such as a part that was there before, counts for nothing, so this is better than the
 * share by the time since the start.  What is seen first was reached at some time before, so the first step only begins
 * the first span.  What goes back begins anew.
 */
#ifndef KRTASK_TUI_FIELDS_SPEED_H
#define KRTASK_TUI_FIELDS_SPEED_H

#include <stdbool.h>
#include <stdint.h>

struct speed {
	int64_t at;   /* milliseconds; 0: nothing is known */
	double share; /* at that time */
	double rate;  /* of it in a millisecond; 0: not known */
	bool stepped; /* it has grown at that time, and was not only seen */
};

/* share: 0 to 1; less than 0: it is not known. */
void speed_note(struct speed *speed, double share, int64_t at);

#endif
