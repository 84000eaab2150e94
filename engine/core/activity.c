#include "config.h"

#include <errno.h>
#include <unistd.h>

#include "engine/core/activity.h"
#include "engine/core/runs.h"
#include "engine/core/seen.h"

enum {
	TIME_BITS = 48,     /* the low bits of a key: a time in milliseconds, or a priority, or nothing */
	LOOSE_MOST = 4096,  /* more are put into their places although nobody reads them */
	LOOSE_SLICE = 1024, /* so many at once */
};

/* What orders tasks while they are put into their places. */
struct activity_view {
	int64_t now;
	uint64_t seen;
};

static const unsigned char activity_shelves[TASK_STATE_COUNT] = {
	[TASK_CREATED] = ACTIVITY_CREATED, [TASK_QUEUED] = ACTIVITY_WAITS,   [TASK_CLAIMED] = ACTIVITY_WAITS,
	[TASK_RUNNING] = ACTIVITY_RUNS,    [TASK_PAUSED] = ACTIVITY_RUNS,    [TASK_STOPPING] = ACTIVITY_RUNS,
	[TASK_OVERTIME] = ACTIVITY_RUNS,   [TASK_COMPLETED] = ACTIVITY_DONE, [TASK_STOPPED] = ACTIVITY_DONE,
	[TASK_FAILED] = ACTIVITY_FAILED,
};

unsigned activity_parts(enum task_state state)
{
	return 1u << activity_shelves[state] | (state == TASK_FAILED ? 1u << ACTIVITY_SEEN : 0);
}

enum activity activity_of(const struct task *task, uint64_t seen)
{
	enum activity shelf = activity_shelves[task->status.state];
	return shelf == ACTIVITY_FAILED && task->status.start_order <= seen ? ACTIVITY_SEEN : shelf;
}

/* What failed is only ordered by the numbers of the ends: so the ends that are seen next are the last. */
int64_t activity_key(const struct task *task, int64_t now, uint64_t seen)
{
	static const int64_t most = (INT64_C(1) << TIME_BITS) - 1;
	enum activity shelf = activity_of(task, seen);
	int64_t low = 0;
	if (shelf == ACTIVITY_RUNS)
		low = run_started_at(task, now);
	else if (shelf == ACTIVITY_WAITS)
		low = (int64_t)INT32_MAX - task_plan(task)->priority;
	else if (shelf == ACTIVITY_SEEN || shelf == ACTIVITY_DONE)
		low = most - task->status.ended_at;
	if (shelf == ACTIVITY_DONE)
		shelf = ACTIVITY_SEEN;
	return (int64_t)shelf << TIME_BITS | (low < 0 ? 0 : low > most ? most : low);
}

/* Those that wait in the order of their Starts, those that have ended in the opposite order of their ends. */
int activity_compare(const struct task *a, const struct task *b)
{
	uint64_t x = a->status.start_order, y = b->status.start_order;
	int order = x < y ? -1 : x > y;
	return task_state_terminal(a->status.state) ? -order : order;
}

static bool activity_is_before(const struct activity_view *view, const struct task *a, const struct task *b)
{
	int64_t x = activity_key(a, view->now, view->seen), y = activity_key(b, view->now, view->seen);
	if (x != y)
		return x < y;
	int order = activity_compare(a, b);
	return order ? order < 0 : a->number < b->number;
}

