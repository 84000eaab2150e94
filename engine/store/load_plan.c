#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/store/internal.h"
#include "engine/store/loading.h"
#include "engine/task/array.h"
#include "engine/task/cpus.h"
#include "engine/task/moment.h"
#include "engine/task/retry.h"
#include "engine/task/sbatch.h"

int load_text(sqlite3_stmt *row, int column, char **text)
{
	*text = (char *)sqlite3_column_text(row, column);
	return *text || sqlite3_column_type(row, column) == SQLITE_NULL ? 0 : -ENOMEM;
}

int load_rows(struct loading *loading, const char *sql, load_row *function)
{
	sqlite3_stmt *statement = NULL;
	int rc = 0;
	int code = sqlite3_prepare_v2(loading->store->db, sql, -1, &statement, NULL);

	while (code == SQLITE_OK || code == SQLITE_ROW) {
		code = sqlite3_step(statement);
		if (code == SQLITE_ROW)
			rc = function(loading, statement);
		if (rc != 0)
			break;
	}
	if (rc == 0 && code != SQLITE_DONE)
		rc = store_fail(loading->store, code, loading->error);
	sqlite3_finalize(statement);
	return rc;
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

/* Where it runs, if that is not this machine.  If that cannot be, it is not known. */
static int load_job(struct loading *loading, sqlite3_stmt *row, struct task_plan *plan, struct plan_job *job)
{
	const char *node = (const char *)sqlite3_column_text(row, PLAN_NODE);
	int64_t number = sqlite3_column_int64(row, PLAN_JOB);

	*job = (struct plan_job){ .number = number > 0 ? (uint64_t)number : 0 };
	snprintf(job->node, sizeof(job->node), "%s", node ? node : "");
	int error = load_text(row, PLAN_JOB_DIRECTORY, &job->directory);
	if (number < 0 || (job->directory && *job->directory != '/')) {
		load_damaged(loading, "job");
		*job = (struct plan_job){ 0 };
	}
	if (job->number > 0 || job->directory)
		plan->job = job;
	return error;
}

/* Milliseconds.  A duration is at most about 30 years, and no moment that can be written is further from 1970. */
static const int64_t load_duration_max = INT64_C(1000000000000), load_moment_max = INT64_C(400000000000000);

/* What krtaskd may have written into a column. */
struct plan_range {
	enum plan_column column;
	int64_t least, most;
	const char *what;
};

/* A number from least to most, or else the one of these that is nearest to 0. */
static int64_t load_number(struct loading *loading, sqlite3_stmt *row, struct plan_range range)
{
	int64_t number = sqlite3_column_int64(row, (int)range.column);
	bool valid = number >= range.least && number <= range.most &&
	             sqlite3_column_type(row, (int)range.column) == SQLITE_INTEGER;
	if (valid)
		return number;
	load_damaged(loading, range.what);
	return range.least > 0 ? range.least : 0;
}

static uint32_t load_count(struct loading *loading, sqlite3_stmt *row, enum plan_column column, int64_t most,
                           const char *what)
{
	return (uint32_t)load_number(loading, row, (struct plan_range){ column, 0, most, what });
}

static int64_t load_duration(struct loading *loading, sqlite3_stmt *row, enum plan_column column,
                             const char *what)
{
	return load_number(loading, row, (struct plan_range){ column, 0, load_duration_max, what });
}

static int64_t load_moment(struct loading *loading, sqlite3_stmt *row, enum plan_column column,
                           const char *what)
{
	return load_number(loading, row,
	                   (struct plan_range){ column, -load_moment_max, load_moment_max, what });
}

int64_t load_time(struct loading *loading, sqlite3_stmt *row, int column, const char *what)
{
	int64_t time = sqlite3_column_int64(row, column);
	int type = sqlite3_column_type(row, column);

	if ((type == SQLITE_INTEGER || type == SQLITE_NULL) && time >= MOMENT_MIN && time <= MOMENT_MAX)
		return time;
	load_damaged(loading, what);
	return 0;
}

static bool load_mark(struct loading *loading, sqlite3_stmt *row, enum plan_column column, const char *what)
{
	return load_count(loading, row, column, 1, what) != 0;
}

static void load_times(struct loading *loading, sqlite3_stmt *row, struct task_plan *plan)
{
	plan->begin_at = load_moment(loading, row, PLAN_BEGIN_AT, "begin time");
	plan->expire_at = load_moment(loading, row, PLAN_EXPIRE_AT, "expiry");
	plan->time_limit = load_duration(loading, row, PLAN_TIME_LIMIT, "time limit");
	plan->kill_after = load_number(
		loading, row,
		(struct plan_range){ PLAN_KILL_AFTER, -1, load_duration_max, "time before a kill" });
}

static void load_retries(struct loading *loading, sqlite3_stmt *row, struct task_plan *plan)
{
	plan->retries = load_count(loading, row, PLAN_RETRIES, PLAN_RETRIES_MAX, "number of retries");
	plan->retry_delay = load_duration(loading, row, PLAN_RETRY_DELAY, "delay of retries");
	plan->retry_max = load_duration(loading, row, PLAN_RETRY_MAX, "longest delay of retries");
	plan->retry_lost = load_mark(loading, row, PLAN_RETRY_LOST, "retry after a loss");
}

static void load_marks(struct loading *loading, sqlite3_stmt *row, struct plan_marks *marks)
{
	marks->held = load_mark(loading, row, PLAN_HELD, "hold");
	marks->attempt = load_count(loading, row, PLAN_ATTEMPT, INT32_MAX, "attempt");
	marks->not_before = load_moment(loading, row, PLAN_NOT_BEFORE, "time of the next attempt");
	marks->ran = load_moment(loading, row, PLAN_RAN, "run time");
	marks->resumed_at = load_moment(loading, row, PLAN_RESUMED_AT, "time of the last resume");
}

static void load_niceness(struct loading *loading, sqlite3_stmt *row, struct task_schedule *schedule)
{
	const struct plan_range niceness = { PLAN_NICENESS, NICENESS_MIN, NICENESS_MAX, "niceness" },
				io = { PLAN_IO_PRIORITY, 0, IO_PRIORITY_MAX, "I/O class" };
	char text[SCHEDULE_IO_SIZE];
	schedule->has_niceness = sqlite3_column_type(row, PLAN_NICENESS) != SQLITE_NULL;
	if (schedule->has_niceness)
		schedule->niceness = (short)load_number(loading, row, niceness);
	schedule->io_priority = (int)load_number(loading, row, io);
	schedule_format_io(schedule->io_priority, text);
	if (schedule->io_priority && !*text)
		load_damaged(loading, io.what);
}

/* Texts that krtaskd never wrote are not read. */
static int load_texts(struct loading *loading, sqlite3_stmt *row, struct task_plan *plan)
{
	struct cpus cpus;
	int rc = load_text(row, PLAN_RETRY_RULE, &plan->retry_rule);
	rc = rc < 0 ? rc : load_text(row, PLAN_CPUS, &plan->schedule.cpus);
	rc = rc < 0 ? rc : load_text(row, PLAN_UNIQUE_KEY, &plan->unique);
	rc = rc < 0 ? rc : load_text(row, PLAN_SBATCH, &plan->sbatch);
	if (rc < 0)
		return rc;
	if (!retry_rule_valid(plan->retry_rule)) {
		load_damaged(loading, "retry rule");
		plan->retry_rule = NULL;
	}
	if (plan->schedule.cpus && cpus_parse(&cpus, plan->schedule.cpus)) {
		load_damaged(loading, "CPU list");
		plan->schedule.cpus = NULL;
	}
	if (plan->unique && (!*plan->unique || strlen(plan->unique) > PLAN_UNIQUE_MAX)) {
		load_damaged(loading, "unique key");
		plan->unique = NULL;
	}
	return 0;
}

void load_check_plan(struct loading *loading, const struct task_plan *plan)
{
	char *error = NULL;
	char word[SBATCH_MAX + 1];
	if (plan->sbatch && !sbatch_check(plan->sbatch, word, sizeof(word)))
		load_damaged(loading, "options of sbatch");
	else if (plan_check(plan, &error))
		load_damaged(loading, "hook");
	free(error);
}

int load_plan(struct loading *loading, sqlite3_stmt *row, struct task_plan *plan, struct plan_job *job)
{
	const struct plan_range priority = { PLAN_PRIORITY, INT32_MIN, INT32_MAX, "priority" };
	*plan = (struct task_plan){
		.priority = (int32_t)load_number(loading, row, priority),
		.weight = load_count(loading, row, PLAN_WEIGHT, PLAN_WEIGHT_MAX, "weight"),
		.unmet_hold = load_mark(loading, row, PLAN_UNMET_HOLD, "rule for what cannot happen"),
		.auto_remove = load_mark(loading, row, PLAN_AUTO_REMOVE, "removal at its end"),
	};
	load_times(loading, row, plan);
	load_retries(loading, row, plan);
	load_niceness(loading, row, &plan->schedule);
	load_marks(loading, row, &plan->marks);
	int rc = load_texts(loading, row, plan);
	return rc < 0 ? rc : load_job(loading, row, plan, job);
}

enum dependency_column { DEPENDENCY_NUMBER, DEPENDENCY_TARGET, DEPENDENCY_CONDITION, DEPENDENCY_UNMET };

/* In the order of enum dependency_column. */
const char load_select_dependencies[] =
	"SELECT number, target, condition, unmet FROM dependencies ORDER BY number, target";

static int load_read_dependency(struct loading *loading, sqlite3_stmt *row)
{
	int64_t target = sqlite3_column_int64(row, DEPENDENCY_TARGET);
	int condition = sqlite3_column_int(row, DEPENDENCY_CONDITION);
	bool valid = condition >= 0 && condition < PLAN_CONDITION_COUNT &&
	             sqlite3_column_type(row, DEPENDENCY_CONDITION) == SQLITE_INTEGER;
	struct plan_after *after =
		array_grow(loading->after, &loading->after_size, loading->after_count + 1, sizeof(*after));

	if (!after)
		return -ENOMEM;
	loading->after = after;
	/* It would wait for ever, or for something else than it was to. */
	if (target <= 0 || target == sqlite3_column_int64(row, DEPENDENCY_NUMBER) || !valid)
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
