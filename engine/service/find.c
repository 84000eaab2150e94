#include "config.h"

#include <errno.h>
#include <stdlib.h>

#include "engine/service/query.h"

/* Position and Find: where a task is in a list, and where the next task with a text is. */

/*
 * The tasks of a list, by their places.  In order of creation no rows are made, since the registry knows the
 * places.
 */
struct places {
	const struct order *order; /* NULL: the rows of selection */
	bool reverse;
	struct selection selection;
	size_t count;
};

/* 0 or -ENOMEM. */
static int places_init(struct places *places, const struct query *query, struct service *service)
{
	const struct order *order = &engine_registry(service->engine)->order;
	if (query_is_plain(query)) {
		*places = (struct places){ .order = order, .reverse = query->reverse, .count = order->count };
		return 0;
	}
	*places = (struct places){ 0 };
	int error = query_select(query, service, &places->selection);
	places->count = places->selection.count;
	return error;
}

static void places_release(struct places *places)
{
	free(places->selection.rows);
}

/* The task at a place.  NULL: the row is an id that was not found. */
static const struct task *places_at(const struct places *places, size_t place)
{
	if (places->order)
		return order_at(places->order, places->reverse ? places->count - 1 - place : place);
	return places->selection.rows[place].task;
}

/* The place of a task, or the count if it is not in the list. */
static size_t places_find(const struct places *places, const struct task *task)
{
	size_t place = 0;
	if (!task)
		return places->count;
	if (places->order) {
		size_t rank = order_rank(places->order, task);
		return places->reverse ? places->count - 1 - rank : rank;
	}
	while (place < places->count && places->selection.rows[place].task != task)
		place++;
	return place;
}

/*
 * Searches from the place after `from` (or before it), past the end of the list, and back to `from`.  *found
 * is the place, or the count if there is none.  0 or -ENOMEM.
 */
static int places_search(const struct places *places, size_t from, bool backwards, const char *text,
                         size_t *found)
{
	struct matcher matcher = { 0 };
	size_t count = places->count, place = from;
	int has = 0;
	for (size_t i = 0; i < count && has == 0; i++) {
		if (backwards)
			place = place == 0 ? count - 1 : place - 1;
		else
			place = place + 1 >= count ? 0 : place + 1;
		const struct task *task = places_at(places, place);
		has = task ? matcher_has(&matcher, task, text) : 0;
	}
	*found = has > 0 ? place : count;
	matcher_release(&matcher);
	return has < 0 ? has : 0;
}

/* A place equal to the count means that there is none. */
static void find_write_position(struct jsonw *w, const struct places *places, size_t place)
{
	jsonw_object(w);
	jsonw_key(w, "position");
	if (place < places->count)
		jsonw_uint(w, place);
	else
		jsonw_null(w);
}

static void find_reply_position(struct wire_call *call, const struct places *places, size_t place)
{
	struct jsonw w = JSONW_INIT;
	find_write_position(&w, places, place);
	jsonw_end_object(&w);
	wire_reply(call, &w, false);
	jsonw_release(&w);
}

static void find_reply(struct wire_call *call, const struct places *places, size_t place)
{
	const struct task *task = place < places->count ? places_at(places, place) : NULL;
	struct jsonw w = JSONW_INIT;
	find_write_position(&w, places, place);
	jsonw_key(&w, "id");
	jsonw_string(&w, task ? task_id(task) : NULL);
	jsonw_key(&w, "number");
	if (task)
		jsonw_uint(&w, task->number);
	else
		jsonw_null(&w);
	jsonw_end_object(&w);
	wire_reply(call, &w, false);
	jsonw_release(&w);
}

/* False: it has replied with an error.  offset and rows are ignored, since the whole list is searched. */
static bool find_read(struct query *query, struct wire_call *call, const json_t *parameters,
                      const char *const *needs)
{
	if (!query_read(query, call, parameters, needs))
		return false;
	query->offset = 0;
	query->rows = SIZE_MAX;
	return true;
}

void service_position(void *ctx, struct wire_call *call, const json_t *parameters)
{
	static const char *const needs[] = { "id", NULL };
	struct service *service = ctx;
	const struct task *task = find_or_fail(service, call, parameters);
	struct query query;
	if (!task || !find_read(&query, call, parameters, needs))
		return;
	struct places places;
	int error = places_init(&places, &query, service);
	if (error)
		fail_memory(call);
	else
		find_reply_position(call, &places, places_find(&places, task));
	places_release(&places);
	query_release(&query);
}

static void find_answer(struct service *service, struct wire_call *call, const struct query *query,
                        struct args *args)
{
	const char *from = args_string(args, "from");
	const struct task *start = from ? engine_find(service->engine, from) : NULL;
	struct places places;
	size_t found = 0;
	int error = places_init(&places, query, service);
	if (!error)
		error = places_search(&places, places_find(&places, start), args_bool(args, "backwards"),
		                      args_string(args, "find"), &found);
	if (error)
		fail_memory(call);
	else
		find_reply(call, &places, found);
	places_release(&places);
}

/* The types of all parameters were checked before, so they can be read again. */
void service_find(void *ctx, struct wire_call *call, const json_t *parameters)
{
	static const char *const needs[] = { "find", NULL };
	struct args args = { .parameters = parameters };
	struct query query;
	args_string(&args, "find");
	args_string(&args, "from");
	args_bool(&args, "backwards");
	if (args_failed(&args, call, needs) || !find_read(&query, call, parameters, needs))
		return;
	find_answer(ctx, call, &query, &args);
	query_release(&query);
}
