#include "tests/simulate/oracle.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "engine/core/groups.h"
#include "engine/task/messages.h"
#include "tests/simulate/adoptions.h"
#include "tests/simulate/cancels.h"
#include "tests/simulate/causes.h"
#include "tests/simulate/clock.h"
#include "tests/simulate/grouped.h"
#include "tests/simulate/hooked.h"
#include "tests/simulate/machine.h"
#include "tests/simulate/memory.h"
#include "tests/simulate/plans.h"
#include "tests/simulate/promises.h"
#include "tests/simulate/report.h"
#include "tests/simulate/server.h"
#include "tests/simulate/settings.h"
#include "tests/simulate/shares.h"
#include "tests/simulate/sweeps.h"
#include "tests/unit/scarce.h"

#define number_of(number) ((unsigned long long)(number))
/* For each task: the states in which it has been durable, as bits. */
static uint32_t durable_states[DISK_TASKS + 1];
/* For each task: the signals that its durable stops asked for, as bits. */
static uint64_t durable_signals[DISK_TASKS + 1];
/* Numbers that have been used as ids of tasks. */
static bool ids_taken[DISK_NUMBERS];

/* When each task is due to get SIGKILL, on the monotonic clock, as the present server must compute it. */
static struct {
	unsigned server, attempt;
	int64_t heard; /* the durable one that the server has heard of */
	int64_t kill_at, due;
	bool at_once; /* a durable stop of this attempt has asked for that; a later one may ask for less */
} kills[DISK_TASKS + 1];

void oracle_reset(void)
{
	memset(durable_states, 0, sizeof(durable_states));
	memset(durable_signals, 0, sizeof(durable_signals));
	memset(ids_taken, 0, sizeof(ids_taken));
	memset(kills, 0, sizeof(kills));
	hooked_reset();
	causes_reset();
	cancels_reset();
	sweeps_reset();
}

/*
 * Which states can follow each other in the store.  A claim is followed by an end, because the ledger records
 * that the command began.
 */
static const bool follows[TASK_STATE_COUNT][TASK_STATE_COUNT] = {
	[TASK_CREATED] = { [TASK_QUEUED] = true, [TASK_STOPPED] = true },
	[TASK_QUEUED] = { [TASK_CLAIMED] = true, [TASK_STOPPED] = true },
	/* the core also stores that it gives a claim back */
	[TASK_CLAIMED] = { [TASK_QUEUED] = true,
	                   [TASK_PAUSED] = true,
	                   [TASK_OVERTIME] = true,
	                   [TASK_STOPPING] = true,
	                   [TASK_COMPLETED] = true,
	                   [TASK_FAILED] = true },
	[TASK_RUNNING] = { [TASK_QUEUED] = true,
	                   [TASK_PAUSED] = true,
	                   [TASK_OVERTIME] = true,
	                   [TASK_STOPPING] = true,
	                   [TASK_COMPLETED] = true,
	                   [TASK_FAILED] = true },
	[TASK_PAUSED] = { [TASK_QUEUED] = true,
	                  [TASK_RUNNING] = true,
	                  [TASK_STOPPING] = true,
	                  [TASK_COMPLETED] = true,
	                  [TASK_FAILED] = true },
	[TASK_OVERTIME] = { [TASK_QUEUED] = true, [TASK_STOPPING] = true, [TASK_FAILED] = true },
	[TASK_STOPPING] = { [TASK_STOPPING] = true, [TASK_STOPPED] = true },
};

bool oracle_may_start(enum task_state state)
{
	return state == TASK_CREATED;
}

bool oracle_may_progress(enum task_state state)
{
	return state == TASK_CLAIMED || state == TASK_RUNNING || state == TASK_PAUSED ||
	       state == TASK_OVERTIME || state == TASK_STOPPING;
}

bool oracle_may_pause(enum task_state state)
{
	return state == TASK_QUEUED || state == TASK_CLAIMED || state == TASK_RUNNING;
}

