#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine/core/activity.h"
#include "engine/run/turns.h"
#include "engine/service/selecting.h"
#include "engine/task/array.h"

enum {
	HEAP_MAX = 10000, /* of more rows all are sorted: the heap would be slower */
	AT_ONCE =
		4096, /* so few rows are taken out of the order of activity, or get their numbers, in one turn */
};

static bool select_sort(struct selecting *selecting, size_t *units);
static bool select_arrange(struct selecting *selecting, size_t *units);

/* How rows are ordered. */

/* Tasks are found as they were created; those that were named, as they were named; those in a heap, in any order. */
static bool needs_sorting(const struct selecting *selecting)
{
	const struct query *query = selecting->query;
	return selecting->heap > 0 || query->reverse ||
	       (query->sort && (query->ids || query->sort->ordering));
}

static int select_push(struct selecting *selecting, struct task *task)
{
	struct selection *selection = &selecting->selection;
	struct row row = { .task = task, .key = task ? rows_key(&selecting->order, task) : 0 };
	selection->total++;
	if (selecting->top.listed && task && top_list(&selecting->top, task->number))
		return -ENOMEM;
	if (selecting->heap > 0 && selection->count == selecting->heap) {
		if (rows_compare(&row, &selection->rows[0], &selecting->order) < 0)
			rows_replace(selection->rows, selection->count, &row, &selecting->order);
		return 0;
	}
	struct row *rows = array_grow(selection->rows, &selecting->size, selection->count + 1, sizeof(*rows));
	if (!rows)
		return -ENOMEM;
	selection->rows = rows;
	if (selecting->heap > 0)
		rows_push(rows, &selection->count, &row, &selecting->order);
	else
		rows[selection->count++] = row;
	return 0;
}

/* Looking at the tasks. */

static bool select_after_scan(struct selecting *selecting)
{
	struct selection *selection = &selecting->selection;
	if (selecting->middle) {
		select_begin_part(selecting);
		return false;
	}
	if (selection->count < 2 || !needs_sorting(selecting)) {
		selecting->step = selecting->query->tree ? select_arrange : select_number;
		return false;
	}
	selecting->step = select_sort;
	selecting->error = sorting_init(&selecting->sorting, selection->rows, selection->count, rows_compare,
	                                &selecting->order);
	return selecting->error != 0;
}

/*
 * The task after the one that was looked at last.  If the rows are in the opposite order, so are the tasks: where many
 * rows are equal, those that are found first are the first.
 */
static struct task *select_next(const struct selecting *selecting)
{
	const struct order *order = &engine_registry(selecting->service->engine)->order;
	if (!selecting->order.reverse)
		return order_at(order, order_rank_of(order, selecting->last + 1));
	return order_at(order, (selecting->last ? order_rank_of(order, selecting->last) : order->count) - 1);
}

bool select_scan(struct selecting *selecting, size_t *units)
{
	const struct query *query = selecting->query;
	const struct registry *registry = engine_registry(selecting->service->engine);
	struct task *task = query->ids ? NULL : select_next(selecting);
	while (query->ids ? selecting->at < query->id_count : task != NULL) {
		if (*units == 0 || (*units % SELECT_LOOK == 0 && turns_late()))
			return false;
		--*units;
		if (query->ids)
			task = registry_find(registry, query->ids[selecting->at++]);
		int found = query_takes(&selecting->matcher, query, task);
		selecting->error = found > 0 ? select_push(selecting, task) : found;
		if (selecting->error)
			return true;
		if (query->ids)
			continue;
		selecting->last = task->number;
		task = selecting->order.reverse ? order_previous(&registry->order, task)
		                                : order_next(&registry->order, task);
	}
	return select_after_scan(selecting);
}

/* In order of creation, all tasks: just the rows. */
static bool select_plain(struct selecting *selecting, size_t *units)
{
	const struct query *query = selecting->query;
	const struct order *order = &engine_registry(selecting->service->engine)->order;
	struct selection *selection = &selecting->selection;
	size_t rank = selecting->last ? order_rank_of(order, selecting->last) : 0, first = query->offset;
	if (selecting->last == 0)
		rank = !query->reverse ? first : first < order->count ? order->count - 1 - first : SIZE_MAX;
	else
		rank = query->reverse ? rank - 1 : order_rank_of(order, selecting->last + 1);
	struct task *task = order_at(order, rank);
	for (; task && selection->count < query->rows; --*units) {
		if (*units == 0 || (*units % SELECT_LOOK == 0 && turns_late()))
			return false;
		selecting->error = select_push(selecting, task);
		if (selecting->error)
			return true;
		selecting->last = task->number;
		task = query->reverse ? order_at(order, --rank) : order_next(order, task);
	}
	selecting->step = select_number;
	return false;
}

/*
 * In the order of activity: just the rows.  They are there in the opposite order if that is asked for,
 * since the order is walked only forwards.
 */
