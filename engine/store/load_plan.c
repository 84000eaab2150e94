#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "engine/store/internal.h"
#include "engine/store/loading.h"
#include "engine/task/array.h"

int load_text(sqlite3_stmt *row, int column, char **text)
{
	*text = (char *)sqlite3_column_text(row, column);
	return *text || sqlite3_column_type(row, column) == SQLITE_NULL ? 0 : -ENOMEM;
}

int load_side_open(struct loading *loading, struct side *side, const char *sql)
{
	side->code = sqlite3_prepare_v2(loading->store->db, sql, -1, &side->row, NULL);
	if (side->code != SQLITE_OK)
		return store_fail(loading->store, side->code, loading->error);
	side->code = sqlite3_step(side->row);
	return 0;
}

int load_side_find(struct loading *loading, struct side *side, int64_t number, sqlite3_stmt **row)
{
	while (side->code == SQLITE_ROW && sqlite3_column_int64(side->row, 0) < number)
		side->code = sqlite3_step(side->row);
	if (side->code != SQLITE_ROW && side->code != SQLITE_DONE)
		return store_fail(loading->store, side->code, loading->error);
	bool found = side->code == SQLITE_ROW && sqlite3_column_int64(side->row, 0) == number;
	*row = found ? side->row : NULL;
	return 0;
}

enum plan_column {
	PLAN_NUMBER,
	PLAN_PRIORITY,
	PLAN_WEIGHT,
	PLAN_BEGIN_AT,
	PLAN_EXPIRE_AT,
	PLAN_TIME_LIMIT,
	PLAN_KILL_AFTER,
	PLAN_RETRIES,
	PLAN_RETRY_DELAY,
	PLAN_RETRY_MAX,
	PLAN_RETRY_RULE,
	PLAN_RETRY_LOST,
	PLAN_UNMET_HOLD,
	PLAN_HELD,
	PLAN_ATTEMPT,
	PLAN_NOT_BEFORE,
	PLAN_RAN,
	PLAN_RESUMED_AT,
	PLAN_NICENESS,
	PLAN_IO_PRIORITY,
	PLAN_CPUS,
	PLAN_UNIQUE_KEY,
	PLAN_AUTO_REMOVE,
	PLAN_SBATCH,
	PLAN_JOB,
	PLAN_JOB_DIRECTORY,
	PLAN_NODE,
};

/* In the order of enum plan_column. */
const char load_select_plans[] =
	"SELECT number, priority, weight, begin_at, expire_at, time_limit, kill_after, retries, retry_delay,"
	" retry_max, retry_rule, retry_lost, unmet_hold, held, attempt, not_before, ran, resumed_at,"
	" niceness, io_priority, cpus, unique_key, auto_remove, sbatch, job, job_directory, node"
	" FROM plans ORDER BY number";

enum hooks_column {
	HOOKS_NUMBER,
	HOOKS_ON_END,
	HOOKS_ON_FAIL,
	HOOKS_ON_OK,
	HOOKS_WEBHOOK,
	HOOKS_TARGET,
	HOOKS_INPUT,
};

/* In the order of enum hooks_column. */
const char load_select_hooks[] =
	"SELECT number, on_end, on_fail, on_ok, webhook, target, input FROM hooks ORDER BY number";

int load_hooks(sqlite3_stmt *row, struct plan_hooks *hooks)
{
	const struct {
		enum hooks_column column;
		char **text;
	} texts[] = {
		{ HOOKS_ON_END, &hooks->on_end }, { HOOKS_ON_FAIL, &hooks->on_fail },
		{ HOOKS_ON_OK, &hooks->on_ok },   { HOOKS_WEBHOOK, &hooks->webhook },
		{ HOOKS_INPUT, &hooks->input },
	};
	int rc = 0;

	*hooks = (struct plan_hooks){ .target = (uint64_t)sqlite3_column_int64(row, HOOKS_TARGET) };
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts) && rc == 0; i++)
		rc = load_text(row, (int)texts[i].column, texts[i].text);
	return rc;
}

/* Where it runs, if that is not this machine. */
static int load_job(sqlite3_stmt *row, struct task_plan *plan, struct plan_job *job)
{
	const char *node = (const char *)sqlite3_column_text(row, PLAN_NODE);

	*job = (struct plan_job){ .number = (uint64_t)sqlite3_column_int64(row, PLAN_JOB) };
	snprintf(job->node, sizeof(job->node), "%s", node ? node : "");
	int error = load_text(row, PLAN_JOB_DIRECTORY, &job->directory);
	if (job->number > 0 || job->directory)
		plan->job = job;
	return error;
}

/* A number from 0 that krtaskd may have written, or else 0. */
static uint32_t load_count(struct loading *loading, sqlite3_stmt *row, enum plan_column column,
                           const char *what)
{
	int64_t count = sqlite3_column_int64(row, (int)column);
	if (count >= 0 && count <= INT32_MAX)
		return (uint32_t)count;
	load_damaged(loading, what);
	return 0;
}

