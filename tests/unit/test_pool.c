/*
 * Worker threads: each job is worked on once and finished once, in the right threads, in any order of ends.
 */
#include "engine/run/pool.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/unit/scratch.h"
#include "tests/unit/unit.h"

enum { MANY = 2000 };

struct task {
	struct pool_job job; /* must be first, because a job is cast to its task */
	struct pool *pool;
	pthread_t worker;
	int order, worked, done;
	bool blocked_all;
	char name[16];
};

static struct task tasks[MANY];
static int done_count;
static sem_t begun, gate;

static void work(struct pool_job *job)
{
	struct task *task = (struct task *)job;

	task->worked++;
	task->worker = pthread_self();
}

static void done(struct pool_job *job)
{
	struct task *task = (struct task *)job;

	task->done++;
	task->order = done_count++;
}

/* Reports that it runs, and then waits for the test. */
static void work_parked(struct pool_job *job)
{
	(void)sem_post(&begun);
	while (sem_wait(&gate) < 0)
		;
	work(job);
}

static void setup(void)
{
	memset(tasks, 0, sizeof(tasks));
	done_count = 0;
	ck_assert_int_eq(sem_init(&begun, 0, 0), 0);
	ck_assert_int_eq(sem_init(&gate, 0, 0), 0);
}

static void submit(struct pool *pool, struct task *task, void (*fn)(struct pool_job *job))
{
	task->pool = pool;
	task->job.work = fn;
	task->job.done = done;
	pool_submit(pool, &task->job);
}

static void reap_until(struct pool *pool, int count)
{
	struct pollfd poller = { .fd = pool_fd(pool), .events = POLLIN };

	while (done_count < count) {
		ck_assert_int_eq(poll(&poller, 1, -1), 1);
		pool_reap(pool);
	}
}

static bool readable(struct pool *pool)
{
	struct pollfd poller = { .fd = pool_fd(pool), .events = POLLIN };

	return poll(&poller, 1, 0) == 1;
}

START_TEST(every_job_once)
{
	struct pool *pool;
	int i;

	ck_assert_int_eq(pool_new(&pool, 4), 0);
	for (i = 0; i < MANY; i++)
		submit(pool, &tasks[i], work);
	reap_until(pool, MANY);
	for (i = 0; i < MANY; i++) {
		ck_assert_int_eq(tasks[i].worked, 1);
		ck_assert_int_eq(tasks[i].done, 1);
		ck_assert(!pthread_equal(tasks[i].worker, pthread_self()));
	}
	ck_assert(!readable(pool));
	pool_free(pool);
	ck_assert_int_eq(done_count, MANY);
}
END_TEST

START_TEST(one_thread_keeps_the_order)
{
	struct pool *pool;
	int i;

	ck_assert_int_eq(pool_new(&pool, 1), 0);
	for (i = 0; i < 100; i++)
		submit(pool, &tasks[i], work);
	reap_until(pool, 100);
	for (i = 0; i < 100; i++)
		ck_assert_int_eq(tasks[i].order, i);
	pool_free(pool);
}
END_TEST

START_TEST(as_many_at_once_as_threads)
{
	struct pool *pool;
	int i, value;

	ck_assert_int_eq(pool_new(&pool, 3), 0);
	for (i = 0; i < 5; i++)
		submit(pool, &tasks[i], work_parked);
	for (i = 0; i < 3; i++)
		ck_assert_int_eq(sem_wait(&begun), 0);
	/* All threads are busy, so a fourth job cannot have begun. */
	ck_assert_int_eq(sem_getvalue(&begun, &value), 0);
	ck_assert_int_eq(value, 0);
	ck_assert(!readable(pool));
	for (i = 0; i < 5; i++)
		ck_assert_int_eq(sem_post(&gate), 0);
	reap_until(pool, 5);
	pool_free(pool);
}
END_TEST

/* Work that blocks does not keep other work waiting. */
START_TEST(a_pool_grows_while_its_threads_are_blocked)
{
	enum { MOST = 6, JOBS = 8 };
	struct pool *pool;
	int i, value;

	ck_assert_int_eq(pool_new_growing(&pool, 2, 1), -EINVAL);
	ck_assert_int_eq(pool_new_growing(&pool, 1, MOST), 0);
	for (i = 0; i < JOBS; i++)
		submit(pool, &tasks[i], work_parked);
	for (i = 0; i < MOST; i++)
		ck_assert_int_eq(sem_wait(&begun), 0);
	ck_assert_int_eq(sem_getvalue(&begun, &value), 0);
	ck_assert_int_eq(value, 0);
	for (i = 0; i < JOBS; i++)
		ck_assert_int_eq(sem_post(&gate), 0);
	reap_until(pool, JOBS);
	/* All of them are there for others. */
	for (i = 0; i < MOST; i++)
		submit(pool, &tasks[i], work_parked);
	for (i = 0; i < MOST + 2; i++)
		ck_assert_int_eq(sem_wait(&begun), 0);
	for (i = 0; i < MOST; i++)
		ck_assert_int_eq(sem_post(&gate), 0);
	pool_free(pool);
}
END_TEST

