/* Inside of the store: what its files share.  See store.h. */
#ifndef KRTASK_STORE_INTERNAL_H
#define KRTASK_STORE_INTERNAL_H

#include <pthread.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "engine/store/op.h"
#include "engine/store/pace.h"
#include "engine/store/wal.h"

struct store_reader;

struct op_queue {
	struct op *first;
	struct op **end;
};

enum { STORE_IDENTITY_SIZE = 17 };

struct store {
	/* belongs to the opener until store_start(), then to the thread, after the join to the closer */
	sqlite3 *db;
	struct op_statements statements;
	struct wal wal;
	char *path;
	char identity[STORE_IDENTITY_SIZE];
	struct pace pace; /* the thread's, once it has started */

	int event_fd; /* written by the thread, read by the loop */
	bool started; /* the loop's */
	pthread_t thread;

	pthread_mutex_t lock; /* guards what follows */
	pthread_cond_t wake;  /* the thread waits here: for work, or for the pace */
	struct op_queue queue;
	uint64_t sequence;  /* the last that was given out */
	uint64_t committed; /* the last that is durable */
	bool urgent;        /* something in the queue is */
	bool held;          /* more is put: nothing is committed yet */
	bool closing;
	int failure;           /* 0 or -errno: a failed commit that store_poll() has not yet reported */
	char *failure_message; /* with it; NULL: out of memory */
	unsigned fail_skip, fail_count;
	bool scarce; /* what was kept ahead in the files has been begun, and could not be replaced */
};

/* -errno for SQLite's result code on this database. */
int store_errno(const struct store *store, int code);
/* The same as store_errno(), and sets *error, which names the path. */
int store_fail(const struct store *store, int code, char **error);
/* The same for a file that is no database of ours.  Returns rc. */
int store_fail_foreign(const struct store *store, int rc, char **error);

/* Keeps room ahead in the log and in the database.  False: much of it is used, and the disk has no more. */
bool store_make_room(struct store *store);

/* The function of the thread.  It commits the queue until the store is closed. */
void *store_thread(void *store);
/* Commits the whole queue now.  Called with the lock held, which it releases meanwhile. */
void store_commit_queue(struct store *store);

void op_queue_init(struct op_queue *queue);
void op_queue_drop(struct op_queue *queue);

/* Reads the attempts of tasks (store_load()).  0 or -errno. */
int load_attempts(struct store *store, const struct store_reader *reader, void *ctx, char **error);

#endif
