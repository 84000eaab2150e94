#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "engine/core/holdings.h"
#include "engine/core/runs.h"
#include "engine/engine.h"
#include "engine/service/columns.h"
#include "engine/service/family_columns.h"
#include "engine/service/plan_columns.h"
#include "engine/task/devices.h"
#include "engine/task/progress.h"
#include "engine/task/quote.h"
#include "engine/task/retry.h"
#include "engine/task/usual.h"
#include "engine/task/utf8.h"

/* Write the value of each column. */

static void write_id(struct jsonw *w, const struct task *task, int64_t now)
{
	(void)now;
	jsonw_string(w, task_id(task));
}

static void write_name(struct jsonw *w, const struct task *task, int64_t now)
{
	char buffer[TASK_DEFAULT_NAME_SIZE];
	(void)now;
	jsonw_string(w, task_name(task, buffer));
}

static void write_description(struct jsonw *w, const struct task *task, int64_t now)
{
	(void)now;
	jsonw_string(w, task_description(task));
}

static void write_state(struct jsonw *w, const struct task *task, int64_t now)
{
	(void)now;
	jsonw_string(w, task_state_name(task->status.state));
}

static void write_created_at(struct jsonw *w, const struct task *task, int64_t now)
{
	(void)now;
	jsonw_time(w, task->created_at);
}

static void write_started_at(struct jsonw *w, const struct task *task, int64_t now)
{
	jsonw_time(w, run_started_at(task, now));
}

static void write_completed_at(struct jsonw *w, const struct task *task, int64_t now)
{
	(void)now;
	jsonw_time(w, task->status.ended_at);
}

static void write_duration(struct jsonw *w, const struct task *task, int64_t now)
{
	if (task->status.started_at)
		jsonw_fixed3(w, run_duration(task, now));
	else
		jsonw_null(w);
}

static void write_percent(struct jsonw *w, const struct task *task, int64_t now)
{
	(void)now;
	jsonw_int(w, task->status.percent);
}

static void write_percent_known(struct jsonw *w, const struct task *task, int64_t now)
{
	(void)now;
	jsonw_bool(w, task->status.percent_known);
}

static void write_message(struct jsonw *w, const struct task *task, int64_t now)
{
	(void)now;
	jsonw_string(w, ordering_message_of(task));
}

static void write_progress(struct jsonw *w, const struct task *task, int64_t now)
{
	jsonw_object(w);
	jsonw_key(w, "percentComplete");
	write_percent(w, task, now);
	jsonw_key(w, "statusMessage");
	write_message(w, task, now);
	jsonw_end_object(w);
}

static void write_exit_code(struct jsonw *w, const struct task *task, int64_t now)
{
	(void)now;
	if (task->status.exit_code < 0)
		jsonw_null(w);
	else
		jsonw_int(w, task->status.exit_code);
}

static void write_signal(struct jsonw *w, const struct task *task, int64_t now)
{
	(void)now;
	if (task->status.term_signal == 0)
		jsonw_null(w);
	else
		jsonw_int(w, task->status.term_signal);
}

static void write_pid(struct jsonw *w, const struct task *task, int64_t now)
{
	(void)now;
	if (engine_pid(task))
		jsonw_int(w, engine_pid(task));
	else
		jsonw_null(w);
}

static void write_group(struct jsonw *w, const struct task *task, int64_t now)
{
	(void)now;
	jsonw_string(w, task_group(task));
}

static void write_command(struct jsonw *w, const struct task *task, int64_t now)
{
	(void)now;
	struct strings command = task_command(task);
	jsonw_array(w);
	for (const char *word = NULL; (word = strings_next(&command, word));)
		jsonw_string(w, word);
	jsonw_end_array(w);
}

static void write_cwd(struct jsonw *w, const struct task *task, int64_t now)
{
	(void)now;
	jsonw_string(w, task_cwd(task));
}

static void write_bytes(struct jsonw *w, const char *bytes, size_t length)
{
	if (utf8_valid(bytes, length))
		jsonw_null(w);
	else
		jsonw_base64(w, bytes, length);
}

static void write_command_bytes(struct jsonw *w, const struct task *task, int64_t now)
{
	(void)now;
	struct strings command = task_command(task);
	write_bytes(w, command.block, command.length);
}

static void write_cwd_bytes(struct jsonw *w, const struct task *task, int64_t now)
{
	(void)now;
	write_bytes(w, task_cwd(task), strlen(task_cwd(task)));
}

