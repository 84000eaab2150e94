#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "engine/service/attempts.h"
#include "engine/task/retry.h"

static void attempts_write_code(struct jsonw *w, const char *key, int value, bool known)
{
	jsonw_key(w, key);
	if (known)
		jsonw_int(w, value);
	else
		jsonw_null(w);
}

static void attempts_write_left(struct jsonw *w, const struct strings *left)
{
	jsonw_key(w, "survivors");
	jsonw_array(w);
	for (const char *string = NULL; (string = strings_next(left, string));) {
		struct plan_left process;
		/* The first string is the boot. */
		if (string == left->block || !plan_parse_left(string, &process))
			continue;
		jsonw_object(w);
		jsonw_key(w, "pid");
		jsonw_int(w, process.pid);
		jsonw_key(w, "start");
		jsonw_uint(w, process.start);
		jsonw_key(w, "name");
		jsonw_string(w, process.name);
		jsonw_end_object(w);
	}
	jsonw_end_array(w);
}

static void attempts_write_one(struct jsonw *w, const struct plan_attempt *attempt)
{
	jsonw_object(w);
	jsonw_key(w, "attempt");
	jsonw_uint(w, attempt->ordinal);
	jsonw_key(w, "startedAt");
	jsonw_time(w, attempt->started_at);
	jsonw_key(w, "completedAt");
	jsonw_time(w, attempt->ended_at);
	attempts_write_code(w, "exitCode", attempt->exit_code, attempt->exit_code >= 0);
	attempts_write_code(w, "signal", attempt->term_signal, attempt->term_signal > 0);
	jsonw_key(w, "message");
	jsonw_string(w, attempt->message);
	attempts_write_left(w, &attempt->left);
	jsonw_end_object(w);
}

/* The attempt that runs or ran last, unless it is among the earlier ones.  False: it is. */
static bool attempts_last(const struct task *task, int64_t started_at, struct plan_attempt *last)
{
	const struct task_plan *plan = task_plan(task);
	const struct task_status *status = &task->status;
	*last = (struct plan_attempt){
		.ordinal = task_attempt(task),
		.started_at = started_at,
		.ended_at = status->ended_at,
		.exit_code = status->exit_code,
		.term_signal = status->term_signal,
		.message = task_state_terminal(status->state) ? status->message : NULL,
	};
	return last->ordinal > plan->marks.attempt;
}

void attempts_write(struct jsonw *w, const struct task *task, int64_t started_at)
{
	const struct task_plan *plan = task_plan(task);
	struct plan_attempt last;
	bool several = plan->retries > 0 || plan->attempt_count > 0;
	jsonw_array(w);
	for (size_t i = 0; i < plan->attempt_count; i++)
		attempts_write_one(w, &plan->attempts[i]);
	if (several && attempts_last(task, started_at, &last))
		attempts_write_one(w, &last);
	jsonw_end_array(w);
}

static void attempts_print(FILE *out, const struct plan_attempt *attempt, const char *before)
{
	char text[TASK_MESSAGE_MAX];
	retry_describe(attempt, text, sizeof(text));
	(void)fprintf(out, "%s%" PRIu32 ": %s", before, attempt->ordinal, text);
}

/* What was stopped ended so, whatever its exit status. */
static void attempts_print_last(FILE *out, const struct task *task)
{
	struct plan_attempt last;
	if (!attempts_last(task, 0, &last) || !task_state_terminal(task->status.state))
		return;
	if (task->status.state == TASK_STOPPED)
		last.exit_code = -1;
	attempts_print(out, &last, "; ");
}

void attempts_write_texts(struct jsonw *w, const struct task *task)
{
	const struct task_plan *plan = task_plan(task);
	char *text = NULL;
	size_t length;
	FILE *out = plan->attempt_count > 0 ? open_memstream(&text, &length) : NULL;
	for (size_t i = 0; out && i < plan->attempt_count; i++)
		attempts_print(out, &plan->attempts[i], i > 0 ? "; " : "");
	if (out)
		attempts_print_last(out, task);
	if (out && fclose(out))
		w->failed = true;
	w->failed |= plan->attempt_count > 0 && !out;
	jsonw_string(w, out ? text : NULL);
	free(text);
}

void attempts_write_delay(struct jsonw *w, int64_t delay, int64_t usual)
{
	if (delay != usual)
		jsonw_fixed3(w, delay);
	else
		jsonw_null(w);
}

void attempts_write_ends(struct jsonw *w, const char *list)
{
	if (!list) {
		jsonw_null(w);
		return;
	}
	jsonw_array(w);
	for (const char *item = list; item; item = strchr(item, ',') ? strchr(item, ',') + 1 : NULL)
		jsonw_string_n(w, item, strcspn(item, ","));
	jsonw_end_array(w);
}
