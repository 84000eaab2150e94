#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "engine/task/array.h"
#include "engine/task/error.h"
#include "engine/task/messages.h"
#include "engine/task/plan.h"
#include "engine/task/sbatch.h"

const struct task_plan plan_default = {
	.weight = 1,
	.kill_after = -1,
	.retry_delay = 10000,
	.retry_max = 600000,
};

static const struct {
	const char *name, *needs;
} plan_conditions[PLAN_CONDITION_COUNT] = {
	[PLAN_AFTER_OK] = { "ok", "Completed" },
	[PLAN_AFTER_FAIL] = { "fail", "Failed" },
	[PLAN_AFTER_ANY] = { "any", "ended, having run" },
};

int plan_parse_after(const char *text, size_t *length)
{
	const char *colon = strrchr(text, ':');
	*length = colon ? (size_t)(colon - text) : strlen(text);
	if (*length == 0)
		return -1;
	for (int i = 0; colon && i < PLAN_CONDITION_COUNT; i++) {
		if (strcasecmp(colon + 1, plan_conditions[i].name) == 0)
			return i;
	}
	return colon ? -1 : PLAN_AFTER_OK;
}

void plan_format_after(const char *id, enum plan_condition condition, char *text, size_t size)
{
	bool usual = condition == PLAN_AFTER_OK;
	snprintf(text, size, "%s%s%s", id, usual ? "" : ":", usual ? "" : plan_conditions[condition].name);
}

const char *plan_condition_needs(enum plan_condition condition)
{
	return plan_conditions[condition].needs;
}

int64_t plan_begin(const struct task_plan *plan)
{
	if (plan->begin_at >= 0)
		return plan->begin_at;
	return plan->marks.attempt == 0 ? plan->marks.not_before : 0;
}

int64_t plan_delay(const struct task_plan *plan)
{
	bool counts = plan->begin_at >= 0 || plan->marks.attempt > 0 || plan->marks.not_before > 0;
	return counts ? 0 : -plan->begin_at;
}

struct plan_hooks *plan_make_hooks(struct task_plan *plan)
{
	if (!plan->hooks)
		plan->hooks = calloc(1, sizeof(*plan->hooks));
	return plan->hooks;
}

static void plan_free_hooks(struct plan_hooks *hooks)
{
	if (!hooks)
		return;
	free(hooks->on_end);
	free(hooks->on_fail);
	free(hooks->on_ok);
	free(hooks->webhook);
	free(hooks->input);
	free(hooks);
}

/* NULL stays NULL.  False: out of memory. */
static bool plan_copy_text(char **to, const char *from)
{
	*to = from ? strdup(from) : NULL;
	return *to || !from;
}

/* NULL: out of memory. */
static struct plan_hooks *plan_copy_hooks(const struct plan_hooks *from)
{
	struct plan_hooks *hooks = calloc(1, sizeof(*hooks));
	if (!hooks)
		return NULL;
	hooks->target = from->target;
	if (plan_copy_text(&hooks->on_end, from->on_end) && plan_copy_text(&hooks->on_fail, from->on_fail) &&
	    plan_copy_text(&hooks->on_ok, from->on_ok) && plan_copy_text(&hooks->webhook, from->webhook) &&
	    plan_copy_text(&hooks->input, from->input))
		return hooks;
	plan_free_hooks(hooks);
	return NULL;
}

static void plan_free_job(struct plan_job *job)
{
	if (job)
		free(job->directory);
	free(job);
}

int plan_set_job(struct task_plan *plan, uint64_t number, const char *directory)
{
	struct plan_job *job = calloc(1, sizeof(*job));
	if (!job || !plan_copy_text(&job->directory, directory)) {
		plan_free_job(job);
		return -ENOMEM;
	}
	job->number = number;
	plan_free_job(plan->job);
	plan->job = job;
	return 0;
}

/* 0 or -ENOMEM. */
static int plan_copy_job(struct task_plan *plan, const struct plan_job *from)
{
	plan->job = NULL;
	if (!from)
		return 0;
	int error = plan_set_job(plan, from->number, from->directory);
	if (!error)
		memcpy(plan->job->node, from->node, sizeof(from->node));
	return error;
}

struct task_plan plan_anew(const struct task_plan *from, struct plan_hooks *hooks)
{
	struct task_plan plan = from ? *from : plan_default;
	plan.begin_at = plan.expire_at = 0;
	plan.unique = NULL;
	plan.after = NULL;
	plan.attempts = NULL;
	plan.job = NULL;
	plan.after_count = plan.attempt_count = plan.attempt_size = 0;
	plan.marks = plan_default.marks;
	*hooks = plan.hooks ? *plan.hooks : (struct plan_hooks){ 0 };
	/* A task like a hook follows nothing. */
	hooks->target = 0;
	plan.hooks = plan.hooks ? hooks : NULL;
	return plan;
}

