/*
 * The registry: every task, by id, by nonce and by order of creation, with parents and children, and
 * the shared environments.  Loop thread only, so there are no locks.
 *
 *     registry_make()  registry_add()
 *     registry_remove(), and either registry_restore(), if that is undone, or registry_forget()
 *
 * Undoing needs no memory and no search.  The registry finds and counts tasks; it does not decide what
 * may happen to them.  How a task is held in memory: record.h.
 */
#ifndef KRTASK_CORE_REGISTRY_H
#define KRTASK_CORE_REGISTRY_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/core/ids.h"
#include "engine/core/order.h"
#include "engine/core/record.h"
#include "engine/core/shelves.h"

enum { REGISTRY_RECENT = 2048 };

struct registry {
	struct order order;
	struct ids ids;
	struct origins origins;
	struct slabs slabs; /* of tasks */
	struct shared_environment *environments;
	uint64_t last_number;
	uint64_t next_id;
	uint64_t counts[TASK_STATE_COUNT];
	uint64_t hidden[TASK_STATE_COUNT]; /* the same of tasks that are in no count */
	uint64_t *reserved; /* sorted: numeric ids given by users that next_id has not reached */
	size_t reserved_count, reserved_size;
	uint64_t version;                 /* of the latest change that can be seen */
	uint64_t recent[REGISTRY_RECENT]; /* numbers of the tasks that changed last, by the version */
	uint64_t removals;                /* how many pointers have become invalid */
	struct shelves shelves;           /* by activity (activity.h) */
	uint64_t seen;                    /* what the user had seen when they were put there */
	uint32_t heaviest; /* no task has a greater weight; there may be none with this one any more */
};

void registry_init(struct registry *registry);
void registry_release(struct registry *registry);

struct task *registry_find(const struct registry *registry, const char *id);
struct task *registry_find_nonce(const struct registry *registry, const unsigned char nonce[TASK_NONCE_SIZE]);
/* To be called when the task has got another plan. */
void registry_weigh(struct registry *registry, const struct task *task);
/*
 * A new task, Created, that is not yet in the registry.  What it needs of spec is copied;
 * spec->environment and spec->parent are ignored.  The caller sets number and created_at.  NULL: out of
 * memory.
 */
struct task *registry_make(struct registry *registry, const struct task_spec *spec,
                           struct shared_environment *environment, struct task *parent);
/*
 * Counts and indexes the task, and appends it to the order and to its parent's children.  Its number
 * must be greater than all before.  0 or -ENOMEM.
 */
int registry_add(struct registry *registry, struct task *task);
/*
 * Takes the task out of all indexes; its children must be out already.  It is kept until it is restored
 * or forgotten.
 */
void registry_remove(struct registry *registry, struct task *task);
/* Undoes registry_remove(): everything is where it was.  Later changes must be undone first. */
void registry_restore(struct registry *registry, struct task *task);
/*
 * Frees a task that was removed, or never added.  True: it was the last user of an environment, whose
 * hash is written to gone, so that the store can remove it.
 */
bool registry_forget(struct registry *registry, struct task *task, char gone[ENVIRONMENT_HASH_SIZE]);
/* How many tasks are in no list. */
uint64_t registry_hides(const struct registry *registry);
/* Sets the state and keeps the counts. */
void registry_set_state(struct registry *registry, struct task *task, enum task_state state);
/* A change that can be seen. */
void registry_touch(struct registry *registry, struct task *task);

/*
 * Ids made by the server: 1, 2, 3 …  registry_take_id() writes the next one that was never used.
 */
void registry_take_id(struct registry *registry, char id[TASK_ID_MAX + 1]);
/* The number if id is one in canonical decimal, else 0. */
uint64_t registry_id_number(const char *id);
/* Makes the counter skip a number that a user took.  0 or -ENOMEM. */
int registry_reserve(struct registry *registry, uint64_t number);
bool registry_is_reserved(const struct registry *registry, uint64_t number);

/* Environments.  acquire adds a reference. A new one is stored by the caller (environments_take). */
/* Any task may be in another place of any order: the clock was set. */
void registry_doubt(struct registry *registry);
struct shared_environment *registry_environment(struct registry *registry, const char *hash);
/* Unpacks one that no registry has yet.  Any thread.  0, -EINVAL, -ENOMEM. */
int registry_unpack_environment(const char *hash, const char *block, size_t length,
                                struct shared_environment **out);
void registry_free_environment(struct shared_environment *shared);
/* Takes it, if 0 is returned, or -ENOMEM. */
int registry_join_environment(struct registry *registry, struct shared_environment *shared);
/* Both. */
int registry_add_environment(struct registry *registry, const char *hash, const char *block, size_t length,
                             struct shared_environment **out);
/* Drops a reference.  True if it was the last one: then the environment has been freed. */
bool registry_drop_environment(struct registry *registry, struct shared_environment *shared);

#endif
