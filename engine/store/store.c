/* Opening, starting, putting, polling and closing. */
#include "engine/store/store.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "engine/store/internal.h"
#include "engine/store/migrations.h"
#include "engine/store/schema.h"
#include "engine/task/error.h"
#include "engine/task/messages.h"

enum { BUSY_MS = 5000 }; /* how long somebody's sqlite3(1) may hold the database */
enum {
	/* Bytes by which the database grows, so that it has some room when the disk is full. */
	STORE_CHUNK = 256 * 1024,
	/* With so much on the disk, the files can grow again. */
	STORE_ROOMY = 2 * 1024 * 1024,
};

static bool store_is_empty_file(const char *path)
{
	struct stat found;

	return stat(path, &found) ? errno == ENOENT : found.st_size == 0;
}

/* True if the directory has an entry other than "." and "..". False also if it cannot be read. */
static bool store_has_entries(const char *path)
{
	DIR *directory = opendir(path);
	const struct dirent *entry;
	bool found = false;

	while (directory && !found && (entry = readdir(directory)))
		found = strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
	if (directory)
		closedir(directory);
	return found;
}

/*
 * If the database is empty or missing but there is output of tasks, the database was lost.  A new one would
 * delete this output.  SQLite would remove what its log still has, without a word: the log alone is no database.
 * 0, or -EBADMSG with *error.
 */
static int store_check_lost(const char *path, const char *directory, char **error)
{
	char log[PATH_MAX];

	snprintf(log, sizeof(log), "%s/log", directory);
	if (!store_is_empty_file(path) || !store_has_entries(log))
		return 0;
	const char *how = access(path, F_OK) ? MSG_DATABASE_MISSING : MSG_DATABASE_EMPTY;
	return error_set(error, -EBADMSG, MSG_DATABASE_LOST, path, how, log, directory);
}

/* SQLite would create the file with the caller's umask, and of a link keep its log beside what that leads to. */
static int make_file(const char *path, char **error)
{
	int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	struct stat status;

	if (fd < 0 && errno != EEXIST) {
		int rc = -errno;
		return error_set(error, rc, MSG_FILE_NOT_CREATED, path, strerror(-rc));
	}
	if (fd < 0 && lstat(path, &status) == 0 && !S_ISREG(status.st_mode))
		return error_set(error, -EINVAL, MSG_DATABASE_NO_FILE, path);
	if (fd >= 0)
		close(fd);
	return 0;
}

static int check_schema(struct store *store, int *version, char **error)
{
	enum schema_verdict verdict = SCHEMA_FINE;
	int rc = schema_inspect(store->db, version, &verdict);

	if (rc != SQLITE_OK)
		return store_fail(store, rc, error);
	if (verdict == SCHEMA_FOREIGN)
		return store_fail_foreign(store, -EBADMSG, error);
	if (verdict == SCHEMA_NEWER)
		return error_set(error, -ENOTSUP, MSG_DATABASE_NEWER, store->path, *version, schema_version);
	return 0;
}

/*
 * The write-ahead log is copied back every 16 MB instead of every 4, and a burst
 * leaves it no longer than 64 MB.
 */
static int store_configure(sqlite3 *db)
{
	return sqlite3_exec(db,
	                    "PRAGMA journal_mode = WAL;"
	                    "PRAGMA synchronous = FULL;"
	                    "PRAGMA wal_autocheckpoint = 4096;"
	                    "PRAGMA journal_size_limit = 67108864;"
	                    "PRAGMA temp_store = MEMORY",
	                    NULL, NULL, NULL);
}

bool store_is_scarce(struct store *store)
{
	struct statvfs disk;

	pthread_mutex_lock(&store->lock);
	bool scarce = store->scarce;
	pthread_mutex_unlock(&store->lock);
	/* The files grow with the next commit, if they can by now. */
	return scarce && statvfs(store->path, &disk) == 0 && disk.f_blocks > 0 &&
	       disk.f_bavail * disk.f_frsize < STORE_ROOMY;
}

const char *store_missing(const struct store *store)
{
	const char *missing = wal_missing(&store->wal);

	return missing ? missing : wal_changed(&store->wal);
}

