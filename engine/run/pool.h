/*
 * Worker threads for what blocks: spawning, reading files, sorting.
 *
 *     pool_new()  pool_submit() …  when pool_fd() is readable: pool_reap()  pool_free()
 *
 * submit and reap are called on the loop thread.  work runs on a worker thread, done on the thread that
 * reaps.  No lock is held during either.  A job belongs to its submitter.  The pool does not touch it once
 * done was called.
 */
#ifndef KRTASK_RUN_POOL_H
#define KRTASK_RUN_POOL_H

#include <stdbool.h>

struct pool;

struct pool_job {
	void (*work)(struct pool_job *job); /* on a worker thread, all signals blocked */
	void (*done)(struct pool_job *job); /* on the loop thread; may free the job */
	struct pool_job *next;              /* the pool's */
};

/* What its threads are called, and what a thread clones until that executes a program. */
#define POOL_THREAD_NAME "krt-worker"

/*
 * A work function waits until fd is readable, as long as nothing else waits for a worker, and so many milliseconds at
 * most.  True: fd is readable.
 */
bool pool_linger(struct pool *pool, int fd, int milliseconds);

/* 0, -ENOMEM, or -EAGAIN: no thread could be created. */
int pool_new(struct pool **pool, unsigned threads);
/* Makes twice as many threads, up to so many, when jobs wait and no thread has taken one for 0.1 s. */
int pool_new_growing(struct pool **pool, unsigned threads, unsigned most);
void pool_submit(struct pool *pool, struct pool_job *job);
int pool_fd(const struct pool *pool);
void pool_reap(struct pool *pool);
/* Jobs that have not begun are not run, but their done is called.  Running jobs are waited for. */
void pool_free(struct pool *pool);
/*
 * The same, but running jobs are waited for no longer than that.  False: one of them goes on, so the pool, that job and whatever it
 * uses must stay until the process ends.
 */
bool pool_free_within(struct pool *pool, int milliseconds);

#endif
