/* Two clocks: people can set the wall clock, and the other one only moves forward. */
#ifndef KRTASK_SIMULATE_CLOCK_H
#define KRTASK_SIMULATE_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

extern bool clock_was_set;   /* and the server has not heard of it */
extern int64_t clock_latest; /* the latest time that the wall clock has shown */

void clock_reset(void);
/* For struct core_options. */
int64_t clock_wall(void *ctx);
int64_t clock_ticks(void *ctx);
/* Advances both clocks. */
void clock_pass(int64_t milliseconds);
/* Somebody sets the wall clock forward or back. */
void clock_jump(int64_t milliseconds);
/* The machine starts again. */
void clock_reboot(void);

#endif
