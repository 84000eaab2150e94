#include "config.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "engine/core/activity.h"
#include "engine/core/runs.h"
#include "engine/engine.h"
#include "engine/service/ordering.h"
#include "engine/task/messages.h"

/*
 * These functions must not allocate or build anything: sorting a million tasks takes twenty million
 * comparisons.
 */

enum { KEY_BYTES = 8 };

/* The bytes that strcasecmp() compares first, of both texts together. */
static uint64_t key_bytes(const char *begun, const char *text)
{
	uint64_t key = 0;
	for (unsigned i = 0; i < KEY_BYTES; i++) {
		char next = *begun ? *begun++ : *text ? *text++ : '\0';
		key = key << 8 | (unsigned char)tolower((unsigned char)next);
	}
	return key;
}

const char *ordering_message_of(const struct task *task)
{
	bool held = task->status.state == TASK_QUEUED && task_plan(task)->marks.held;
	return held && !task->status.message ? MSG_TASK_HELD : task->status.message;
}

/* An absent text comes first, like an empty one. */
static int64_t key_text(const char *text)
{
	return (int64_t)((text ? key_bytes("", text) : 0) ^ UINT64_C(1) << 63);
}

static int by_text(const char *a, const char *b)
{
	return a && b ? strcasecmp(a, b) : !b - !a;
}

/*
 * Ids that are numbers come first, by value.  The others are compared as texts, and their keys are greater.
 */
static int64_t key_id(const char *id)
{
	uint64_t number = registry_id_number(id);
	return number ? (int64_t)number : (int64_t)((UINT64_C(1) << 60) + (key_bytes("", id) >> 2));
}

static int by_id(const char *a, const char *b)
{
	uint64_t x = registry_id_number(a), y = registry_id_number(b);
	if (x && y)
		return x < y ? -1 : x > y;
	return x || y ? !x - !y : strcasecmp(a, b);
}

static int64_t key_of_id(const struct task *task, int64_t now)
{
	(void)now;
	return key_id(task_id(task));
}

static int compare_id(const struct task *a, const struct task *b)
{
	return by_id(task_id(a), task_id(b));
}

const struct ordering ordering_id = { .key = key_of_id, .compare = compare_id };

static int64_t key_of_name(const struct task *task, int64_t now)
{
	(void)now;
	const char *given = task_given_name(task);
	return given ? key_text(given)
	             : (int64_t)(key_bytes(TASK_DEFAULT_NAME_START, task_id(task)) ^ UINT64_C(1) << 63);
}

/* Compares a name that was given with the default name "Task ID". */
static int by_default_name(const char *given, const char *id)
{
	size_t length = strlen(TASK_DEFAULT_NAME_START);
	int order = strncasecmp(given, TASK_DEFAULT_NAME_START, length);
	return order ? order : strcasecmp(given + length, id);
}

static int compare_name(const struct task *a, const struct task *b)
{
	const char *x = task_given_name(a), *y = task_given_name(b);
	if (x && y)
		return strcasecmp(x, y);
	if (x)
		return by_default_name(x, task_id(b));
	return y ? -by_default_name(y, task_id(a)) : strcasecmp(task_id(a), task_id(b));
}

const struct ordering ordering_name = { .key = key_of_name, .compare = compare_name };

static int64_t key_of_description(const struct task *task, int64_t now)
{
	(void)now;
	return key_text(task_description(task));
}

static int compare_description(const struct task *a, const struct task *b)
{
	return by_text(task_description(a), task_description(b));
}

const struct ordering ordering_description = { .key = key_of_description, .compare = compare_description };

static int64_t key_of_group(const struct task *task, int64_t now)
{
	(void)now;
	return key_text(task_group(task));
}

static int compare_group(const struct task *a, const struct task *b)
{
	return by_text(task_group(a), task_group(b));
}

const struct ordering ordering_group = { .key = key_of_group, .compare = compare_group };

static int64_t key_of_cwd(const struct task *task, int64_t now)
{
	(void)now;
	return key_text(task_cwd(task));
}

