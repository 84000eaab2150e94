#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "engine/service/service.h"
#include "engine/task/quote.h"
#include "engine/task/utf8.h"

/* How tasks and the server are shown: one table of columns makes the record and the rows of a list. */

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
	(void)now;
	jsonw_time(w, task->status.started_at);
}

static void write_completed_at(struct jsonw *w, const struct task *task, int64_t now)
{
	(void)now;
	jsonw_time(w, task->status.ended_at);
}

static void write_duration(struct jsonw *w, const struct task *task, int64_t now)
{
	if (task->status.started_at)
		jsonw_fixed3(w, task_duration(&task->status, now));
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
	jsonw_string(w, task->status.message);
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

static void write_parent(struct jsonw *w, const struct task *task, int64_t now)
{
	(void)now;
	jsonw_string(w, task_parent(task) ? task_id(task_parent(task)) : NULL);
}

static void write_children(struct jsonw *w, const struct task *task, int64_t now)
{
	(void)now;
	jsonw_array(w);
	for (const struct task *child = task_first_child(task); child; child = task_next_sibling(child))
		jsonw_string(w, task_id(child));
	jsonw_end_array(w);
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
	const struct task_process *process = engine_process(task);
	if (!process || process->pid == 0)
		jsonw_null(w);
	else
		jsonw_int(w, process->pid);
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
	(void)now;
	jsonw_int(w, task->status.started_at);
}

static void write_ended_ms(struct jsonw *w, const struct task *task, int64_t now)
{
	(void)now;
	jsonw_int(w, task->status.ended_at);
}

static void write_final(struct jsonw *w, const struct task *task, int64_t now)
{
	(void)now;
	jsonw_bool(w, task_state_terminal(task->status.state));
}

char *show_command_line(const struct task *task)
{
	struct strings command = task_command(task);

	return quote_strings(&command);
}

static void write_command_line(struct jsonw *w, const struct task *task, int64_t now)
{
	(void)now;
	char *line = show_command_line(task);
	jsonw_string(w, line);
	free(line);
}

/* The first RECORD_COLUMNS are the record, in its order. */
static const struct column columns[] = {
	{ "id", write_id },
	{ "name", write_name },
	{ "description", write_description },
	{ "state", write_state },
	{ "createdAt", write_created_at },
	{ "startedAt", write_started_at },
	{ "completedAt", write_completed_at },
	{ "duration", write_duration },
	{ "progress", write_progress },
	{ "parentId", write_parent },
	{ "childrenId", write_children },
	{ "exitCode", write_exit_code },
	{ "signal", write_signal },
	{ "pid", write_pid },
	{ "group", write_group },
	{ "command", write_command },
	{ "cwd", write_cwd },
	{ "commandBase64", write_command_bytes },
	{ "cwdBase64", write_cwd_bytes },
	{ "percentComplete", write_percent },
	{ "percentKnown", write_percent_known },
	{ "statusMessage", write_message },
	{ "number", write_number },
	{ "startedMs", write_started_ms },
	{ "endedMs", write_ended_ms },
	{ "commandLine", write_command_line },
	{ "final", write_final },
};
enum { RECORD_COLUMNS = 19, COLUMNS = sizeof columns / sizeof *columns };

const struct column *column_find(const char *name)
{
	for (size_t i = 0; i < COLUMNS; i++) {
		if (strcmp(columns[i].name, name) == 0)
			return &columns[i];
	}
	return NULL;
}

void show_task(struct jsonw *w, const struct task *task, int64_t now)
{
	jsonw_object(w);
	for (size_t i = 0; i < RECORD_COLUMNS; i++) {
		jsonw_key(w, columns[i].name);
		columns[i].write(w, task, now);
	}
	jsonw_end_object(w);
}

static void show_counts(struct jsonw *w, const uint64_t counts[TASK_STATE_COUNT])
{
	jsonw_object(w);
	for (int state = 0; state < TASK_STATE_COUNT; state++) {
		if (state == TASK_CLAIMED)
			continue;
		jsonw_key(w, task_state_name((enum task_state)state));
		jsonw_uint(w, counts[state] + (state == TASK_QUEUED ? counts[TASK_CLAIMED] : 0));
	}
	jsonw_end_object(w);
}

void show_status(struct jsonw *w, const struct service *service)
{
	const struct registry *registry = engine_registry(service->engine);
	unsigned slots = engine_slots(service->engine);
	jsonw_object(w);
	jsonw_key(w, "name");
	jsonw_string(w, service->options.name);
	jsonw_key(w, "address");
	jsonw_string(w, service->options.address);
	jsonw_key(w, "version");
	jsonw_string(w, PACKAGE_VERSION);
	jsonw_key(w, "pid");
	jsonw_int(w, getpid());
	jsonw_key(w, "anchorPid");
	jsonw_int(w, service->options.anchor);
	jsonw_key(w, "startedAt");
	jsonw_time(w, service->started_at);
	jsonw_key(w, "slots");
	if (slots)
		jsonw_uint(w, slots);
	else
		jsonw_null(w);
	jsonw_key(w, "running");
	jsonw_uint(w, registry->counts[TASK_RUNNING] + registry->counts[TASK_STOPPING]);
	jsonw_key(w, "tasks");
	show_counts(w, registry->counts);
	jsonw_end_object(w);
}
