#include "tests/simulate/clock.h"

bool clock_was_set;
int64_t clock_latest;

static int64_t wall, ticks;

static void clock_advance(int64_t milliseconds)
{
	wall += milliseconds;
	if (wall > clock_latest)
		clock_latest = wall;
}

void clock_reset(void)
{
	wall = clock_latest = 1700000000000;
	ticks = 500;
	clock_was_set = false;
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
	clock_advance(milliseconds);
	ticks += milliseconds;
}

void clock_jump(int64_t milliseconds)
{
	clock_advance(milliseconds);
	clock_was_set = true;
}

void clock_reboot(void)
{
	clock_advance(30000);
	ticks = 500;
}
