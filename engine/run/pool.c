#include "engine/run/pool.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

/* A queue.  If it is empty, last points at first. */
struct job_queue {
	struct pool_job *first;
	struct pool_job **last;
};

struct pool {
	pthread_mutex_t lock; /* guards all that changes */
	pthread_cond_t wake;  /* waiting is not empty, or stopping */
	struct job_queue waiting;
	struct job_queue finished;
	bool stopping;
	unsigned idle;      /* threads that wait for a job */
	unsigned lingering; /* threads that would rather have one */
	int event;          /* an eventfd, readable while finished is not empty */
	bool nudged;        /* these are to end that: nudge is readable */
	int nudge;          /* an eventfd */
	unsigned threads;
	pthread_t ids[];
};

static void queue_init(struct job_queue *queue)
{
	queue->first = NULL;
	queue->last = &queue->first;
}

static void queue_push(struct job_queue *queue, struct pool_job *job)
{
	job->next = NULL;
	*queue->last = job;
	queue->last = &job->next;
}

static struct pool_job *queue_pop(struct job_queue *queue)
{
	struct pool_job *job = queue->first;

	if (job) {
		queue->first = job->next;
		if (!queue->first)
			queue->last = &queue->first;
	}
	return job;
}

/*
 * Called with the lock held.  Only the first job of a series writes to the eventfd, since one read
 * takes all of them.
 */
static void pool_finish(struct pool *pool, struct pool_job *job)
{
	bool ring = !pool->finished.first;

	queue_push(&pool->finished, job);
	if (ring)
		(void)eventfd_write(pool->event, 1);
}

static void *worker_main(void *argument)
{
	struct pool *pool = argument;
	struct pool_job *job;

	(void)pthread_mutex_lock(&pool->lock);
	for (;;) {
		pool->idle++;
		while (!pool->waiting.first && !pool->stopping)
			(void)pthread_cond_wait(&pool->wake, &pool->lock);
		pool->idle--;
		job = queue_pop(&pool->waiting);
		if (!job)
			break;
		(void)pthread_mutex_unlock(&pool->lock);
		job->work(job);
		(void)pthread_mutex_lock(&pool->lock);
		pool_finish(pool, job);
	}
	(void)pthread_mutex_unlock(&pool->lock);
	return NULL;
}

/*
 * The threads inherit the signal mask, so no signal is ever delivered to them, not even before their
 * first instruction.
 */
static int start_threads(struct pool *pool, unsigned threads)
{
	sigset_t all, before;
	int error = 0;

	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &before);
	while (pool->threads < threads) {
		error = pthread_create(&pool->ids[pool->threads], NULL, worker_main, pool);
		if (error)
			break;
		(void)pthread_setname_np(pool->ids[pool->threads], "krt-worker");
		pool->threads++;
	}
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	return -error;
}

int pool_new(struct pool **result, unsigned threads)
{
	struct pool *pool;
	int error;

	if (threads == 0)
		return -EINVAL;
	pool = calloc(1, sizeof(*pool) + threads * sizeof(pool->ids[0]));
	if (!pool)
		return -ENOMEM;
	queue_init(&pool->waiting);
	queue_init(&pool->finished);
	pool->event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	pool->nudge = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (pool->event < 0 || pool->nudge < 0) {
		error = -errno;
		if (pool->event >= 0)
			(void)close(pool->event);
		free(pool);
		return error;
	}
	(void)pthread_mutex_init(&pool->lock, NULL);
	(void)pthread_cond_init(&pool->wake, NULL);
	error = start_threads(pool, threads);
	if (error) {
		pool_free(pool);
		return error;
	}
	*result = pool;
	return 0;
}

/* Called with the lock held, when a job waits.  A thread that wakes up may still count as idle. */
static bool pool_lacks_threads(const struct pool *pool)
{
	unsigned jobs = 0;

	for (const struct pool_job *job = pool->waiting.first; job && jobs <= pool->idle; job = job->next)
		jobs++;
	return jobs > pool->idle;
}

/* Called with the lock held. */
static void pool_nudge(struct pool *pool)
{
	if (!pool->nudged)
		(void)eventfd_write(pool->nudge, 1);
	pool->nudged = true;
}

void pool_submit(struct pool *pool, struct pool_job *job)
{
	(void)pthread_mutex_lock(&pool->lock);
	bool stopping = pool->stopping;
	if (stopping) {
		/*
		 * A done function has submitted another job while the pool ends.  There may be no thread left
		 * to run it.
		 */
		pool_finish(pool, job);
	} else {
		queue_push(&pool->waiting, job);
		if (pool->lingering > 0 && pool_lacks_threads(pool))
			pool_nudge(pool);
	}
	(void)pthread_mutex_unlock(&pool->lock);
	/* Who is woken finds the lock free. */
	if (!stopping)
		(void)pthread_cond_signal(&pool->wake);
}

bool pool_linger(struct pool *pool, int fd, int milliseconds)
{
	struct pollfd fds[] = { { .fd = fd, .events = POLLIN }, { .fd = pool->nudge, .events = POLLIN } };
	eventfd_t count;

	(void)pthread_mutex_lock(&pool->lock);
	bool wanted = pool->stopping || pool_lacks_threads(pool);
	pool->lingering += !wanted;
	(void)pthread_mutex_unlock(&pool->lock);
	if (poll(fds, 2, wanted ? 0 : milliseconds) < 0)
		fds[0].revents = 0;
	if (wanted)
		return fds[0].revents & POLLIN;
	(void)pthread_mutex_lock(&pool->lock);
	/* The last one whom it is for takes it away. */
	if (--pool->lingering == 0 && pool->nudged) {
		(void)eventfd_read(pool->nudge, &count);
		pool->nudged = false;
	}
	(void)pthread_mutex_unlock(&pool->lock);
	return fds[0].revents & POLLIN;
}

int pool_fd(const struct pool *pool)
{
	return pool->event;
}

void pool_reap(struct pool *pool)
{
	struct pool_job *job, *next;
	eventfd_t count;

	(void)pthread_mutex_lock(&pool->lock);
	(void)eventfd_read(pool->event, &count);
	job = pool->finished.first;
	queue_init(&pool->finished);
	(void)pthread_mutex_unlock(&pool->lock);
	for (; job; job = next) {
		next = job->next;
		job->done(job);
	}
}

void pool_free(struct pool *pool)
{
	struct pool_job *job;
	unsigned i;

	if (!pool)
		return;
	(void)pthread_mutex_lock(&pool->lock);
	pool->stopping = true;
	while ((job = queue_pop(&pool->waiting)))
		pool_finish(pool, job);
	(void)pthread_cond_broadcast(&pool->wake);
	pool_nudge(pool);
	(void)pthread_mutex_unlock(&pool->lock);
	for (i = 0; i < pool->threads; i++)
		(void)pthread_join(pool->ids[i], NULL);
	/* No thread is left, so the list needs no lock. */
	while (pool->finished.first)
		pool_reap(pool);
	(void)pthread_cond_destroy(&pool->wake);
	(void)pthread_mutex_destroy(&pool->lock);
	(void)close(pool->event);
	(void)close(pool->nudge);
	free(pool);
}
