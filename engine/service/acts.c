#include "config.h"

#include <errno.h>
#include <stdlib.h>

#include "engine/service/service.h"

/* One operation on several tasks: so many take no more than a turn of the loop may. */
enum { ACTS_MAX = 5000 };

struct act {
	const char *id; /* the call's */
	size_t index;   /* in ids */
	uint64_t rank;  /* the lower ones go first */
};

struct acts {
	struct service *service;
	struct wire_call *call;
	acts_function *act;
	const void *options;
	enum acts_order order;
	size_t count;
	struct act *list;
	int *results; /* by index */
};

enum acts_order acts_read_order(struct args *args)
{
	return args_bool(args, "waiting") ? ACTS_WAITING_ONLY : ACTS_WAITING_FIRST;
}

/* A task is looked up again when its turn comes: it may have gone with its parent. */
static struct task *acts_find(const struct acts *acts, const struct act *act)
{
	return engine_find(acts->service->engine, act->id);
}

/* A task that is claimed waits for a worker. */
static bool acts_runs(const struct task *task)
{
	return task_state_active(task->status.state) && task->status.state != TASK_CLAIMED;
}

static uint64_t acts_rank(const struct acts *acts, const struct act *act)
{
	const struct task *task = acts->order == ACTS_AS_NAMED ? NULL : acts_find(acts, act);
	if (!task)
		return 0;
	/* Of those that wait, one that waits for another goes before that one. */
	if (acts->order != ACTS_NEWEST_FIRST && acts_runs(task))
		return UINT64_MAX;
	return UINT64_MAX - 1 - task->number;
}

static int acts_compare(const void *one, const void *other)
{
	const struct act *a = one, *b = other;
	if (a->rank != b->rank)
		return a->rank < b->rank ? -1 : 1;
	return a->index < b->index ? -1 : a->index > b->index;
}

/* False: an id is no string. */
static bool acts_read(struct acts *acts, const json_t *ids)
{
	const json_t *id;
	size_t i;
	json_array_foreach(ids, i, id)
	{
		struct act *act = &acts->list[i];
		*act = (struct act){ .id = args_item(id), .index = i };
		if (!act->id)
			return false;
		act->rank = acts_rank(acts, act);
	}
	return true;
}

static void acts_do(struct acts *acts)
{
	struct engine *engine = acts->service->engine;
	engine_hold(engine);
	for (size_t i = 0; i < acts->count; i++) {
		const struct act *act = &acts->list[i];
		struct task *task = acts_find(acts, act);
		bool left = !task || (acts->order == ACTS_WAITING_ONLY && acts_runs(task));
		acts->results[act->index] =
			left ? -EPERM : acts->act(acts->service, acts->call, task, acts->options);
	}
	engine_go_on(engine);
}

static void acts_reply(const struct acts *acts)
{
	struct jsonw w = JSONW_INIT;
	int failure = 0;
	jsonw_object(&w);
	jsonw_key(&w, "results");
	jsonw_array(&w);
	for (size_t i = 0; i < acts->count; i++) {
		if (acts->results[i] == -ENOMEM || acts->results[i] == -ENOSPC)
			failure = acts->results[i];
		jsonw_bool(&w, acts->results[i] == 0);
	}
	jsonw_end_array(&w);
	jsonw_end_object(&w);
	if (failure)
		fail_change(acts->call, failure);
	else
		wire_reply_tagged(acts->call, &w, false, engine_asked(acts->service->engine));
	jsonw_release(&w);
}

bool acts_on_several(struct service *service, struct wire_call *call, const json_t *parameters,
                     acts_function *act, const void *options, enum acts_order order)
{
	struct args args = { .parameters = parameters };
	const json_t *ids = args_array(&args, "ids");
	struct acts acts = { service, call, act, options, order, json_array_size(ids), NULL, NULL };
	if (!ids && !args.bad)
		return false;
	acts.list = calloc(acts.count + 1, sizeof(*acts.list));
	acts.results = calloc(acts.count + 1, sizeof(*acts.results));
	args.no_memory = !acts.list || !acts.results;
	if (args_string(&args, "id") || acts.count > ACTS_MAX)
		args_fail(&args, "ids");
	if (!args.bad && acts.list && acts.results && !acts_read(&acts, ids))
		args_fail(&args, "ids");
	if (!args_failed(&args, call, NULL) && acts.list && acts.results) {
		engine_look(service->engine);
		qsort(acts.list, acts.count, sizeof(*acts.list), acts_compare);
		acts_do(&acts);
		acts_reply(&acts);
	}
	free(acts.list);
	free(acts.results);
	return true;
}
