/* Two clocks: people can set the wall clock, and the other one only moves forward. */
#ifndef KRTASK_SIMULATE_CLOCK_H
#define KRTASK_SIMULATE_CLOCK_H

#include <stdint.h>

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