bool oracle_may_stop(enum task_state state)
{
	return state == TASK_CREATED || state == TASK_QUEUED || state == TASK_CLAIMED ||
	       state == TASK_RUNNING || state == TASK_PAUSED || state == TASK_OVERTIME ||
	       state == TASK_STOPPING;
}

/* Returns a number in canonical decimal, or 0. */
static uint64_t oracle_id_number(const char *id)
{
	uint64_t number = 0;
	for (const char *c = id; *c; c++) {
		if (*c < '0' || *c > '9' || *id == '0')
			return 0;
		number = number * 10 + (uint64_t)(*c - '0');
	}
	return number;
}

/* Returns the wish that this row belongs to, or -1. */
static int oracle_wish_of(const struct disk_row *row)
{
	int wish = row->has_nonce ? wish_of_nonce(row->nonce) : -1;
	must(wish >= 0, "task %s is nobody's wish", row->id);
	return wish;
}

static void oracle_check_created(uint64_t number, const struct disk_row *row)
{
	uint64_t id = oracle_id_number(row->id);
	must(durable_states[number] == 0, "number %llu is used again", number_of(number));
	must(machine_fates[number].begun == 0, "task %llu has run before it was there", number_of(number));
	for (uint64_t other = 1; other <= DISK_TASKS; other++) {
		must(other == number || !disk_durable.rows[other].exists ||
		             strcasecmp(disk_durable.rows[other].id, row->id) != 0,
		     "id %s is used twice", row->id);
	}
	if (id > 0 && id < DISK_NUMBERS && row->has_nonce) {
		must(!ids_taken[id] || !wishes[oracle_wish_of(row)].id_is_made, "id %s is made again",
		     row->id);
		ids_taken[id] = true;
	}
}

/* Checks what is left of the task, and how it ended. */
static void oracle_check_end(uint64_t number, const struct disk_row *before, const struct disk_row *row)
{
	const struct machine_fate *fate = &machine_fates[number];
	bool own = row->exit_code == fate->exit_code && row->term_signal == fate->term_signal;
	bool none = row->exit_code == -1 && row->term_signal == 0;
	bool late = before->state == TASK_OVERTIME;
	if (fate->begun <= row->plan.marks.attempt && !plans_gave_up(before, row)) {
		must(none && row->state != TASK_COMPLETED, "task %llu has a status, and never began",
		     number_of(number));
		return;
	}
	must(fate->over, "task %llu is stored in state %d, and runs", number_of(number), row->state);
	must(fate->left == 0 || strstr(row->message, MSG_LEFT_RUNNING), "task %llu leaves %u unnamed",
	     number_of(number), fate->left);
	must(own || (none && fate->unseen && *row->message),
	     "task %llu is stored with %d, %d (%s), and ended with %d, %d", number_of(number), row->exit_code,
	     row->term_signal, row->message, fate->exit_code, fate->term_signal);
	must(row->state == TASK_STOPPED ||
	             ((late || plans_gave_up(before, row)) && row->state == TASK_FAILED) ||
	             (row->state == TASK_COMPLETED) == (own && fate->exit_code == 0),
	     "task %llu is stored in state %d", number_of(number), row->state);
	must(fate->sealed, "the output of task %llu has no name", number_of(number));
	must((row->state != TASK_STOPPED && !late) || fate->left == 0,
	     "task %llu is stopped, and %u are left", number_of(number), fate->left);
	must(row->ended_at != 0, "task %llu has no time of its end", number_of(number));
}