static void write_number(struct jsonw *w, const struct task *task, int64_t now)
{
	(void)now;
	jsonw_uint(w, task->number);
}

static void write_started_ms(struct jsonw *w, const struct task *task, int64_t now)
{
	jsonw_int(w, run_started_at(task, now));
}

static void write_ended_ms(struct jsonw *w, const struct task *task, int64_t now)
{
	(void)now;
	jsonw_int(w, task->status.ended_at);
}

static void write_silence(struct jsonw *w, const struct task *task, int64_t now)
{
	int64_t silence = engine_silence(task, now);
	if (silence < 0)
		jsonw_null(w);
	else
		jsonw_fixed3(w, silence);
}

static void write_final(struct jsonw *w, const struct task *task, int64_t now)
{
	(void)now;
	jsonw_bool(w, task_state_terminal(task->status.state));
}

static void write_active(struct jsonw *w, const struct task *task, int64_t now)
{
	(void)now;
	jsonw_bool(w, task->status.state != TASK_CREATED && !task_state_terminal(task->status.state));
}

static void write_variables(struct jsonw *w, const struct task *task, int64_t now)
{
	(void)now;
	struct strings variables = task_variables(task);
	jsonw_base64(w, variables.block, variables.length);
}

static void write_variable_names(struct jsonw *w, const struct task *task, int64_t now)
{
	(void)now;
	struct strings variables = task_variables(task);
	jsonw_array(w);
	for (const char *s = strings_next(&variables, NULL); s; s = strings_next(&variables, s))
		jsonw_string_n(w, s, strcspn(s, "="));
	jsonw_end_array(w);
}

static void write_merge(struct jsonw *w, const struct task *task, int64_t now)
{
	(void)now;
	jsonw_bool(w, task_merge(task));
}

static void write_max_log(struct jsonw *w, const struct task *task, int64_t now)
{
	(void)now;
	jsonw_uint(w, task_max_log(task));
}

static void write_cpu_seconds(struct jsonw *w, const struct task *task, int64_t now)
{
	(void)now;
	struct task_usage usage = task_status_known_usage(&task->status);
	if (usage.max_rss > 0)
		jsonw_fixed3(w, usage.cpu_ms);
	else
		jsonw_null(w);
}

static void write_max_rss(struct jsonw *w, const struct task *task, int64_t now)
{
	(void)now;
	struct task_usage usage = task_status_known_usage(&task->status);
	if (usage.max_rss > 0)
		jsonw_int(w, usage.max_rss);
	else
		jsonw_null(w);
}

static void write_held(struct jsonw *w, const struct task *task, int64_t now)
{
	(void)now;
	jsonw_bool(w, task->status.state == TASK_QUEUED && task_plan(task)->marks.held);
}

/* The number of its end, in the order of all ends; 0: it has not ended. */
static void write_end_number(struct jsonw *w, const struct task *task, int64_t now)
{
	(void)now;
	jsonw_uint(w, task_state_terminal(task->status.state) ? task->status.start_order : 0);
}

static void write_command_line(struct jsonw *w, const struct task *task, int64_t now)
{
	(void)now;
	char few[1024];
	struct strings command = task_command(task);
	size_t room = quote_room(&command);
	char *line = room <= sizeof(few) ? few : malloc(room);
	if (line)
		quote_line(line, &command);
	jsonw_string(w, line);
	w->failed |= !line;
	if (line != few)
		free(line);
}

/* Those of its group that it holds, as their variable has them. */
static void write_devices(struct jsonw *w, const struct task *task, int64_t now)
{
	(void)now;
	bool none = !task->run || device_set_empty(&task->run->holding.devices);
	char *devices =
		none ? NULL : devices_assign(holdings_devices(task->run), &task->run->holding.devices);
	jsonw_string(w, devices);
	w->failed |= !none && !devices;
	free(devices);
}

/* Columns for which other tasks are needed. */

static void tell_awaited(struct jsonw *w, const struct engine *engine, const struct task *task)
{
	jsonw_bool(w, engine_awaited(engine, task));
}

static void tell_last_line(struct jsonw *w, const struct engine *engine, const struct task *task)
{
	struct progress line;
	jsonw_string(w, engine_last_line(engine, task, &line) ? line.message : NULL);
}

static void tell_options(struct jsonw *w, const struct engine *engine, const struct task *task);