struct task_plan *plan_copy(const struct task_plan *from)
{
	struct task_plan *plan = malloc(sizeof(*plan));
	if (!plan)
		return NULL;
	from = from ? from : &plan_default;
	*plan = *from;
	plan->retry_rule = plan->retry_rule ? strdup(plan->retry_rule) : NULL;
	plan->unique = plan->unique ? strdup(plan->unique) : NULL;
	plan->after = NULL;
	plan->attempts = NULL;
	plan->attempt_count = plan->attempt_size = 0;
	plan->sbatch = plan->sbatch ? strdup(plan->sbatch) : NULL;
	int error = schedule_copy(&plan->schedule, &from->schedule);
	if (plan_copy_job(plan, from->job) || (from->sbatch && !plan->sbatch))
		error = -ENOMEM;
	plan->hooks = from->hooks ? plan_copy_hooks(from->hooks) : NULL;
	size_t size = plan->after_count * sizeof(*plan->after);
	if (size > 0)
		plan->after = malloc(size);
	if (error || (from->retry_rule && !plan->retry_rule) || (from->unique && !plan->unique) ||
	    (from->hooks && !plan->hooks) || (size > 0 && !plan->after)) {
		plan_free(plan);
		return NULL;
	}
	if (size > 0 && from->after)
		memcpy(plan->after, from->after, size);
	for (size_t i = 0; i < from->attempt_count; i++) {
		if (plan_add_attempt(plan, &from->attempts[i])) {
			plan_free(plan);
			return NULL;
		}
	}
	return plan;
}

void plan_free(struct task_plan *plan)
{
	if (!plan)
		return;
	free(plan->retry_rule);
	free(plan->unique);
	free(plan->sbatch);
	plan_free_job(plan->job);
	free(plan->after);
	while (plan->attempt_count > 0)
		plan_drop_attempt(plan);
	free(plan->attempts);
	schedule_release(&plan->schedule);
	plan_free_hooks(plan->hooks);
	free(plan);
}

int plan_add_attempt(struct task_plan *plan, const struct plan_attempt *attempt)
{
	struct plan_attempt copy = *attempt;
	struct plan_attempt *attempts =
		array_grow(plan->attempts, &plan->attempt_size, plan->attempt_count + 1, sizeof(*attempts));
	if (!attempts)
		return -ENOMEM;
	plan->attempts = attempts;
	copy.message = attempt->message ? strdup(attempt->message) : NULL;
	copy.left = (struct strings)STRINGS_INIT;
	if ((attempt->message && !copy.message) ||
	    strings_copy(&copy.left, attempt->left.block, attempt->left.length)) {
		free(copy.message);
		return -ENOMEM;
	}
	attempts[plan->attempt_count++] = copy;
	return 0;
}

struct plan_attempt plan_take_attempt(struct task_plan *plan)
{
	return plan->attempts[--plan->attempt_count];
}

void plan_put_attempt(struct task_plan *plan, const struct plan_attempt *attempt)
{
	plan->attempts[plan->attempt_count++] = *attempt;
}

void plan_attempt_release(struct plan_attempt *attempt)
{
	free(attempt->message);
	strings_release(&attempt->left);
}

void plan_drop_attempt(struct task_plan *plan)
{
	plan_attempt_release(&plan->attempts[--plan->attempt_count]);
}

int plan_add_left(struct strings *left, const struct plan_left *process)
{
	char text[80];
	snprintf(text, sizeof(text), "%" PRId32 " %" PRIu64 " %s", process->pid, process->start,
	         process->name);
	return strings_add(left, text);
}

bool plan_parse_left(const char *text, struct plan_left *process)
{
	char *end;
	long pid = strtol(text, &end, 10);
	if (pid <= 0 || pid > INT32_MAX || *end != ' ')
		return false;
	*process = (struct plan_left){ .pid = (int32_t)pid, .start = strtoull(end + 1, &end, 10) };
	snprintf(process->name, sizeof(process->name), "%s", *end == ' ' ? end + 1 : "");
	return *end == ' ';
}

const struct plan_attempt *plan_last_attempt(const struct task_plan *plan)
{
	return plan->attempt_count > 0 ? &plan->attempts[plan->attempt_count - 1] : NULL;
}

static int plan_check_hook(const char *name, const char *code, char **error)
{
	if (!code)
		return 0;
	if (code[strspn(code, " \t\r\n")] == '\0')
		return error_set(error, -EINVAL, MSG_TEXT_BLANK, name);
	if (strlen(code) > PLAN_HOOK_MAX)
		return error_set(error, -EINVAL, MSG_TEXT_TOO_LONG, name, (size_t)PLAN_HOOK_MAX);
	return 0;
}

static bool plan_is_url(const char *text)
{
	const char *rest = strncasecmp(text, "http://", 7) == 0    ? text + 7
	                   : strncasecmp(text, "https://", 8) == 0 ? text + 8
	                                                           : "";
	if (!*rest || *rest == '/' || strlen(text) > PLAN_HOOK_MAX)
		return false;
	for (; *rest; rest++) {
		if ((unsigned char)*rest <= ' ' || *rest == 0x7f)
			return false;
	}
	return true;
}

int plan_check(const struct task_plan *plan, char **error)
{
	const struct plan_hooks *hooks = plan->hooks;
	char word[64];
	if (plan->sbatch && !sbatch_check(plan->sbatch, word, sizeof(word)))
		return error_set(error, -EINVAL, MSG_SBATCH_INVALID, word);
	if (!hooks)
		return 0;
	int code = plan_check_hook("--on-end", hooks->on_end, error);
	if (!code)
		code = plan_check_hook("--on-fail", hooks->on_fail, error);
	if (!code)
		code = plan_check_hook("--on-ok", hooks->on_ok, error);
	if (!code && hooks->webhook && !plan_is_url(hooks->webhook))
		code = error_set(error, -EINVAL, MSG_WEBHOOK_INVALID, hooks->webhook);
	return code;
}
