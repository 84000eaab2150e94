#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "engine/engine.h"
#include "engine/service/columns.h"
#include "engine/task/quote.h"
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

static void write_command_line(struct jsonw *w, const struct task *task, int64_t now)
{
	(void)now;
	struct strings command = task_command(task);
	char *line = quote_strings(&command);
	jsonw_string(w, line);
	w->failed |= !line;
	free(line);
}

/*
 * Compare two tasks by each column.  An absent value comes first.  Texts are compared without regard to case.
 * These functions must not allocate or build anything: sorting a million tasks takes twenty million
 * comparisons.
 */

static int by_number(int64_t a, int64_t b)
{
	return a < b ? -1 : a > b;
}

static int by_text(const char *a, const char *b)
{
	return a && b ? strcasecmp(a, b) : !b - !a;
}

/* Ids that are numbers come first, by value.  The others are compared as texts. */
static int by_id(const char *a, const char *b)
{
	uint64_t x = registry_id_number(a), y = registry_id_number(b);
	if (x && y)
		return by_number((int64_t)x, (int64_t)y);
	return x || y ? !x - !y : by_text(a, b);
}

static int by_words(const struct strings *a, const struct strings *b)
{
	const char *x = strings_next(a, NULL), *y = strings_next(b, NULL);
	while (x && y) {
		int order = strcasecmp(x, y);
		if (order)
			return order;
		x = strings_next(a, x);
		y = strings_next(b, y);
	}
	return !y - !x;
}

static int compare_id(const struct task *a, const struct task *b, int64_t now)
{
	(void)now;
	return by_id(task_id(a), task_id(b));
}

/* Compares a name that was given with the default name "Task ID". */
static int by_default_name(const char *given, const char *id)
{
	size_t length = strlen(TASK_DEFAULT_NAME_START);
	int order = strncasecmp(given, TASK_DEFAULT_NAME_START, length);
	return order ? order : strcasecmp(given + length, id);
}

static int compare_name(const struct task *a, const struct task *b, int64_t now)
{
	(void)now;
	const char *x = task_given_name(a), *y = task_given_name(b);
	if (x && y)
		return strcasecmp(x, y);
	if (x)
		return by_default_name(x, task_id(b));
	return y ? -by_default_name(y, task_id(a)) : strcasecmp(task_id(a), task_id(b));
}

static int compare_description(const struct task *a, const struct task *b, int64_t now)
{
	(void)now;
	return by_text(task_description(a), task_description(b));
}

/* In the order in which a task passes its states.  Claimed is shown as Queued. */
static int compare_state(const struct task *a, const struct task *b, int64_t now)
{
	(void)now;
	enum task_state x = a->status.state, y = b->status.state;
	return by_number(x == TASK_CLAIMED ? TASK_QUEUED : x, y == TASK_CLAIMED ? TASK_QUEUED : y);
}

static int compare_started(const struct task *a, const struct task *b, int64_t now)
{
	(void)now;
	return by_number(a->status.started_at, b->status.started_at);
}

static int compare_ended(const struct task *a, const struct task *b, int64_t now)
{
	(void)now;
	return by_number(a->status.ended_at, b->status.ended_at);
}

static int compare_duration(const struct task *a, const struct task *b, int64_t now)
{
	int order = by_number(a->status.started_at != 0, b->status.started_at != 0);
	return order ? order : by_number(task_duration(&a->status, now), task_duration(&b->status, now));
}

static int compare_percent(const struct task *a, const struct task *b, int64_t now)
{
	(void)now;
	return by_number(a->status.percent, b->status.percent);
}

static int compare_percent_known(const struct task *a, const struct task *b, int64_t now)
{
	(void)now;
	return by_number(a->status.percent_known, b->status.percent_known);
}

static int compare_message(const struct task *a, const struct task *b, int64_t now)
{
	(void)now;
	return by_text(a->status.message, b->status.message);
}

static int compare_progress(const struct task *a, const struct task *b, int64_t now)
{
	int order = compare_percent_known(a, b, now);
	order = order ? order : compare_percent(a, b, now);
	return order ? order : compare_message(a, b, now);
}

