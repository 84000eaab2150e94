#include "config.h"

#include <errno.h>
#include <event2/event.h>
#include <stdlib.h>

#include "engine/run/pool.h"
#include "engine/run/sizes.h"
#include "engine/run/turns.h"
#include "engine/service/service.h"
#include "engine/task/array.h"

enum {
	RETENTION_AT_ONCE = 50,     /* families removed in one slice */
	RETENTION_PAUSE_MS = 60000, /* between an end and a look at the room */
	RETENTION_SLACK = 64,       /* a look at all tasks is put off by this part of the time that is kept */
	RETENTION_SLACK_MS = 600000,   /* but not longer */
	RETENTION_LATER_MS = 86400000, /* what is due later is looked at again meanwhile */
};

/* A task and all under it. */
struct family {
	bool kept;      /* for a reason that is no matter of time */
	int64_t due;    /* when it is old enough; INT64_MAX: never */
	int64_t newest; /* the latest end */
	uint64_t bytes;
	uint64_t root;
};

struct retention_job;

struct retention {
	struct chore chore; /* first */
	struct service *service;
	struct event *timer;
	int64_t wake; /* when the timer is due; INT64_MAX: it is not set */
	struct retention_job *job;
	struct sizes usage; /* of the output, while it is looked at */
	bool passing, again;
	uint64_t last; /* the root that was looked at */
	uint64_t at;   /* within its family: the next */
	bool climbing;
	struct family family;
	int64_t next;           /* when the next family is old enough */
	struct family *crowded; /* owned; those that may go to make room */
	size_t count, size, gone;
	uint64_t freed;
};

/* Reads the sizes. */
struct retention_job {
	struct pool_job job;         /* first */
	struct retention *retention; /* NULL: it is gone */
	char *directory;
	struct sizes usage;
	int error;
};

static void retention_scan(struct retention *retention);

static const struct keep *retention_keep(const struct retention *retention)
{
	return engine_keep(retention->service->engine);
}

static void retention_arm(struct retention *retention, int64_t at)
{
	if (at >= retention->wake)
		return;
	int64_t left = at - engine_now(retention->service->engine);
	left = left < 0 ? 0 : left > RETENTION_LATER_MS ? RETENTION_LATER_MS : left;
	const struct timeval wait = { .tv_sec = left / 1000, .tv_usec = left % 1000 * 1000 };
	if (event_add(retention->timer, &wait) == 0)
		retention->wake = at;
}

/* So that the ends of many tasks do not cause as many looks. */
static int64_t retention_slack(const struct keep *keep)
{
	int64_t least = keep->ended == 0 || (keep->failed > 0 && keep->failed < keep->ended) ? keep->failed
	                                                                                     : keep->ended;
	least /= RETENTION_SLACK;
	return least < RETENTION_SLACK_MS ? least : RETENTION_SLACK_MS;
}

static void retention_work(struct pool_job *job)
{
	struct retention_job *sizes = (struct retention_job *)job;
	sizes->error = sizes_read(&sizes->usage, sizes->directory);
}

static void retention_worked(struct pool_job *job)
{
	struct retention_job *sizes = (struct retention_job *)job;
	struct retention *retention = sizes->retention;
	if (retention) {
		retention->job = NULL;
		retention->usage = sizes->usage;
		retention_scan(retention);
	} else {
		sizes_release(&sizes->usage);
	}
	free(sizes->directory);
	free(sizes);
}

/* False: without it only the age counts. */
static bool retention_ask_sizes(struct retention *retention)
{
	struct retention_job *job = calloc(1, sizeof(*job));
	if (!job || string_copy(&job->directory, retention->service->options.state)) {
		free(job);
		return false;
	}
	job->job.work = retention_work;
	job->job.done = retention_worked;
	job->retention = retention;
	retention->job = job;
	pool_submit(engine_pool(retention->service->engine), &job->job);
	return true;
}

