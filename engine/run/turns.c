#include "config.h"

#include <errno.h>
#include <event2/event.h>
#include <event2/event_struct.h>
#include <event2/thread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <time.h>

#include "engine/run/turns.h"

/* Eight buckets for each power of two, and one for each number below eight. */
enum { TURN_MOST_MS = 4 };
enum { PARTS = 8, PARTS_LOG = 3, BUCKETS = (64 - PARTS_LOG + 1) * PARTS };

static uint64_t turn_counts[BUCKETS], turn_count, turn_max;

/*
 * libevent 2.1 does not tell when it has waited.  But it releases its lock while it waits.  So this lock
 * guards nothing and only reads the clock: the loop takes it once when it is called, and again after each
 * wait.
 */
static struct {
	void *lock;     /* the base's: the last that was made for it */
	unsigned taken; /* how often since the loop was called */
	uint64_t began; /* nanoseconds; 0: the loop waits */
} turn;

static uint64_t turns_clock(clockid_t clock)
{
	struct timespec now;
	clock_gettime(clock, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static void *turns_lock_alloc(unsigned type)
{
	(void)type;
	turn.lock = malloc(1);
	return turn.lock;
}

static void turns_lock_free(void *lock, unsigned type)
{
	(void)type;
	free(lock);
}

/* A wait continues if a signal has interrupted it. */
static int turns_lock_take(unsigned mode, void *lock)
{
	(void)mode;
	if (lock == turn.lock && turn.began == 0 && ++turn.taken > 1 && errno != EINTR)
		turn.began = turns_clock(CLOCK_MONOTONIC);
	return 0;
}

static int turns_lock_leave(unsigned mode, void *lock)
{
	(void)mode;
	if (lock == turn.lock && turn.began == 0)
		errno = 0;
	return 0;
}

bool turns_late(void)
{
	return turn.began && turns_clock(CLOCK_MONOTONIC) - turn.began > UINT64_C(1000000) * TURN_MOST_MS;
}

static void turns_never(evutil_socket_t fd, short what, void *ctx)
{
	(void)fd, (void)what, (void)ctx;
}

/* libevent keeps room for as many timers as there ever were. */
static bool turns_ready_timers(struct event_base *base)
{
	static const struct timeval later = { .tv_sec = 60 };
	struct event *timers = calloc(TURNS_TIMERS, sizeof(*timers));
	size_t count = 0;
	while (timers && count < TURNS_TIMERS &&
	       evtimer_assign(timers + count, base, turns_never, NULL) == 0 &&
	       evtimer_add(timers + count, &later) == 0)
		count++;
	for (size_t i = 0; i < count; i++)
		evtimer_del(timers + i);
	free(timers);
	return count == TURNS_TIMERS;
}

struct event_base *turns_base_new(void)
{
	static const struct evthread_lock_callbacks callbacks = {
		EVTHREAD_LOCK_API_VERSION, EVTHREAD_LOCKTYPE_RECURSIVE,
		turns_lock_alloc,          turns_lock_free,
		turns_lock_take,           turns_lock_leave,
	};
	struct event_base *base = evthread_set_lock_callbacks(&callbacks) ? NULL : event_base_new();
	if (!base || turns_ready_timers(base))
		return base;
	event_base_free(base);
	return NULL;
}

static unsigned turns_bucket(uint64_t microseconds)
{
	if (microseconds < PARTS)
		return (unsigned)microseconds;
	unsigned log = 63 - (unsigned)__builtin_clzll(microseconds);
	return (log - PARTS_LOG + 1) * PARTS + (unsigned)(microseconds >> (log - PARTS_LOG)) % PARTS;
}

/* The greatest number of a bucket. */
static uint64_t turns_bucket_end(unsigned bucket)
{
	if (bucket < PARTS)
		return bucket;
	return ((uint64_t)(bucket % PARTS + PARTS + 1) << (bucket / PARTS - 1)) - 1;
}

void turns_count(uint64_t microseconds)
{
	turn_counts[turns_bucket(microseconds)]++;
	turn_count++;
	if (microseconds > turn_max)
		turn_max = microseconds;
}

/* This percentage of the turns took no longer. */
static uint64_t turns_percentile(unsigned percent)
{
	uint64_t left = (turn_count * percent + 99) / 100;
	unsigned bucket = 0;
	while (bucket < BUCKETS - 1 && turn_counts[bucket] < left)
		left -= turn_counts[bucket++];
	uint64_t end = turns_bucket_end(bucket);
	return end < turn_max ? end : turn_max;
}

void turns_read(struct turns *turns)
{
	*turns = (struct turns){ turn_count, turns_percentile(50), turns_percentile(99), turn_max };
}

void turns_run(struct event_base *base, void (*too_long)(uint64_t microseconds))
{
	int result = 0;
	while (result == 0 && !event_base_got_break(base)) {
		uint64_t used = TURN_LIMIT_MS ? turns_clock(CLOCK_THREAD_CPUTIME_ID) : 0;
		turn.taken = 0;
		turn.began = 0;
		result = event_base_loop(base, EVLOOP_ONCE);
		if (turn.began)
			turns_count((turns_clock(CLOCK_MONOTONIC) - turn.began) / 1000);
		turn.began = 0;
		if (TURN_LIMIT_MS)
			used = (turns_clock(CLOCK_THREAD_CPUTIME_ID) - used) / 1000;
		if (used > UINT64_C(1000) * TURN_LIMIT_MS)
			too_long(used);
	}
}