static int compare_parent(const struct task *a, const struct task *b, int64_t now)
{
	(void)now;
	const struct task *x = task_parent(a), *y = task_parent(b);
	return x && y ? by_id(task_id(x), task_id(y)) : !y - !x;
}

/*
 * Compares lists by length, then by their elements.  Counting stops at the end of the shorter list, so a long
 * list costs no more than a short one.
 */
static int compare_children(const struct task *a, const struct task *b, int64_t now)
{
	(void)now;
	const struct task *first = task_first_child(a), *other = task_first_child(b), *x = first, *y = other;
	while (x && y) {
		x = task_next_sibling(x);
		y = task_next_sibling(y);
	}
	if (x || y)
		return !y - !x;
	return first ? by_id(task_id(first), task_id(other)) : 0;
}

/* The number that a shell would show: 128 plus the number of a signal. */
static int64_t exit_key(const struct task *task)
{
	return task->status.term_signal ? 128 + task->status.term_signal : task->status.exit_code;
}

static int compare_exit(const struct task *a, const struct task *b, int64_t now)
{
	(void)now;
	return by_number(exit_key(a), exit_key(b));
}

static int compare_signal(const struct task *a, const struct task *b, int64_t now)
{
	(void)now;
	return by_number(a->status.term_signal, b->status.term_signal);
}

static int compare_pid(const struct task *a, const struct task *b, int64_t now)
{
	(void)now;
	return by_number(engine_pid(a), engine_pid(b));
}

static int compare_group(const struct task *a, const struct task *b, int64_t now)
{
	(void)now;
	return by_text(task_group(a), task_group(b));
}

static int compare_command(const struct task *a, const struct task *b, int64_t now)
{
	(void)now;
	struct strings one = task_command(a), other = task_command(b);
	return by_words(&one, &other);
}

static int compare_cwd(const struct task *a, const struct task *b, int64_t now)
{
	(void)now;
	return by_text(task_cwd(a), task_cwd(b));
}

static int compare_final(const struct task *a, const struct task *b, int64_t now)
{
	(void)now;
	return by_number(task_state_terminal(a->status.state), task_state_terminal(b->status.state));
}

/* The first RECORD_COLUMNS columns are the record, in its order. */
static const struct column columns[] = {
	{ "id", NULL, write_id, compare_id },
	{ "name", NULL, write_name, compare_name },
	{ "description", NULL, write_description, compare_description },
	{ "state", NULL, write_state, compare_state },
	{ "createdAt", NULL, write_created_at, NULL },
	{ "startedAt", NULL, write_started_at, compare_started },
	{ "completedAt", NULL, write_completed_at, compare_ended },
	{ "duration", "elapsed", write_duration, compare_duration },
	{ "progress", NULL, write_progress, compare_progress },
	{ "parentId", NULL, write_parent, compare_parent },
	{ "childrenId", NULL, write_children, compare_children },
	{ "exitCode", "exit", write_exit_code, compare_exit },
	{ "signal", NULL, write_signal, compare_signal },
	{ "pid", NULL, write_pid, compare_pid },
	{ "group", NULL, write_group, compare_group },
	{ "command", NULL, write_command, compare_command },
	{ "cwd", NULL, write_cwd, compare_cwd },
	{ "commandBase64", NULL, write_command_bytes, compare_command },
	{ "cwdBase64", NULL, write_cwd_bytes, compare_cwd },
	{ "percentComplete", NULL, write_percent, compare_percent },
	{ "percentKnown", NULL, write_percent_known, compare_percent_known },
	{ "statusMessage", NULL, write_message, compare_message },
	{ "number", NULL, write_number, NULL },
	{ "startedMs", NULL, write_started_ms, compare_started },
	{ "endedMs", NULL, write_ended_ms, compare_ended },
	{ "commandLine", NULL, write_command_line, compare_command },
	{ "final", NULL, write_final, compare_final },
};
enum { RECORD_COLUMNS = 19, COLUMNS = sizeof(columns) / sizeof(*columns) };

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

void columns_record(struct jsonw *w, const struct task *task, int64_t now)
{
	jsonw_object(w);
	for (size_t i = 0; i < RECORD_COLUMNS; i++) {
		jsonw_key(w, columns[i].name);
		columns[i].write(w, task, now);
	}
	jsonw_end_object(w);
}
