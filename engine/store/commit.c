/*
 * The store thread: group commit.
 *
 * The thread takes all batches that have queued up, writes them in one transaction, and reports their
 * last number through the eventfd.  Under load it may wait until pace_ms have passed since the last
 * commit, so that more batches share an fdatasync.  For an urgent batch it waits less, or not at all (pace.h).
 *
 * A failed commit drops its changes, and also all changes that are put until the loop has noticed,
 * since these were made on top of the lost ones.  The loop notices in store_poll() and undoes all of
 * them; what it puts after that is valid again.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine/store/internal.h"
#include "engine/task/error.h"
#include "engine/task/messages.h"

void op_queue_init(struct op_queue *queue)
{
	queue->first = NULL;
	queue->end = &queue->first;
}

void op_queue_drop(struct op_queue *queue)
{
	struct op *op = queue->first;

	while (op) {
		struct op *next = op->next;
		free(op);
		op = next;
	}
	op_queue_init(queue);
}

static int commit_execute(struct store *store, const char *sql)
{
	return sqlite3_exec(store->db, sql, NULL, NULL, NULL);
}

static int write_counters(struct store *store, uint64_t last_number, uint64_t next_id)
{
	struct op_value values[] = { op_integer((int64_t)last_number), op_integer((int64_t)next_id) };

	return op_write(&store->statements, OP_COUNTERS, values);
}

/*
 * Writes everything in one transaction.  Returns the result of SQLite.  If that is not SQLITE_OK, nothing is
 * kept.
 */
static int write_batch(struct store *store, const struct op *first, bool must_fail)
{
	uint64_t last_number = 0, next_id = 0;
	int rc = commit_execute(store, "BEGIN IMMEDIATE");

	for (const struct op *op = first; op && rc == SQLITE_OK; op = op->next) {
		rc = op_write(&store->statements, op->kind, op->values);
		if (op->last_number > last_number)
			last_number = op->last_number;
		if (op->next_id > next_id)
			next_id = op->next_id;
	}
	if (rc == SQLITE_OK && last_number)
		rc = write_counters(store, last_number, next_id);
	if (rc == SQLITE_OK)
		rc = must_fail ? SQLITE_FULL : commit_execute(store, "COMMIT");
	return rc;
}

/*
 * If the sync of a transaction fails, the transaction stays in the write-ahead log and could look complete to
 * the next server.  So it is taken out before the failure is reported.  Emptying the log also makes room on a
 * full disk.
 */
static enum wal_undone undo_batch(struct store *store)
{
	if (!sqlite3_get_autocommit(store->db))
		commit_execute(store, "ROLLBACK");
	enum wal_undone undone = wal_undo(&store->wal);
	sqlite3_wal_checkpoint_v2(store->db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
	return undone;
}

/* If it is unknown whether the changes were stored, the message says so. */
static void commit_doubt(char **error, enum wal_undone undone)
{
	static const char *const doubts[] = {
		[WAL_UNDONE_UNSYNCED] = MSG_UNDONE_UNSYNCED,
		[WAL_NOT_UNDONE] = MSG_UNDONE_UNKNOWN,
	};
	char *plain = *error;

	if (undone == WAL_UNDONE)
		return;
	error_set(error, 0, doubts[undone], plain ? plain : strerror(ENOMEM));
	free(plain);
}

/*
 * Writes to files that were removed or replaced are lost, and so is what stood in one that was cut off.  0, or -errno
 * with *error.
 */
static int commit_check_files(struct store *store, char **error)
{
	const char *missing = wal_missing(&store->wal);
	const char *changed = missing ? NULL : wal_changed(&store->wal);

	if (changed)
		return error_set(error, -ESTALE, MSG_DATABASE_CUT, changed);
	return missing ? error_set(error, -ESTALE, MSG_DATABASE_GONE, missing) : 0;
}

/*
 * On a full disk, copies the log into the database, where pages are mostly replaced.  The log is then written
 * from its beginning again.  True: this is done.
 */
static bool commit_make_room(struct store *store)
{
	if (!sqlite3_get_autocommit(store->db))
		commit_execute(store, "ROLLBACK");
	return wal_undo(&store->wal) == WAL_UNDONE &&
	       sqlite3_wal_checkpoint_v2(store->db, NULL, SQLITE_CHECKPOINT_RESTART, NULL, NULL) == SQLITE_OK;
}

/* Commits a batch.  0, or -errno with *error: nothing is kept, or *error says that this is unknown. */
static int commit_batch(struct store *store, const struct op *first, bool must_fail, char **error)
{
	int failure = commit_check_files(store, error);

	if (failure)
		return failure;

	int rc = write_batch(store, first, must_fail);

	if (rc == SQLITE_FULL && !must_fail && commit_make_room(store))
		rc = write_batch(store, first, must_fail);
	if (rc == SQLITE_OK)
		return 0;
	failure = must_fail ? -ENOSPC : store_errno(store, rc);
	store_fail(store, rc, error);
	commit_doubt(error, undo_batch(store));
	return failure;
}

static bool take_injected_failure(struct store *store)
{
	if (store->fail_skip) {
		store->fail_skip--;
		return false;
	}
	if (!store->fail_count)
		return false;
	store->fail_count--;
	return true;
}

static void commit_notify(struct store *store)
{
	uint64_t one = 1;
	ssize_t written;

	/* EAGAIN: the counter is full, so it is readable already */
	do
		written = write(store->event_fd, &one, sizeof(one));
	while (written < 0 && errno == EINTR);
}

void store_commit_queue(struct store *store)
{
	struct op_queue batch;
	uint64_t last = store->sequence;
	bool must_fail = take_injected_failure(store);
	char *error = NULL;

	op_queue_init(&batch);
	batch.first = store->queue.first;
	op_queue_init(&store->queue);
	store->urgent = false;
	pthread_mutex_unlock(&store->lock);

	int failure = commit_batch(store, batch.first, must_fail, &error);
	bool roomy = store_make_room(store);

	pthread_mutex_lock(&store->lock);
	store->scarce = !roomy;
	if (failure == 0) {
		store->committed = last;
	} else {
		store->failure = failure;
		store->failure_message = error;
		store->urgent = false;
		op_queue_drop(&store->queue);
	}
	commit_notify(store);
	pthread_mutex_unlock(&store->lock);
	op_queue_drop(&batch);
	pthread_mutex_lock(&store->lock);
}

static int64_t commit_clock(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* Waits, with the lock held, until the pace allows the next commit. */
static void keep_pace(struct store *store)
{
	uint64_t sequence = store->sequence;
	bool waited = false;
	int64_t next;

	while (!store->closing && !store->held &&
	       (next = pace_next(&store->pace, store->urgent)) > commit_clock()) {
		struct timespec until = { .tv_sec = next / 1000000, .tv_nsec = next % 1000000 * 1000 };
		(void)pthread_cond_timedwait(&store->wake, &store->lock, &until);
		waited = true;
	}
	if (waited)
		pace_waited(&store->pace, store->urgent, store->sequence != sequence);
}

void *store_thread(void *argument)
{
	struct store *store = argument;

	pthread_mutex_lock(&store->lock);
	for (;;) {
		while ((!store->queue.first || store->held) && !store->closing)
			pthread_cond_wait(&store->wake, &store->lock);
		if (!store->queue.first)
			break;
		keep_pace(store);
		if (store->held && !store->closing)
			continue;
		pace_begin(&store->pace, store->urgent, commit_clock());
		store_commit_queue(store);
		pace_end(&store->pace, commit_clock());
	}
	pthread_mutex_unlock(&store->lock);
	return NULL;
}
