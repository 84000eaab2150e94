#include "engine/service/plan_columns.h"

#include <inttypes.h>
#include <stdio.h>

#include "engine/core/registry.h"
#include "engine/core/runs.h"
#include "engine/service/attempts.h"
#include "engine/task/retry.h"
#include "engine/task/schedule.h"

void plan_column_priority(struct jsonw *w, const struct task *task, int64_t now)
{
	(void)now;
	jsonw_int(w, task_plan(task)->priority);
}

void plan_column_weight(struct jsonw *w, const struct task *task, int64_t now)
{
	(void)now;
	jsonw_uint(w, task_plan(task)->weight);
}

void plan_column_nice(struct jsonw *w, const struct task *task, int64_t now)
{
	(void)now;
	const struct task_schedule *schedule = &task_plan(task)->schedule;
	if (schedule->has_niceness)
		jsonw_int(w, schedule->niceness);
	else
		jsonw_null(w);
}

void plan_column_ionice(struct jsonw *w, const struct task *task, int64_t now)
{
	(void)now;
	char text[SCHEDULE_IO_SIZE];
	schedule_format_io(task_plan(task)->schedule.io_priority, text);
	jsonw_string(w, *text ? text : NULL);
}

void plan_column_cpu_list(struct jsonw *w, const struct task *task, int64_t now)
{
	(void)now;
	jsonw_string(w, task_plan(task)->schedule.cpus);
}

void plan_column_unique(struct jsonw *w, const struct task *task, int64_t now)
{
	(void)now;
	jsonw_string(w, task_plan(task)->unique);
}

void plan_column_auto_remove(struct jsonw *w, const struct task *task, int64_t now)
{
	(void)now;
	jsonw_bool(w, task_plan(task)->auto_remove);
}

void plan_column_retries(struct jsonw *w, const struct task *task, int64_t now)
{
	(void)now;
	jsonw_uint(w, task_plan(task)->retries);
}

void plan_column_retry_delay(struct jsonw *w, const struct task *task, int64_t now)
{
	(void)now;
	attempts_write_delay(w, task_plan(task)->retry_delay, plan_default.retry_delay);
}

void plan_column_retry_max(struct jsonw *w, const struct task *task, int64_t now)
{
	(void)now;
	attempts_write_delay(w, task_plan(task)->retry_max, plan_default.retry_max);
}

void plan_column_retry_on(struct jsonw *w, const struct task *task, int64_t now)
{
	(void)now;
	attempts_write_ends(w, retry_rule_list(task_plan(task)->retry_rule, "on"));
}

void plan_column_retry_not(struct jsonw *w, const struct task *task, int64_t now)
{
	(void)now;
	attempts_write_ends(w, retry_rule_list(task_plan(task)->retry_rule, "not"));
}

void plan_column_retry_lost(struct jsonw *w, const struct task *task, int64_t now)
{
	(void)now;
	jsonw_bool(w, task_plan(task)->retry_lost);
}

void plan_column_unmet(struct jsonw *w, const struct task *task, int64_t now)
{
	(void)now;
	jsonw_string(w, task_plan(task)->unmet_hold ? "hold" : "stop");
}

static const struct plan_hooks *hooks_of(const struct task *task)
{
	static const struct plan_hooks none = { 0 };
	return task_plan(task)->hooks ? task_plan(task)->hooks : &none;
}

void plan_column_on_end(struct jsonw *w, const struct task *task, int64_t now)
{
	(void)now;
	jsonw_string(w, hooks_of(task)->on_end);
}

void plan_column_on_fail(struct jsonw *w, const struct task *task, int64_t now)
{
	(void)now;
	jsonw_string(w, hooks_of(task)->on_fail);
}

void plan_column_on_ok(struct jsonw *w, const struct task *task, int64_t now)
{
	(void)now;
	jsonw_string(w, hooks_of(task)->on_ok);
}

void plan_column_webhook(struct jsonw *w, const struct task *task, int64_t now)
{
	(void)now;
	jsonw_string(w, hooks_of(task)->webhook);
}

void plan_column_sbatch(struct jsonw *w, const struct task *task, int64_t now)
{
	(void)now;
	jsonw_string(w, task_plan(task)->sbatch);
}

void plan_column_job(struct jsonw *w, const struct task *task, int64_t now)
{
	(void)now;
	const struct plan_job *job = task_plan(task)->job;
	if (job && job->number > 0)
		jsonw_uint(w, job->number);
	else
		jsonw_null(w);
}

void plan_column_node(struct jsonw *w, const struct task *task, int64_t now)
{
	(void)now;
	const struct plan_job *job = task_plan(task)->job;
	jsonw_string(w, job && *job->node ? job->node : NULL);
}

void plan_column_begin_at(struct jsonw *w, const struct task *task, int64_t now)
{
	(void)now;
	jsonw_time(w, plan_begin(task_plan(task)));
}

void plan_column_delay(struct jsonw *w, const struct task *task, int64_t now)
{
	(void)now;
	int64_t delay = plan_delay(task_plan(task));
	if (delay > 0)
		jsonw_fixed3(w, delay);
	else
		jsonw_null(w);
}

void plan_column_expire_at(struct jsonw *w, const struct task *task, int64_t now)
{
	(void)now;
	jsonw_time(w, task_plan(task)->expire_at);
}

void plan_column_time_limit(struct jsonw *w, const struct task *task, int64_t now)
{
	(void)now;
	if (task_plan(task)->time_limit > 0)
		jsonw_fixed3(w, task_plan(task)->time_limit);
	else
		jsonw_null(w);
}

void plan_column_kill_after(struct jsonw *w, const struct task *task, int64_t now)
{
	(void)now;
	if (task_plan(task)->kill_after >= 0)
		jsonw_fixed3(w, task_plan(task)->kill_after);
	else
		jsonw_null(w);
}

void plan_column_attempt(struct jsonw *w, const struct task *task, int64_t now)
{
	(void)now;
	if (task_attempt(task) > 0)
		jsonw_uint(w, task_attempt(task));
	else
		jsonw_null(w);
}

void plan_column_attempts(struct jsonw *w, const struct task *task, int64_t now)
{
	attempts_write(w, task, run_started_at(task, now));
}

void plan_column_attempt_texts(struct jsonw *w, const struct task *task, int64_t now)
{
	(void)now;
	attempts_write_texts(w, task);
}

void plan_column_attempt_of(struct jsonw *w, const struct task *task, int64_t now)
{
	const struct task_plan *plan = task_plan(task);
	char text[32];
	(void)now;
	bool any = plan->retries > 0 && task_attempt(task) > 0 && !task_state_terminal(task->status.state);
	if (any)
		snprintf(text, sizeof(text), "%" PRIu32 "/%" PRIu32, task_attempt(task), plan->retries + 1);
	jsonw_string(w, any ? text : NULL);
}
