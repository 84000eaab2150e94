#include "config.h"

#include <errno.h>
#include <stdlib.h>

#include "engine/task/array.h"

#include "engine/core/timers.h"

void timers_release(struct timers *timers)
{
	for (size_t i = 0; i < timers->count; i++)
		timers->heap[i]->place = 0;
	free(timers->heap);
	*timers = (struct timers){ 0 };
}

static void timers_put(struct timers *timers, size_t i, struct timer *timer)
{
	timers->heap[i] = timer;
	timer->place = i + 1;
}

/* Moves the timer at i up or down to its place. */
static void timers_settle(struct timers *timers, size_t i)
{
	struct timer *timer = timers->heap[i];
	for (; i > 0 && timers->heap[(i - 1) / 2]->at > timer->at; i = (i - 1) / 2)
		timers_put(timers, i, timers->heap[(i - 1) / 2]);
	for (size_t child; (child = 2 * i + 1) < timers->count; i = child) {
		if (child + 1 < timers->count && timers->heap[child + 1]->at < timers->heap[child]->at)
			child++;
		if (timers->heap[child]->at >= timer->at)
			break;
		timers_put(timers, i, timers->heap[child]);
	}
	timers_put(timers, i, timer);
}

int timers_reserve(struct timers *timers, size_t count)
{
	struct timer **heap = array_grow(timers->heap, &timers->size, count, sizeof(*heap));
	if (!heap)
		return -ENOMEM;
	timers->heap = heap;
	return 0;
}

int timers_set(struct timers *timers, struct timer *timer, int64_t at)
{
	if (timer->place == 0) {
		if (timers_reserve(timers, timers->count + 1))
			return -ENOMEM;
		timers_put(timers, timers->count++, timer);
	}
	timer->at = at;
	timers_settle(timers, timer->place - 1);
	return 0;
}

void timers_clear(struct timers *timers, struct timer *timer)
{
	if (timer->place == 0)
		return;
	size_t i = timer->place - 1;
	timer->place = 0;
	struct timer *last = timers->heap[--timers->count];
	if (last == timer)
		return;
	timers_put(timers, i, last);
	timers_settle(timers, i);
}

int64_t timers_next(const struct timers *timers)
{
	return timers->count > 0 ? timers->heap[0]->at : INT64_MAX;
}

void timers_run(struct timers *timers, int64_t now)
{
	while (timers->count > 0 && timers->heap[0]->at <= now) {
		struct timer *timer = timers->heap[0];
		timers_clear(timers, timer);
		timer->fire(timer);
	}
}