static int select_walk(struct selecting *selecting)
{
	const struct query *query = selecting->query;
	const struct registry *registry = engine_registry(selecting->service->engine);
	struct selection *selection = &selecting->selection;
	size_t total = activity_count(registry, selecting->parts);
	size_t left = query->offset < total ? total - query->offset : 0;
	size_t rows = left < query->rows ? left : query->rows;
	struct activity_walk walk =
		activity_begin(registry, selecting->parts, query->reverse ? left - rows : query->offset);
	for (size_t i = 0; i < rows; i++) {
		int error = select_push(selecting, activity_next(&walk));
		if (error)
			return error;
	}
	if (query->reverse)
		rows_turn(selection->rows, rows);
	selection->total = total;
	return 0;
}

static bool select_active(struct selecting *selecting, size_t *units)
{
	int arranged = engine_arrange(selecting->service->engine, units);
	if (arranged > 0) {
		selecting->cut = true;
		selecting->heap = 0;
		selecting->error = select_walk(selecting);
	}
	if (arranged != 0)
		selecting->step = arranged > 0 ? select_number : select_scan;
	return selecting->error != 0;
}

static bool select_sort(struct selecting *selecting, size_t *units)
{
	struct sorting *sorting = &selecting->sorting;
	bool sorted = sorting_go_on(sorting, units);
	selecting->selection.rows = sorting->rows;
	if (!sorted)
		return false;
	sorting_release(sorting);
	selecting->step = selecting->query->tree ? select_arrange : select_number;
	return false;
}

static bool select_arrange(struct selecting *selecting, size_t *units)
{
	struct selection *selection = &selecting->selection;
	struct arranging *arranging = &selecting->arranging;
	if (!arranging->out) {
		selecting->error = arranging_init(arranging, selection->rows, selection->count);
		if (selecting->error)
			return true;
	}
	bool arranged = arranging_go_on(arranging, units);
	selection->rows = arranging->rows;
	if (!arranged)
		return false;
	arranging_release(arranging);
	selecting->step = select_number;
	return false;
}

/* The part that is asked for. */
static void select_cut(struct selecting *selecting)
{
	const struct query *query = selecting->query;
	struct selection *selection = &selecting->selection;
	size_t first = query->offset < selection->count ? query->offset : selection->count;
	size_t left = selection->count - first;
	selection->count = left < query->rows ? left : query->rows;
	if (first > 0)
		memmove(selection->rows, selection->rows + first,
		        selection->count * sizeof(*selection->rows));
}

/* The rows out of the tree that is kept. */
static int select_from_tree(const struct query *query, const struct tree *tree, struct selection *selection)
{
	size_t most = tree->count < query->rows ? tree->count : query->rows;
	*selection = (struct selection){
		.rows = malloc((most + 1) * sizeof(struct row)),
		.removals = tree->removals,
	};
	if (!selection->rows)
		return -ENOMEM;
	selection->count =
		tree_fold(query, tree->rows, tree->count, true, selection->rows, &selection->total);
	return 0;
}

/* While a live window shows the tree of all tasks, the whole of it is kept. */
static bool keeps_tree(const struct selecting *selecting)
{
	const struct query *query = selecting->query;
	return query->tree && selecting->takes_all && !query->reverse &&
	       windows_show_tree(selecting->service);
}

static int select_keep(struct selecting *selecting)
{
	struct selection *selection = &selecting->selection;
	selecting->made.rows = selection->rows;
	selecting->made.count = selection->count;
	selection->rows = NULL;
	tree_keep(selecting->service->tree, &selecting->made);
	return select_from_tree(selecting->query, selecting->service->tree, selection);
}

/* A hook that was made, or ended, since it was looked at. */
static bool select_hides(const struct selecting *selecting, const struct task *task)
{
	return selecting->plain && !selecting->query->hooks && task_is_hidden(task);
}

static size_t select_total(const struct selecting *selecting)
{
	const struct registry *registry = engine_registry(selecting->service->engine);
	return registry->order.count - (selecting->query->hooks ? 0 : registry_hides(registry));
}

/* From here on rows are known by their numbers, and those that have gone since are left out. */
bool select_number(struct selecting *selecting, size_t *units)
{
	struct selection *selection = &selecting->selection;
	bool keeps = keeps_tree(selecting);
	if (selecting->numbered == 0) {
		selection->removals = engine_registry(selecting->service->engine)->removals;
		if (!keeps && selecting->query->tree)
			selection->count = tree_fold(selecting->query, selection->rows, selection->count,
			                             false, selection->rows, &selection->total);
		else if (selecting->top.listed)
			return select_keep_top(selecting);
		else if (!keeps && !selecting->cut)
			select_cut(selecting);
	}
	bool at_once = selection->count <= AT_ONCE;
	for (; selecting->numbered < selection->count; selecting->numbered++) {
		if (!at_once && (*units == 0 || (*units % SELECT_LOOK == 0 && turns_late())))
			return false;
		if (*units > 0)
			--*units;
		struct row row = selection->rows[selecting->numbered];
		if (row.task && (row.task->removed || select_hides(selecting, row.task)))
			continue;
		row.number = row.task ? row.task->number : 0;
		selection->rows[selecting->left++] = row;
	}
	selection->total -= selection->count - selecting->left;
	selection->count = selecting->left;
	if (selecting->plain)
		selection->total = select_total(selecting);
	if (keeps)
		selecting->error = select_keep(selecting);
	return true;
}

