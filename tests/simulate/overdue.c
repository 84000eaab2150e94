#include "tests/simulate/overdue.h"

#include <string.h>

#include "tests/simulate/clock.h"
#include "tests/simulate/disk.h"
#include "tests/simulate/machine.h"
#include "tests/simulate/report.h"
#include "tests/simulate/server.h"
#include "tests/unit/scarce.h"

/* Since when the present server has shown each task as running, without a pause; 0: it does not. */
static struct {
	unsigned server;
	int64_t since;
} shown[DISK_TASKS + 1];
/* How long its process has run while that did not count for its time limit. */
static struct overdue_run {
	unsigned server, begun;
	bool running, counts; /* at the last look: it had begun; it was not to be paused */
	int64_t ran;
	int64_t uncounted;
} runs[DISK_TASKS + 1];
unsigned overdue_troubles;
static int64_t trouble; /* the latest tick */

void overdue_reset(void)
{
	memset(shown, 0, sizeof(shown));
	memset(runs, 0, sizeof(runs));
	trouble = 0;
}

void overdue_trouble(void)
{
	trouble = clock_ticks(NULL);
	overdue_troubles++;
}

void overdue_scarce(unsigned allocations)
{
	if (scarce_end())
		overdue_trouble();
	scarce_after((long)allocations);
}

void overdue_look(void)
{
	if (server_core.troubled)
		trouble = clock_ticks(NULL);
}

static bool overdue_runs(const struct task *task)
{
	const struct run *run = task->run;
	return run && run->phase == RUN_RUNNING && task->status.state == TASK_RUNNING && run->pauses == 0 &&
	       task_plan(task)->time_limit > 0;
}

/* What runs until the signal of a pause is sent does not count, unless the pause came before the command began. */
static void overdue_follow(const struct task *task)
{
	const struct machine_fate *fate = &machine_fates[task->number];
	const struct run *run = task->run;
	bool running = run && run->phase == RUN_RUNNING;
	bool counts = run && task->status.state == TASK_RUNNING && run->pauses == 0;
	if (runs[task->number].server != server_generation || runs[task->number].begun != fate->begun)
		runs[task->number] =
			(struct overdue_run){ .server = server_generation, .begun = fate->begun };
	struct overdue_run *its = &runs[task->number];
	int64_t more = fate->ran - its->ran;
	its->ran = fate->ran;
	if (its->running && !its->counts)
		its->uncounted += more;
	its->running = running;
	its->counts = counts;
}

/* During this attempt. */
static bool overdue_was_paused(const struct task *task)
{
	const struct plan_marks *marks = &task_plan(task)->marks;
	return marks->ran > 0 || marks->resumed_at > 0;
}

void overdue_check(const struct task *task)
{
	uint64_t number = task->number;
	int64_t now = clock_ticks(NULL);
	overdue_look();
	overdue_follow(task);
	if (!overdue_runs(task)) {
		shown[number].since = 0;
		return;
	}
	if (shown[number].since == 0 || shown[number].server != server_generation) {
		shown[number].server = server_generation;
		shown[number].since = now;
	}
	int64_t due = shown[number].since + task_plan(task)->time_limit;
	if (!overdue_was_paused(task))
		due = now - machine_fates[number].ran + task_plan(task)->time_limit;
	else if (machine_fates[number].server == server_generation)
		due = now - machine_fates[number].ran + runs[number].uncounted + task_plan(task)->time_limit;
	int64_t again = trouble ? trouble + CORE_RETRY_MS : 0;
	/* An alarm that is due rings soon. */
	must(server_alarm() <= now || now <= due || now <= again, "task %llu runs %lld ms too long",
	     (unsigned long long)number, (long long)(now - due));
}
