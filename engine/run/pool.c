#include "engine/run/pool.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

/* Jobs that wait so long, while no thread takes one, get another thread. */
enum { POOL_BLOCKED_MS = 100 };

/* A queue.  If it is empty, last points at first. */
struct job_queue {
	struct pool_job *first;
	struct pool_job **last;
};

/*
 * A thread.  Each waits by itself: whoever is called gets its job with the call, and needs no lock for that.  The one
 * that has become idle last is called first, since its memory is still in the caches.
 */
struct pool_worker {
	struct pool *pool;
	sem_t called;
	struct pool_job *job;      /* that it is called for; NULL: the pool ends */
	struct pool_worker *below; /* has been idle for longer */
	pthread_t id;
};

struct pool {
	pthread_mutex_t lock;     /* guards all that changes */
	struct job_queue waiting; /* while no thread is idle */
	struct job_queue finished;
	bool stopping;
	struct pool_worker *idle; /* the thread that has waited for a job for the shortest time */
	unsigned lingering;       /* threads that would rather have one */
	int event;                /* an eventfd, readable while finished is not empty */
	bool nudged;              /* these are to end that: nudge is readable */
	int nudge;                /* an eventfd */
	sem_t ended;              /* posted by each thread as the last that it does */
	uint64_t begun;           /* jobs that threads have taken */
	bool grows;               /* it has a warden, which makes more threads */
	pthread_t warden;
	sem_t crowded; /* wakes it */
	bool watched;  /* it is awake, or will be */
	unsigned threads, most;
	struct pool_worker workers[];
};

/* From now on, of CLOCK_MONOTONIC. */
static struct timespec pool_time_after(int milliseconds)
{
	struct timespec until;

	(void)clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_nsec += milliseconds % 1000 * 1000000L;
	until.tv_sec += milliseconds / 1000 + until.tv_nsec / 1000000000;
	until.tv_nsec %= 1000000000;
	return until;
}

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

/* Called with the lock held; returns without it.  NULL: the pool ends. */
static struct pool_job *worker_wait(struct pool_worker *worker)
{
	struct pool *pool = worker->pool;

	worker->below = pool->idle;
	pool->idle = worker;
	(void)pthread_mutex_unlock(&pool->lock);
	while (sem_wait(&worker->called) < 0)
		;
	return worker->job;
}

/* The same. */
static struct pool_job *worker_next(struct pool_worker *worker)
{
	struct pool *pool = worker->pool;
	struct pool_job *job = queue_pop(&pool->waiting);

	if (!job && !pool->stopping)
		return worker_wait(worker);
	pool->begun++;
	(void)pthread_mutex_unlock(&pool->lock);
	return job;
}

static void *worker_main(void *argument)
{
	struct pool_worker *worker = argument;
	struct pool *pool = worker->pool;
	struct pool_job *job;

	(void)pthread_setname_np(pthread_self(), POOL_THREAD_NAME);
	(void)pthread_mutex_lock(&pool->lock);
	while ((job = worker_next(worker))) {
		job->work(job);
		(void)pthread_mutex_lock(&pool->lock);
		pool_finish(pool, job);
	}
	(void)sem_post(&pool->ended);
	return NULL;
}

/* Called with the lock held.  sem_post() must follow.  NULL: no thread is idle. */
static struct pool_worker *pool_call(struct pool *pool, struct pool_job *job)
{
	struct pool_worker *worker = pool->idle;

	if (worker) {
		pool->idle = worker->below;
		worker->job = job;
		pool->begun++;
	}
	return worker;
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
		struct pool_worker *worker = &pool->workers[pool->threads];

		worker->pool = pool;
		(void)sem_init(&worker->called, 0, 0);
		error = pthread_create(&worker->id, NULL, worker_main, worker);
		if (error) {
			(void)sem_destroy(&worker->called);
			break;
		}
		pool->threads++;
	}
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	return -error;
}

/*
 * ---- The warden: jobs that block for long, as on a network filesystem that does not answer, get more threads ----
 */

static bool warden_is_needed(const struct pool *pool)
{
	return !pool->stopping && pool->waiting.first && pool->threads < pool->most;
}

/* Called with the lock held.  It is called early only when the pool ends. */
static void warden_watch(struct pool *pool)
{
	while (warden_is_needed(pool)) {
		uint64_t begun = pool->begun;
		struct timespec until = pool_time_after(POOL_BLOCKED_MS);

		(void)pthread_mutex_unlock(&pool->lock);
		(void)sem_clockwait(&pool->crowded, CLOCK_MONOTONIC, &until);
		(void)pthread_mutex_lock(&pool->lock);
		/* No thread has taken a job meanwhile.  Without memory for others, this is tried again. */
		if (warden_is_needed(pool) && pool->begun == begun)
			(void)start_threads(pool,
			                    pool->threads < pool->most / 2 ? 2 * pool->threads : pool->most);
	}
}

