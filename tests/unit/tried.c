#include "tests/unit/tried.h"

#include "engine/core/removal.h"
#include "tests/unit/bare_core.h"
#include "tests/unit/unit.h"

void setup_retries(void)
{
	setup();
	next_plan.retries = 2;
}

struct task *make_tried(const char *id)
{
	struct task *task = make_running(id);
	commit_all();
	return task;
}

void check_waits(const struct task *task, uint32_t attempt)
{
	ck_assert_int_eq(task->status.state, TASK_QUEUED);
	ck_assert_uint_eq(task_plan(task)->marks.attempt, attempt);
	ck_assert_uint_eq(task_attempt(task), attempt);
	ck_assert_uint_eq(task_plan(task)->attempt_count, attempt);
	ck_assert_int_eq(task->status.started_at, 0);
	ck_assert_int_eq(task->status.ended_at, 0);
	ck_assert_int_eq(task->status.exit_code, -1);
	ck_assert_uint_eq(task->status.term_signal, 0);
	ck_assert(!task->status.percent_known);
}
