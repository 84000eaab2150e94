/* The two clocks: one that people set, and one that only goes on. */
#ifndef KRTASK_SIMULATE_CLOCK_H
#define KRTASK_SIMULATE_CLOCK_H

#include <stdint.h>

void clock_reset(void);
/* For struct core_options. */
int64_t clock_wall(void *ctx);
int64_t clock_ticks(void *ctx);
/* Both go on. */
void clock_pass(int64_t milliseconds);
/* Somebody sets the clock of the wall, forward or back. */
void clock_jump(int64_t milliseconds);
/* The machine starts again. */
void clock_reboot(void);

#endif