/* The first RECORD_COLUMNS are the record, in its order; after PLAIN_COLUMNS come those of usual.h. */
static const struct column columns[] = {
	{ "id", NULL, write_id, &ordering_id, NULL },
	{ "name", NULL, write_name, &ordering_name, NULL },
	{ "description", NULL, write_description, &ordering_description, NULL },
	{ "state", NULL, write_state, &ordering_state, NULL },
	{ "createdAt", NULL, write_created_at, NULL, NULL },
	{ "startedAt", NULL, write_started_at, &ordering_start, NULL },
	{ "completedAt", NULL, write_completed_at, &ordering_end, NULL },
	{ "duration", "elapsed", write_duration, &ordering_duration, NULL },
	{ "progress", NULL, write_progress, &ordering_progress, NULL },
	{ "parentId", NULL, family_column_parent, &ordering_parent, NULL },
	{ "childrenId", NULL, family_column_children, &ordering_children, NULL },
	{ "exitCode", "exit", write_exit_code, &ordering_exit, NULL },
	{ "signal", NULL, write_signal, &ordering_signal, NULL },
	{ "pid", NULL, write_pid, &ordering_pid, NULL },
	{ "group", NULL, write_group, &ordering_group, NULL },
	{ "command", NULL, write_command, &ordering_command, NULL },
	{ "cwd", NULL, write_cwd, &ordering_cwd, NULL },
	{ "priority", NULL, plan_column_priority, &ordering_priority, NULL },
	{ "weight", NULL, plan_column_weight, &ordering_weight, NULL },
	{ "attempt", NULL, plan_column_attempt, &ordering_attempt, NULL },
	{ "attempts", NULL, plan_column_attempts, &ordering_attempt, NULL },
	{ "nice", NULL, plan_column_nice, &ordering_nice, NULL },
	{ "ionice", NULL, plan_column_ionice, &ordering_ionice, NULL },
	{ "cpuList", "cpu-list", plan_column_cpu_list, &ordering_cpus, NULL },
	{ "after", NULL, NULL, &ordering_after, after_write },
	{ "reasons", NULL, NULL, NULL, why_write },
	{ "cpuSeconds", "cpu", write_cpu_seconds, &ordering_cpu, NULL },
	{ "maxRssBytes", "maxrss", write_max_rss, &ordering_rss, NULL },
	{ "beginAt", "begin", plan_column_begin_at, &ordering_begin, NULL },
	{ "expireAt", "expire", plan_column_expire_at, &ordering_expire, NULL },
	{ "timeLimit", "limit", plan_column_time_limit, &ordering_limit, NULL },
	{ "killAfter", NULL, plan_column_kill_after, &ordering_kill, NULL },
	{ "delay", NULL, plan_column_delay, NULL, NULL },
	{ "unmet", NULL, plan_column_unmet, NULL, NULL },
	{ "retries", NULL, plan_column_retries, NULL, NULL },
	{ "retryDelay", NULL, plan_column_retry_delay, NULL, NULL },
	{ "retryMax", NULL, plan_column_retry_max, NULL, NULL },
	{ "retryOn", NULL, plan_column_retry_on, NULL, NULL },
	{ "retryNot", NULL, plan_column_retry_not, NULL, NULL },
	{ "retryLost", NULL, plan_column_retry_lost, NULL, NULL },
	{ "unique", NULL, plan_column_unique, NULL, NULL },
	{ "autoRemove", NULL, plan_column_auto_remove, NULL, NULL },
	{ "onEnd", NULL, plan_column_on_end, NULL, NULL },
	{ "onFail", NULL, plan_column_on_fail, NULL, NULL },
	{ "onOk", NULL, plan_column_on_ok, NULL, NULL },
	{ "webhook", NULL, plan_column_webhook, NULL, NULL },
	{ "sbatch", NULL, plan_column_sbatch, NULL, NULL },
	{ "job", NULL, plan_column_job, NULL, NULL },
	{ "node", NULL, plan_column_node, NULL, NULL },
	{ "maxLog", NULL, write_max_log, NULL, NULL },
	{ "merge", NULL, write_merge, NULL, NULL },
	{ "commandBase64", NULL, write_command_bytes, &ordering_command, NULL },
	{ "cwdBase64", NULL, write_cwd_bytes, &ordering_cwd, NULL },
	{ "options", NULL, NULL, NULL, tell_options },
	{ "percentComplete", NULL, write_percent, &ordering_percent, NULL },
	{ "percentKnown", NULL, write_percent_known, &ordering_percent_known, NULL },
	{ "statusMessage", NULL, write_message, &ordering_message, NULL },
	{ "number", NULL, write_number, NULL, NULL },
	{ "startedMs", NULL, write_started_ms, &ordering_start, NULL },
	{ "endedMs", NULL, write_ended_ms, &ordering_end, NULL },
	{ "commandLine", NULL, write_command_line, &ordering_command, NULL },
	{ "attemptOf", NULL, plan_column_attempt_of, NULL, NULL },
	{ "attemptTexts", NULL, plan_column_attempt_texts, NULL, NULL },
	{ "held", NULL, write_held, NULL, NULL },
	{ "awaited", NULL, NULL, NULL, tell_awaited },
	{ "variablesBase64", NULL, write_variables, NULL, NULL },
	{ "variableNames", NULL, write_variable_names, NULL, NULL },
	{ "endNumber", NULL, write_end_number, NULL, NULL },
	{ "reason", NULL, NULL, NULL, why_write_first },
	{ "lastLine", NULL, NULL, NULL, tell_last_line },
	{ "silence", NULL, write_silence, NULL, NULL },
	{ "devices", NULL, write_devices, NULL, NULL },
	{ "children", NULL, family_column_count, NULL, NULL },
	{ "childrenEnded", NULL, family_column_ended, NULL, NULL },
	{ "final", NULL, write_final, &ordering_final, NULL },
	{ "activity", NULL, write_active, &ordering_activity, NULL },
};
enum { PLAIN_COLUMNS = 32, RECORD_COLUMNS = 53, COLUMNS = sizeof(columns) / sizeof(*columns) };