/*
 * Reserves room for the writes that must succeed on a full disk: in the log, and after a change of the schema
 * also in the database.
 */
static void store_reserve(struct store *store, int version)
{
	int chunk = STORE_CHUNK;

	sqlite3_file_control(store->db, "main", SQLITE_FCNTL_CHUNK_SIZE, &chunk);
	if (version != schema_version)
		sqlite3_wal_checkpoint_v2(store->db, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
	store->scarce = !store_make_room(store);
}

/*
 * If SQLite cannot open a file for writing, it silently opens it for reading.  Then nothing would ever be
 * stored.
 */
static int store_check_writing(sqlite3 *db)
{
	int rc;

	if (sqlite3_db_readonly(db, "main") > 0)
		return SQLITE_READONLY;
	/* For the log, this is the only way to tell. */
	rc = sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL);
	return rc == SQLITE_OK ? sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL) : rc;
}

/* A value that somebody else has put there is cut.  If it cannot be read, loading will say so. */
static void store_read_identity(struct store *store)
{
	static const char sql[] = "SELECT value FROM meta WHERE key = 'identity'";
	sqlite3_stmt *statement = NULL;

	if (sqlite3_prepare_v2(store->db, sql, -1, &statement, NULL) != SQLITE_OK)
		return;
	if (sqlite3_step(statement) == SQLITE_ROW && sqlite3_column_type(statement, 0) == SQLITE_TEXT)
		snprintf(store->identity, sizeof(store->identity), "%s",
		         (const char *)sqlite3_column_text(statement, 0));
	sqlite3_finalize(statement);
}

const char *store_identity(const struct store *store)
{
	return store->identity;
}

/* In bytes; 0: not known. */
static off_t store_pages_size(sqlite3 *db)
{
	static const char sql[] = "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size";
	sqlite3_stmt *query;
	off_t size = 0;

	if (sqlite3_prepare_v2(db, sql, -1, &query, NULL) == SQLITE_OK && sqlite3_step(query) == SQLITE_ROW)
		size = sqlite3_column_int64(query, 0);
	sqlite3_finalize(query);
	return size;
}

static int open_database(struct store *store, const char *directory, char **error)
{
	int version = 0;
	int rc = store_check_lost(store->path, directory, error);

	if (rc == 0)
		rc = make_file(store->path, error);
	if (rc < 0)
		return rc;
	/* Otherwise it counts each piece of memory, under a lock.  Refused, which does not matter, once SQLite is in use. */
	sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
	rc = sqlite3_open_v2(store->path, &store->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
	if (rc != SQLITE_OK)
		return store_fail(store, rc, error);
	sqlite3_busy_timeout(store->db, BUSY_MS);

	/* a database that is not ours is left as it is */
	rc = check_schema(store, &version, error);
	if (rc < 0)
		return rc;
	rc = store_configure(store->db);
	if (rc == SQLITE_OK)
		rc = schema_migrate(store->db, version);
	if (rc == SQLITE_OK)
		rc = store_check_writing(store->db);
	if (rc == SQLITE_OK)
		rc = op_statements_prepare(&store->statements, store->db);
	/*
	 * A database that was not in WAL mode, such as a copy that was put back, gets its log with the first
	 * read.
	 */
	if (rc == SQLITE_OK)
		rc = sqlite3_exec(store->db, "PRAGMA user_version", NULL, NULL, NULL);
	if (rc != SQLITE_OK)
		return store_fail(store, rc, error);
	store_read_identity(store);
	rc = wal_open(&store->wal, store->path, store_pages_size(store->db));
	if (rc == 0)
		store_reserve(store, version);
	return rc ? error_set(error, rc, "%s: %s", store->path, strerror(-rc)) : 0;
}

static struct store *store_new(const char *directory)
{
	struct store *store = calloc(1, sizeof(*store));
	pthread_condattr_t attributes;

	if (!store)
		return NULL;
	if (asprintf(&store->path, "%s/tasks.db", directory) < 0) {
		free(store);
		return NULL;
	}
	store->event_fd = -1;
	store->pace.pace_ms = STORE_PACE_MS;
	op_queue_init(&store->queue);
	pthread_mutex_init(&store->lock, NULL);
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&store->wake, &attributes);
	pthread_condattr_destroy(&attributes);
	return store;
}

