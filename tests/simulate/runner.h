/*
 * The executor (engine/core/executor.h), over the machine.  It reports at once or some steps later, in any
 * order, and it refuses and postpones at random.  It checks that the core is allowed to ask what it asks.
 */
#ifndef KRTASK_SIMULATE_RUNNER_H
#define KRTASK_SIMULATE_RUNNER_H

#include "engine/core/executor.h"

/* What the execution of a run holds. */
struct runner_attempt {
	enum runner_stage {
		RUNNER_FREE,
		RUNNER_PREPARING,
		RUNNER_PREPARED,
		RUNNER_GOING,  /* a worker has it */
		RUNNER_CLONED, /* the worker is ready, but the core has not heard of it */
		RUNNER_RUNNING,
		RUNNER_LEFT, /* its end was reported, and other processes of its session are left */
		RUNNER_OVER,
		RUNNER_ADOPTING,
	} stage;
	struct run *run;
	uint64_t task;
	int entry;          /* of the ledger, -1: none */
	int64_t time_limit; /* of the task, when it was prepared; -1: by an earlier server */
	bool other_boot;
	bool released; /* its first process ended while nobody stopped it, so it holds nothing any more */
};

extern struct executor runner;

void runner_reset(void);
/* The attempt with this number, below RUNNER_RUNS. */
const struct runner_attempt *runner_attempt(unsigned number);
/* The server has been killed, and its executor forgets everything. */
void runner_crash(void);
enum { RUNNER_RUNS = 32 };
/*
 * Looks from this run on for the first run that can have an event, and lets one happen.  False: no run can
 * have one.
 */
bool runner_step(unsigned from);
/* Lets everything happen that the executor has to do by itself: only commands that run go on. */
void runner_rest(void);
/* True if that is to come. */
bool runner_is_busy(void);
bool runner_has_no_room(void);
/* The command of the task is being started, or runs. */
bool runner_goes(uint64_t number);
/* One of them is being prepared. */
bool runner_is_preparing(void);
/* One is stored as running which has not begun; or it has, and neither its process nor that it waits no more is. */
bool runner_is_behind(void);
/* After each step and each failure: an end while a stop is undone gives back what is held. */
void runner_look(void);
/* Sets how many commands can start until the next call.  The core is told if there is more room. */
void runner_set_room(unsigned room);
/* Makes room for at least one command. */
void runner_have_room(void);

enum { RUNNER_ALL_GROUPS = -1 };
/* The slots of what runs in a group and is not paused; how many hooks run and are not paused. */
unsigned runner_used(int group);
unsigned runner_used_by_hooks(void);

/* Verbs about processes that are left of tasks that have ended, or of attempts (runner_left.c). */
bool runner_kill_left(struct executor *executor, const struct task *task);
int runner_continue_left(struct executor *executor, const struct task *task);
int runner_watch_those_left(struct executor *executor, const struct task *task,
                            const struct strings *processes);

/* What the core may ask (runner_checks.c). */
void runner_check_go(const struct runner_attempt *attempt);
void runner_check_signal(const struct runner_attempt *attempt, int signal);
void runner_check_continue(uint64_t task);
/* It is scheduled as it asked for, or as its group says. */
void runner_check_niceness(const struct runner_attempt *attempt);
void runner_check_forget(const struct runner_attempt *attempt);
/* How many attempts of the task have ended, and durably so. */
unsigned runner_attempts_over(const struct runner_attempt *attempt);

#endif