int load_plan(struct loading *loading, sqlite3_stmt *row, struct task_plan *plan, struct plan_job *job)
{
	*plan = (struct task_plan){
		.priority = sqlite3_column_int(row, PLAN_PRIORITY),
		.weight = load_count(loading, row, PLAN_WEIGHT, "weight"),
		.begin_at = sqlite3_column_int64(row, PLAN_BEGIN_AT),
		.expire_at = sqlite3_column_int64(row, PLAN_EXPIRE_AT),
		.time_limit = sqlite3_column_int64(row, PLAN_TIME_LIMIT),
		.kill_after = sqlite3_column_int64(row, PLAN_KILL_AFTER),
		.retries = load_count(loading, row, PLAN_RETRIES, "number of retries"),
		.retry_delay = sqlite3_column_int64(row, PLAN_RETRY_DELAY),
		.retry_max = sqlite3_column_int64(row, PLAN_RETRY_MAX),
		.retry_lost = sqlite3_column_int(row, PLAN_RETRY_LOST) != 0,
		.unmet_hold = sqlite3_column_int(row, PLAN_UNMET_HOLD) != 0,
		.auto_remove = sqlite3_column_int(row, PLAN_AUTO_REMOVE) != 0,
		.schedule = {
			.has_niceness = sqlite3_column_type(row, PLAN_NICENESS) == SQLITE_INTEGER,
			.niceness = (short)sqlite3_column_int(row, PLAN_NICENESS),
			.io_priority = sqlite3_column_int(row, PLAN_IO_PRIORITY) & IO_PRIORITY_MAX,
		},
		.marks = {
			.held = sqlite3_column_int(row, PLAN_HELD) != 0,
			.attempt = load_count(loading, row, PLAN_ATTEMPT, "attempt"),
			.not_before = sqlite3_column_int64(row, PLAN_NOT_BEFORE),
			.ran = sqlite3_column_int64(row, PLAN_RAN),
			.resumed_at = sqlite3_column_int64(row, PLAN_RESUMED_AT),
		},
	};
	int rc = load_text(row, PLAN_RETRY_RULE, &plan->retry_rule);
	if (rc == 0)
		rc = load_text(row, PLAN_CPUS, &plan->schedule.cpus);
	if (rc == 0)
		rc = load_text(row, PLAN_UNIQUE_KEY, &plan->unique);
	if (rc == 0)
		rc = load_text(row, PLAN_SBATCH, &plan->sbatch);
	return rc < 0 ? rc : load_job(row, plan, job);
}

enum dependency_column { DEPENDENCY_NUMBER, DEPENDENCY_TARGET, DEPENDENCY_CONDITION, DEPENDENCY_UNMET };

/* In the order of enum dependency_column. */
const char load_select_dependencies[] =
	"SELECT number, target, condition, unmet FROM dependencies ORDER BY number, target";

/* A condition that krtaskd never wrote is the strictest one. */
static int load_read_dependency(struct loading *loading, sqlite3_stmt *row)
{
	int64_t target = sqlite3_column_int64(row, DEPENDENCY_TARGET);
	int condition = sqlite3_column_int(row, DEPENDENCY_CONDITION);
	bool valid = condition >= 0 && condition < PLAN_CONDITION_COUNT;
	struct plan_after *after =
		array_grow(loading->after, &loading->after_size, loading->after_count + 1, sizeof(*after));

	if (!after)
		return -ENOMEM;
	loading->after = after;
	/* It would wait for ever. */
	if (target == sqlite3_column_int64(row, DEPENDENCY_NUMBER))
		load_damaged(loading, "dependency");
	after[loading->after_count++] = (struct plan_after){
		.number = (uint64_t)target,
		.condition = valid ? (enum plan_condition)condition : PLAN_AFTER_OK,
		.unmet = sqlite3_column_int(row, DEPENDENCY_UNMET) != 0,
	};
	return 0;
}

int load_dependencies(struct loading *loading, int64_t number, struct store_task *task,
                      struct task_plan *plan)
{
	struct side *side = &loading->dependencies;
	sqlite3_stmt *row = NULL;
	loading->after_count = 0;
	int rc = load_side_find(loading, side, number, &row);

	while (rc == 0 && row) {
		rc = load_read_dependency(loading, row);
		side->code = sqlite3_step(row);
		rc = rc < 0 ? rc : load_side_find(loading, side, number, &row);
	}
	if (rc < 0 || loading->after_count == 0)
		return rc;
	if (!task->spec.plan)
		*plan = plan_default;
	plan->after = loading->after;
	plan->after_count = loading->after_count;
	task->spec.plan = plan;
	return 0;
}