void oracle_row_written(uint64_t number, const struct disk_row *before, const struct disk_row *row)
{
	if (!row->exists) {
		must(task_state_terminal((enum task_state)before->state), "task %llu is removed in state %d",
		     number_of(number), before->state);
		plans_check_removal(number);
		return;
	}
	if (!before->exists)
		oracle_check_created(number, row);
	else if (before->state != row->state)
		must(follows[before->state][row->state] || plans_gave_up(before, row),
		     "task %llu: state %d follows %d", number_of(number), row->state, before->state);
	durable_states[number] |= 1U << row->state;
	bool stops = row->state == TASK_STOPPING || row->state == TASK_OVERTIME;
	/* Another attempt follows. */
	if (row->state == TASK_QUEUED) {
		durable_signals[number] = 0;
		kills[number].at_once = false;
	}
	kills[number].at_once |= stops && row->process.stop_signal == SIGKILL;
	if (stops && row->process.stop_signal > 0)
		durable_signals[number] |= 1ULL << row->process.stop_signal;
	if (stops && row->process.kill_at > 0)
		durable_signals[number] |= 1ULL << SIGKILL;
	if (row->state == TASK_PAUSED)
		durable_signals[number] |= 1ULL << SIGSTOP;
	if (row->state == TASK_RUNNING)
		durable_signals[number] |= 1ULL << SIGCONT;
	if (row->state == TASK_OVERTIME && before->state != TASK_OVERTIME)
		plans_check_overtime(number);
	/* Later writes, of a name, say nothing new about the end. */
	if (!task_state_terminal((enum task_state)row->state) || before->state == row->state)
		return;
	grouped_ended(number, before);
	oracle_check_end(number, before, row);
	if (row->state == TASK_FAILED)
		plans_check_failure(number, row);
}

bool oracle_signal_was_durable(uint64_t number, int signal)
{
	return durable_signals[number] & 1ULL << signal;
}

bool oracle_asked_for_signal(uint64_t number)
{
	return durable_signals[number] & ~(1ULL << SIGSTOP | 1ULL << SIGCONT | 1ULL << SIGKILL);
}

void oracle_seen(uint64_t number, enum task_state state)
{
	uint32_t states = durable_states[number];
	must(states != 0, "task %llu is seen, and was never durable", number_of(number));
	/* A task that was paused and resumed before its process began is stored as running. */
	if (state == TASK_RUNNING && !(states & 1U << TASK_RUNNING))
		must((states & 1U << TASK_CLAIMED) && machine_fates[number].begun,
		     "task %llu is seen running", number_of(number));
	else
		must(states & 1U << state, "task %llu is seen in state %d, which was never durable",
		     number_of(number), state);
}

/* Promises: what is durable agrees with what users were told. */

/* The whole task is there: its row, its parent and its environment. */
static void oracle_check_whole(unsigned number, const struct wish_form *form, const struct disk_row *row)
{
	const struct wish *wish = &wishes[number];
	size_t length;
	const char *block = wish_environment(wish->environment, &length);
	char command[WISH_COMMAND_SIZE];
	wish_command(number, command);
	must(strcmp(row->command, command) == 0, "task %s has another command", row->id);
	must(wish->id_is_made || strcmp(row->id, wish->id) == 0, "id %s was to be %s", row->id, wish->id);
	must((row->parent == 0) == (wish->parent < 0), "task %s has a parent, or not", row->id);
	must(row->parent == 0 || (disk_durable.rows[row->parent].exists &&
	                          oracle_wish_of(&disk_durable.rows[row->parent]) == wish->parent),
	     "task %s has another parent", row->id);
	must(row->group == form->group, "task %s is in another group", row->id);
	must((row->environment < 0) == (wish->environment == 0), "task %s has an environment, or not",
	     row->id);
	if (row->environment < 0)
		return;
	const struct disk_environment *environment = &disk_durable.environments[row->environment];
	must(environment->exists && environment->length == length &&
	             memcmp(environment->block, block, length) == 0,
	     "the environment of task %s is another", row->id);
}

/* Its name says what it has become. */
static const struct wish_form *oracle_check_text(unsigned number, const struct disk_row *row)
{
	unsigned text = *row->name ? (unsigned)strtoul(row->name + 1, NULL, 10) : 0;
	must(text < 32 && wishes[number].texts & 1U << text, "wish %u is named %s", number, row->name);
	return &wishes[number].forms[text];
}