static void retention_scan(struct retention *retention)
{
	chores_add(&retention->service->chores, &retention->chore);
}

static void retention_pass(struct retention *retention)
{
	if (retention->passing || !keep_is_set(retention_keep(retention))) {
		retention->again = retention->passing;
		return;
	}
	retention->passing = true;
	retention->again = false;
	retention->last = retention->at = 0;
	retention->next = INT64_MAX;
	retention->freed = 0;
	if (retention_keep(retention)->size == 0 || !retention_ask_sizes(retention))
		retention_scan(retention);
}

static void retention_finish(struct retention *retention)
{
	sizes_release(&retention->usage);
	free(retention->crowded);
	retention->crowded = NULL;
	retention->count = retention->size = retention->gone = 0;
	retention->passing = false;
	if (retention->next < INT64_MAX)
		retention_arm(retention, retention->next + retention_slack(retention_keep(retention)));
	if (retention->again)
		retention_pass(retention);
}

/* When the task is old enough by itself. */
static int64_t retention_due(const struct keep *keep, const struct task *task)
{
	int64_t kept = task->status.state == TASK_FAILED ? keep->failed : keep->ended;
	return kept > 0 ? task->status.ended_at + kept : INT64_MAX;
}

static void retention_look(struct retention *retention, const struct task *task)
{
	struct engine *engine = retention->service->engine;
	const struct keep *keep = retention_keep(retention);
	struct family *family = &retention->family;
	/* The order is that of the ends (seen.h). */
	bool unseen = task->status.state == TASK_FAILED && task->status.start_order > engine_seen(engine);
	family->kept |= !task_state_terminal(task->status.state) || task->run || unseen ||
	                engine_awaited(engine, task);
	int64_t due = retention_due(keep, task);
	family->due = due > family->due ? due : family->due;
	if (task->status.ended_at > family->newest)
		family->newest = task->status.ended_at;
	family->bytes += sizes_of(&retention->usage, task->number);
}

static void retention_remove(struct retention *retention, uint64_t number)
{
	static const struct removal_asker nobody = { 0 };
	struct engine *engine = retention->service->engine;
	struct task *root = order_find(&engine_registry(engine)->order, number);
	if (root && engine_remove(engine, root) == -E2BIG)
		(void)engine_remove_subtree(engine, root, &nobody);
}

/* All of the family was looked at. */
static void retention_judge(struct retention *retention, size_t *removed)
{
	const struct keep *keep = retention_keep(retention);
	struct family *family = &retention->family;
	if (family->kept)
		return;
	if (family->due <= engine_now(retention->service->engine)) {
		retention->freed += family->bytes;
		retention_remove(retention, family->root);
		++*removed;
		return;
	}
	if (family->due < retention->next)
		retention->next = family->due;
	if (keep->size == 0 || family->bytes == 0)
		return;
	struct family *crowded =
		array_grow(retention->crowded, &retention->size, retention->count + 1, sizeof(*crowded));
	if (!crowded)
		return;
	retention->crowded = crowded;
	crowded[retention->count++] = *family;
}

/* The next task of the family; from the root on, each comes before its children.  NULL: that was all. */
static struct task *retention_step(struct retention *retention, const struct task *task)
{
	if (!retention->climbing && task_first_child(task))
		return task_first_child(task);
	if (task->number == retention->family.root)
		return NULL;
	struct task *sibling = task_next_sibling(task);
	retention->climbing = !sibling;
	return sibling ? sibling : task_parent(task);
}

/* The next root behind the last one; NULL: there is none, or this slice is over. */
static struct task *retention_next_root(struct retention *retention, size_t *units)
{
	const struct order *order = &engine_registry(retention->service->engine)->order;
	struct task *task = order_at(order, order_rank_of(order, retention->last + 1));
	for (; task && task_parent(task) && *units < CHORE_UNITS; task = order_next(order, task)) {
		retention->last = task->number;
		++*units;
	}
	if (!task || task_parent(task))
		return NULL;
	retention->last = task->number;
	retention->family = (struct family){ .root = task->number };
	retention->climbing = false;
	return task;
}

