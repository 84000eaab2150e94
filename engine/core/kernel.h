/*
 * The core: what happens to tasks.  It has no processes, no files, no clock and no loop of its own: it
 * calls an executor (executor.h), puts its changes through a sink (journal.h), and is told the time.
 * So a test controls all of them.
 *
 * This is what its files share.  The files, each using only those before it:
 *
 *     timers, order, ids, registry    what there is
 *     journal                         changes on their way to the store
 *     askers                          who is told that what takes several changes is over
 *     phase, run, executor            runs, phase × event; who runs them
 *     kernel (this)                   the data of the core
 *     holdings                        numbers and devices of what runs
 *     kept                            removed tasks that somebody still reads
 *     groups                          queues with slots of their own
 *     agenda                          when tasks that wait are to be looked at again
 *     niceness                        how commands are scheduled
 *     queue                           what waits, in order
 *     uniques                         keys that only one task may have
 *     runs                            making and moving runs
 *     hooks                           tasks that follow the end of a task
 *     lifecycle                       the only way to change a task
 *     dependents, dependencies        who waits for whom, and what an end means for them
 *     redirection                     a task waits for others than before
 *     environments                    shared environments in the store
 *     seen                            which ends are no news to whom
 *     grouping                        groups are added, changed and removed
 *     attempts                        an end that another attempt follows
 *     ending                          ends, and claims that never began
 *     rota                            whose turn it is, of the groups
 *     scheduler                       claiming in advance, and starting
 *     limits                          time limits
 *     pausing                         pausing and resuming
 *     times                           a time has come, or it is too late
 *     settle                          what remains to be done after each entry
 *     requests                        what users ask for
 *     cancelling                      all that was started is stopped
 *     sweeping                        all that runs is paused or resumed
 *     editing                         what was asked for is changed
 *     keeping                         how long tasks that have ended are kept
 *     reports                         what the executor reports
 *     recovery                        what earlier servers left
 *     adopted, adoption               a task made again takes over those that were not run
 *     reasons                         why a task does not run yet
 *     core                            all of it together
 *
 * A file tells a higher one that there is something to do by core->due: settle_core() does it at the
 * end of each entry.  Loop thread only.
 */
#ifndef KRTASK_CORE_KERNEL_H
#define KRTASK_CORE_KERNEL_H

#include <stdbool.h>
#include <stdint.h>
#include <uthash.h>
#include <utlist.h>

#include "engine/core/executor.h"
#include "engine/core/journal.h"
#include "engine/core/ranking.h"
#include "engine/core/registry.h"
#include "engine/core/run.h"
#include "engine/core/timers.h"
#include "engine/task/group.h"
#include "engine/task/keep.h"

/* When to try again after trouble with the system (no descriptors, no disk). */
enum { CORE_RETRY_MS = 1000 };

struct core_hooks {
	void *ctx;
	void (*changed)(void *ctx);                        /* something that can be seen may have changed */
	void (*ended)(void *ctx, const struct task *task); /* terminal, and durably so */
	/*
	 * Somebody can do nothing before the end of this task is durable.  Asked only if somebody waits for it.
	 * No function: then nobody can.
	 */
	bool (*needs)(void *ctx, const struct task *task);
	void (*alarm)(void *ctx,
	              int64_t at); /* core_alarm() is to be called at that tick; it replaces the one before */
	/*
	 * core_clock() is to be called when the wall clock reaches this time, or is set.  INT64_MAX: only if
	 * it is set; 0: not at all.  It replaces the one before.
	 */
	void (*wake)(void *ctx, int64_t at);
	/* An impossible event in this phase, which is a fault of the program.  The event is ignored. */
	void (*impossible)(void *ctx, const struct task *task, const char *phase, const char *event);
};

