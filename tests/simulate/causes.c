#include "tests/simulate/causes.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "engine/task/duration.h"
#include "engine/task/messages.h"
#include "engine/task/signals.h"
#include "tests/simulate/clock.h"
#include "tests/simulate/grouped.h"
#include "tests/simulate/machine.h"
#include "tests/simulate/plans.h"
#include "tests/simulate/report.h"
#include "tests/simulate/runner.h"
#include "tests/simulate/server.h"
#include "tests/unit/scarce.h"

#define number_of(number) ((unsigned long long)(number))

enum { CAUSES_TOUCHED = DISK_TASKS, CAUSES_STEP = 250 /* a clock that is set by less is not noticed */ };

/* What the present server has been told of each task. */
static struct causes_told {
	bool began, ended;
	uint32_t attempt; /* of those that end, so many had ended before */
	bool known;
	int exit_code, term_signal;
	unsigned left;
	const char *message; /* why the end is unknown */
	bool gone;           /* those that it left */
	bool unheard;        /* while the task was not there: the executor must be asked again */
	bool bare;           /* there was no memory for the rest */
} told[DISK_TASKS + 1];

/* What each task has said of itself during its present attempt, and to which server. */
static struct causes_said {
	char message[TASK_MESSAGE_MAX + 1];
	unsigned server;  /* 0: it has said nothing */
	uint32_t attempt; /* so many had ended */
} said[DISK_TASKS + 1], said_before;

static struct {
	uint64_t number;
	struct disk_row before;
} touched[CAUSES_TOUCHED];
static unsigned touched_count;

void causes_reset(void)
{
	memset(told, 0, sizeof(told));
	memset(said, 0, sizeof(said));
	touched_count = 0;
}

void causes_crash(void)
{
	memset(told, 0, sizeof(told));
	touched_count = 0;
}

void causes_said(uint64_t number, const char *message)
{
	said_before = said[number];
	snprintf(said[number].message, sizeof(said[0].message), "%s", message);
	said[number].server = server_generation;
	said[number].attempt = disk_ahead.rows[number].plan.marks.attempt;
}

void causes_unsaid(uint64_t number)
{
	said[number] = said_before;
}

/* What was said of it before is none of its own. */
void causes_postponed(uint64_t number)
{
	said[number].server = 0;
}

void causes_began(uint64_t number)
{
	told[number] = (struct causes_told){ .began = true };
}

void causes_ended(uint64_t number, const struct run_end *end)
{
	struct causes_told *its = &told[number];
	/* It is told once more when those that are left have ended. */
	if (!its->ended)
		its->attempt = disk_ahead.rows[number].plan.marks.attempt;
	its->ended = true;
	its->known = end->known;
	its->exit_code = end->exit_code;
	its->term_signal = end->term_signal;
	its->left = end->left;
	its->message = end->message;
	its->bare = false;
}

void causes_heard(uint64_t number)
{
	told[number].bare |= scarce_failed();
}

void causes_touch(uint64_t number, const struct disk_row *before)
{
	for (unsigned i = 0; i < touched_count; i++) {
		if (touched[i].number == number)
			return;
	}
	must(touched_count < CAUSES_TOUCHED, "too many rows in a change");
	touched[touched_count].number = number;
	touched[touched_count++].before = *before;
}

/* If there is no memory, or it is being removed, which is undone, the next server looks. */
void causes_gone(uint64_t number)
{
	told[number].gone = !scarce_failed() && disk_ahead.rows[number].exists;
	told[number].unheard = !disk_ahead.rows[number].exists;
}

/* It says so once more. */
void causes_watched(uint64_t number)
{
	told[number].gone = told[number].unheard = false;
}

void causes_check_rest(void)
{
	for (uint64_t number = 1; number <= disk_durable.last_number; number++) {
		const struct disk_row *row = &disk_durable.rows[number];
		must(!row->exists || (!told[number].gone && !told[number].unheard) ||
		             !task_state_terminal((enum task_state)row->state) ||
		             !strstr(row->message, MSG_LEFT_RUNNING CAUSES_LEFT),
		     "those that task %llu left are gone: %s", number_of(number), row->message);
	}
}

/* The present server was told of the end of this attempt; so many ended before. */
static bool causes_has_end(uint64_t number, uint32_t attempt)
{
	return told[number].ended && told[number].attempt == attempt;
}

