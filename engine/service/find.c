#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine/core/activity.h"
#include "engine/run/turns.h"
#include "engine/service/seeking.h"
#include "engine/service/select.h"

/* Position and Find: where a task is in a list, and where the next task with a text is. */

enum { FIND_LOOK = 32 /* tasks between two looks at the time */ };

/*
 * A search for a task, or for a text, in a list.  Rows are made of trees and of lists of ids only.  In order of creation
 * the registry knows the places, and in other orders they are counted.
 */
struct finding {
	struct chore chore; /* first */
	struct service *service;
	struct wire_call *call;
	struct query query;
	bool plain;                  /* in order of creation */
	unsigned parts;              /* in the order of activity: of that */
	struct selecting *selecting; /* NULL: the rows are there, or not needed */
	struct seeking seeking;      /* its service NULL: not needed */
	struct selection selection;
	char *text; /* NULL: the place of the task is asked for */
	bool backwards;
	struct matcher matcher;
	uint64_t number; /* of the task that is looked at; 0: none yet */
	size_t place;    /* the same, of its row; the count: none yet */
	size_t left;     /* to be looked at */
};

static void finding_free(void *ctx)
{
	struct finding *finding = ctx;
	select_stop(finding->selecting);
	if (finding->seeking.service)
		seeking_release(&finding->seeking);
	chores_drop(&finding->service->chores, &finding->chore);
	query_release(&finding->query);
	matcher_release(&finding->matcher);
	free(finding->selection.rows);
	free(finding->text);
	free(finding);
}

static const struct order *finding_order(const struct finding *finding)
{
	return &engine_registry(finding->service->engine)->order;
}

/* Where a task of all tasks is. */
static size_t find_rank(const struct finding *finding, const struct task *task)
{
	const struct order *order = finding_order(finding);
	size_t rank = order_rank(order, task);
	return finding->query.reverse ? order->count - 1 - rank : rank;
}

/* The row of that number; the count: it is not among them. */
static size_t find_row(const struct finding *finding, uint64_t number)
{
	const struct selection *selection = &finding->selection;
	size_t place = 0;
	while (place < selection->count &&
	       (!selection->rows[place].task || selection->rows[place].number != number))
		place++;
	return place;
}

static void find_write_position(struct jsonw *w, bool found, size_t place)
{
	jsonw_object(w);
	jsonw_key(w, "position");
	if (found)
		jsonw_uint(w, place);
	else
		jsonw_null(w);
}

static void find_reply_position(struct finding *finding, bool found, size_t place)
{
	struct jsonw w = JSONW_INIT;
	find_write_position(&w, found, place);
	jsonw_end_object(&w);
	wire_reply(finding->call, &w, false);
	jsonw_release(&w);
	finding_free(finding);
}

/* NULL: there is none. */
static void find_reply(struct finding *finding, const struct task *task)
{
	struct jsonw w = JSONW_INIT;
	find_write_position(&w, task != NULL,
	                    task && finding->plain ? find_rank(finding, task) : finding->place);
	jsonw_key(&w, "id");
	jsonw_string(&w, task ? task_id(task) : NULL);
	jsonw_key(&w, "number");
	if (task)
		jsonw_uint(&w, task->number);
	else
		jsonw_null(&w);
	jsonw_end_object(&w);
	wire_reply(finding->call, &w, false);
	jsonw_release(&w);
	finding_free(finding);
}

/*
 * The next of all tasks, round the end.  before: the one that was looked at, if it is known to be there
 * still.
 */
static struct task *find_next_task(struct finding *finding, const struct task *before)
{
	const struct order *order = finding_order(finding);
	bool down = finding->backwards != finding->query.reverse;
	struct task *task = NULL;
	if (before && !down) {
		task = order_next(order, before);
	} else if (down && finding->number > 0) {
		size_t rank = order_rank_of(order, finding->number);
		task = rank > 0 ? order_at(order, rank - 1) : NULL;
	} else if (!down) {
		task = order_at(order, order_rank_of(order, finding->number + 1));
	}
	if (!task)
		task = order_at(order, down ? order->count - 1 : 0);
	finding->number = task ? task->number : 0;
	return task;
}

/* The next of the rows; NULL too where no task stands there any more. */
static struct task *find_next_row(struct finding *finding)
{
	const struct selection *selection = &finding->selection;
	size_t count = selection->count;
	if (finding->backwards)
		finding->place = finding->place == 0 ? count - 1 : finding->place - 1;
	else
		finding->place = finding->place + 1 >= count ? 0 : finding->place + 1;
	return row_task(engine_registry(finding->service->engine), selection,
	                &selection->rows[finding->place]);
}

static bool find_slice(struct chore *chore)
{
	struct finding *finding = (struct finding *)chore;
	struct task *task = NULL;
	int has = 0;
	for (unsigned i = 0; finding->left > 0 && has == 0; i++, finding->left--) {
		if (i == CHORE_UNITS || (i % FIND_LOOK == FIND_LOOK - 1 && turns_late()))
			return true;
		task = finding->plain ? find_next_task(finding, task) : find_next_row(finding);
		has = task ? matcher_has(&finding->matcher, task, finding->text) : 0;
	}
	if (has < 0) {
		fail_memory(finding->call);
		finding_free(finding);
	} else {
		find_reply(finding, has > 0 ? task : NULL);
	}
	return false;
}

