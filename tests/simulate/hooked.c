#include "tests/simulate/hooked.h"

#include <string.h>

#include "engine/core/hooks.h"
#include "engine/task/messages.h"
#include "engine/task/state.h"
#include "tests/simulate/grouped.h"
#include "tests/simulate/machine.h"
#include "tests/simulate/plans.h"
#include "tests/simulate/report.h"
#include "tests/simulate/server.h"

/* As bits. */
enum { HOOKED_END = 1, HOOKED_FAIL = 2, HOOKED_OK = 4, HOOKED_EMPTY = 8 };

/* For each task: which hooks of it have been made. */
static unsigned made[DISK_TASKS + 1];

void hooked_reset(void)
{
	memset(made, 0, sizeof(made));
}

static unsigned hooked_kind(const struct disk_row *row)
{
	return strncmp(row->name, "on-end", 6) == 0     ? HOOKED_END
	       : strncmp(row->name, "on-ok", 5) == 0    ? HOOKED_OK
	       : strncmp(row->name, "on-empty", 8) == 0 ? HOOKED_EMPTY
	                                                : HOOKED_FAIL;
}

/* Its limit is the one that was in force when it was made. */
static void hooked_check_limit(uint64_t number)
{
	const struct disk_row *row = &disk_durable.rows[number];
	int64_t limit = disk_durable.hook_limit ? disk_durable.hook_limit : HOOKS_LIMIT_MS;
	must(row->plan.time_limit == limit && row->plan.kill_after == HOOKS_KILL_AFTER_MS,
	     "hook %llu may run for %lld ms", (unsigned long long)number, (long long)row->plan.time_limit);
}

void hooked_written(uint64_t number, const struct disk_row *row)
{
	const struct disk_row *target = &disk_durable.rows[row->target];
	unsigned kind = hooked_kind(row);
	must(target->exists && task_state_terminal((enum task_state)target->state),
	     "hook %llu is there before the end of task %llu", (unsigned long long)number,
	     (unsigned long long)row->target);
	must(!(made[row->target] & kind), "%s is made twice", row->name);
	must(kind != HOOKED_FAIL || target->state == TASK_FAILED, "%s, which has not failed", row->name);
	must(kind != HOOKED_OK || target->state == TASK_COMPLETED, "%s, which has not completed", row->name);
	if (kind == HOOKED_EMPTY)
		grouped_hooked(row->target);
	made[row->target] |= kind;
	hooked_check_limit(number);
}

static void hooked_check_row(uint64_t number, const struct disk_row *row)
{
	bool ended = task_state_terminal((enum task_state)row->state), ran = machine_fates[number].begun > 0;
	unsigned wanted = !row->hooked || !ended || !ran ? 0 : HOOKED_END;
	if (wanted && row->state == TASK_FAILED)
		wanted |= HOOKED_FAIL;
	if (wanted && row->state == TASK_COMPLETED)
		wanted |= HOOKED_OK;
	must((made[number] & wanted) == wanted, "task %llu has ended without its hooks",
	     (unsigned long long)number);
	bool cancelled = row->state == TASK_STOPPED && row->plan.marks.attempt == 0 &&
	                 (strcmp(row->message, MSG_CANCELLED_BEFORE_START) == 0 ||
	                  strcmp(row->message, MSG_TOO_LATE) == 0);
	must(!cancelled || (made[number] & ~HOOKED_EMPTY) == 0, "task %llu did not begin, and has hooks",
	     (unsigned long long)number);
	must(row->hooked || (made[number] & ~HOOKED_EMPTY) == 0, "task %llu has hooks that nobody wanted",
	     (unsigned long long)number);
}

void hooked_check(void)
{
	int64_t limit = disk_ahead.hook_limit ? disk_ahead.hook_limit : HOOKS_LIMIT_MS;
	must(server_core.hook_limit == limit, "hooks may run for %lld ms", (long long)server_core.hook_limit);
	for (uint64_t number = 1; number <= DISK_TASKS; number++) {
		if (disk_durable.rows[number].exists)
			hooked_check_row(number, &disk_durable.rows[number]);
	}
}

static bool remembered[DISK_TASKS + 1];

void hooked_remember(void)
{
	for (uint64_t number = 1; number <= DISK_TASKS; number++)
		remembered[number] = disk_durable.rows[number].exists;
}

/* One that somebody waits for stays. */
void hooked_check_over(void)
{
	for (uint64_t number = 1; number <= DISK_TASKS; number++) {
		const struct disk_row *row = &disk_durable.rows[number];
		must(!row->exists || !row->target || row->state == TASK_FAILED || !remembered[row->target] ||
		             disk_durable.rows[row->target].exists || plans_wait_for(number),
		     "hook %llu stays without its task", (unsigned long long)number);
	}
}
