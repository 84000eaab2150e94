#include "tests/simulate/cancels.h"

#include <errno.h>
#include <signal.h>

#include "engine/core/cancelling.h"
#include "engine/core/requests.h"
#include "engine/core/settle.h"
#include "tests/simulate/report.h"
#include "tests/simulate/server.h"
#include "tests/simulate/users.h"
#include "tests/unit/scarce.h"

enum { CANCELS_TURNS = 2 };

static uint64_t latest;      /* all that was started up to this Start may be cancelled */
static uint64_t slice;       /* the latest change that stopped tasks; 0: it is durable, or lost */
static unsigned slice_stops; /* tasks that it stopped */

void cancels_reset(void)
{
	latest = slice = 0;
	slice_stops = 0;
}

void cancels_act(void)
{
	uint64_t last = disk_last_start();
	if (last > latest)
		latest = last;
	int error = cancelling_begin(&server_core);
	tell("    cancels all up to %llu: %d", (unsigned long long)last, error);
	/* Ends of what was removed are counted too. */
	if (!error && server_core.cancelling.upto > latest)
		latest = server_core.cancelling.upto;
	if (server_is_dead())
		return;
	must(error == 0 || error == -ENOMEM, "error %d", error);
	must(error || server_core.cancelling.upto >= last, "what was started is not cancelled");
	settle_core(&server_core);
}

/* A user stops a task, the walk passes by, and the stop is not stored. */
void cancels_cross(struct task *task)
{
	const struct stop_options options = { .signal = SIGTERM, .kill_after = -1 };
	users_stop(task, &options);
	if (server_is_dead())
		return;
	users_are_acting = false;
	for (int i = 0; i < CANCELS_TURNS && !server_is_dead(); i++)
		server_ring();
	disk_write(0, true);
	users_are_acting = true;
}

bool cancels_concern(const struct disk_row *row)
{
	/* The number of an end replaces that of the Start. */
	return latest > 0 && (row->start_order <= latest || row->state == TASK_STOPPED);
}

bool cancels_send(void)
{
	return !users_are_acting && server_core.cancelling.upto > 0;
}

/* When the mark goes, all that it was about is stopped, or on its way. */
void cancels_mark(uint64_t upto)
{
	uint64_t was = disk_durable.cancelling;
	for (int number = 1; number <= DISK_TASKS && upto == 0; number++) {
		const struct disk_row *row = &disk_durable.rows[number];
		bool waits = row->state == TASK_QUEUED || row->state == TASK_CLAIMED;
		bool runs = row->state == TASK_RUNNING || row->state == TASK_PAUSED ||
		            row->state == TASK_OVERTIME;
		must(!row->exists || row->target || row->start_order > was || (!waits && !runs),
		     "all is cancelled up to %llu, and task %d is stored in state %d",
		     (unsigned long long)was, number, row->state);
	}
}

void cancels_put(const struct disk_row *before, const struct disk_row *row)
{
	if (users_are_acting || before->state == TASK_STOPPING || row->state != TASK_STOPPING)
		return;
	must(slice == 0 || slice == disk_latest(), "a slice of a cancel does not wait for the one before");
	must(disk_ahead.cancelling > 0 || server_core.cancelling.upto > 0, "task %s is stopped by nobody",
	     row->id);
	slice_stops = slice == disk_latest() ? slice_stops + 1 : 1;
	must(slice_stops <= CANCELS_SLICE, "%u tasks are stopped in one slice", slice_stops);
	/* Without memory it goes on at once. */
	slice = scarce_failed() ? 0 : disk_latest();
}

void cancels_written(uint64_t sequence)
{
	if (sequence >= slice)
		slice = 0;
}

void cancels_check_go(uint64_t number)
{
	must(disk_durable.cancelling == 0 && disk_ahead.cancelling == 0,
	     "task %llu goes, and all are cancelled", (unsigned long long)number);
}

void cancels_check_over(void)
{
	must(disk_durable.cancelling == 0 && server_core.cancelling.upto == 0, "the cancel is not over");
}