int store_open(struct store **result, const char *directory, char **error)
{
	struct store *store = store_new(directory);
	int rc;

	*error = NULL;
	if (!store)
		return -ENOMEM;
	store->event_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (store->event_fd < 0) {
		rc = -errno;
		error_set(error, rc, MSG_EVENTFD_NOT_CREATED, strerror(-rc));
	} else {
		rc = open_database(store, directory, error);
	}
	if (rc < 0) {
		store_close(store);
		return rc;
	}
	*result = store;
	return 0;
}

int store_start(struct store *store)
{
	sigset_t all, before;

	/* the loop handles the signals */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	int rc = pthread_create(&store->thread, NULL, store_thread, store);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	store->started = rc == 0;
	return -rc;
}

static void stop_thread(struct store *store)
{
	pthread_mutex_lock(&store->lock);
	store->closing = true;
	pthread_cond_signal(&store->wake);
	/* put, but never started */
	if (!store->started && store->queue.first)
		store_commit_queue(store);
	pthread_mutex_unlock(&store->lock);
	if (store->started)
		pthread_join(store->thread, NULL);
}

/* A log that is not what it was, copied into the database at the end, would damage that. */
static void leave_log(struct store *store)
{
	if (store->db && store->wal.log.path && wal_changed(&store->wal))
		(void)sqlite3_db_config(store->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
}

void store_close(struct store *store)
{
	if (!store)
		return;
	stop_thread(store);
	op_statements_release(&store->statements);
	leave_log(store);
	sqlite3_close(store->db);
	wal_close(&store->wal);
	if (store->event_fd >= 0)
		close(store->event_fd);
	pthread_cond_destroy(&store->wake);
	pthread_mutex_destroy(&store->lock);
	free(store->failure_message);
	free(store->path);
	free(store);
}

int store_put(struct store *store, struct store_batch *batch, bool urgent, uint64_t *sequence)
{
	if (batch->error || !batch->first)
		return batch->error ? batch->error : -EINVAL;
	bool wake = false;
	pthread_mutex_lock(&store->lock);
	*sequence = ++store->sequence;
	bool dropped = store->failure != 0;
	if (!dropped) {
		/* If the thread waits for the pace, it need not be woken for a change that can wait too. */
		wake = !store->held && (!store->queue.first || (urgent && !store->urgent));
		*store->queue.end = batch->first;
		store->queue.end = batch->end;
		*batch = (struct store_batch)STORE_BATCH_INIT;
		store->urgent = store->urgent || urgent;
	}
	pthread_mutex_unlock(&store->lock);
	if (wake)
		pthread_cond_signal(&store->wake);
	/* The change is dropped here.  It is undone with the failure, which is not polled yet. */
	store_batch_release(batch);
	return 0;
}

void store_hold(struct store *store)
{
	pthread_mutex_lock(&store->lock);
	store->held = true;
	pthread_mutex_unlock(&store->lock);
}

void store_let_go(struct store *store)
{
	pthread_mutex_lock(&store->lock);
	store->held = false;
	bool wake = store->queue.first;
	pthread_mutex_unlock(&store->lock);
	if (wake)
		pthread_cond_signal(&store->wake);
}

int store_fd(const struct store *store)
{
	return store->event_fd;
}

int store_poll(struct store *store, uint64_t *committed, char **error)
{
	uint64_t events;

	/* read first: whatever is committed after this makes the descriptor readable again */
	while (read(store->event_fd, &events, sizeof(events)) < 0 && errno == EINTR)
		;
	*error = NULL;
	pthread_mutex_lock(&store->lock);
	int rc = store->failure;
	*committed = store->committed;
	*error = store->failure_message;
	store->failure_message = NULL;
	store->failure = 0;
	pthread_mutex_unlock(&store->lock);
	return rc;
}

void store_fail_commits(struct store *store, unsigned skip, unsigned count)
{
	pthread_mutex_lock(&store->lock);
	store->fail_skip = skip;
	store->fail_count = count;
	pthread_mutex_unlock(&store->lock);
}