static void *warden_main(void *argument)
{
	struct pool *pool = argument;
	bool stopping = false;

	while (!stopping) {
		while (sem_wait(&pool->crowded) < 0)
			;
		(void)pthread_mutex_lock(&pool->lock);
		warden_watch(pool);
		pool->watched = false;
		stopping = pool->stopping;
		(void)pthread_mutex_unlock(&pool->lock);
	}
	return NULL;
}

static int warden_start(struct pool *pool)
{
	sigset_t all, before;

	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &before);
	int error = pthread_create(&pool->warden, NULL, warden_main, pool);
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	pool->grows = error == 0;
	if (pool->grows)
		(void)pthread_setname_np(pool->warden, "krt-warden");
	return -error;
}

int pool_new(struct pool **result, unsigned threads)
{
	return pool_new_growing(result, threads, threads);
}

int pool_new_growing(struct pool **result, unsigned threads, unsigned most)
{
	struct pool *pool;
	int error;

	if (threads == 0 || most < threads)
		return -EINVAL;
	pool = calloc(1, sizeof(*pool) + most * sizeof(pool->workers[0]));
	if (!pool)
		return -ENOMEM;
	pool->most = most;
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
	(void)sem_init(&pool->ended, 0, 0);
	(void)sem_init(&pool->crowded, 0, 0);
	error = start_threads(pool, threads);
	if (!error && most > threads)
		error = warden_start(pool);
	if (error) {
		pool_free(pool);
		return error;
	}
	*result = pool;
	return 0;
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
	struct pool_worker *worker = NULL;

	(void)pthread_mutex_lock(&pool->lock);
	if (pool->stopping) {
		/*
		 * A done function has submitted another job while the pool ends.  There may be no thread left
		 * to run it.
		 */
		pool_finish(pool, job);
	} else {
		worker = pool_call(pool, job);
		if (!worker)
			queue_push(&pool->waiting, job);
		if (!worker && pool->lingering > 0)
			pool_nudge(pool);
		if (!worker && pool->grows && !pool->watched) {
			pool->watched = true;
			(void)sem_post(&pool->crowded);
		}
	}
	(void)pthread_mutex_unlock(&pool->lock);
	if (worker)
		(void)sem_post(&worker->called);
}

bool pool_linger(struct pool *pool, int fd, int milliseconds)
{
	struct pollfd fds[] = { { .fd = fd, .events = POLLIN }, { .fd = pool->nudge, .events = POLLIN } };
	eventfd_t count;

	(void)pthread_mutex_lock(&pool->lock);
	bool wanted = pool->stopping || pool->waiting.first;
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

/* No thread begins another job, and there will be no more threads. */
static void pool_end(struct pool *pool)
{
	struct pool_worker *worker;
	struct pool_job *job;

	(void)pthread_mutex_lock(&pool->lock);
	pool->stopping = true;
	while ((job = queue_pop(&pool->waiting)))
		pool_finish(pool, job);
	while ((worker = pool_call(pool, NULL)))
		(void)sem_post(&worker->called);
	pool_nudge(pool);
	(void)pthread_mutex_unlock(&pool->lock);
	if (pool->grows) {
		(void)sem_post(&pool->crowded);
		(void)pthread_join(pool->warden, NULL);
	}
	pool->grows = false;
}

/* until: of CLOCK_MONOTONIC.  False: a thread has not come to its end by then. */
static bool pool_await(struct pool *pool, const struct timespec *until)
{
	for (unsigned i = 0; i < pool->threads; i++) {
		while (sem_clockwait(&pool->ended, CLOCK_MONOTONIC, until) < 0) {
			if (errno != EINTR)
				return false;
		}
	}
	return true;
}

static void pool_join(struct pool *pool)
{
	for (unsigned i = 0; i < pool->threads; i++) {
		(void)pthread_join(pool->workers[i].id, NULL);
		(void)sem_destroy(&pool->workers[i].called);
	}
}

/* No thread is left, so the list needs no lock. */
static void pool_destroy(struct pool *pool)
{
	while (pool->finished.first)
		pool_reap(pool);
	(void)pthread_mutex_destroy(&pool->lock);
	(void)sem_destroy(&pool->ended);
	(void)sem_destroy(&pool->crowded);
	(void)close(pool->event);
	(void)close(pool->nudge);
	free(pool);
}

void pool_free(struct pool *pool)
{
	if (!pool)
		return;
	pool_end(pool);
	pool_join(pool);
	pool_destroy(pool);
}

bool pool_free_within(struct pool *pool, int milliseconds)
{
	if (!pool)
		return true;
	struct timespec until = pool_time_after(milliseconds);
	pool_end(pool);
	if (!pool_await(pool, &until))
		return false;
	pool_join(pool);
	pool_destroy(pool);
	return true;
}
