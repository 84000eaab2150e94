/*
 * A core with no process and no disk: its executor, its store and its clock do what a test says.  Each commit
 * waits for commit() or fail_commit(), and each run for began() and ended().
 */
#ifndef KRTASK_TESTS_BARE_CORE_H
#define KRTASK_TESTS_BARE_CORE_H

#include "engine/core/core.h"
#include "engine/core/executor.h"
#include "engine/core/registry.h"
#include "engine/core/requests.h"

enum { RUNS_MAX = 600 };

extern struct core core;
/* For the tasks that are made. */
extern struct task_plan next_plan;
extern const char *next_group;
extern int64_t now, ticks;

/* The store: it numbers changes. */
extern uint64_t put_last, put_committed;
extern int put_error;   /* the result of the next put */
extern bool put_urgent; /* the last one was */
void commit(void);
void commit_all(void); /* what follows from commits, too */
/* All waiting changes fail. */
void fail_commit(void);

/* The executor. */
extern struct executor executor;
extern struct run *started[RUNS_MAX]; /* runs that were told to go, in order; NULL: the run is over */
extern unsigned started_count, forgotten, sealed, prepared, signals, discarded;
extern unsigned room;
extern int refuse;            /* the result of prepare */
extern bool defer;            /* prepare answers later */
extern struct run *preparing; /* the last one */
extern bool postpone;         /* go postpones the run */
extern int seal_error;
extern int last_signal;
extern struct run *adopted;
extern bool adopted_other_boot;
extern bool left_over;         /* the result of kill_left */
extern unsigned watched;       /* calls of watch_left */
extern char watched_first[64]; /* the first process of the last one */
extern int watch_error;
extern unsigned continued; /* calls of continue_left */
extern int continue_error;
/* It reports this. */
void began(struct run *run);
void began_at(struct run *run, int64_t tick);
void ended(struct run *run, int exit_code, unsigned left);

/* What the core reports to the test. */
extern unsigned told_ended, told_impossible;
extern int64_t alarm_at, wake_at;
/* Moves the clock to the next alarm, and rings it. */
void ring(void);
/* The wall clock reaches the time that the core waits for. */
void wake(void);
/* Somebody sets the wall clock. */
void set_clock(int64_t to);

void setup(void);
/* Checks that nothing impossible was reported. */
void teardown(void);

/* Makes the core find a task in this state, as an earlier server left it. */
struct task *recover(enum task_state state, const char *boot_id);
struct task *make_child(const char *id, struct task *parent, bool start);
struct task *make(const char *id, bool start);
/* Makes a task that is started. */
struct task *make_planned(const char *id, const char *group, int32_t priority, uint32_t weight);
/* Makes a running task, with all changes committed. */
struct task *make_running(const char *id);
/* hold: it stays Queued if what it waits for can never be met. */
struct task *make_waiting(const char *id, bool start, const struct plan_after *after, size_t count,
                          bool hold);
/* Makes a started task that waits for the end of another. */
struct task *make_after(const char *id, const struct task *target, enum plan_condition condition);
struct task_group *add_group(const char *name, unsigned slots, int32_t priority);

extern const struct stop_options term;

#endif