/* Words. */

static bool causes_is_text(const char *text, const char *expected)
{
	return strcmp(text, expected) == 0;
}

/* Before its first attempt, or a later one; the processes that the last one left are named. */
static void causes_check_cancelled(uint64_t number, const struct disk_row *row)
{
	char text[128];
	uint32_t attempt = row->plan.marks.attempt;
	if (attempt == 0)
		snprintf(text, sizeof(text), "%s", MSG_CANCELLED_BEFORE_START);
	else
		snprintf(text, sizeof(text), MSG_CANCELLED_BEFORE_ATTEMPT, attempt + 1);
	size_t length = strlen(text);
	bool named = strcmp(row->message + length, "; " MSG_LEFT_RUNNING CAUSES_LEFT) == 0;
	must(strncmp(row->message, text, length) == 0 && (named || !row->message[length]),
	     "task %llu was cancelled before it began: %s", number_of(number), row->message);
	must(!named || (attempt > 0 && *row->left[attempt - 1]), "task %llu has left nobody: %s",
	     number_of(number), row->message);
	/* Without memory only the boot is kept, and that it was paused. */
	size_t boot = attempt > 0 ? strlen(row->left[attempt - 1]) + 1 : 0;
	bool kept = attempt > 0 && row->attempts[attempt - 1].left.length > boot &&
	            strcmp(row->left[attempt - 1] + boot, PLAN_LEFT_PAUSED) != 0;
	must(named || !kept || machine_fates[number].left == 0 || !machine_fates[number].watched,
	     "task %llu has left %u: %s", number_of(number), machine_fates[number].left, row->message);
}

/* The one because of which it is not run is marked in the same change. */
static bool causes_check_unmet(uint64_t number, const struct disk_row *before, const struct disk_row *row)
{
	static const char *const states[TASK_STATE_COUNT] = {
		[TASK_COMPLETED] = "Completed", [TASK_FAILED] = "Failed", [TASK_STOPPED] = "Stopped"
	};
	char text[128];
	const struct disk_row *target = NULL;
	for (unsigned i = 0; i < row->plan.after_count && !target; i++) {
		bool was = i < before->plan.after_count && before->after[i].unmet;
		if (row->after[i].unmet && !was)
			target = &disk_ahead.rows[row->after[i].number];
	}
	if (!target)
		return false;
	if (target->exists)
		snprintf(text, sizeof(text), MSG_NOT_RUN, target->id, states[target->state]);
	else
		snprintf(text, sizeof(text), "%s", MSG_NOT_RUN_GONE);
	must(causes_is_text(row->message, text), "task %llu is not run (%s): %s", number_of(number), text,
	     row->message);
	return true;
}

static void causes_check_not_begun(uint64_t number, const struct disk_row *before, const struct disk_row *row)
{
	int64_t now = clock_wall(NULL);
	if (causes_check_unmet(number, before, row))
		return;
	if (!causes_is_text(row->message, MSG_TOO_LATE)) {
		causes_check_cancelled(number, row);
		return;
	}
	must(row->plan.expire_at > 0 && row->plan.expire_at <= now && row->plan.marks.attempt == 0,
	     "task %llu is too late, and may begin until %lld", number_of(number),
	     (long long)row->plan.expire_at);
}

/* It has said something, and that is not forgotten. */
static bool causes_says(uint64_t number, const struct disk_row *row)
{
	return said[number].server && said[number].attempt == row->plan.marks.attempt;
}

/* How the first process ended, without those that are left.  exit_code and term_signal: as they are stored. */
static void causes_describe(uint64_t number, const struct disk_row *before, int exit_code, int term_signal,
                            char *text, size_t size)
{
	char limit[DURATION_SIZE];
	bool known = exit_code >= 0 || term_signal > 0;
	if (!known)
		snprintf(text, size, "%s", told[number].message ? told[number].message : "?");
	else if (before->state == TASK_STOPPING)
		snprintf(text, size, "%s", MSG_CANCELLED);
	else if (before->state == TASK_OVERTIME)
		snprintf(text, size, MSG_TIME_LIMIT_REACHED, duration_write(before->plan.time_limit, limit));
	else if (term_signal)
		snprintf(text, size, MSG_ENDED_BY_SIGNAL, signal_name(term_signal));
	else if (exit_code)
		snprintf(text, size, MSG_ENDED_WITH_STATUS, exit_code);
	else
		snprintf(text, size, "%s", causes_says(number, before) ? said[number].message : "");
}