/* All of it together. */

static void select_free(struct selecting *selecting)
{
	*selecting->handle = NULL;
	chores_drop(&selecting->service->chores, &selecting->chore);
	sorting_release(&selecting->sorting);
	parting_release(&selecting->parting);
	arranging_release(&selecting->arranging);
	matcher_release(&selecting->matcher);
	top_release(&selecting->top);
	free(selecting->selection.rows);
	engine_end_reading(selecting->service->engine, &selecting->reader);
	free(selecting);
}

static void select_end(struct selecting *selecting)
{
	select_done_fn done = selecting->done;
	struct selection selection = selecting->selection;
	void *ctx = selecting->ctx;
	int error = selecting->error;
	if (!error)
		selecting->selection.rows = NULL;
	select_free(selecting);
	done(ctx, &selection, error);
}

static bool select_slice(struct chore *chore)
{
	struct selecting *selecting = (struct selecting *)chore;
	size_t units = CHORE_UNITS;
	while (!selecting->step(selecting, &units)) {
		if (units == 0 || turns_late())
			return true;
	}
	select_end(selecting);
	return false;
}

/*
 * How many rows are to be kept in a heap; 0: all are sorted.  *last: they are the last ones, of a list whose length is
 * known.
 */
static size_t select_heap(struct service *service, const struct query *query, bool keeps, bool *last)
{
	size_t total = engine_registry(service->engine)->order.count, most = query->offset + query->rows;
	if (query->tree || query->ids || query->rows > HEAP_MAX)
		return 0;
	if (most <= HEAP_MAX)
		return keeps ? most + TOP_MORE : most > 0 ? most : 1;
	if (!keeps || (!tops_total(service, query, &total) && query_filters(query)))
		return 0;
	size_t left = total > query->offset ? total - query->offset : 0;
	*last = left <= HEAP_MAX;
	return *last ? left + TOP_MORE : 0;
}

/* How it is selected. */
static void select_prepare(struct selecting *selecting)
{
	struct service *service = selecting->service;
	const struct query *query = selecting->query;
	bool last = false, keeps = tops_can_keep(service, query);
	selecting->step = selecting->plain ? select_plain : select_scan;
	if (query->rows <= AT_ONCE && query_is_active(query, &selecting->parts))
		selecting->step = select_active;
	if (selecting->step != select_scan)
		return;
	selecting->heap = select_heap(service, query, keeps, &last);
	selecting->middle = !selecting->heap && query->rows <= HEAP_MAX && !query->tree && !query->ids;
	selecting->order.reverse = query->reverse != last;
	if ((selecting->heap > 0 || selecting->middle) && keeps &&
	    top_begin(&selecting->top, service, query, selecting->order.reverse))
		selecting->error = -ENOMEM;
}

void select_start(struct service *service, const struct query *query, select_done_fn done, void *ctx,
                  struct selecting **handle)
{
	const struct registry *registry = engine_registry(service->engine);
	struct selection selection = { 0 };
	bool takes_all = query_takes_all(query, registry), plain = query_is_plain(query, registry);
	if (query->tree && takes_all && !query->reverse && tree_valid(service->tree, registry)) {
		int error = select_from_tree(query, service->tree, &selection);
		done(ctx, &selection, error);
		return;
	}
	if (!plain && tops_select(service, query, &selection)) {
		done(ctx, &selection, 0);
		return;
	}
	struct selecting *selecting = calloc(1, sizeof(*selecting));
	if (!selecting) {
		done(ctx, &selection, -ENOMEM);
		return;
	}
	*selecting = (struct selecting){
		.chore = { .slice = select_slice },
		.service = service,
		.query = query,
		.order = { .ordering = query->sort ? query->sort->ordering : NULL,
		           .reverse = query->reverse,
		           .now = engine_now(service->engine),
		           .seen = engine_seen(service->engine) },
		.done = done,
		.ctx = ctx,
		.handle = handle,
		.takes_all = takes_all,
		.plain = plain,
		.cut = plain,
	};
	select_prepare(selecting);
	*handle = selecting;
	tree_begin(&selecting->made, registry);
	engine_begin_reading(service->engine, &selecting->reader);
	if (selecting->error)
		select_end(selecting);
	else if (turns_late() || select_slice(&selecting->chore))
		chores_add(&service->chores, &selecting->chore);
}

void select_stop(struct selecting *selecting)
{
	if (selecting)
		select_free(selecting);
}
