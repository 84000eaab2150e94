/*
 * A run: one attempt at a task, from its claim until its end is durable.
 *
 * Its phase says how far it has come, and changes only in run_step() (runs.h).  The state of the task
 * (engine/task/state.h) is what users see; the phase is what the core still has to do.  Loop thread
 * only.
 */
#ifndef KRTASK_CORE_RUN_H
#define KRTASK_CORE_RUN_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/core/phase.h"
#include "engine/core/timers.h"
#include "engine/task/devices.h"
#include "engine/task/task.h"
#include "engine/task/usage.h"

struct core;
struct executor;

/* How a run ended, as the executor reported it. */
struct run_end {
	bool known;        /* exit_code and term_signal are valid; false: nobody saw it end */
	bool ran;          /* the command did begin, although there is a message */
	bool unsaid;       /* there was no memory to keep why the command could not begin */
	int32_t exit_code; /* -1: none */
	int32_t term_signal;
	int64_t lasted; /* milliseconds from its beginning to its end, by the clock where it ran; 0: until now */
	struct task_usage usage;  /* of its first process; known with it */
	unsigned left;            /* processes of its session that still run */
	char *message;            /* owned; why the command could not begin, or what is unknown; NULL: none.
	                  * Before the end: why nothing is known of one to be adopted */
	char *survivors;          /* owned; "left running: 12 (sleep)"; NULL: none */
	struct strings processes; /* owned; the same, as a list (plan_add_left()) */
	bool lingers; /* the next attempt must wait for them, or for some for which there was no memory */
};

/* What a stop asked for. */
struct run_stop {
	int signal;      /* number, 0: none */
	int64_t kill_at; /* when SIGKILL is due, 0: never */
};

/* What an attempt holds of its group, from before its command begins until the attempt ends. */
struct run_holding {
	int32_t slot; /* its KRTASK_SLOT, -1: none */
	struct device_set devices;
};

struct run {
	struct core *core;
	struct task *task;
	struct executor *executor; /* whose it is, from its claim on */
	enum run_phase phase;
	struct task_process
		process;    /* what is stored of it: the handle of the executor, and what a stop asked for */
	int64_t began;      /* tick (core_ticks()) at which its command began; 0: it has not */
	int64_t since;      /* tick since which it has run, durably without a pause; 0: it has not */
	struct run_end end; /* from ENDED on */
	struct run_stop stop; /* the latest that is durable: process has the latest that was put */
	struct timer kill;    /* due at stop.kill_at */
	int64_t kill_at;      /* the stop.kill_at for which it was set */
	struct timer limit;   /* due when it has run for its time limit */
	bool limited;         /* it has one: there is room for the timer */
	unsigned pauses;      /* changes that pause or resume it, on their way to the store */
	bool paused_early;    /* for the first time, before it was known that its command had begun */
	int64_t uncounted;    /* how long it ran until that pause was sent; -1: unknown */
	bool worthless;       /* its handle: the claim is to be given back */
	bool only_claimed;    /* that is all that an earlier server stored of it */
	bool other_boot;      /* it was claimed before the last reboot */
	bool resumed;         /* a durable Running says so, and its processes may not have heard it */
	bool holds_slots;     /* groups_weigh() has counted them */
	bool counts_running;  /* and it as one that runs in its group */
	bool counts_paused;   /* or as one that is paused */
	struct run *holder_prev, *holder_next; /* meanwhile: in the holders of its group (utlist) */
	struct run *server_prev, *server_next; /* and in core->holders, unless it runs elsewhere (utlist) */
	struct run_holding holding;            /* changed only by holdings.h */
	struct run *prev, *next;               /* in core->unfinished (utlist) */
	void *execution;                       /* the executor's own */
	char *said;         /* owned; the last line of its output, when somebody looked; NULL: none */
	int64_t written_at; /* when it had written last, milliseconds since 1970; 0: nothing yet, or not looked at */
	int64_t written; /* bytes, then */
	const char
		*trouble; /* set by the executor before it reports postponed: why; borrowed for that time */
};

#endif
