/*
 * The engine: tasks and what may be done with them, durable, without a socket.
 *
 * The façade that wires the core to the store, the local executor, the worker pool and the loop.  Everything
 * here belongs to the loop thread.  A function that changes something returns when the change is made in
 * memory and on its way to the store; that it was done may be told once engine_hooks.committed has named
 * engine_asked() as it was after the call, and what can be seen then once it has named engine_sequence().
 */
#ifndef KRTASK_ENGINE_ENGINE_H
#define KRTASK_ENGINE_ENGINE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "engine/core/askers.h"
#include "engine/core/editing.h"
#include "engine/core/environments.h"
#include "engine/core/executor.h"
#include "engine/core/reasons.h"
#include "engine/core/registry.h"
#include "engine/core/removal.h"
#include "engine/core/requests.h"
#include "engine/core/settings.h"
#include "engine/exec/local/local.h"

struct progress;
struct event_base;
struct engine;
struct follow;
struct pool;
struct shed_noted;
struct store;

struct engine_options {
	struct event_base *base; /* borrowed */
	const char *directory;   /* the server's state directory, there already */
	const char *address;     /* for KRTASK_SERVER: "unix:/path" */
	int64_t hook_limit; /* of what follows the end of a task, in milliseconds, kept as well; 0: as was kept */
	int slots;          /* tasks at once, 0: no limit, kept for the engines to come; -1: as was kept */
	const struct local_anchor *anchor; /* borrowed; NULL: none */
	mode_t umask;                      /* of tasks whose callers sent no environment */
	const struct shed_noted
		*limits; /* as umask; borrowed until engine_open() returns; NULL: those of this process */
	bool paused;     /* start nothing that is queued */
	int64_t (*now)(void); /* milliseconds since 1970; NULL: the system's clock */
	/* As in struct core_options. */
	char *(*record)(const struct engine *engine, const struct task *task, int64_t now);
	void (*fault)(
		const char *
			text); /* a fault of the program was met, and got over: a line for the log.  NULL: nobody is told */
};

struct engine_hooks {
	void *ctx;
	void (*committed)(void *ctx, uint64_t sequence);
	void (*failed)(void *ctx, uint64_t sequence, const char *reason); /* all above sequence was undone */
	void (*changed)(void *ctx);                        /* something that can be seen may have changed */
	void (*ended)(void *ctx, const struct task *task); /* terminal, and durably so */
	bool (*needs)(void *ctx, const struct task *task); /* as in struct core_hooks */
};

/*
 * Reads the store, recovers what earlier servers left, and starts what is queued. 0 or -errno with *error the
 * reason.
 */
int engine_open(struct engine **engine, const struct engine_options *options, char **error);
void engine_set_hooks(struct engine *engine, const struct engine_hooks *hooks);
/*
 * The first part of engine_close(): commits, joins all threads, closes the database.  After that, only
 * engine_close() may be called.  False: a worker is blocked, and may go on, so what it uses must stay until the process
 * ends.
 */
bool engine_close_store(struct engine *engine);
/* Commits, joins all threads; tasks go on.  It frees nothing if a worker is blocked. */
void engine_close(struct engine *engine);

const struct registry *engine_registry(const struct engine *engine);
/*
 * As removal_hold(): what the registry has now may be read until it is let go, even if it is removed
 * meanwhile.
 */
void engine_begin_reading(struct engine *engine, struct core_reader *reader);
void engine_end_reading(struct engine *engine, struct core_reader *reader);
/* activity_go_on(). */
int engine_arrange(struct engine *engine, size_t *units);
struct pool *engine_pool(struct engine *engine);
struct follow *engine_follow(struct engine *engine);
struct store *engine_store(struct engine *engine);       /* for tests: to make commits fail */
const char *engine_missing(const struct engine *engine); /* as store_missing() */
bool engine_leave_task(void); /* as local_variables_leave(); before any engine is opened */
int64_t engine_now(const struct engine *engine);
uint64_t engine_sequence(const struct engine *engine); /* of the latest change */
uint64_t
engine_asked(const struct engine
                     *engine); /* of what the latest request changed, and nothing that followed from it */
