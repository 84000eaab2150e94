#include "config.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "engine/service/service.h"
#include "engine/task/moment.h"
#include "engine/task/retry.h"

/* About 30 years, as for every duration. */
#define PLAN_SECONDS_MAX 1e9

/* The parameters that make a plan: those of Create, Again and, but for some, Set. */

static void plan_read_priority(struct args *args, const char *key, struct task_plan *plan)
{
	int64_t priority = args_int(args, key, 0);
	if (priority < INT32_MIN || priority > INT32_MAX)
		args_fail(args, key);
	plan->priority = (int32_t)priority;
}

static void plan_read_weight(struct args *args, const char *key, struct task_plan *plan)
{
	plan->weight = (uint32_t)args_count(args, key, PLAN_WEIGHT_MAX, 0);
}

static void plan_read_niceness(struct args *args, const char *key, struct task_plan *plan)
{
	int64_t niceness = args_within(args, key, NICENESS_MIN, NICENESS_NONE);
	plan->schedule.niceness = (short)niceness;
	plan->schedule.has_niceness = niceness != NICENESS_NONE;
}

static void plan_read_io(struct args *args, const char *key, struct task_plan *plan)
{
	const char *text = args_string(args, key);
	int io_priority = text && *text ? schedule_parse_io(text) : 0;
	if (io_priority < 0)
		args_fail(args, key);
	plan->schedule.io_priority = io_priority;
}

static void plan_read_cpus(struct args *args, const char *key, struct task_plan *plan)
{
	const char *text = args_string(args, key);
	char list[CPUS_TEXT_SIZE] = "";
	struct cpus cpus;
	int error = text && *text ? cpus_parse(&cpus, text) : 0;
	if (!error && text && *text)
		cpus_format(&cpus, list);
	free(plan->schedule.cpus);
	plan->schedule.cpus = NULL;
	args_took(args, key, error ? error : string_copy(&plan->schedule.cpus, *list ? list : NULL));
}

static void plan_read_unmet(struct args *args, const char *key, struct task_plan *plan)
{
	const char *what = args_string(args, key);
	plan->unmet_hold = what && strcasecmp(what, "hold") == 0;
	if (what && !plan->unmet_hold && strcasecmp(what, "stop") != 0)
		args_fail(args, key);
}

/* An empty text is none. */
static void plan_read_hook(struct args *args, const char *key, struct task_plan *plan, size_t offset)
{
	struct plan_hooks *hooks = plan_make_hooks(plan);
	char *text = args_copy(args, key);
	args->no_memory |= !hooks;
	if (!hooks || (text && !*text)) {
		free(text);
		text = NULL;
	}
	if (!hooks)
		return;
	char **to = (char **)((char *)hooks + offset);
	free(*to);
	*to = text;
}

static void plan_read_on_end(struct args *args, const char *key, struct task_plan *plan)
{
	plan_read_hook(args, key, plan, offsetof(struct plan_hooks, on_end));
}

static void plan_read_on_fail(struct args *args, const char *key, struct task_plan *plan)
{
	plan_read_hook(args, key, plan, offsetof(struct plan_hooks, on_fail));
}

static void plan_read_on_ok(struct args *args, const char *key, struct task_plan *plan)
{
	plan_read_hook(args, key, plan, offsetof(struct plan_hooks, on_ok));
}

static void plan_read_webhook(struct args *args, const char *key, struct task_plan *plan)
{
	plan_read_hook(args, key, plan, offsetof(struct plan_hooks, webhook));
}

/* An empty one is none. */
static void plan_read_sbatch(struct args *args, const char *key, struct task_plan *plan)
{
	char *text = args_copy(args, key);
	free(plan->sbatch);
	plan->sbatch = text && *text ? text : NULL;
	if (!plan->sbatch)
		free(text);
}