static int compare_cwd(const struct task *a, const struct task *b)
{
	return by_text(task_cwd(a), task_cwd(b));
}

const struct ordering ordering_cwd = { .key = key_of_cwd, .compare = compare_cwd };

/* In the order in which a task passes its states.  Claimed is shown as Queued, Overtime as Stopping. */
static int64_t key_of_state(const struct task *task, int64_t now)
{
	(void)now;
	static const unsigned char places[TASK_STATE_COUNT] = {
		[TASK_QUEUED] = 1,    [TASK_CLAIMED] = 1,  [TASK_RUNNING] = 2,
		[TASK_PAUSED] = 3,    [TASK_STOPPING] = 4, [TASK_OVERTIME] = 4,
		[TASK_COMPLETED] = 5, [TASK_FAILED] = 6,   [TASK_STOPPED] = 7,
	};
	return places[task->status.state];
}

const struct ordering ordering_state = { .key = key_of_state };

static int64_t key_of_final(const struct task *task, int64_t now)
{
	(void)now;
	return task_state_terminal(task->status.state);
}

const struct ordering ordering_final = { .key = key_of_final };

static int64_t key_of_start(const struct task *task, int64_t now)
{
	return run_started_at(task, now);
}

const struct ordering ordering_start = { .key = key_of_start };

static int64_t key_of_end(const struct task *task, int64_t now)
{
	(void)now;
	return task->status.ended_at;
}

const struct ordering ordering_end = { .key = key_of_end };

static int64_t key_of_duration(const struct task *task, int64_t now)
{
	return task->status.started_at ? run_duration(task, now) : INT64_MIN;
}

const struct ordering ordering_duration = { .key = key_of_duration, .fleeting = true };

static int64_t key_of_percent(const struct task *task, int64_t now)
{
	(void)now;
	return task->status.percent;
}

const struct ordering ordering_percent = { .key = key_of_percent };

static int64_t key_of_percent_known(const struct task *task, int64_t now)
{
	(void)now;
	return task->status.percent_known;
}

const struct ordering ordering_percent_known = { .key = key_of_percent_known };

static int64_t key_of_message(const struct task *task, int64_t now)
{
	(void)now;
	return key_text(ordering_message_of(task));
}

static int compare_message(const struct task *a, const struct task *b)
{
	return by_text(ordering_message_of(a), ordering_message_of(b));
}

const struct ordering ordering_message = { .key = key_of_message, .compare = compare_message };

static int64_t key_of_progress(const struct task *task, int64_t now)
{
	(void)now;
	return task->status.percent_known * (UINT8_MAX + 1) + task->status.percent;
}

const struct ordering ordering_progress = { .key = key_of_progress, .compare = compare_message };

static int64_t key_of_parent(const struct task *task, int64_t now)
{
	(void)now;
	return task_parent(task) ? key_id(task_id(task_parent(task))) : INT64_MIN;
}

static int compare_parent(const struct task *a, const struct task *b)
{
	const struct task *x = task_parent(a), *y = task_parent(b);
	return x && y ? by_id(task_id(x), task_id(y)) : !y - !x;
}

const struct ordering ordering_parent = { .key = key_of_parent, .compare = compare_parent };

/*
 * Compares lists by length, then by their elements.  Counting stops at the end of the shorter list, so a long
 * list costs no more than a short one.
 */
static int compare_children(const struct task *a, const struct task *b)
{
	const struct task *first = task_first_child(a), *other = task_first_child(b), *x = first, *y = other;
	while (x && y) {
		x = task_next_sibling(x);
		y = task_next_sibling(y);
	}
	if (x || y)
		return !y - !x;
	return first ? by_id(task_id(first), task_id(other)) : 0;
}

const struct ordering ordering_children = { .compare = compare_children, .fleeting = true };

static int64_t key_of_priority(const struct task *task, int64_t now)
{
	(void)now;
	return task_plan(task)->priority;
}

const struct ordering ordering_priority = { .key = key_of_priority };

static int64_t key_of_weight(const struct task *task, int64_t now)
{
	(void)now;
	return task_plan(task)->weight;
}

