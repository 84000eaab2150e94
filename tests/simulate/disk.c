#include "tests/simulate/disk.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/store/op.h"
#include "tests/simulate/cancels.h"
#include "tests/simulate/causes.h"
#include "tests/simulate/chance.h"
#include "tests/simulate/grouped.h"
#include "tests/simulate/hooked.h"
#include "tests/simulate/oracle.h"
#include "tests/simulate/overdue.h"
#include "tests/simulate/plans.h"
#include "tests/simulate/report.h"
#include "tests/simulate/server.h"
#include "tests/simulate/shares.h"
#include "tests/simulate/sweeps.h"

enum { DISK_QUEUE = 8192 };

bool disk_scarce;
struct disk_image disk_durable, disk_ahead;

/* A batch that is not durable yet. */
struct disk_change {
	struct op *batch; /* owned */
	uint64_t sequence;
};

static struct disk_change queue[DISK_QUEUE]; /* the oldest is the first */
static unsigned queued;
static uint64_t latest, latest_seen, committed, told;
static bool failed;
bool disk_row_news[DISK_TASKS + 1];

/* Takes the oldest batches, which were written or dropped, out of the queue. */
static void disk_take(unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		for (struct op *op = queue[i].batch, *next; op; op = next) {
			next = op->next;
			free(op);
		}
	}
	queued -= count;
	memmove(queue, queue + count, queued * sizeof(queue[0]));
}

const struct plan_hooks disk_hooks = { .on_end = (char *)"e", .on_fail = (char *)"f", .on_ok = (char *)"o" };

bool disk_is_scarce(void *ctx)
{
	(void)ctx;
	return disk_scarce;
}

void disk_reset(void)
{
	disk_scarce = false;
	memset(&disk_durable, 0, sizeof(disk_durable));
	disk_durable.next_id = 1;
	/* The last two are one device, which two tasks share. */
	disk_durable.groups[0] = (struct disk_group){ .exists = true,
		                                      .settings = { .slots = 5 },
		                                      .devices = "DEVICE=a,b,c,d,d" };
	disk_crash();
}

static void disk_write_batch(struct disk_image *image, const struct op *batch)
{
	for (const struct op *op = batch; op; op = op->next)
		disk_write_op(image, op);
}

/* It claims one task, and nothing else. */
static bool disk_is_claim(const struct op *batch)
{
	return batch->kind == OP_STATUS && batch->values[1].integer == TASK_CLAIMED && !batch->next;
}

/* The task that is stopping, whose status this is; 0: none. */
static uint64_t disk_stopping(const struct op *op)
{
	uint64_t number = op->kind == OP_STATUS ? (uint64_t)op->values[0].integer : 0;
	return number > 0 && disk_ahead.rows[number].state == TASK_STOPPING ? number : 0;
}

/* A reply tells of it, and so it waits for it. */
static bool disk_is_told(const struct op *batch)
{
	return batch->kind != OP_PROBE && !(batch->kind == OP_FORGET_ENVIRONMENT && !batch->next);
}

int disk_put(void *ctx, struct store_batch *batch, bool urgent, uint64_t *sequence)
{
	(void)ctx;
	if (batch->error || !batch->first)
		return batch->error ? batch->error : -EINVAL;
	if (chance_once_in(60)) {
		overdue_trouble();
		return -ENOMEM;
	}
	must(queued < DISK_QUEUE, "too much waits");
	*sequence = ++latest;
	if (!server_reaches_world())
		return 0;
	if (disk_is_told(batch->first))
		latest_seen = latest;
	tell("        put %llu (kind %d, %lld)", (unsigned long long)latest, batch->first->kind,
	     batch->first->values[0].type == OP_VALUE_INTEGER ? (long long)batch->first->values[0].integer
	                                                      : -1LL);
	if (urgent && disk_is_claim(batch->first))
		shares_check_claim((uint64_t)batch->first->values[0].integer);
	uint64_t stopping = urgent ? 0 : disk_stopping(batch->first);
	disk_write_batch(&disk_ahead, batch->first);
	must(!stopping || disk_ahead.rows[stopping].state != TASK_STOPPED,
	     "task %llu was stopped by a user, who waits for its end, and that is not urgent",
	     (unsigned long long)stopping);
	causes_check();
	/*
	 * The core has not heard of a failed commit yet.  What it puts meanwhile is dropped with that commit.
	 */
	if (failed)
		return 0;
	queue[queued++] = (struct disk_change){ batch->first, latest };
	*batch = (struct store_batch)STORE_BATCH_INIT;
	return 0;
}

uint64_t disk_latest(void)
{
	return latest;
}

uint64_t disk_latest_seen(void)
{
	return latest_seen;
}

uint64_t disk_last_start(void)
{
	uint64_t last = 0;
	for (int number = 1; number <= DISK_TASKS; number++) {
		const struct disk_row *row = &disk_ahead.rows[number];
		if (row->exists && row->start_order > last)
			last = row->start_order;
	}
	return last;
}

unsigned disk_waiting(void)
{
	return queued;
}

bool disk_row_waits(uint64_t number)
{
	for (unsigned i = 0; i < queued; i++) {
		for (const struct op *op = queue[i].batch; op; op = op->next) {
			if (op->kind == OP_STATUS && (uint64_t)op->values[0].integer == number)
				return true;
		}
	}
	return false;
}

void disk_write(unsigned count, bool fail)
{
	count = count > queued ? queued : count;
	for (unsigned i = 0; i < count; i++) {
		disk_write_batch(&disk_durable, queue[i].batch);
		committed = queue[i].sequence;
		cancels_written(committed);
		sweeps_written(committed);
	}
	disk_take(count);
	if (!fail || queued == 0)
		return;
	failed = true;
	disk_take(queued);
}

bool disk_has_news(void)
{
	return failed || committed > told;
}

bool disk_row_has_news(uint64_t number)
{
	return disk_row_news[number];
}

bool disk_poll(uint64_t *up_to)
{
	*up_to = told = committed;
	memset(disk_row_news, 0, sizeof(disk_row_news));
	if (!failed)
		return false;
	failed = false;
	cancels_written(UINT64_MAX);
	sweeps_written(UINT64_MAX);
	latest_seen = committed;
	disk_ahead = disk_durable;
	return true;
}

void disk_crash(void)
{
	disk_take(queued);
	cancels_written(UINT64_MAX);
	sweeps_written(UINT64_MAX);
	causes_crash();
	disk_ahead = disk_durable;
	latest = latest_seen = committed = told = 0;
	memset(disk_row_news, 0, sizeof(disk_row_news));
	failed = false;
}