/* The words, and behind them those that are left.  The words are cut if there is no room for both. */
static void causes_check_end_words(uint64_t number, const char *message, const char *words)
{
	static const char unseen[] = MSG_ENDED_UNSEEN;
	const struct causes_told *its = &told[number];
	char left[80] = "", count[64];
	snprintf(count, sizeof(count), MSG_LEFT_COUNT, its->left);
	bool bare = (its->bare || scarce_failed()) && strstr(message, count);
	if (its->left > 0)
		snprintf(left, sizeof(left), "%s%s", *words ? "; " : "",
		         bare ? count : MSG_LEFT_RUNNING CAUSES_LEFT);
	size_t length = strlen(message), rest = strlen(left), own = length >= rest ? length - rest : 0;
	must(length >= rest && strcmp(message + own, left) == 0, "task %llu has left %u: %s",
	     number_of(number), its->left, message);
	bool cut = length + 2 >= TASK_MESSAGE_MAX;
	/* Without memory only this is left of why nothing is known. */
	if ((its->bare || scarce_failed()) && !its->known && strncmp(message, unseen, strlen(unseen)) == 0)
		words = unseen;
	must(strncmp(message, words, own) == 0 && (cut || strlen(words) == own),
	     "task %llu ended (%.100s), and says: %.100s", number_of(number), words, message);
}

/* What it had said, and an earlier server stored, before it said something that is lost. */
static const char *causes_stored(uint64_t number, const struct disk_row *before, const struct disk_row *row)
{
	static const char waiting[] = MSG_TASK_WAITING;
	bool kept = causes_says(number, before) &&
	            strncmp(before->message, waiting, sizeof(waiting) - 3) != 0 &&
	            strncmp(row->message, before->message, 3) == 0;
	return kept ? before->message : "";
}

static void causes_check_ended(uint64_t number, const struct disk_row *before, const struct disk_row *row)
{
	char words[TASK_MESSAGE_MAX + 1];
	bool begun = machine_fates[number].begun > row->plan.marks.attempt;
	if (before->state == TASK_STOPPING && !causes_has_end(number, row->plan.marks.attempt)) {
		must(!begun, "task %llu is stopped, and nobody says that it has ended", number_of(number));
		causes_check_cancelled(number, row);
		return;
	}
	causes_describe(number, before, row->exit_code, row->term_signal, words, sizeof(words));
	/* What it said to an earlier server may be lost, but for what that had stored. */
	if (row->state == TASK_COMPLETED && said[number].server != server_generation &&
	    strncmp(row->message, words, 3) != 0)
		snprintf(words, sizeof(words), "%s", causes_stored(number, before, row));
	causes_check_end_words(number, row->message, words);
}

/* The same, with those that were left gone. */
static void causes_write_gone(const char *message, char *text, size_t size)
{
	const char *place = strstr(message, MSG_LEFT_RUNNING);
	snprintf(text, size, "%s", message);
	if (place)
		snprintf(text, size, "%.*s%s%s", (int)(place - message), message, MSG_LEFT_ENDED,
		         place + strlen(MSG_LEFT_RUNNING));
}

/* Its last attempt was the last one, after an edit. */
static void causes_check_gave_up(uint64_t number, const struct disk_row *before, const struct disk_row *row)
{
	const char *words = before->words[before->plan.marks.attempt - 1];
	char gone[TASK_MESSAGE_MAX + 16];
	causes_write_gone(words, gone, sizeof(gone));
	must(causes_is_text(row->message, words) ||
	             (machine_fates[number].left == 0 && causes_is_text(row->message, gone)),
	     "the last attempt of task %llu ended (%s), and it says: %s", number_of(number), words,
	     row->message);
}

/* Those that it left are gone. */
static void causes_check_gone(uint64_t number, const struct disk_row *before, const struct disk_row *row)
{
	char text[TASK_MESSAGE_MAX + 16];
	causes_write_gone(before->message, text, sizeof(text));
	must(machine_fates[number].left == 0 && !causes_is_text(text, before->message) &&
	             causes_is_text(row->message, text),
	     "task %llu said: %s; now: %s", number_of(number), before->message, row->message);
}