const struct column *column_find(const char *name)
{
	for (size_t i = 0; i < COLUMNS; i++) {
		if (strcmp(columns[i].name, name) == 0)
			return &columns[i];
	}
	return NULL;
}

const struct column *column_to_sort_by(const char *name)
{
	for (size_t i = 0; i < COLUMNS; i++) {
		if (strcasecmp(columns[i].name, name) == 0 ||
		    (columns[i].alias && strcasecmp(columns[i].alias, name) == 0))
			return &columns[i];
	}
	return NULL;
}

bool column_has_children(const struct column *column)
{
	return strncmp(column->name, "children", strlen("children")) == 0;
}

bool column_has_reasons(const struct column *column)
{
	return strcmp(column->name, "reasons") == 0 || strcmp(column->name, "reason") == 0;
}

static void columns_write_members(struct jsonw *w, const struct engine *engine, const struct task *task,
                                  int64_t now, size_t first, size_t end)
{
	for (size_t i = first; i < end; i++) {
		jsonw_key(w, columns[i].name);
		column_write(&columns[i], w, engine, task, now);
	}
}

static bool columns_are_text(const struct task *task)
{
	struct strings command = task_command(task);
	return utf8_valid(command.block, command.length) &&
	       utf8_valid(task_cwd(task), strlen(task_cwd(task)));
}

/* Its options are as in OPTIONS_USUAL. */
static bool columns_are_usual(const struct task *task)
{
	return !task->plan && !task_merge(task) && task_max_log(task) == 0 && columns_are_text(task);
}

static void tell_options(struct jsonw *w, const struct engine *engine, const struct task *task)
{
	if (columns_are_usual(task)) {
		jsonw_null(w);
		return;
	}
	jsonw_object(w);
	columns_write_members(w, engine, task, 0, PLAIN_COLUMNS, RECORD_COLUMNS);
	jsonw_end_object(w);
}

static void columns_open_record(struct jsonw *w, const struct engine *engine, const struct task *task,
                                int64_t now)
{
	jsonw_object(w);
	columns_write_members(w, engine, task, now, 0, PLAIN_COLUMNS);
	if (columns_are_usual(task))
		jsonw_raw(w, OPTIONS_USUAL, sizeof(OPTIONS_USUAL) - 1);
	else
		columns_write_members(w, engine, task, now, PLAIN_COLUMNS, RECORD_COLUMNS);
}

void columns_record(struct jsonw *w, const struct engine *engine, const struct task *task, int64_t now)
{
	columns_open_record(w, engine, task, now);
	jsonw_end_object(w);
}

char *columns_text(const struct engine *engine, const struct task *task, int64_t now)
{
	struct jsonw w = JSONW_INIT;
	char *text = NULL;
	columns_open_record(&w, engine, task, now);
	jsonw_key(&w, "host");
	jsonw_null(&w);
	jsonw_end_object(&w);
	if (!w.failed && asprintf(&text, "%.*s\n", (int)w.length, w.data) < 0)
		text = NULL;
	jsonw_release(&w);
	return text;
}
