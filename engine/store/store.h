/*
 * Durable state: one SQLite database, written by a thread of its own that turns
 * whatever has queued up into one transaction (group commit).
 *
 * Calling sequence, all on the loop thread:
 *
 *     store_open()  store_load()  store_start()
 *     seq = store_put_…(); …         every change gets the next number, from 1
 *     when store_fd() is readable: store_poll()
 *     store_close()                  commits what is queued, then joins the thread
 *
 * A change is durable (WAL, synchronous=FULL) once store_poll() has reported its
 * number as committed.  When a commit fails, that change and every one put after it
 * until the failure is polled are dropped together, and the caller undoes them: what
 * is in memory is then again what is on the disk.  The store stays usable.
 *
 * The put functions copy all they are given.  They fail only with -ENOMEM, and
 * then nothing was put (or -EINVAL for a hash that hash_make() did not make).
 */
#ifndef KRTASK_STORE_STORE_H
#define KRTASK_STORE_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/task/task.h"

struct store;

/* What a task is in the store.  All its pointers are borrowed: store_put_create() copies, the reader of store_load() has to. */
struct store_task {
	uint64_t number;
	int64_t created_at;
	struct task_spec spec; /* id and environment set */
	struct task_status status;
	struct task_process process; /* TASK_PROCESS_INIT: none */
	char boot_id[37]; /* of the boot in which its process began or was claimed; empty: none */
};

struct store_reader {
	/* In this order: environments, tasks by rising number, reserved ids, then once the counters. 0 to go on, else store_load() returns it. */
	int (*environment)(void *ctx, const char *hash, const char *block, size_t length);
	int (*task)(void *ctx, const struct store_task *task);
	int (*reserved)(void *ctx, uint64_t id);
	int (*counters)(void *ctx, uint64_t last_number, uint64_t next_id);
};

/*
 * Opens or makes DIRECTORY/tasks.db (mode 0600) and brings its schema up to date, one transaction a
 * migration.  0, or -errno with *error (free() it) a clause: not a database, made by a newer krtaskd, disk full …
 */
int store_open(struct store **store, const char *directory, char **error);
int store_load(struct store *store, const struct store_reader *reader, void *ctx, char **error);
int store_start(struct store *store);
void store_close(struct store *store); /* NULL is fine */

/*
 * urgent: somebody waits for it, commit as soon as the thread is free.  Otherwise the thread may wait up to
 * STORE_PACE_MS after its last commit for more to come.
 * On success *sequence is the change's number.
 */
enum { STORE_PACE_MS = 4 };

/* next_id is the counter for ids made by the server, after this task. */
int store_put_create(struct store *store, const struct store_task *task, uint64_t next_id, bool urgent, uint64_t *sequence);
/* process NULL: it has none. */
int store_put_status(struct store *store, uint64_t number, const struct task_status *status,
                     const struct task_process *process, const char *boot_id, bool urgent, uint64_t *sequence);
int store_put_text(struct store *store, uint64_t number, const char *name, const char *description, uint64_t *sequence);
int store_put_remove(struct store *store, uint64_t number, uint64_t *sequence);
int store_put_environment(struct store *store, const char *hash, const char *block, size_t length, uint64_t *sequence);
int store_put_forget_environment(struct store *store, const char *hash, uint64_t *sequence);
/* A numeric id given by a user, that the server's counter must skip when it gets there. */
int store_put_reserved(struct store *store, uint64_t id, uint64_t *sequence);

/* Changes nothing that is read: after a failed commit it tells whether commits succeed again. now: any number that differs from the last. */
int store_put_probe(struct store *store, int64_t now, uint64_t *sequence);

/* Readable when store_poll() has something to say. */
int store_fd(const struct store *store);
/*
 * *committed: every change up to this number is durable.  Returns 0, or -errno after a failed commit, with *error
 * (free() it) a clause such as "database or disk is full": every change above *committed is dropped.
 */
int store_poll(struct store *store, uint64_t *committed, char **error);

/* For tests: the next count commits, after the first skip, fail with SQLITE_FULL. */
void store_fail_commits(struct store *store, unsigned skip, unsigned count);

#endif