static void finding_search(struct finding *finding)
{
	if (turns_late() || find_slice(&finding->chore))
		chores_add(&finding->service->chores, &finding->chore);
}

static void find_selected(void *ctx, struct selection *selection, int error)
{
	struct finding *finding = ctx;
	if (error) {
		fail_memory(finding->call);
		finding_free(finding);
		return;
	}
	finding->selection = *selection;
	finding->place = find_row(finding, finding->number);
	finding->left = selection->count;
	wire_call_hold(finding->call, selection->count * sizeof(struct row));
	if (finding->text)
		finding_search(finding);
	else
		find_reply_position(finding, finding->place < selection->count, finding->place);
}

/*
 * Takes over the query.  offset and rows are ignored, since the whole list is searched.  NULL: it has replied
 * with an error.
 */
static struct finding *finding_new(struct service *service, struct wire_call *call, const struct query *query,
                                   const struct task *from)
{
	struct finding *finding = calloc(1, sizeof(*finding));
	if (!finding) {
		struct query taken = *query;
		query_release(&taken);
		fail_memory(call);
		return NULL;
	}
	finding->chore.slice = find_slice;
	finding->service = service;
	finding->call = call;
	finding->query = *query;
	finding->query.offset = 0;
	finding->query.rows = SIZE_MAX;
	finding->plain = query_is_plain(query, engine_registry(service->engine));
	finding->number = from ? from->number : 0;
	finding->left = finding_order(finding)->count;
	wire_call_on_close(call, finding_free, finding);
	return finding;
}

/* In another order, or with a filter. */
static bool find_seek_slice(struct chore *chore)
{
	struct finding *finding = (struct finding *)chore;
	struct seeking *seeking = &finding->seeking;
	size_t units = CHORE_UNITS;
	if (!seeking_go_on(seeking, &units))
		return true;
	finding->place = seeking->place;
	if (seeking->error) {
		fail_memory(finding->call);
		finding_free(finding);
	} else if (finding->text) {
		find_reply(finding, seeking->listed ? seeking->found.task : NULL);
	} else {
		find_reply_position(finding, seeking->listed, seeking->place);
	}
	return false;
}

static void find_select(struct finding *finding)
{
	struct task *from = finding->number ? order_find(finding_order(finding), finding->number) : NULL;
	if (!finding->query.tree && !finding->query.ids) {
		finding->chore.slice = find_seek_slice;
		seeking_init(&finding->seeking, finding->service, &finding->query, from, finding->text,
		             finding->backwards);
		if (turns_late() || find_seek_slice(&finding->chore))
			chores_add(&finding->service->chores, &finding->chore);
		return;
	}
	select_start(finding->service, &finding->query, find_selected, finding, &finding->selecting);
}

/* In the order of activity, where the place of a task is known. */
static bool find_active_slice(struct chore *chore)
{
	struct finding *finding = (struct finding *)chore;
	const struct registry *registry = engine_registry(finding->service->engine);
	size_t units = CHORE_UNITS;
	int arranged = engine_arrange(finding->service->engine, &units);
	const struct task *task = arranged > 0 ? order_find(&registry->order, finding->number) : NULL;
	int64_t place = task ? activity_place(registry, finding->parts, task) : -1;
	if (place >= 0 && finding->query.reverse)
		place = (int64_t)activity_count(registry, finding->parts) - 1 - place;
	if (arranged == 0)
		return true;
	if (arranged > 0)
		find_reply_position(finding, place >= 0, (size_t)place);
	else
		find_select(finding);
	return false;
}

static void find_active(struct finding *finding)
{
	finding->chore.slice = find_active_slice;
	if (turns_late() || find_active_slice(&finding->chore))
		chores_add(&finding->service->chores, &finding->chore);
}

void service_position(void *ctx, struct wire_call *call, const json_t *parameters)
{
	static const char *const needs[] = { "id", NULL };
	struct service *service = ctx;
	const struct task *task = find_or_fail(service, call, parameters);
	struct query query;
	if (!task || !query_read(&query, call, parameters, needs))
		return;
	struct finding *finding = finding_new(service, call, &query, task);
	if (finding && finding->plain)
		find_reply_position(finding, true, find_rank(finding, task));
	else if (finding && query_is_active(&finding->query, &finding->parts))
		find_active(finding);
	else if (finding)
		find_select(finding);
}

void service_find(void *ctx, struct wire_call *call, const json_t *parameters)
{
	static const char *const needs[] = { "find", NULL };
	struct service *service = ctx;
	struct args args = { .parameters = parameters };
	struct query query;
	const char *text = args_string(&args, "find"), *from = args_string(&args, "from");
	bool backwards = args_bool(&args, "backwards");
	if (args_failed(&args, call, needs) || !query_read(&query, call, parameters, needs))
		return;
	struct finding *finding =
		finding_new(service, call, &query, from ? engine_find(service->engine, from) : NULL);
	if (!finding)
		return;
	finding->text = strdup(text);
	finding->backwards = backwards;
	if (!finding->text) {
		fail_memory(call);
		finding_free(finding);
	} else if (finding->plain) {
		finding_search(finding);
	} else {
		find_select(finding);
	}
}
