#include "tests/simulate/clock.h"

static int64_t wall, ticks;

void clock_reset(void)
{
	wall = 1700000000000;
	ticks = 500;
}

int64_t clock_wall(void *ctx)
{
	(void)ctx;
	return wall;
}

int64_t clock_ticks(void *ctx)
{
	(void)ctx;
	return ticks;
}

void clock_pass(int64_t milliseconds)
{
	wall += milliseconds;
	ticks += milliseconds;
}

void clock_jump(int64_t milliseconds)
{
	wall += milliseconds;
}

void clock_reboot(void)
{
	wall += 30000;
	ticks = 500;
}