/* row is NULL if the task is not there. */
static void oracle_check_wish(unsigned number, const struct disk_row *row)
{
	const struct wish *wish = &wishes[number];
	if (!row) {
		must(wish->created != ANSWER_YES || wish->removed != ANSWER_NO, "wish %u is lost", number);
		return;
	}
	must(wish->created != ANSWER_NO, "wish %u was refused, and is there", number);
	must(wish->removed != ANSWER_YES, "wish %u is removed, and is there", number);
	const struct wish_form *form = oracle_check_text(number, row);
	oracle_check_whole(number, form, row);
	bool started = row->state != TASK_CREATED && row->state != TASK_STOPPED;
	bool stopped = row->state == TASK_STOPPING || row->state == TASK_STOPPED;
	/* It is started when all that it takes over is made. */
	bool starts = wish->queued && !adoptions_go_on((uint64_t)(row - disk_durable.rows));
	must(!(starts || wish->started == ANSWER_YES) || row->state != TASK_CREATED,
	     "wish %u was started, and is stored in state %d", number, row->state);
	must(wish->queued || wish->started != ANSWER_NO || !started,
	     "wish %u was not started, and is stored in state %d", number, row->state);
	must(wish->stopped != ANSWER_YES || stopped, "wish %u was stopped, and is stored in state %d", number,
	     row->state);
	must(wish->stopped != ANSWER_NO || !stopped || plans_not_run(row) || cancels_concern(row),
	     "wish %u was not stopped, and is stored in state %d", number, row->state);
	plans_check_wish(wish, form, row);
}

static void oracle_check_wishes(void)
{
	const struct disk_row *rows[WISHES_MAX] = { NULL };
	for (int number = 1; number <= DISK_TASKS; number++) {
		const struct disk_row *row = &disk_durable.rows[number];
		if (!row->exists || !row->has_nonce)
			continue;
		int wish = oracle_wish_of(row);
		must(!rows[wish], "wish %u is there twice", wish);
		rows[wish] = row;
	}
	for (unsigned wish = 0; wish < wishes_count; wish++)
		oracle_check_wish(wish, rows[wish]);
}

/*
 * Returns when SIGKILL is due.  The delay is read from the wall clock once, when the commit is first seen.  After that
 * clock was set back, the next attempt can have the same time.
 */
static int64_t oracle_kill_due(uint64_t number, int64_t kill_at)
{
	unsigned attempt = machine_fates[number].begun;
	if (kills[number].server != server_generation || kills[number].kill_at != kill_at ||
	    kills[number].attempt != attempt) {
		kills[number].server = server_generation;
		kills[number].attempt = attempt;
		kills[number].kill_at = kill_at;
		kills[number].due = clock_ticks(NULL) + kill_at - clock_wall(NULL);
	}
	/* An alarm that is due rings at once. */
	return kill_at == 0 || server_alarm() <= clock_ticks(NULL) ? INT64_MAX : kills[number].due;
}

/*
 * A durable stop has reached all processes that are left, and SIGKILL has reached those for which it is due.
 */
static void oracle_check_stop(uint64_t number)
{
	const struct disk_row *row = &disk_durable.rows[number];
	const struct machine_fate *fate = &machine_fates[number];
	const struct task *task = memory_task(number);
	bool stops = row->state == TASK_STOPPING || row->state == TASK_OVERTIME;
	if (!disk_row_has_news(number))
		kills[number].heard = row->exists && stops ? row->process.kill_at : 0;
	if (!row->exists || !stops || !task->run)
		return;
	enum run_phase phase = task->run->phase;
	if ((phase != RUN_RUNNING && phase != RUN_ENDED) || fate->begun <= row->plan.marks.attempt ||
	    (fate->over && fate->left == 0))
		return;
	/* What the server has not heard of yet changes nothing. */
	int64_t due = oracle_kill_due(number, kills[number].heard);
	if (disk_row_has_news(number) || disk_row_waits(number) || disk_has_news())
		return;
	must(row->process.stop_signal <= 0 || fate->signalled == server_generation,
	     "task %llu is stopping, and has no signal", number_of(number));
	must(fate->killed || due > clock_ticks(NULL), "task %llu was to be killed", number_of(number));
}

/*
 * What a durable pause or resume says has reached the process.  A stop that could not be recorded has
 * continued it, although it is paused.
 */
