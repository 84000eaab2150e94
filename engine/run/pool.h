/*
 * Worker threads for what blocks: spawning, reading files, sorting.
 *
 *     pool_new()  pool_submit() …  when pool_fd() is readable: pool_reap()  pool_free()
 *
 * submit and reap are the loop thread's.  work runs on a worker, done on the thread that reaps; no lock is held during
 * either.  A job is the submitter's memory, untouched by the pool after done was called.
 */
#ifndef KRTASK_RUN_POOL_H
#define KRTASK_RUN_POOL_H

struct pool;

struct pool_job {
	void (*work)(struct pool_job *job); /* on a worker thread, all signals blocked */
	void (*done)(struct pool_job *job); /* on the loop thread; may free the job */
	struct pool_job *next;              /* the pool's */
};

/* 0, -ENOMEM, -EAGAIN where no thread can be made. */
int pool_new(struct pool **pool, unsigned threads);
void pool_submit(struct pool *pool, struct pool_job *job);
int pool_fd(const struct pool *pool);
void pool_reap(struct pool *pool);
/* Jobs not begun are not run, but get done; those that run are waited for. */
void pool_free(struct pool *pool);

#endif