/* False: there are no more families. */
static bool retention_scan_slice(struct retention *retention)
{
	const struct registry *registry = engine_registry(retention->service->engine);
	size_t units = 0, removed = 0;
	for (; units < CHORE_UNITS && removed < RETENTION_AT_ONCE; units++) {
		if (units % 64 == 63 && turns_late())
			break;
		struct task *task = retention->at ? order_find(&registry->order, retention->at)
		                                  : retention_next_root(retention, &units);
		if (!task && !retention->at)
			return units < CHORE_UNITS ? false : true;
		if (!task) {
			/* Somebody has removed a part of the family: it is looked at in the next pass. */
			retention->at = 0;
			continue;
		}
		if (!retention->climbing)
			retention_look(retention, task);
		task = retention_step(retention, task);
		retention->at = task ? task->number : 0;
		if (!task)
			retention_judge(retention, &removed);
	}
	return true;
}

static int retention_compare(const void *a, const void *b)
{
	const struct family *one = a, *other = b;
	return one->newest < other->newest ? -1 : one->newest > other->newest;
}

/* False: there is room enough, or nothing more can go. */
static bool retention_make_room(struct retention *retention)
{
	uint64_t most = (uint64_t)retention_keep(retention)->size;
	for (size_t removed = 0; retention->gone < retention->count; removed++) {
		const struct family *family = &retention->crowded[retention->gone];
		if (most == 0 || retention->usage.total - retention->freed <= most)
			return false;
		if (removed == RETENTION_AT_ONCE)
			return true;
		retention->gone++;
		retention->freed += family->bytes;
		retention_remove(retention, family->root);
	}
	return false;
}

static bool retention_slice(struct chore *chore)
{
	struct retention *retention = (struct retention *)chore;
	bool scanning = retention->last < UINT64_MAX;
	if (scanning && retention_scan_slice(retention))
		return true;
	if (scanning) {
		retention->last = UINT64_MAX;
		if (retention->count > 1)
			qsort(retention->crowded, retention->count, sizeof(*retention->crowded),
			      retention_compare);
	}
	if (retention_make_room(retention))
		return true;
	retention_finish(retention);
	return false;
}

static void retention_due_now(evutil_socket_t fd, short what, void *ctx)
{
	(void)fd, (void)what;
	struct retention *retention = ctx;
	retention->wake = INT64_MAX;
	retention_pass(retention);
}

void retention_changed(struct service *service)
{
	retention_pass(service->retention);
}

void retention_ended(struct service *service, const struct task *task)
{
	struct retention *retention = service->retention;
	const struct keep *keep = retention_keep(retention);
	if (!keep_is_set(keep))
		return;
	int64_t due = retention_due(keep, task);
	if (keep->size > 0)
		retention_arm(retention, engine_now(service->engine) + RETENTION_PAUSE_MS);
	if (due < INT64_MAX)
		retention_arm(retention, due + retention_slack(keep));
}

int retention_init(struct service *service)
{
	struct retention *retention = calloc(1, sizeof(*retention));
	if (!retention)
		return -ENOMEM;
	retention->chore.slice = retention_slice;
	retention->service = service;
	retention->wake = INT64_MAX;
	retention->timer = evtimer_new(service->options.base, retention_due_now, retention);
	if (!retention->timer) {
		free(retention);
		return -ENOMEM;
	}
	service->retention = retention;
	retention_pass(retention);
	return 0;
}

void retention_release(struct service *service)
{
	struct retention *retention = service->retention;
	if (!retention)
		return;
	if (retention->job)
		retention->job->retention = NULL;
	event_free(retention->timer);
	sizes_release(&retention->usage);
	free(retention->crowded);
	free(retention);
}