/* Seconds, in milliseconds. */
static int64_t plan_read_duration(struct args *args, const char *key)
{
	double seconds = args_number(args, key, 0);
	if (!(seconds >= 0 && seconds <= PLAN_SECONDS_MAX)) {
		args_fail(args, key);
		return 0;
	}
	return (int64_t)(seconds * 1000 + 0.5);
}

static void plan_read_retries(struct args *args, const char *key, struct task_plan *plan)
{
	plan->retries = (uint32_t)args_count(args, key, PLAN_RETRIES_MAX, 0);
}

static void plan_read_retry_delay(struct args *args, const char *key, struct task_plan *plan)
{
	plan->retry_delay = plan_read_duration(args, key);
}

static void plan_read_retry_max(struct args *args, const char *key, struct task_plan *plan)
{
	plan->retry_max = plan_read_duration(args, key);
}

static void plan_read_retry_lost(struct args *args, const char *key, struct task_plan *plan)
{
	plan->retry_lost = args_bool(args, key);
}

/* The list as a rule.  An empty one takes away a rule of its kind, and no other. */
static void plan_read_rule(struct args *args, const char *key, const char *kind, struct task_plan *plan)
{
	const json_t *array = args_array(args, key), *item;
	char rule[RETRY_RULE_MAX + 2];
	size_t used = (size_t)snprintf(rule, sizeof(rule), "%s", kind), i;
	json_array_foreach(array, i, item)
	{
		const char *text = args_item(item);
		int added = snprintf(rule + used, sizeof(rule) - used, "%s%s", i > 0 ? "," : " ",
		                     text ? text : "");
		used += (size_t)added < sizeof(rule) - used ? (size_t)added : sizeof(rule) - used - 1;
	}
	if (json_array_size(array) == 0 && !retry_rule_list(plan->retry_rule, kind))
		return;
	free(plan->retry_rule);
	plan->retry_rule = NULL;
	if (json_array_size(array) == 0)
		return;
	if (!retry_rule_valid(rule))
		args_fail(args, key);
	args_took(args, key, string_copy(&plan->retry_rule, rule));
}

static void plan_read_retry_on(struct args *args, const char *key, struct task_plan *plan)
{
	plan_read_rule(args, key, "on", plan);
}

static void plan_read_retry_not(struct args *args, const char *key, struct task_plan *plan)
{
	if (json_array_size(args_array(args, "retryOn")) == 0)
		plan_read_rule(args, key, "not", plan);
	else if (json_array_size(args_array(args, key)) > 0)
		args_fail(args, key);
}

static int64_t plan_read_moment(struct args *args, const char *key)
{
	const char *text = args_string(args, key);
	int64_t at = 0;
	if (text && *text && !moment_parse_zoned(text, &at))
		args_fail(args, key);
	return at;
}

static void plan_set_begin(struct task_plan *plan, int64_t begin_at)
{
	plan->begin_at = begin_at;
	if (plan->marks.attempt == 0)
		plan->marks.not_before = 0;
}

static void plan_read_delay(struct args *args, const char *key, struct task_plan *plan)
{
	int64_t delay = plan_read_duration(args, key);
	const char *at = args_string(args, "beginAt");
	/* An edit may take away one of them and give the other. */
	if (!at || !*at)
		plan_set_begin(plan, -delay);
	else if (delay > 0)
		args_fail(args, key);
}

static void plan_read_begin(struct args *args, const char *key, struct task_plan *plan)
{
	int64_t at = plan_read_moment(args, key);
	plan_set_begin(plan, at > 0 ? at : 0);
}

static void plan_read_expire(struct args *args, const char *key, struct task_plan *plan)
{
	plan->expire_at = plan_read_moment(args, key);
}

static void plan_read_limit(struct args *args, const char *key, struct task_plan *plan)
{
	plan->time_limit = plan_read_duration(args, key);
}