const struct ordering ordering_weight = { .key = key_of_weight };

static int64_t key_of_nice(const struct task *task, int64_t now)
{
	(void)now;
	const struct task_schedule *schedule = &task_plan(task)->schedule;
	return schedule->has_niceness ? schedule->niceness : INT64_MIN;
}

const struct ordering ordering_nice = { .key = key_of_nice };

/* In the order of what they get: none, be:0 to be:7, idle. */
static int64_t key_of_ionice(const struct task *task, int64_t now)
{
	(void)now;
	return task_plan(task)->schedule.io_priority;
}

const struct ordering ordering_ionice = { .key = key_of_ionice };

/* A task of which it is not known comes first. */
static int64_t key_of_cpu(const struct task *task, int64_t now)
{
	(void)now;
	struct task_usage usage = task_status_known_usage(&task->status);
	return usage.max_rss > 0 ? usage.cpu_ms : INT64_MIN;
}

const struct ordering ordering_cpu = { .key = key_of_cpu };

static int64_t key_of_rss(const struct task *task, int64_t now)
{
	(void)now;
	return task_status_known_usage(&task->status).max_rss;
}

const struct ordering ordering_rss = { .key = key_of_rss };

static int64_t key_of_cpus(const struct task *task, int64_t now)
{
	(void)now;
	return key_text(task_plan(task)->schedule.cpus);
}

static int compare_cpus(const struct task *a, const struct task *b)
{
	return by_text(task_plan(a)->schedule.cpus, task_plan(b)->schedule.cpus);
}

const struct ordering ordering_cpus = { .key = key_of_cpus, .compare = compare_cpus };
/* By their number. */
static int64_t key_of_after(const struct task *task, int64_t now)
{
	(void)now;
	return (int64_t)task_plan(task)->after_count;
}

const struct ordering ordering_after = { .key = key_of_after };

static int64_t key_of_attempt(const struct task *task, int64_t now)
{
	(void)now;
	return task_attempt(task);
}

const struct ordering ordering_attempt = { .key = key_of_attempt };

static int64_t key_of_begin(const struct task *task, int64_t now)
{
	(void)now;
	return plan_begin(task_plan(task));
}

const struct ordering ordering_begin = { .key = key_of_begin };

static int64_t key_of_expire(const struct task *task, int64_t now)
{
	(void)now;
	return task_plan(task)->expire_at;
}

const struct ordering ordering_expire = { .key = key_of_expire };

static int64_t key_of_limit(const struct task *task, int64_t now)
{
	(void)now;
	return task_plan(task)->time_limit;
}

const struct ordering ordering_limit = { .key = key_of_limit };

static int64_t key_of_kill(const struct task *task, int64_t now)
{
	(void)now;
	return task_plan(task)->kill_after;
}

const struct ordering ordering_kill = { .key = key_of_kill };

/* The number that a shell would show: 128 plus the number of a signal. */
static int64_t key_of_exit(const struct task *task, int64_t now)
{
	(void)now;
	const struct task_status *status = &task->status;
	return status->term_signal ? 128 + status->term_signal : status->exit_code;
}

const struct ordering ordering_exit = { .key = key_of_exit };

static int64_t key_of_signal(const struct task *task, int64_t now)
{
	(void)now;
	return task->status.term_signal;
}

const struct ordering ordering_signal = { .key = key_of_signal };

static int64_t key_of_pid(const struct task *task, int64_t now)
{
	(void)now;
	return engine_pid(task);
}

const struct ordering ordering_pid = { .key = key_of_pid };

static int64_t key_of_command(const struct task *task, int64_t now)
{
	(void)now;
	struct strings command = task_command(task);
	return key_text(strings_next(&command, NULL));
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

static int compare_command(const struct task *a, const struct task *b)
{
	struct strings one = task_command(a), other = task_command(b);
	return by_words(&one, &other);
}

const struct ordering ordering_command = { .key = key_of_command, .compare = compare_command };

const struct ordering ordering_activity = { .judge = activity_key, .compare = activity_compare };