static void causes_check_again(uint64_t number, const struct disk_row *before, const struct disk_row *row)
{
	uint32_t attempt = row->plan.marks.attempt;
	const char *words = row->words[attempt - 1];
	char text[TASK_MESSAGE_MAX + 128], expected[TASK_MESSAGE_MAX + 1];
	plans_tell_attempt(row, attempt, text, sizeof(text));
	must(causes_is_text(row->message, text), "attempt %u of task %llu ended (%s): %s", attempt,
	     number_of(number), words, row->message);
	causes_describe(number, before, row->attempts[attempt - 1].exit_code,
	                row->attempts[attempt - 1].term_signal, expected, sizeof(expected));
	causes_check_end_words(number, words, expected);
}

/* While it goes on: what it said, or why it waits. */
static void causes_check_message(uint64_t number, const struct disk_row *before, const struct disk_row *row)
{
	static const char waiting[] = MSG_TASK_WAITING;
	must(!runner_goes(number) || causes_says(number, row) ||
	             strncmp(row->message, waiting, sizeof(waiting) - 3) != 0,
	     "task %llu goes, and says: %s", number_of(number), row->message);
	must(!*row->message || causes_is_text(row->message, before->message) ||
	             strncmp(row->message, waiting, sizeof(waiting) - 3) == 0 ||
	             causes_is_text(row->message, said[number].message),
	     "task %llu goes on, and says: %s", number_of(number), row->message);
}

static bool causes_is_over(const struct disk_row *row)
{
	return task_state_terminal((enum task_state)row->state);
}

/* An edit took the next attempt away: the last one is its end. */
static bool causes_gave_up(const struct disk_row *before, const struct disk_row *row)
{
	return causes_is_over(row) && row->plan.marks.attempt < before->plan.marks.attempt;
}

static void causes_check_words(uint64_t number, const struct disk_row *before, const struct disk_row *row)
{
	bool recalled = before->state == TASK_CLAIMED && row->state == TASK_STOPPED;
	bool waited =
		before->state == TASK_CREATED || before->state == TASK_QUEUED || !before->exists || recalled;
	bool same = before->exists && before->state == row->state;
	if (same && causes_is_text(before->message, row->message))
		return;
	if (same && causes_is_over(row))
		causes_check_gone(number, before, row);
	else if (causes_gave_up(before, row))
		causes_check_gave_up(number, before, row);
	else if (causes_is_over(row) && waited)
		causes_check_not_begun(number, before, row);
	else if (causes_is_over(row))
		causes_check_ended(number, before, row);
	else if (row->plan.marks.attempt > before->plan.marks.attempt)
		causes_check_again(number, before, row);
	else
		causes_check_message(number, before, row);
}

/* Times. */

/* A clock that was set meanwhile has not changed how long it ran. */
static void causes_check_start(uint64_t number, uint32_t attempt, int64_t started_at, int64_t ended_at)
{
	int64_t ran = clock_ticks(NULL) - machine_fates[number].tick, shown = ended_at - started_at;
	if (!told[number].began || !causes_has_end(number, attempt) || !told[number].known)
		return;
	must(ended_at == clock_wall(NULL), "task %llu ended at another time", number_of(number));
	must(shown - ran < CAUSES_STEP && ran - shown < CAUSES_STEP, "task %llu ran %lld ms: %lld",
	     number_of(number), (long long)ran, (long long)shown);
}

static void causes_check_times(uint64_t number, const struct disk_row *before, const struct disk_row *row)
{
	bool ran = before->state >= 0 && task_state_active((enum task_state)before->state);
	if (!before->exists || before->state == row->state || !ran || causes_gave_up(before, row))
		return;
	uint32_t attempt = row->plan.marks.attempt;
	if (causes_is_over(row))
		causes_check_start(number, attempt, row->started_at, row->ended_at);
	else if (attempt > before->plan.marks.attempt)
		causes_check_start(number, attempt - 1, row->attempts[attempt - 1].started_at,
		                   row->attempts[attempt - 1].ended_at);
}

/* What it used. */

