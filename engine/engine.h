/*
 * The engine: tasks and what may be done with them, durable, without a socket.
 *
 * The façade over registry, life of a task, run queue, worker pool and store.  Everything here belongs
 * to the loop thread.  A function that changes something returns when the change is made in memory and on its way to the
 * store; it may be told to anybody once engine_hooks.committed has named engine_sequence() as it was after the call.
 */
#ifndef KRTASK_ENGINE_ENGINE_H
#define KRTASK_ENGINE_ENGINE_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/host/line.h"
#include "engine/core/registry.h"

struct event_base;
struct engine;
struct follow;
struct output;
struct pool;

struct engine_options {
	struct event_base *base;   /* borrowed */
	const char *directory;     /* the server's state folder, there already */
	const char *address;       /* for KRTASK_SERVER: "unix:/path" */
	unsigned slots;            /* tasks at once, 0: no limit */
	struct line *line;         /* to the anchor; NULL: none */
	bool paused;               /* start nothing that is queued */
	int64_t (*now)(void);      /* milliseconds since 1970; NULL: the system's clock */
};

struct engine_hooks {
	void *ctx;
	void (*committed)(void *ctx, uint64_t sequence);
	void (*failed)(void *ctx, uint64_t sequence, const char *reason); /* all above sequence was undone */
	void (*changed)(void *ctx);                 /* something that can be seen may have changed */
	void (*ended)(void *ctx, const struct task *task); /* terminal, and durably so */
};

/* Reads the store, recovers what earlier servers left, and starts what is queued. 0 or -errno with *error a clause. */
int engine_open(struct engine **engine, const struct engine_options *options, char **error);
void engine_set_hooks(struct engine *engine, const struct engine_hooks *hooks);
/* Commits, joins all threads; tasks go on. */
void engine_close(struct engine *engine);

const struct registry *engine_registry(const struct engine *engine);
struct pool *engine_pool(struct engine *engine);
struct output *engine_output(struct engine *engine);
struct follow *engine_follow(struct engine *engine);
int64_t engine_now(const struct engine *engine);
uint64_t engine_sequence(const struct engine *engine); /* of the latest change */
struct task *engine_find(const struct engine *engine, const char *id);

/* Takes a packed environment (environment_pack()); hash gets its name. 0, -EINVAL, -ENOMEM. It is kept while a task uses it or until engine_release_environment(). */
int engine_take_environment(struct engine *engine, const char *block, size_t length, struct shared_environment **shared);
void engine_release_environment(struct engine *engine, struct shared_environment *shared);

/*
 * Makes a task, Queued if start, else Created.  *spec is taken over on success.  A known nonce answers with the task it made.
 * -EINVAL (spec is not valid), -EEXIST (id in use, or given by the server before), -ENOMEM; *error (free() it) the clause.
 */
int engine_create(struct engine *engine, struct task_spec *spec, struct shared_environment *environment, struct task *parent,
                  bool start, struct task **task, char **error);

/* These answer as the commands do: true, or false where the state table refuses. */
bool engine_start(struct engine *engine, struct task *task);

struct stop_options {
	bool given;          /* any of the following was: a second signal for a task that is stopping */
	int signal;          /* number, 0: none */
	int64_t kill_after;  /* milliseconds, -1: never */
};
bool engine_stop(struct engine *engine, struct task *task, const struct stop_options *options);
bool engine_remove(struct engine *engine, struct task *task);
/* NULL leaves as it is.  -EINVAL with *error, -ENOMEM. */
int engine_set_text(struct engine *engine, struct task *task, const char *name, const char *description, char **error);
/* False: it is not running. */
bool engine_progress(struct engine *engine, struct task *task, int percent, const char *message);
bool engine_cancelled(const struct task *task);
/* NULL: it is neither claimed nor running nor stopping. */
const struct task_process *engine_process(const struct task *task);
/* Reads a running task's progress out of its output, if it reports none itself. Cheap for tasks that have ended. */
void engine_refresh_progress(struct engine *engine, struct task *task);

/* Somebody waits for its end: the commit of it is not delayed. */
void engine_wait_begin(struct task *task);
void engine_wait_end(struct task *task);

unsigned engine_slots(const struct engine *engine);
void engine_set_slots(struct engine *engine, unsigned slots);
/* Tasks that are claimed and not over yet, durably: an anchor is needed for them. */
unsigned engine_unfinished(const struct engine *engine);
/* Queued, claimed, running or stopping. */
uint64_t engine_busy(const struct engine *engine);

/* Starts what is queued, if it was opened paused. */
void engine_resume(struct engine *engine);
/* Every change is committed. */
bool engine_settled(const struct engine *engine);

/* What a notice of the anchor asks for. */
void engine_anchor_child(struct engine *engine);

#endif
