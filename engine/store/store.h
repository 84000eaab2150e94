/*
 * Durable state: one SQLite database, written by a thread of its own, which turns all batches that have
 * queued up into one transaction (group commit).
 *
 * Calling sequence, all on the loop thread:
 *
 *     store_open()  store_load()  store_start()
 *     store_put(); …                 every change gets the next number, from 1
 *     when store_fd() is readable: store_poll()
 *     store_close()                  commits what is queued, then joins the thread
 *
 * A change is durable (WAL, synchronous=FULL) once store_poll() has reported its number as committed.
 * If a commit fails, that change, and every change put before the failure is polled, are dropped
 * together.  The caller undoes them, so that memory and disk agree again.  The store stays usable.
 *
 * Each change is a batch (engine/store/batch.h).
 */
#ifndef KRTASK_STORE_STORE_H
#define KRTASK_STORE_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/store/batch.h"

struct store;

struct store_reader {
	/*
	 * In this order: slots, paused, cancelling, sweep, adoptions and hook_limit, if they were ever set; what users
	 * have seen; keep; groups, environments, how many tasks there are, tasks by rising number, their attempts, each by rising number,
	 * reserved ids, then once the counters.  0 to continue; any other value ends store_load(), which returns it.
	 */
	int (*slots)(void *ctx, unsigned slots);
	int (*paused)(void *ctx, bool paused);
	int (*cancelling)(void *ctx, uint64_t upto);     /* NULL: not read */
	int (*sweep)(void *ctx, enum group_sweep sweep); /* NULL: not read */
	/* NULL: not read.  at is 0 if nothing is made yet. */
	int (*adoption)(void *ctx, uint64_t source, uint64_t made, bool start, uint64_t at);
	int (*hook_limit)(void *ctx, int64_t limit);
	int (*seen)(void *ctx, uint32_t uid, uint64_t cursor);
	int (*keep)(void *ctx, const struct keep *keep); /* NULL: not read */
	int (*group)(void *ctx, const char *name, const struct group_settings *settings);
	int (*environment)(void *ctx, const char *hash, const char *block, size_t length);
	int (*expect)(void *ctx, uint64_t tasks); /* NULL: not read */
	int (*task)(void *ctx, const struct store_task *task);
	int (*attempt)(void *ctx, uint64_t number, const struct plan_attempt *attempt);
	int (*reserved)(void *ctx, uint64_t id);
	int (*counters)(void *ctx, uint64_t last_number, uint64_t next_id);
};

/*
 * Opens or creates DIRECTORY/tasks.db (mode 0600) and updates its schema, in one transaction per
 * migration.  0, or -errno with *error (free() it): not a database, created by a newer
 * krtaskd, disk full …
 */
int store_open(struct store **store, const char *directory, char **error);
/*
 * What distinguishes this server from others of the same user, in hexadecimal; it never changes.  Empty: the
 * database has none.
 */
const char *store_identity(const struct store *store);
int store_load(struct store *store, const struct store_reader *reader, void *ctx, char **error);
int store_start(struct store *store);
void store_close(struct store *store); /* NULL is allowed */

/*
 * urgent: somebody waits for it, so it is committed as soon as the thread is free.  Otherwise the
 * thread may wait for more, up to STORE_PACE_MS after its last commit.  On success *sequence is the
 * number of the change.
 * Of many urgent ones in succession, each waits a little for more, too (pace.h).
 */
enum { STORE_PACE_MS = 4 };

/*
 * Puts one change: all of the batch becomes durable, or none of it.  On success the store takes the batch.
 * 0, or the error in the batch (-ENOMEM, -EINVAL): then nothing was put.
 */
int store_put(struct store *store, struct store_batch *batch, bool urgent, uint64_t *sequence);
/*
 * More is put at once: nothing of it is committed before store_let_go(), and then all of it in one commit.
 */
void store_hold(struct store *store);
void store_let_go(struct store *store);

/*
 * The disk is full, and of the room that the store keeps ahead for what ends tasks only that is left.  Other
 * changes should not be put.
 */
bool store_is_scarce(struct store *store);
/* NULL, or the path of a file of the database that somebody has removed, replaced or cut off: nothing can be stored. */
const char *store_missing(const struct store *store);

/* Readable when store_poll() has something to say. */
int store_fd(const struct store *store);
/*
 * *committed: every change up to this number is durable.  Returns 0, or -errno after a failed commit, with
 * *error (free() it), such as "database or disk is full": every change above *committed is dropped.
 */
int store_poll(struct store *store, uint64_t *committed, char **error);

/* For tests: the next count commits, after the first skip, fail with SQLITE_FULL. */
void store_fail_commits(struct store *store, unsigned skip, unsigned count);

#endif