/* What the last attempt used stays until the next one has ended. */
static void causes_check_usage(uint64_t number, const struct disk_row *before, const struct disk_row *row)
{
	const struct causes_told *its = &told[number];
	struct task_usage used = { .cpu_ms = before->cpu_ms, .max_rss = before->max_rss };
	bool again = row->plan.marks.attempt > before->plan.marks.attempt;
	bool has = row->exit_code >= 0 || row->term_signal > 0;
	bool had = before->exit_code >= 0 || before->term_signal > 0;
	const struct plan_attempt *attempt = again ? &row->attempts[row->plan.marks.attempt - 1] : NULL;
	if (attempt && attempt->exit_code < 0 && attempt->term_signal == 0)
		used = (struct task_usage){ 0 };
	else if (attempt && its->known)
		used = machine_usage(number);
	/* If an earlier server has stored how an attempt ended, it has stored this with it. */
	else if (!again && has && !had && !causes_gave_up(before, row))
		used = machine_usage(number);
	must(row->cpu_ms == used.cpu_ms && row->max_rss == used.max_rss,
	     "task %llu used %lld ms and %lld bytes: %lld, %lld", number_of(number), (long long)used.cpu_ms,
	     (long long)used.max_rss, (long long)row->cpu_ms, (long long)row->max_rss);
}

/* An end has a number above all that are there, so that it is news. */
static void causes_check_number(uint64_t number, const struct disk_row *before, const struct disk_row *row)
{
	if (causes_is_over(before) || !causes_is_over(row))
		return;
	for (uint64_t other = 1; other <= DISK_TASKS; other++) {
		const struct disk_row *its = &disk_ahead.rows[other];
		bool same = false;
		for (unsigned i = 0; i < touched_count; i++)
			same |= touched[i].number == other;
		must(other == number || same || !its->exists || its->start_order < row->start_order,
		     "task %llu ended with number %llu, and task %llu has %llu", number_of(number),
		     number_of(row->start_order), number_of(other), number_of(its->start_order));
	}
	for (unsigned user = 0; user < DISK_USERS; user++)
		must(disk_ahead.seen[user] < row->start_order,
		     "task %llu ends with number %llu, and user %u has seen it", number_of(number),
		     number_of(row->start_order), user);
}

/* A later stop that sends nothing does not take back the signal of the one before, unless that was sent. */
static void causes_check_signal(uint64_t number, const struct disk_row *before, const struct disk_row *row)
{
	const struct machine_fate *fate = &machine_fates[number];
	int was = before->process.stop_signal, is = row->process.stop_signal;
	bool gone = (fate->begun > row->plan.marks.attempt && fate->over && fate->left == 0) ||
	            (causes_has_end(number, row->plan.marks.attempt) && told[number].left == 0);
	bool kept = was <= 0 || was == SIGCONT || (is > 0 && is != SIGCONT);
	must(before->state != TASK_STOPPING || row->state != TASK_STOPPING || kept || fate->stopped || gone,
	     "task %llu is stopped again, and its signal was not sent", number_of(number));
}

/* At its first pause: it has run since it began, whatever the clock on the wall says. */
static void causes_check_ran(uint64_t number, const struct disk_row *before, const struct disk_row *row)
{
	const struct plan_marks *marks = &row->plan.marks, *were = &before->plan.marks;
	int64_t ran = clock_ticks(NULL) - machine_fates[number].tick;
	if (row->state != TASK_PAUSED || before->state == TASK_PAUSED || were->ran > 0 ||
	    were->resumed_at > 0 || !told[number].began || told[number].ended)
		return;
	must(marks->ran == ran || (ran == 0 && marks->ran == 1), "task %llu has run %lld ms: %lld",
	     number_of(number), (long long)ran, (long long)marks->ran);
}

static void causes_check_row(uint64_t number, const struct disk_row *before, const struct disk_row *row)
{
	if (!row->exists) {
		told[number].gone = false;
		return;
	}
	if (!before->exists) {
		told[number] = (struct causes_told){ 0 };
		said[number].server = 0;
	}
	causes_check_words(number, before, row);
	causes_check_times(number, before, row);
	plans_check_put(number, before, row);
	causes_check_usage(number, before, row);
	causes_check_number(number, before, row);
	causes_check_signal(number, before, row);
	causes_check_ran(number, before, row);
	if (row->state == TASK_FAILED && before->state != TASK_FAILED)
		grouped_failed(row);
}

void causes_check(void)
{
	for (unsigned i = 0; i < touched_count; i++)
		causes_check_row(touched[i].number, &touched[i].before, &disk_ahead.rows[touched[i].number]);
	touched_count = 0;
}