static void oracle_check_pause(uint64_t number)
{
	const struct disk_row *row = &disk_durable.rows[number];
	const struct task *task = memory_task(number);
	const struct run *run = task ? task->run : NULL;
	bool told = row->state == TASK_CLAIMED || row->state == TASK_RUNNING || row->state == TASK_PAUSED;
	if (!row->exists || !told || disk_row_has_news(number) || !run || run->phase != RUN_RUNNING ||
	    machine_fates[number].unrecorded)
		return;
	const struct machine_process *process = machine_find(run->process.pid, run->process.pid_start);
	must(!process || process->life != MACHINE_ALIVE || process->stopped == (row->state == TASK_PAUSED),
	     "task %llu is stored in state %d, and its process is stopped, or not", number_of(number),
	     row->state);
}

/* The latest change that resumed each task, of the present server; 0: none. */
static uint64_t resumes[DISK_TASKS + 1];

void oracle_server_starts(void)
{
	memset(resumes, 0, sizeof(resumes));
}

bool oracle_resume_sends(const struct task *task)
{
	return task->run && task->run->phase == RUN_RUNNING && task->status.state == TASK_PAUSED;
}

void oracle_resumes(uint64_t number, uint64_t sequence)
{
	resumes[number] = sequence;
}

/* The core has been told that a commit failed. */
void oracle_check_resumes(uint64_t committed)
{
	for (uint64_t number = 1; number <= DISK_TASKS; number++) {
		const struct task *task =
			resumes[number] > committed ? order_find(&server_core.registry.order, number) : NULL;
		const struct run *run = task ? task->run : NULL;
		bool resumed =
			task && oracle_resume_sends(task) && disk_durable.rows[number].state == TASK_PAUSED;
		const struct machine_process *process =
			resumed ? machine_find(run->process.pid, run->process.pid_start) : NULL;
		must(!process || process->life != MACHINE_ALIVE || !process->stopped,
		     "task %llu was resumed, which was not stored, and is not continued", number_of(number));
		resumes[number] = 0;
	}
}

/* If there is no memory for a timer, it is sent at once. */
void oracle_check_kill(uint64_t number)
{
	const struct task_process *stop = &disk_durable.rows[number].process;
	bool known = kills[number].server == server_generation && kills[number].kill_at == stop->kill_at &&
	             stop->kill_at > 0 && !kills[number].at_once;
	must(!known || scarce_failed() || kills[number].due <= clock_ticks(NULL),
	     "task %llu is killed %lld ms too early", number_of(number),
	     (long long)(kills[number].due - clock_ticks(NULL)));
}

void oracle_check(void)
{
	memory_find_tasks();
	oracle_check_wishes();
	hooked_check();
	memory_check();
	for (int number = 1; number <= DISK_TASKS; number++) {
		oracle_check_stop((uint64_t)number);
		plans_check_waiting((uint64_t)number);
		oracle_check_pause((uint64_t)number);
	}
	settings_check();
	shares_check();
	must((promises_slots & 1U << (disk_durable.has_slots ? disk_durable.slots : 5)) != 0, "%u slots",
	     disk_durable.slots);
}

void oracle_check_over(void)
{
	const struct core *core = &server_core;
	for (const struct task *task = order_at(&core->registry.order, 0); task;
	     task = order_next(&core->registry.order, task)) {
		enum task_state state = task->status.state;
		must(state == TASK_CREATED || task_state_terminal(state), "%s is %s, phase %s", task_id(task),
		     task_state_name(state), task->run ? run_phase_name(task->run->phase) : "none");
		must(!task->run, "%s has a run", task_id(task));
		must(disk_durable.rows[task->number].state == (int)state, "%s is stored as %d", task_id(task),
		     disk_durable.rows[task->number].state);
	}
	cancels_check_over();
	sweeps_check_over();
	adoptions_check_over();
	must(core_runs(core) == 0 && groups_waiting(core) == 0 && !core->unfinished, "something is left");
	must(!core->removals && !core->kept, "a removal is left");
	must(!core->troubled && server_alarm() == INT64_MAX, "it is not quiet");
	machine_check_over();
	promises_check_over();
}