START_TEST(a_pool_whose_threads_are_blocked_can_be_left)
{
	struct pool *pool;

	ck_assert_int_eq(pool_new_growing(&pool, 1, 2), 0);
	submit(pool, &tasks[0], work_parked);
	submit(pool, &tasks[1], work_parked);
	submit(pool, &tasks[2], work_parked);
	ck_assert_int_eq(sem_wait(&begun), 0);
	ck_assert(!pool_free_within(pool, 1));
	/* What was left goes on all the same, and here it ends before the next test. */
	for (int i = 0; i < 2; i++)
		ck_assert_int_eq(sem_post(&gate), 0);
	pool_free(pool);
}
END_TEST

static void done_and_again(struct pool_job *job)
{
	struct task *task = (struct task *)job;

	done(job);
	if (task->done < 50)
		pool_submit(task->pool, job);
}

START_TEST(done_may_submit_the_same_job)
{
	struct pool *pool;

	ck_assert_int_eq(pool_new(&pool, 2), 0);
	tasks[0].pool = pool;
	tasks[0].job.work = work;
	tasks[0].job.done = done_and_again;
	pool_submit(pool, &tasks[0].job);
	reap_until(pool, 50);
	ck_assert_int_eq(tasks[0].worked, 50);
	pool_free(pool);
}
END_TEST

static void done_and_free(struct pool_job *job)
{
	done(job);
	free(job);
}

START_TEST(done_may_free_the_job)
{
	struct pool *pool;
	struct task *task;
	int i;

	ck_assert_int_eq(pool_new(&pool, 2), 0);
	for (i = 0; i < 100; i++) {
		task = calloc(1, sizeof(*task));
		ck_assert_ptr_nonnull(task);
		task->job.work = work;
		task->job.done = done_and_free;
		pool_submit(pool, &task->job);
	}
	reap_until(pool, 50);
	pool_free(pool);
	ck_assert_int_eq(done_count, 100);
}
END_TEST

static void *release_the_gate(void *unused)
{
	(void)sem_post(&gate);
	return unused;
}

START_TEST(free_waits_for_what_runs_and_drops_what_does_not)
{
	struct pool *pool;
	pthread_t helper;
	int i;

	ck_assert_int_eq(pool_new(&pool, 1), 0);
	submit(pool, &tasks[0], work_parked);
	ck_assert_int_eq(sem_wait(&begun), 0);
	for (i = 1; i < 10; i++)
		submit(pool, &tasks[i], work);
	ck_assert_int_eq(pthread_create(&helper, NULL, release_the_gate, NULL), 0);
	pool_free(pool);
	ck_assert_int_eq(pthread_join(helper, NULL), 0);
	/*
	 * The thread can have begun some jobs before the end was announced, but it finished at least the
	 * first.
	 */
	ck_assert_int_eq(tasks[0].worked, 1);
	for (i = 0; i < 10; i++)
		ck_assert_int_eq(tasks[i].done, 1);
}
END_TEST

START_TEST(a_done_that_submits_while_the_pool_ends)
{
	struct pool *pool;

	ck_assert_int_eq(pool_new(&pool, 1), 0);
	tasks[0].pool = pool;
	tasks[0].job.work = work;
	tasks[0].job.done = done_and_again;
	pool_submit(pool, &tasks[0].job);
	pool_free(pool);
	ck_assert_int_eq(tasks[0].done, 50);
	ck_assert_int_le(tasks[0].worked, 1);
}
END_TEST

static void work_look_around(struct pool_job *job)
{
	struct task *task = (struct task *)job;
	sigset_t mask;
	int number;

	(void)pthread_sigmask(SIG_SETMASK, NULL, &mask);
	task->blocked_all = true;
	for (number = 1; number < SIGRTMAX; number++)
		if (number != SIGKILL && number != SIGSTOP && (number < 32 || number >= SIGRTMIN))
			task->blocked_all = task->blocked_all && sigismember(&mask, number) == 1;
	(void)pthread_getname_np(pthread_self(), task->name, sizeof(task->name));
	work(job);
}