struct core_options {
	struct executor *executor; /* borrowed, as is the next; their reports are set by core_init() */
	struct executor *remote;   /* of groups that do not run here; NULL: there is none */
	struct journal_sink sink;
	int64_t (*now)(
		void *ctx); /* milliseconds since 1970, for what is stored and shown; the clock may be set */
	int64_t (*ticks)(void *ctx); /* milliseconds since boot, which nobody sets, for what is waited for */
	void *clock_ctx;
	char boot_id[37];
	/* A task as JSON, for hooks; malloc'ed.  NULL: out of memory.  No function: hooks get none. */
	char *(*record)(void *ctx, const struct task *task, int64_t now);
	void *record_ctx;
	unsigned slots; /* tasks at once, 0: no limit */
	bool paused;    /* start nothing that is queued */
};

/* What settle_core() still has to do before the loop sleeps. */
enum core_due {
	CORE_DUE_SCHEDULE = 1,
	CORE_DUE_ENDINGS = 2,
	CORE_DUE_CHANGED = 4,
};

/* Somebody who reads tasks over several turns of the loop (removal.h). */
struct core_reader {
	struct core_reader *prev, *next;
	uint64_t number; /* rising */
};

/* Removed tasks that stay in memory while somebody reads them (kept.h). */
struct removal_kept {
	struct removal_kept *prev, *next;
	uint64_t last_reader;                                     /* later readers never saw them */
	void (*forget)(struct removal_kept *kept, bool released); /* released: the core ends */
};

struct dependents;
struct leftovers_change;
struct unique;
struct removal;
struct slot_numbers;
struct core_asker;
struct adopted;

/* A device of a group (holdings.h).  More than one run may hold it: one has ended, and that is not durable yet. */
struct group_device {
	unsigned holders;
	const struct task *task; /* that got it last; NULL: none, or it has given it back */
};

/* A task that may begin from a time on, or until one (agenda.h). */
struct appointment {
	struct timer timer; /* first; by the wall clock */
	struct task *task;
	bool waits;                      /* the time from which it may begin is to come */
	struct appointment *prev, *next; /* in core->agenda.list (utlist) */
};

struct agenda {
	struct timers timers;
	struct appointment *list;   /* all */
	struct appointment *review; /* the next one that is to be looked at anyway; NULL: none */
	size_t count;
};

/* Who is told that all tasks with its label have joined a group, or that it was not added. */
struct group_asker {
	void *ctx;
	void (*joined)(void *ctx); /* NULL: nobody listens */
};

/* Tasks join a group that was added, in slices (grouping.h). */
struct group_join {
	bool going;
	bool durable; /* the group is: until then, only the first slice has joined */
	uint64_t at;  /* the number of the next task that is looked at */
	struct group_asker asker;
};

/* A queue with slots of its own (groups.h). */
struct task_group {
	struct task_group *prev, *next; /* in core->groups (utlist) */
	UT_hash_handle hh;              /* in core->named */
	char *name;                     /* owned; NULL: of tasks whose group was never added */
	struct group_settings settings;
	size_t members;         /* tasks that were started in it and have not ended, durably */
	size_t left;            /* those of them whose end is not on its way to the store either */
	uint64_t number;        /* groups are in the order of these, which is that of their making */
	unsigned running;       /* its runs that hold slots and are not paused */
	unsigned paused;        /* its runs that are, whether or not they hold slots */
	struct run *holders;    /* those that hold slots, none of weight 0, as they began (utlist) */
	struct ranking ranking; /* of the tasks that wait in it */
	struct rank turn;       /* its place in core->rota, as long as a task in it misses only a slot */
	unsigned width;         /* meanwhile: its part of core->widths */
	struct task_group *claims_prev, *claims_next; /* in core->claiming (utlist) */
	struct task_group *stale_prev, *stale_next;   /* in core->stale (utlist) */
	uint64_t served;      /* ranking.changes when all was claimed that was wanted */
	unsigned served_most; /* so much was wanted then */
	unsigned used;        /* slots that its runs hold */
	unsigned
		unsettled; /* changes of its devices on their way to the store, or it is joined: nothing in it starts */
	struct group_join join; /* of tasks that have its name as a label */
	struct group_device
		*devices; /* owned, DEVICES_MAX: those of settings.devices; NULL: it never had any */
};