/* Before something is said of tasks that run: as core_look(). */
void engine_look(struct engine *engine);
struct task *engine_find(const struct engine *engine, const char *id);
/* As reasons_find() and reasons_place(); the name of the queue that it has this place in, NULL: none. */
void engine_reasons(const struct engine *engine, const struct task *task, struct reasons *reasons);
bool engine_place(const struct task *task, size_t *place, size_t *count);
const char *engine_queue_name(const struct task *task);
/* Others wait for its end, or will at their start: it cannot be removed. */
bool engine_awaited(const struct engine *engine, const struct task *task);
/* By its internal number; NULL: it is gone. */
struct task *engine_by_number(const struct engine *engine, uint64_t number);

/* As environments_take_parcel(): it is kept while a task uses it or until engine_release_environment(). */
int engine_take_environment(struct engine *engine, struct environments_parcel *parcel,
                            struct shared_environment **shared);
/* The same of one that is there already; NULL: it is not. */
struct shared_environment *engine_known_environment(struct engine *engine, const char *hash);
void engine_release_environment(struct engine *engine, struct shared_environment *shared);

/* What the command of a task cannot have, for people, into text.  False: it has all that its caller has. */
bool engine_shortfall(const struct engine *engine, const struct task *task, char *text, size_t size);

/* As creation_make(). */
int engine_create(struct engine *engine, struct task_spec *spec, struct shared_environment *environment,
                  struct task *parent, bool start, struct task **task, char **error);
/* As adoption_make(), with the environment of source. */
int engine_adopt(struct engine *engine, struct task *source, struct task_spec *spec, struct task *parent,
                 bool start, struct task **task, char **error);
/* These answer 0 where a command says True, -EPERM where the table of states refuses (False), -ENOMEM. */
int engine_start(struct engine *engine, struct task *task);
int engine_stop(struct engine *engine, struct task *task, const struct stop_options *options);
/* As requests_stop_sends(). */
bool engine_stop_sends(const struct task *task, const struct stop_options *options);
/* -E2BIG too: engine_remove_subtree() is for it, as removal_begin(). */
int engine_remove(struct engine *engine, struct task *task);
/* As removal_awaits(); task may be NULL.  Then, as ending_await(). */
bool engine_removal_awaits(const struct engine *engine, struct task *task);
void engine_await_ends(struct engine *engine, struct core_asker *asker);
int engine_remove_subtree(struct engine *engine, struct task *task, const struct removal_asker *asker);
void engine_disown_removal(struct engine *engine, const void *ctx);
/*
 * Between the two, which are in one turn of the loop, nothing is claimed and nothing starts: what is stopped
 * makes no room for what is about to be.
 */
void engine_hold(struct engine *engine);
void engine_go_on(struct engine *engine);
int engine_progress(struct engine *engine, struct task *task, int percent, const char *message);
/* As editing_apply(). */
int engine_edit(struct engine *engine, const struct editing *edits, size_t count, char **error);
bool engine_cancelled(const struct task *task);
/* Its command has begun, and its end is not durable yet. */
bool engine_has_begun(const struct task *task);
/*
 * Where the bytes of an attempt are: see struct executor_output.  0 or -errno; -ENOENT: it has written
 * nothing.
 */
int engine_output(const struct engine *engine, const struct task *task, uint32_t attempt,
                  enum executor_stream stream, bool want_fd, struct executor_output *output);
/* The process id that its executor gave, to be shown and for nothing else; 0: none. */
pid_t engine_pid(const struct task *task);
/* Where it runs; empty where it does not. */
void engine_describe(const struct engine *engine, const struct task *task, struct executor_place *place);
/*
 * Reads what a running task says out of its output, and its progress, if it reports none itself.  Cheap for tasks that
 * have ended.
 */
