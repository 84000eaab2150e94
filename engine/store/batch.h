/*
 * A batch: the writes of one change, which become durable together or not at all.
 *
 *     struct store_batch batch = STORE_BATCH_INIT;
 *     store_batch_create(&batch, …);  store_batch_status(&batch, …);
 *     store_put(store, &batch, urgent, &sequence);      takes the batch, or leaves it on failure
 *     store_batch_release(&batch);                      if it was not taken
 *
 * All values are copied.  An error (out of memory; a hash that hash_make() did not make) is kept in the
 * batch, and store_put() returns it, so no other call needs a check.  Any thread.
 */
#ifndef KRTASK_STORE_BATCH_H
#define KRTASK_STORE_BATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/task/group.h"
#include "engine/task/keep.h"
#include "engine/task/task.h"

struct op;

struct store_batch {
	struct op *first, **end; /* owned; end is NULL while there is none */
	int error;               /* 0 or -errno */
};

#define STORE_BATCH_INIT { .first = NULL }

/*
 * A task in the store.  All pointers are borrowed: the batch copies what they point to, and so must a
 * reader of store_load().
 */
struct store_task {
	uint64_t number;
	int64_t created_at;
	struct task_spec spec; /* id and environment set */
	struct task_status status;
	struct task_process process; /* TASK_PROCESS_INIT: none */
	char boot_id[37];            /* of the boot in which its process began or was claimed; empty: none */
	bool uncertain; /* loading: its status is lost, so that it may be running; it is Failed otherwise */
};

/* next_id: the counter for ids made by the server, after this task. */
void store_batch_create(struct store_batch *batch, const struct store_task *task, uint64_t next_id);
/* process NULL: it has none. */
void store_batch_status(struct store_batch *batch, uint64_t number, const struct task_status *status,
                        const struct task_process *process, const char *boot_id);
/* A task that this one waits for.  Replaces the row of that pair. */
void store_batch_dependency(struct store_batch *batch, uint64_t number, const struct plan_after *after);
/* It does not wait for that one any more; for none. */
void store_batch_forget_dependency(struct store_batch *batch, uint64_t number, uint64_t target);
void store_batch_forget_dependencies(struct store_batch *batch, uint64_t number);
/* The whole plan, except for what the task still waits for. */
void store_batch_plan(struct store_batch *batch, uint64_t number, const struct task_plan *plan);
/* An attempt that another one follows. */
void store_batch_attempt(struct store_batch *batch, uint64_t number, const struct plan_attempt *attempt);
/* No other follows it any more. */
void store_batch_forget_attempt(struct store_batch *batch, uint64_t number, uint32_t ordinal);
/* What follows its end, or what it follows; a plan is written with it. */
void store_batch_hooks(struct store_batch *batch, uint64_t number, const struct plan_hooks *hooks);
void store_batch_text(struct store_batch *batch, uint64_t number, const char *name, const char *description);
/* All that can be changed of what was asked for, and the plan, if there is one. */
void store_batch_spec(struct store_batch *batch, uint64_t number, const struct task_spec *spec);
void store_batch_remove(struct store_batch *batch, uint64_t number);
void store_batch_environment(struct store_batch *batch, const char *hash, const char *block, size_t length);
void store_batch_forget_environment(struct store_batch *batch, const char *hash);
/* A numeric id that a user gave, which the counter must skip. */
void store_batch_reserved(struct store_batch *batch, uint64_t id);
/* How many tasks may run at once; 0: no limit. */
void store_batch_slots(struct store_batch *batch, unsigned slots);
void store_batch_group(struct store_batch *batch, const char *name, const struct group_settings *settings);
void store_batch_forget_group(struct store_batch *batch, const char *name);
/* How long a hook may run, in milliseconds. */
void store_batch_hook_limit(struct store_batch *batch, int64_t limit);
/* All ends up to this number of start_order are no news to this user. */
void store_batch_seen(struct store_batch *batch, uint32_t uid, uint64_t cursor);
/* How long tasks that have ended are kept. */
void store_batch_keep(struct store_batch *batch, const struct keep *keep);
/* All that was started up to this Start is to be stopped; 0: nothing. */
void store_batch_cancelling(struct store_batch *batch, uint64_t upto);
/* Whether a user has paused the server. */
void store_batch_paused(struct store_batch *batch, bool paused);
/* What is being done to all that runs; that of a group is one of its settings. */
void store_batch_sweep(struct store_batch *batch, enum group_sweep sweep);
/* The task in place of source takes over others, and is started then. */
void store_batch_adoption(struct store_batch *batch, uint64_t source, uint64_t made, bool start);
/* In place of tasks with smaller numbers than at, all is made that this one needs. */
void store_batch_adopted(struct store_batch *batch, uint64_t made, uint64_t at);
void store_batch_forget_adoption(struct store_batch *batch, uint64_t made);
/*
 * Changes nothing that is read back.  After a failed commit, it shows whether commits succeed again.  now is
 * any number that differs from the previous one.
 */
void store_batch_probe(struct store_batch *batch, int64_t now);

/* Moves all writes of another batch, which must have no error, to the end of this one. */
void store_batch_append(struct store_batch *batch, struct store_batch *other);
void store_batch_release(struct store_batch *batch);

#endif