static void plan_read_kill(struct args *args, const char *key, struct task_plan *plan)
{
	bool never = args_number(args, key, 0) == -1;
	plan->kill_after = never ? -1 : plan_read_duration(args, key);
}

/* Each reads a value that is given. */
static const struct plan_parameter {
	const char *key;
	void (*read)(struct args *args, const char *key, struct task_plan *plan);
} plan_parameters[] = {
	{ "priority", plan_read_priority },  { "weight", plan_read_weight },
	{ "nice", plan_read_niceness },      { "ionice", plan_read_io },
	{ "cpuList", plan_read_cpus },       { "unmet", plan_read_unmet },
	{ "onEnd", plan_read_on_end },       { "onFail", plan_read_on_fail },
	{ "onOk", plan_read_on_ok },         { "webhook", plan_read_webhook },
	{ "retries", plan_read_retries },    { "retryDelay", plan_read_retry_delay },
	{ "retryMax", plan_read_retry_max }, { "retryOn", plan_read_retry_on },
	{ "retryNot", plan_read_retry_not }, { "retryLost", plan_read_retry_lost },
	{ "beginAt", plan_read_begin },      { "delay", plan_read_delay },
	{ "expireAt", plan_read_expire },    { "timeLimit", plan_read_limit },
	{ "killAfter", plan_read_kill },     { "sbatch", plan_read_sbatch },
};

enum { PLAN_PARAMETERS = sizeof(plan_parameters) / sizeof(*plan_parameters) };

bool args_have_plan(const struct args *args)
{
	for (size_t i = 0; i < PLAN_PARAMETERS; i++) {
		if (args_has(args, plan_parameters[i].key))
			return true;
	}
	return false;
}

/*
 * Whoever asks for a longer delay, or takes away what was the longest, means it.  The delay that nobody asked for yields
 * to a shorter longest one.
 */
static void plan_read_longest(struct args *args, struct task_plan *plan)
{
	static const char key[] = "retryMax";
	if (plan->retry_max >= plan->retry_delay)
		return;
	if (args_has(args, key) && plan->retry_max != plan_default.retry_max) {
		if (plan->retry_delay != plan_default.retry_delay)
			args_fail(args, key);
	} else if (args_has(args, key) || args_has(args, "retryDelay")) {
		plan->retry_max = plan->retry_delay;
	}
}

void args_check_kill(struct args *args, struct task_plan *plan)
{
	static const char key[] = "killAfter";
	if (!plan || plan->kill_after < 0 || plan->time_limit > 0)
		return;
	if (args_has(args, key))
		args_fail(args, key);
	plan->kill_after = -1;
}

void args_read_plan(struct args *args, const struct task_plan *from, struct task_plan **plan)
{
	if (!from && !args_have_plan(args))
		return;
	*plan = plan_copy(from);
	args->no_memory |= !*plan;
	for (size_t i = 0; *plan && i < PLAN_PARAMETERS; i++) {
		if (args_has(args, plan_parameters[i].key))
			plan_parameters[i].read(args, plan_parameters[i].key, *plan);
	}
	if (*plan)
		plan_read_longest(args, *plan);
}

static void plan_read_unique(struct args *args, struct task_plan *plan)
{
	static const char key[] = "unique";
	size_t length = strlen(args_string(args, key) ? args_string(args, key) : "");
	if (length == 0 || length > PLAN_UNIQUE_MAX) {
		args_fail(args, key);
		return;
	}
	free(plan->unique);
	plan->unique = args_copy(args, key);
}

void args_read_made(struct args *args, struct task_plan **plan)
{
	bool unique = args_has(args, "unique"), removes = args_has(args, "autoRemove");
	if (!unique && !removes)
		return;
	if (!*plan)
		*plan = plan_copy(NULL);
	args->no_memory |= !*plan;
	if (*plan && unique)
		plan_read_unique(args, *plan);
	if (*plan && removes)
		(*plan)->auto_remove = args_bool(args, "autoRemove");
}