void engine_refresh_progress(struct engine *engine, struct task *task);
/*
 * The last line of its output, as text: of a task that runs, that of the last engine_refresh_progress().  False: there
 * is none.
 */
bool engine_last_line(const struct engine *engine, const struct task *task, struct progress *line);
/*
 * Milliseconds for which a task that runs had written nothing at the last engine_refresh_progress(); -1: that is
 * not known.
 */
int64_t engine_silence(const struct task *task, int64_t now);

/* Somebody waits for its end. */
void engine_wait_begin(struct task *task);
void engine_wait_end(struct task *task);

unsigned engine_slots(const struct engine *engine);
/* Slots that tasks take: the sum of their weights. */
unsigned engine_slots_used(const struct engine *engine);
const struct keep *engine_keep(const struct engine *engine);
/* As settings_set(). */
int engine_set(struct engine *engine, const struct core_settings *settings);
/* Tasks that are claimed and not over yet, durably: an anchor is needed for them. */
unsigned engine_unfinished(const struct engine *engine);
/* A hook runs, or is able to. */
bool engine_hooks_busy(const struct engine *engine);
/* As seen_cursor() and so on, of the user whom the server belongs to. */
uint64_t engine_seen(const struct engine *engine);
int engine_set_seen(struct engine *engine, uint64_t cursor);
/* The number of the latest Start or end. */
uint64_t engine_latest(const struct engine *engine);
/* Running or stopping. */
uint64_t engine_running(const struct engine *engine);
/* The same, paused, or waiting for nothing but a slot. */
uint64_t engine_busy(const struct engine *engine);

/* As grouping_add() and so on. */
int engine_group_add(struct engine *engine, const char *name, const struct group_settings *settings);
bool engine_group_await(struct task_group *group, const struct group_asker *asker);
void engine_disown_group(struct engine *engine, const void *ctx);
/* Whether sbatch is there. */
bool engine_has_slurm(void);
/* Whether the directory is that of another server. */
bool engine_slurm_refuses(const struct engine *engine, const char *directory);
int engine_group_set(struct engine *engine, struct task_group *group, const struct group_settings *settings);
int engine_group_remove(struct engine *engine, struct task_group *group);
const struct task *engine_group_too_heavy(const struct engine *engine, const char *name, unsigned weight);
struct task_group *engine_group_find(const struct engine *engine, const char *name); /* NULL */
/* The first of all groups (utlist); one has no name. */
const struct task_group *engine_groups(const struct engine *engine);

/* As pausing_pause(), pausing_resume() and pausing_set_server(). */
int engine_pause_task(struct engine *engine, struct task *task);
int engine_resume_task(struct engine *engine, struct task *task);
/* As engine_stop_sends(), of SIGCONT. */
bool engine_resume_sends(const struct task *task);
int engine_set_paused(struct engine *engine, bool paused);
/* As adoption_await(); who asks no more calls askers_disown(). */
bool engine_adoption_await(struct engine *engine, uint64_t made, struct core_asker *asker);
/* As sweeping_begin(); the same. */
int engine_sweep(struct engine *engine, struct task_group *group, bool pause, struct core_asker *asker);
/* As cancelling_begin(); it goes on. */
int engine_cancel(struct engine *engine);
bool engine_cancelling(const struct engine *engine);
bool engine_paused(const struct engine *engine);

/* Starts what is queued, if it was opened paused; or nothing more. */
void engine_resume(struct engine *engine);
void engine_pause(struct engine *engine);
/* Every change is committed. */
bool engine_settled(const struct engine *engine);
/* The files of the store are gone: nothing more will be recorded, also not that tasks have ended. */
bool engine_lost(const struct engine *engine);
/* Something of a task runs, or is on its way to, whatever its state says. */
bool engine_has_processes(const struct engine *engine);

/* The anchor has said that a child of it changed. */
void engine_anchor_child(struct engine *engine);

#endif