/* What a user has seen (seen.h). */
struct seen {
	uint32_t uid;
	uint64_t cursor;
};

/* All tasks that were started up to then are being stopped (cancelling.h). */
struct core_cancelling {
	uint64_t upto;  /* the latest Start; 0: nothing is being cancelled */
	uint64_t at;    /* tasks with smaller numbers are still to be looked at */
	unsigned steps; /* on their way to the store: the next slice waits for all of them */
	bool failed;    /* something was not stored, so there is another walk */
};

/* Several tasks are made again, in slices (adoption.h). */
enum adoption_phase {
	ADOPTION_BEGINS,
	ADOPTION_FINDS,
	ADOPTION_MAKES,
	ADOPTION_REDIRECTS,
	ADOPTION_ENDS,
	ADOPTION_OVER
};

struct adoption {
	struct adoption *prev, *next; /* in core->adoptions (utlist) */
	struct core *core;
	uint64_t source,
		made; /* the first one, and the task in its place: what that waits for was asked for anew */
	struct adopted *all;   /* by number (uthash) */
	struct adopted *first; /* those whose dependents were not looked at */
	size_t index;          /* so many dependents of one are still to be looked at */
	bool looking;          /* at some of the dependents of the first */
	bool waits;            /* one of these is to be judged first */
	bool sliced;           /* the following is about that */
	bool start;            /* the first one is to be started */
	enum adoption_phase phase;
	uint64_t at;                 /* in place of tasks with smaller numbers nothing is made any more */
	uint64_t stored;             /* the same, durably */
	struct adopted *redirecting; /* whose dependents are looked at */
	unsigned searched;           /* what was looked at for circles (adopted_charge()) */
	unsigned steps;              /* on their way to the store: the next slice waits for all of them */
	bool failed;                 /* something was not stored */
	struct core_asker *askers;   /* (askers.h) */
};

/* What runs in a group, or all that runs, is being paused or resumed (sweeping.h). */
struct sweep {
	struct sweep *prev, *next; /* in core->sweeps (utlist) */
	struct core *core;
	struct task_group *group;  /* NULL: all */
	uint64_t at;               /* tasks with smaller numbers are still to be looked at */
	unsigned steps;            /* on their way to the store: the next slice waits for all of them */
	bool failed;               /* something was not stored, so there is another walk */
	struct core_asker *askers; /* (askers.h) */
};

