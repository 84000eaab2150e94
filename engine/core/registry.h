/*
 * The registry: every task that is held, by id, by nonce, by creation order, with its
 * family, and the environments that tasks share.  Loop thread only, hence no locks.
 *
 * It keeps things findable and counted; what may happen to a task is life.c's.
 */
#ifndef KRTASK_ENGINE_REGISTRY_H
#define KRTASK_ENGINE_REGISTRY_H

#include <stdbool.h>
#include <stdint.h>
#include <uthash.h>

#include "engine/core/order.h"
#include "engine/task/environment.h"
#include "engine/task/task.h"

struct run;

/* An environment that at least one task uses, or that a connection has just sent. */
struct shared_environment {
	UT_hash_handle hh;
	char hash[ENVIRONMENT_HASH_SIZE];
	struct environment environment;
	unsigned references;
	bool stored; /* in the store, or on its way there */
};

struct task {
	uint64_t number;
	int64_t created_at;
	struct task_spec spec; /* spec.environment is NULL here: see environment */
	struct task_status status;
	struct shared_environment *environment; /* a reference; NULL: the server's own */
	struct task *parent;
	struct task *children;                   /* first child */
	struct task *sibling_before, *sibling_after;
	struct task *prev, *next;                /* in the run queue or the list of ready claims (utlist) */
	struct run *run;                         /* from claim to end */
	size_t place;                            /* in the order */
	uint64_t version;                        /* grows with every change that can be seen */
	UT_hash_handle by_id;                    /* see ids.c: case-insensitive */
	UT_hash_handle by_nonce;
	uint32_t waiters;                        /* calls that wait for its end */
	bool reported;                           /* it reported progress by itself: its output is not read for it */
};

struct registry {
	struct order order;
	struct task *ids, *nonces; /* heads of hash tables */
	struct shared_environment *environments;
	uint64_t last_number;
	uint64_t next_id;
	uint64_t counts[TASK_STATE_COUNT];
	uint64_t *reserved; /* sorted: numeric ids given by users that next_id has not reached */
	size_t reserved_count, reserved_size;
	uint64_t version;  /* of the latest change that can be seen */
	uint64_t removals; /* so many pointers have been invalidated */
};

void registry_init(struct registry *registry);
void registry_release(struct registry *registry);

struct task *registry_find(const struct registry *registry, const char *id);
struct task *registry_find_nonce(const struct registry *registry, const unsigned char nonce[TASK_NONCE_SIZE]);
/* Counts, indexes and appends; the task's number must be greater than all before.  0 or -ENOMEM. */
int registry_add(struct registry *registry, struct task *task);
/* The reverse, without freeing; its children must be gone. */
void registry_remove(struct registry *registry, struct task *task);
/* Undoes registry_remove(). */
int registry_restore(struct registry *registry, struct task *task);
/* Makes parent the parent of a task that has none. */
void registry_set_parent(struct task *task, struct task *parent);
/* Sets the state and keeps the counts. */
void registry_set_state(struct registry *registry, struct task *task, enum task_state state);
/* A change that can be seen. */
void registry_touch(struct registry *registry, struct task *task);
void task_free(struct registry *registry, struct task *task);

/*
 * What was asked for.  How a task holds it is known to the registry alone; what is returned is borrowed, and stays until the
 * task is freed or, for name and description, changed.
 */
const char *task_id(const struct task *task);
/* The name shown: "Task ID" where none was given.  buffer is used for that. */
enum { TASK_DEFAULT_NAME_SIZE = TASK_ID_MAX + 8 };
const char *task_name(const struct task *task, char buffer[TASK_DEFAULT_NAME_SIZE]);
const char *task_given_name(const struct task *task);  /* NULL: none */
const char *task_description(const struct task *task); /* NULL: none */
const char *task_group(const struct task *task);       /* NULL: none */
const char *task_cwd(const struct task *task);
struct strings task_command(const struct task *task);
struct strings task_variables(const struct task *task);
struct shared_environment *task_environment(const struct task *task); /* NULL: the server's own */
uint64_t task_max_log(const struct task *task);
bool task_merge(const struct task *task);
const unsigned char *task_nonce(const struct task *task); /* TASK_NONCE_SIZE bytes, NULL: none */

/* Its family.  Children are in order of creation. */
struct task *task_parent(const struct task *task);      /* NULL: none */
struct task *task_first_child(const struct task *task); /* NULL: none */
struct task *task_next_sibling(const struct task *task); /* NULL: it is the last */

/*
 * Ids made by the server: 1, 2, 3 …  registry_take_id() writes the next one that was never used.
 */
void registry_take_id(struct registry *registry, char id[TASK_ID_MAX + 1]);
/* The number if id is one in canonical decimal, else 0. */
uint64_t registry_id_number(const char *id);
/* Keeps the counter off a number that a user took. 0 or -ENOMEM. */
int registry_reserve(struct registry *registry, uint64_t number);
bool registry_is_reserved(const struct registry *registry, uint64_t number);

/* Environments.  acquire adds a reference. A new one is stored by the caller (store_put_environment). */
struct shared_environment *registry_environment(struct registry *registry, const char *hash);
int registry_add_environment(struct registry *registry, const char *hash, const char *block, size_t length,
                             struct shared_environment **out);
/* Drops a reference; true when it was the last and the environment is gone. */
bool registry_drop_environment(struct registry *registry, struct shared_environment *shared);

#endif