/* How many tasks of the shelf are before that one, which is not on it. */
static size_t activity_search(const struct shelves *shelves, const struct activity_view *view, int shelf,
                              const struct task *task)
{
	size_t low = 0, high = shelves_count(shelves, shelf);
	/* Most come at the ends. */
	if (high > 0 && activity_is_before(view, shelves_at(shelves, shelf, high - 1), task))
		return high;
	if (high > 0 && activity_is_before(view, task, shelves_at(shelves, shelf, 0)))
		return 0;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (activity_is_before(view, shelves_at(shelves, shelf, middle), task))
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static int activity_put(struct shelves *shelves, const struct activity_view *view, struct task *task)
{
	shelves_take(shelves, task);
	if (task_is_hidden(task))
		return 0;
	int shelf = (int)activity_of(task, view->seen);
	int error = shelves_put(shelves, shelf, activity_search(shelves, view, shelf, task), task);
	shelves->lost |= error != 0;
	return error;
}

/*
 * Puts loose tasks into their places.  0 or -ENOMEM.  They are loose in the order in which they were created, began or
 * ended, so in this order each comes at an end of its shelf.
 */
static int activity_put_loose(struct shelves *shelves, const struct activity_view *view, size_t *units)
{
	int error = 0;
	while (!error && *units > 0 && shelves_count(shelves, SHELF_LOOSE) > 0) {
		error = activity_put(shelves, view, shelves_at(shelves, SHELF_LOOSE, 0));
		--*units;
	}
	return error;
}

/*
 * What failed is seen now.  If what was seen is not, since that could not be stored, all of it is looked at.
 */
static void activity_see(struct registry *registry, uint64_t seen, size_t *units)
{
	struct shelves *shelves = &registry->shelves;
	size_t left;
	while (seen < registry->seen && (left = shelves_count(shelves, ACTIVITY_SEEN)) > 0)
		shelves_loosen(shelves, shelves_at(shelves, ACTIVITY_SEEN, left - 1));
	registry->seen = seen;
	while (*units > 0 && (left = shelves_count(shelves, ACTIVITY_FAILED)) > 0) {
		struct task *last = shelves_at(shelves, ACTIVITY_FAILED, left - 1);
		if (last->status.start_order > seen)
			break;
		shelves_loosen(shelves, last);
		--*units;
	}
}

/* The starts of those that run are shifted when the clock is set, which may change their order. */
static void activity_mend_runs(struct shelves *shelves, const struct activity_view *view)
{
	const struct task *before = NULL;
	struct task *task;
	size_t place = 0;
	while ((task = shelves_at(shelves, ACTIVITY_RUNS, place))) {
		if (before && !activity_is_before(view, before, task)) {
			shelves_loosen(shelves, task);
		} else {
			before = task;
			place++;
		}
	}
}

/* Memory had run out. */
static int activity_begin_again(struct registry *registry)
{
	struct shelves *shelves = &registry->shelves;
	shelves_release(shelves);
	for (size_t i = 0; i < registry->order.count && !shelves->lost; i++)
		shelves_loosen(shelves, order_at(&registry->order, i));
	return shelves->lost ? -ENOMEM : 0;
}

int activity_go_on(struct core *core, size_t *units)
{
	struct registry *registry = &core->registry;
	struct shelves *shelves = &registry->shelves;
	struct activity_view view = { .now = core_now(core), .seen = seen_cursor(core, geteuid()) };
	if (shelves->lost && activity_begin_again(registry))
		return -ENOMEM;
	activity_see(registry, view.seen, units);
	activity_mend_runs(shelves, &view);
	if (activity_put_loose(shelves, &view, units) || shelves->lost)
		return -ENOMEM;
	return *units > 0 && shelves_count(shelves, SHELF_LOOSE) == 0;
}

bool activity_settle(struct core *core)
{
	struct shelves *shelves = &core->registry.shelves;
	struct activity_view view = { .now = core_now(core), .seen = core->registry.seen };
	size_t units = LOOSE_SLICE;
	if (shelves_count(shelves, SHELF_LOOSE) <= LOOSE_MOST)
		return false;
	activity_put_loose(shelves, &view, &units);
	return shelves_count(shelves, SHELF_LOOSE) > LOOSE_MOST;
}

/* Reading. */

static size_t activity_on(const struct registry *registry, unsigned parts, int shelf)
{
	return parts >> shelf & 1 ? shelves_count(&registry->shelves, shelf) : 0;
}

/* Of what has ended: both are on a shelf, or would be. */
static bool activity_ended_before(const struct task *a, const struct task *b)
{
	int64_t x = a->status.ended_at, y = b->status.ended_at;
	if (x != y)
		return x > y;
	int order = activity_compare(a, b);
	return order ? order < 0 : a->number < b->number;
}

/* How many tasks of one shelf of what has ended come before a task of the other. */
static size_t activity_ended_rank(const struct registry *registry, unsigned parts, int shelf,
                                  const struct task *task)
{
	size_t low = 0, high = activity_on(registry, parts, shelf);
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (activity_ended_before(shelves_at(&registry->shelves, shelf, middle), task))
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* How many of the first `place` that have ended are on ACTIVITY_SEEN. */
static size_t activity_divide(const struct registry *registry, unsigned parts, size_t place)
{
	size_t low = 0, high = activity_on(registry, parts, ACTIVITY_SEEN);
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct task *task = shelves_at(&registry->shelves, ACTIVITY_SEEN, middle);
		if (middle + activity_ended_rank(registry, parts, ACTIVITY_DONE, task) < place)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

size_t activity_count(const struct registry *registry, unsigned parts)
{
	size_t sum = 0;
	for (int shelf = ACTIVITY_RUNS; shelf <= ACTIVITY_CREATED; shelf++)
		sum += activity_on(registry, parts, shelf);
	return sum;
}

int64_t activity_place(const struct registry *registry, unsigned parts, const struct task *task)
{
	int shelf = shelves_where(&registry->shelves, task);
	if (shelf < 0 || shelf == SHELF_LOOSE || !(parts >> shelf & 1))
		return -1;
	size_t place = shelves_place(&registry->shelves, task);
	for (int before = ACTIVITY_RUNS; before < (shelf == ACTIVITY_DONE ? ACTIVITY_SEEN : shelf); before++)
		place += activity_on(registry, parts, before);
	if (shelf == ACTIVITY_SEEN)
		place += activity_ended_rank(registry, parts, ACTIVITY_DONE, task);
	else if (shelf == ACTIVITY_DONE)
		place += activity_ended_rank(registry, parts, ACTIVITY_SEEN, task);
	return (int64_t)place;
}

static size_t activity_length(const struct activity_walk *walk)
{
	size_t beside =
		walk->shelf == ACTIVITY_SEEN ? activity_on(walk->registry, walk->parts, ACTIVITY_DONE) : 0;
	return activity_on(walk->registry, walk->parts, walk->shelf) + beside;
}

static void activity_next_shelf(struct activity_walk *walk)
{
	walk->shelf += walk->shelf == ACTIVITY_SEEN ? ACTIVITY_CREATED - ACTIVITY_SEEN : 1;
	walk->at = walk->beside = 0;
}

struct activity_walk activity_begin(const struct registry *registry, unsigned parts, size_t place)
{
	struct activity_walk walk = { .registry = registry, .parts = parts };
	while (walk.shelf <= ACTIVITY_CREATED && place >= activity_length(&walk)) {
		place -= activity_length(&walk);
		activity_next_shelf(&walk);
	}
	walk.at = place;
	if (walk.shelf == ACTIVITY_SEEN) {
		walk.at = activity_divide(registry, parts, place);
		walk.beside = place - walk.at;
	}
	return walk;
}

/* The next of those that have ended. */
static struct task *activity_next_ended(struct activity_walk *walk)
{
	const struct shelves *shelves = &walk->registry->shelves;
	struct task *seen = NULL, *done = NULL;
	if (walk->at < activity_on(walk->registry, walk->parts, ACTIVITY_SEEN))
		seen = shelves_at(shelves, ACTIVITY_SEEN, walk->at);
	if (walk->beside < activity_on(walk->registry, walk->parts, ACTIVITY_DONE))
		done = shelves_at(shelves, ACTIVITY_DONE, walk->beside);
	bool first = seen && (!done || activity_ended_before(seen, done));
	walk->at += first;
	walk->beside += !first;
	return first ? seen : done;
}

struct task *activity_next(struct activity_walk *walk)
{
	while (walk->shelf <= ACTIVITY_CREATED && walk->at + walk->beside >= activity_length(walk))
		activity_next_shelf(walk);
	if (walk->shelf > ACTIVITY_CREATED)
		return NULL;
	if (walk->shelf == ACTIVITY_SEEN)
		return activity_next_ended(walk);
	return shelves_at(&walk->registry->shelves, walk->shelf, walk->at++);
}