struct core {
	struct core_options options;
	struct core_hooks hooks;
	struct registry registry;
	struct journal journal;
	struct executor *executor; /* of this machine */
	struct executor *remote;   /* of groups that do not run here; the same if there is none */
	struct timers timers;      /* by ticks */
	struct timers limits;      /* by ticks: how long runs may go on.  There is room for all of them */
	size_t limited;            /* runs that have a time limit */
	struct agenda agenda;
	int64_t wake;      /* the time given to hooks.wake; 0: none */
	int64_t retry_at;  /* tick; INT64_MAX: never.  Not a timer, since memory may be missing */
	bool starved;      /* nothing is claimed: the room that is left in the store is for ends */
	int64_t hungry_at; /* tick: whether there is more room is looked at; INT64_MAX: never */
	int64_t alarm;     /* the time given to hooks.alarm; INT64_MAX: none */
	uint64_t asked;    /* number of the latest request's change: all that its reply waits for */
	bool troubled;     /* a commit failed: until one succeeds, nothing is put that can wait */
	bool settling;     /* settle_core() is running, or held back */
	bool unwatched;    /* there was no memory to wait for what some attempt left */
	bool unheld;       /* there was none for what a run of an earlier server holds */
	bool uncontinued;  /* there was none to continue what some paused task left */
	struct leftovers_change *leftovers; /* that are to be put again (utlist) */
	bool backing_off;                   /* the executor had no room: nothing starts before the retry */
	const char *lacking;                /* why, if not by the shortage of the executor; not owned */
	unsigned due;                       /* of enum core_due */
	bool paused;                        /* a user has paused the server */
	struct core_cancelling cancelling;
	unsigned cancelling_slice;    /* so many tasks are stopped in one change */
	enum group_sweep sweep;       /* what is being done to all that runs */
	struct sweep *sweeps;         /* this, and that of groups (utlist) */
	struct adoption *adoptions;   /* that go on, the earliest first (utlist) */
	unsigned adoption_most;       /* so many tasks are looked at for an adoption in one change */
	unsigned adoption_slice;      /* so many are adopted in one of several */
	uint64_t sweep_serial;        /* of the latest request */
	unsigned sweeping_looks;      /* at so many tasks one slice of a sweep looks */
	unsigned sweeping_slice;      /* so many it pauses or resumes */
	struct keep keep;             /* how long tasks that have ended are kept */
	struct task_group *groups;    /* all, as they were added (utlist) */
	struct task_group *named;     /* those that were added, by name (uthash) */
	unsigned group_count;         /* of those that were added */
	uint64_t groups_made;         /* the number of the latest */
	struct task_group common;     /* `default` */
	struct task_group labels;     /* of tasks whose group was never added */
	unsigned grouping_looks;      /* at so many tasks one turn looks */
	unsigned grouping_slice;      /* so many of them join */
	unsigned joins;               /* groups that tasks are to join now: core_alarm() is due at once */
	struct task_group hook_queue; /* of hooks; it is in no list, and its slots are not the server's */
	int64_t hook_limit;           /* how long a hook may run, milliseconds */
	struct seen *seen;            /* of each user who has seen something */
	size_t seen_count, seen_size;
	uint64_t *orphans; /* numbers of hooks that are to be removed, with their tasks */
	size_t orphan_count, orphan_size;
	unsigned used;                    /* slots that runs hold */
	struct run *holders;              /* those that hold slots of the server, as they began (utlist) */
	struct ranking rota;              /* the groups in which tasks miss only a slot (rota.h) */
	unsigned widths;                  /* of all of them: how many of their tasks could run at once */
	struct task_group *claiming;      /* groups that have claims, or whose tasks run elsewhere (utlist) */
	struct task_group *stale;         /* what decides on their turns has changed (utlist) */
	struct slot_numbers *numbers;     /* of the runs of each group (holdings.h) */
	uint64_t start_order;             /* of the latest Start or end */
	struct run *unfinished;           /* ENDED or VOID, to be written down (utlist) */
	struct core_asker *end_askers;    /* who waits for an end that is being committed (utlist) */
	unsigned phases[RUN_PHASE_COUNT]; /* how many runs are in each */
	struct removal *removals;         /* those in slices (utlist) */
	unsigned removal_looks;           /* at so many tasks they look in one turn */
	unsigned removal_slice;           /* so many they remove in one change */
	struct removal_kept *kept;        /* removed, and still being read (utlist) */
	struct core_reader *readers;      /* the earliest first (utlist) */
	uint64_t last_reader;
	bool removing; /* removal_go_on() has something to do: core_alarm() is due at once */
	/* Called in the commit of an end, while there are dependents, with what follows from it for them. */
	void (*follow)(struct core *core, struct task *task);
	struct dependents *dependents; /* by the task that they wait for (uthash) */
	struct unique *uniques;        /* by key (uthash) */
	struct dependents *unjudged;   /* those that must be judged (utlist) */
	unsigned dependents_slice;     /* so many of them are judged in one change */
	bool judging;                  /* the first of them are being judged, or none is to be now */
	unsigned slices;               /* of them, on their way to the store */
};

static inline int64_t core_now(const struct core *core)
{
	return core->options.now(core->options.clock_ctx);
}