START_TEST(workers_take_no_signals)
{
	struct pool *pool;
	sigset_t mask;

	ck_assert_int_eq(pool_new(&pool, 1), 0);
	submit(pool, &tasks[0], work_look_around);
	reap_until(pool, 1);
	ck_assert(tasks[0].blocked_all);
	ck_assert_str_eq(tasks[0].name, "krt-worker");
	ck_assert_int_eq(pthread_sigmask(SIG_SETMASK, NULL, &mask), 0);
	ck_assert_int_eq(sigismember(&mask, SIGTERM), 0);
	pool_free(pool);
}
END_TEST

enum { LONG_MS = 3600000 };
static int lingers_at[2]; /* a pipe */
static pid_t lingerer;

/* worked counts only what was readable. */
static void work_linger(struct pool_job *job)
{
	struct task *task = (struct task *)job;

	lingerer = gettid();
	(void)sem_post(&begun);
	if (pool_linger(task->pool, lingers_at[0], LONG_MS))
		task->worked++;
}

static char state_of_thread(pid_t thread)
{
	char path[64], text[256] = "";
	const char *name_end;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/self/task/%d/stat", (int)thread);
	file = fopen(path, "r");
	ck_assert_ptr_nonnull(file);
	ck_assert_uint_gt(fread(text, 1, sizeof(text) - 1, file), 0);
	fclose(file);
	name_end = strrchr(text, ')');
	return name_end ? name_end[2] : '?';
}

/* It sleeps only where it lingers: nobody else has the lock of the pool. */
static void wait_until_it_lingers(void)
{
	while (sem_wait(&begun) < 0)
		;
	while (state_of_thread(lingerer) != 'S')
		sched_yield();
}

static struct pool *linger(void)
{
	struct pool *pool;

	ck_assert_int_eq(pool_new(&pool, 1), 0);
	ck_assert_int_eq(pipe(lingers_at), 0);
	submit(pool, &tasks[0], work_linger);
	wait_until_it_lingers();
	return pool;
}

START_TEST(who_lingers_sees_what_it_waits_for)
{
	struct pool *pool = linger();

	ck_assert_int_eq(write(lingers_at[1], "x", 1), 1);
	reap_until(pool, 1);
	ck_assert_int_eq(tasks[0].worked, 1);
	pool_free(pool);
}
END_TEST

START_TEST(who_lingers_makes_way)
{
	struct pool *pool = linger();

	submit(pool, &tasks[1], work);
	reap_until(pool, 2);
	ck_assert_int_eq(tasks[0].worked, 0);
	ck_assert_int_eq(tasks[1].worked, 1);
	/* The next one lingers as long as the first. */
	submit(pool, &tasks[2], work_linger);
	wait_until_it_lingers();
	ck_assert_int_eq(write(lingers_at[1], "x", 1), 1);
	reap_until(pool, 3);
	ck_assert_int_eq(tasks[2].worked, 1);
	pool_free(pool);
}
END_TEST

START_TEST(nobody_lingers_while_the_pool_ends)
{
	struct pool *pool = linger();

	pool_free(pool);
	ck_assert_int_eq(tasks[0].worked, 0);
	ck_assert_int_eq(tasks[0].done, 1);
}
END_TEST

START_TEST(an_idle_pool_can_be_freed)
{
	struct pool *pool;
	int before = scratch_descriptors();

	ck_assert_int_eq(pool_new(&pool, 8), 0);
	pool_reap(pool);
	pool_free(pool);
	pool_free(NULL);
	ck_assert_int_eq(scratch_descriptors(), before);
	ck_assert_int_eq(pool_new(&pool, 0), -EINVAL);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		every_job_once,
		one_thread_keeps_the_order,
		as_many_at_once_as_threads,
		a_pool_grows_while_its_threads_are_blocked,
		a_pool_whose_threads_are_blocked_can_be_left,
		done_may_submit_the_same_job,
		done_may_free_the_job,
		free_waits_for_what_runs_and_drops_what_does_not,
		a_done_that_submits_while_the_pool_ends,
		workers_take_no_signals,
		who_lingers_sees_what_it_waits_for,
		who_lingers_makes_way,
		nobody_lingers_while_the_pool_ends,
		an_idle_pool_can_be_freed,
	};

	return unit_run("pool", setup, NULL, tests);
}
