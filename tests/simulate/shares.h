/*
 * Shares: the slots and devices that are in use, as they must be counted: by what the runner does, and by what is
 * put.
 */
#ifndef KRTASK_SIMULATE_SHARES_H
#define KRTASK_SIMULATE_SHARES_H

#include "engine/task/devices.h"
#include "tests/simulate/disk.h"
#include "tests/simulate/runner.h"

enum { SHARES_LABELS = -1, SHARES_HOOKS = -2, SHARES_ALL = -3 };

struct share {
	unsigned used;            /* slots */
	unsigned running, paused; /* tasks */
	struct device_set devices;
};

/* The queue in which a task with this row waits and runs: a group, or one of those above. */
int shares_queue_of(const struct disk_row *row);
/* Of a queue, or of the server: SHARES_ALL. */
struct share shares_find(int queue);
/* A device of a queue is in use; of the two places that are one device, those that the server has found. */
bool shares_uses(int queue, unsigned place);
void shares_reset(void);
/* A server finds the attempt: it may say at once that it has begun. */
void shares_adopt(const struct runner_attempt *attempt);
/* The attempt holds slots. */
bool shares_holds(const struct runner_attempt *attempt);
/* The oracle: the claim of this task is urgent, so a slot is free. */
void shares_check_claim(uint64_t number);
/* After each step. */
void shares_check(void);

#endif