static inline int64_t core_ticks(const struct core *core)
{
	return core->options.ticks(core->options.clock_ctx);
}

/* The commit of its end is not delayed. */
static inline bool core_needs_end(const struct core *core, const struct task *task)
{
	return task->waiters > 0 && (!core->hooks.needs || core->hooks.needs(core->hooks.ctx, task));
}

/* Notes that there is something to do; settle_core() will do it. */
static inline void core_need(struct core *core, enum core_due due)
{
	core->due |= due;
}

/* What decides on the turn of a group has changed: its place in the rota is found anew before that is read. */
static inline void core_touch(struct core *core, struct task_group *group)
{
	if (!group->stale_prev)
		DL_APPEND2(core->stale, group, stale_prev, stale_next);
}

/* A request has put its change.  Its reply does not wait for what follows from it (claims, starts). */
static inline void core_asked(struct core *core)
{
	core->asked = core->journal.sequence;
}

/* Whatever could not be done now is tried again in a second, by core_alarm(). */
static inline void core_retry(struct core *core)
{
	if (core->retry_at == INT64_MAX)
		core->retry_at = core_ticks(core) + CORE_RETRY_MS;
}

/* Something is to be cancelled now.  While commits fail, only the walk that has begun goes on. */
static inline bool core_cancels(const struct core *core)
{
	const struct core_cancelling *its = &core->cancelling;
	return its->upto > 0 && its->steps == 0 &&
	       (its->at > 0 || (!core->troubled && core->retry_at == INT64_MAX));
}

/* The sweep whose slice is next; NULL: none is now. */
static inline struct sweep *core_sweeps(const struct core *core)
{
	bool calm = !core->troubled && core->retry_at == INT64_MAX;
	for (struct sweep *sweep = core->sweeps; sweep; sweep = sweep->next) {
		if (sweep->steps == 0 && !core->troubled && (sweep->at > 0 || !sweep->failed || calm))
			return sweep;
	}
	return NULL;
}

/* One goes on at a time, and not while it waits for dependents whose turn to be judged comes later. */
static inline bool core_adopts(const struct core *core)
{
	const struct adoption *its = core->adoptions;
	bool calm = core->retry_at == INT64_MAX;
	return its && its->steps == 0 && !core->troubled && (!its->failed || calm) &&
	       (!its->waits || (core->slices == 0 && calm));
}

/* Who runs the tasks of a group. */
static inline struct executor *core_executor(const struct core *core, const struct task_group *group)
{
	return group->settings.executor == GROUP_LOCAL ? core->executor : core->remote;
}

/* Who has the handle of a claim. */
static inline struct executor *core_holder(const struct core *core, const struct task_process *process)
{
	return process->entry == TASK_ENTRY_REMOTE ? core->remote : core->executor;
}

/* Who has the output of a task. */
static inline struct executor *core_keeper(const struct core *core, const struct task *task)
{
	const struct plan_job *job = task_plan(task)->job;
	return job && job->directory ? core->remote : core->executor;
}

/* It takes none of the slots of this machine. */
static inline bool core_is_remote(const struct core *core, const struct run *run)
{
	return run->executor != core->executor;
}

/* Runs that have a process, or will soon. */
static inline unsigned core_active(const struct core *core)
{
	const unsigned *phases = core->phases;
	return phases[RUN_STARTING] + phases[RUN_STARTING_PAUSED] + phases[RUN_STARTING_STOPPED] +
	       phases[RUN_ADOPTING] + phases[RUN_ADOPTING_PAUSED] + phases[RUN_ADOPTING_STOPPED] +
	       phases[RUN_RUNNING];
}

/* All runs, from the claim until the end is durable. */
static inline unsigned core_runs(const struct core *core)
{
	unsigned runs = 0;
	for (int phase = 0; phase < RUN_PHASE_COUNT; phase++)
		runs += core->phases[phase];
	return runs;
}

#endif
