/*
 * The plan of a task: when it runs, in which order, and what follows an end.  Few tasks have one; without
 * it a task has the plan of plan_default.
 *
 * The values that were asked for change only while the task waits.  The marks tell its progress through the
 * plan, and change with its state.  Times are milliseconds since 1970-01-01 UTC, durations milliseconds; 0:
 * none.  Pure; any thread.
 */
#ifndef KRTASK_TASK_PLAN_H
#define KRTASK_TASK_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/task/schedule.h"
#include "engine/task/strings.h"

/* The end that is required of the task that is waited for. */
enum plan_condition {
	PLAN_AFTER_OK,   /* Completed */
	PLAN_AFTER_FAIL, /* Failed, having run */
	PLAN_AFTER_ANY,  /* ended, having run */
	PLAN_CONDITION_COUNT
};

struct plan_after {
	uint64_t number; /* of the task that is waited for */
	uint32_t place;  /* the index's (dependents.h) */
	enum plan_condition condition : 8;
	bool unmet; /* because of this one the task was not run */
};

enum { PLAN_WEIGHT_MAX = 1000000, PLAN_RETRIES_MAX = 10000, PLAN_UNIQUE_MAX = 1024 /* bytes of a key */ };

/* An attempt that has ended, and that another one follows. */
struct plan_attempt {
	uint32_t ordinal;    /* from 1 */
	int16_t exit_code;   /* 0 to 255, -1: none */
	uint8_t term_signal; /* 0: none */
	int64_t started_at, ended_at;
	char *message; /* owned; how it ended; NULL: nothing to say */
	/* The id of the boot, each process that it left, and PLAN_LEFT_PAUSED if it was paused; empty: it left none. */
	struct strings left;
};

#define PLAN_LEFT_PAUSED "paused"

/* One of these processes. */
struct plan_left {
	int32_t pid;
	uint64_t start; /* as in struct task_process */
	char name[32];
};

struct plan_marks {
	bool held;          /* a user paused it before it began */
	uint32_t attempt;   /* attempts that have ended, each of which another one follows */
	int64_t not_before; /* the next attempt waits until then; the first, if begin_at is negative */
	int64_t ran;        /* run time of this attempt up to its last pause; 0: it was not paused */
	int64_t resumed_at; /* since when it runs again; 0: since it began */
};

/*
 * What follows the end of a task, as tasks of their own; or, in the plan of such a task, whose end it
 * follows.
 */
struct plan_hooks {
	char *on_end, *on_fail, *on_ok; /* owned, code of sh; NULL: none */
	char *webhook;                  /* owned, a URL; NULL: none */
	uint64_t target;                /* the task whose end this one follows; 0: it follows none */
	char *input;                    /* owned; its standard input; NULL: empty */
};

enum { PLAN_HOOK_MAX = 65536 /* bytes of one */ };

/* Where its last attempt runs or ran, if not on this machine. */
struct plan_job {
	uint64_t number; /* 0: unknown */
	char *directory; /* owned; absolute: where its output is; NULL: on this machine */
	char node[64];   /* "": unknown */
};

struct task_plan {
	int32_t priority; /* higher first */
	uint32_t weight;  /* how many slots it takes */
	int64_t begin_at; /* negative: so long after its Start, which makes marks.not_before of it */
	int64_t expire_at;
	int64_t time_limit; /* of an attempt */
	int64_t kill_after; /* after the time limit; -1: never */
	uint32_t retries;   /* attempts after the first */
	int64_t retry_delay, retry_max;
	char *retry_rule; /* owned; which ends cause a retry; NULL: the usual ones */
	bool retry_lost;
	bool unmet_hold;  /* if it waits for something that can never happen, it stays held */
	char *unique;     /* owned; a key of which only one task may be that has not ended; NULL: none */
	bool auto_remove; /* it is removed once it is Completed */
	struct plan_after *after; /* owned; the tasks that it still waits for, by number */
	size_t after_count;
	struct task_schedule schedule; /* cpus is owned */
	struct plan_hooks *hooks;      /* owned; NULL: nothing follows its end, and it follows none */
	char *sbatch;                  /* owned; options of sbatch, after those of its group; NULL: none */
	struct plan_job *job;          /* owned; NULL: it has run here only, or not at all */
	struct plan_marks marks;
	struct plan_attempt *attempts; /* owned; the earlier ones */
	size_t attempt_count, attempt_size;
};

extern const struct task_plan plan_default;

/*
 * "ID" or "ID:CONDITION", as people give it.  Returns the condition and *length of the id, or -1: the id is empty,
 * or there is no such condition.
 */
int plan_parse_after(const char *text, size_t *length);
/* When the first attempt begins at the earliest; 0: at once, or so long after a Start that is not known yet. */
int64_t plan_begin(const struct task_plan *plan);
/* How long after its Start it begins at the earliest, as long as it has not been started; else 0. */
int64_t plan_delay(const struct task_plan *plan);
/* The condition is left out if it is the usual one. */
void plan_format_after(const char *id, enum plan_condition condition, char *text, size_t size);
/* In the message "needs: Completed". */
const char *plan_condition_needs(enum plan_condition condition);
/* Gives the plan hooks of its own, which may be changed.  NULL: out of memory. */
struct plan_hooks *plan_make_hooks(struct task_plan *plan);
/*
 * 0, or -EINVAL and *error (free() it), which names the offending value and says what it must be.  Checked
 * are the hooks: code that is not blank, an address of HTTP; and the options of sbatch.
 */
int plan_check(const struct task_plan *plan, char **error);

/*
 * The plan of a task like one of this plan.  When that one begins, what it waited for, how far it has come and its
 * key are its own.  Everything is borrowed from it and from hooks, which is filled in.
 */
struct task_plan plan_anew(const struct task_plan *from, struct plan_hooks *hooks);

/* Says where the next attempt will run.  0 or -ENOMEM. */
int plan_set_job(struct task_plan *plan, uint64_t number, const char *directory);

/* A deep copy, malloc'ed.  from NULL: of the default.  NULL: out of memory. */
struct task_plan *plan_copy(const struct task_plan *from);
void plan_free(struct task_plan *plan); /* NULL is allowed */

/* Adds a deep copy.  0 or -ENOMEM. */
int plan_add_attempt(struct task_plan *plan, const struct plan_attempt *attempt);
/* Drops the one that was added last. */
void plan_drop_attempt(struct task_plan *plan);
/* The same, but the caller owns it.  It can be put back without memory, as long as no other was added. */
struct plan_attempt plan_take_attempt(struct task_plan *plan);
void plan_put_attempt(struct task_plan *plan, const struct plan_attempt *attempt);
void plan_attempt_release(struct plan_attempt *attempt);
int plan_add_left(struct strings *left, const struct plan_left *process);
/* Parses a string of the list.  False: it is no process. */
bool plan_parse_left(const char *text, struct plan_left *process);
/* The one that was added last; NULL: none. */
const struct plan_attempt *plan_last_attempt(const struct task_plan *plan);

#endif
