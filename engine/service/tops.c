#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine/service/tops.h"

enum { NUMBERS_MOST = 1 << 26 /* a bit for each would be too much */ };

static struct rows_order top_order(const struct service *service, const struct query *query)
{
	return (struct rows_order){
		.ordering = query->sort ? query->sort->ordering : NULL,
		.reverse = query->reverse,
		.now = engine_now(service->engine),
		.seen = engine_seen(service->engine),
	};
}

void top_release(struct top *top)
{
	query_release(&top->query);
	free(top->rows);
	free(top->listed);
	*top = (struct top){ .rows = NULL };
}

void tops_release(struct tops *tops)
{
	for (size_t i = 0; i < TOPS_KEPT; i++)
		top_release(&tops->list[i]);
}

bool tops_can_keep(const struct service *service, const struct query *query)
{
	const struct ordering *ordering = query->sort ? query->sort->ordering : NULL;
	return !query->ids && !query->tree && !(ordering && ordering->fleeting) &&
	       engine_registry(service->engine)->last_number < NUMBERS_MOST;
}

/* Which tasks are listed. */

int top_list(struct top *top, uint64_t number)
{
	size_t byte = (size_t)(number / 8);
	if (byte >= top->listed_size) {
		size_t size = byte + byte / 8 + 64;
		unsigned char *listed = realloc(top->listed, size);
		if (!listed)
			return -ENOMEM;
		memset(listed + top->listed_size, 0, size - top->listed_size);
		top->listed = listed;
		top->listed_size = size;
	}
	top->listed[byte] |= (unsigned char)(1u << number % 8);
	return 0;
}

static bool top_lists(const struct top *top, uint64_t number)
{
	size_t byte = (size_t)(number / 8);
	return byte < top->listed_size && (top->listed[byte] >> number % 8 & 1);
}

/* What has changed. */

static int top_compare_numbers(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
	return x < y ? -1 : x > y;
}

/* The numbers of the tasks that have changed since, each once.  More than there is room for: SIZE_MAX. */
static size_t top_changes(const struct top *top, const struct registry *registry,
                          uint64_t changed[REGISTRY_RECENT])
{
	size_t count = 0, kept = 0;
	if (registry->version - top->version > REGISTRY_RECENT)
		return SIZE_MAX;
	for (uint64_t version = top->version; version < registry->version; version++)
		changed[count++] = registry->recent[(version + 1) % REGISTRY_RECENT];
	qsort(changed, count, sizeof(*changed), top_compare_numbers);
	for (size_t i = 0; i < count; i++) {
		if (i == 0 || changed[i] != changed[i - 1])
			changed[kept++] = changed[i];
	}
	return kept;
}

static void top_drop_rows(struct top *top, const uint64_t *changed, size_t count)
{
	size_t left = 0;
	for (size_t i = 0; i < top->count; i++) {
		if (!bsearch(&top->rows[i].number, changed, count, sizeof(*changed), top_compare_numbers))
			top->rows[left++] = top->rows[i];
	}
	top->count = left;
}

static struct row top_row(const struct top *top, size_t i)
{
	return (struct row){ .task = top->rows[i].task, .key = top->rows[i].key };
}

/* Where the row is to be. */
static size_t top_search(const struct top *top, const struct row *row, const struct rows_order *order)
{
	size_t low = 0, high = top->count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		struct row other = top_row(top, middle);
		if (rows_compare(&other, row, order) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* whole: all rows of the list are there.  Otherwise what comes after the last one is among the others. */
static void top_insert(struct top *top, struct task *task, bool *whole, const struct rows_order *order)
{
	struct row row = { .task = task, .key = rows_key(order, task) };
	size_t at = top_search(top, &row, order);
	if (at == top->count && !*whole)
		return;
	if (top->count == top->room) {
		*whole = false;
		if (at == top->count)
			return;
		top->count--;
	}
	memmove(top->rows + at + 1, top->rows + at, (top->count - at) * sizeof(*top->rows));
	top->rows[at] = (struct top_row){ task, task->number, row.key };
	top->count++;
}

/* A task that has changed is in no row.  0 or -ENOMEM. */
static int top_take(struct top *top, struct matcher *matcher, uint64_t number, struct task *task, bool *whole,
                    const struct rows_order *order)
{
	int found = task ? query_matches(matcher, &top->query, task) : 0;
	if (found < 0 || (found && top_list(top, number)))
		return -ENOMEM;
	if (found)
		top_insert(top, task, whole, order);
	else if (top_lists(top, number))
		top->listed[number / 8] &= (unsigned char)~(1u << number % 8);
	return 0;
}

/* False: it is not known any more. */
static bool top_update(struct top *top, const struct service *service)
{
	const struct registry *registry = engine_registry(service->engine);
	const struct rows_order order = top_order(service, &top->query);
	uint64_t changed[REGISTRY_RECENT];
	size_t count = top_changes(top, registry, changed);
	bool whole = top->count == top->total;
	struct matcher matcher = { .line = NULL };
	int error = 0;
	if (count == SIZE_MAX || top->seen != order.seen)
		return false;
	top_drop_rows(top, changed, count);
	for (size_t i = 0; !error && i < count; i++) {
		bool was = top_lists(top, changed[i]);
		error = top_take(top, &matcher, changed[i], order_find(&registry->order, changed[i]), &whole,
		                 &order);
		top->total = top->total + top_lists(top, changed[i]) - was;
	}
	matcher_release(&matcher);
	top->version = registry->version;
	return !error;
}

/* All of them. */

/* NULL: there is none for these rows. */
static struct top *tops_find(struct service *service, const struct query *query, bool reverse)
{
	for (size_t i = 0; i < TOPS_KEPT; i++) {
		struct top *top = &service->tops->list[i];
		if (!top->rows || top->query.reverse != reverse || !query_is_same(&top->query, query))
			continue;
		if (top_update(top, service)) {
			top->used = ++service->tops->uses;
			return top;
		}
		top_release(top);
	}
	return NULL;
}

/* The rows from..to of a top, or those that are as far from the end.  False: some of them are not there. */
static bool top_copy(const struct top *top, const struct query *query, struct selection *selection)
{
	size_t total = top->total, from = query->offset < total ? query->offset : total;
	size_t count = total - from < query->rows ? total - from : query->rows;
	bool mirrored = top->query.reverse != query->reverse;
	if ((mirrored ? total - from : from + count) > top->count)
		return false;
	struct row *rows = malloc((count + 1) * sizeof(*rows));
	if (!rows)
		return false;
	for (size_t i = 0; i < count; i++) {
		const struct top_row *row = &top->rows[mirrored ? total - 1 - from - i : from + i];
		rows[i] = (struct row){ .task = row->task, .number = row->number };
	}
	selection->rows = rows;
	selection->count = count;
	selection->total = total;
	return true;
}

bool tops_select(struct service *service, const struct query *query, struct selection *selection)
{
	if (!tops_can_keep(service, query))
		return false;
	for (int mirrored = 0; mirrored < 2; mirrored++) {
		const struct top *top = tops_find(service, query, query->reverse != mirrored);
		if (!top || !top_copy(top, query, selection))
			continue;
		selection->removals = engine_registry(service->engine)->removals;
		return true;
	}
	return false;
}

bool tops_total(struct service *service, const struct query *query, size_t *total)
{
	const struct top *top = tops_find(service, query, query->reverse);
	if (!top)
		top = tops_find(service, query, !query->reverse);
	if (top)
		*total = top->total;
	return top != NULL;
}

int top_begin(struct top *top, const struct service *service, const struct query *query, bool reverse)
{
	*top = (struct top){ .version = engine_registry(service->engine)->version,
		             .seen = engine_seen(service->engine) };
	int error = query_copy(&top->query, query);
	top->query.reverse = reverse;
	return error ? error : top_list(top, 0); /* no task has that number */
}

/* The place of the same list, or of the one that was used last of all. */
static struct top *tops_place(struct tops *tops, const struct query *query)
{
	struct top *place = &tops->list[0];
	for (size_t i = 0; i < TOPS_KEPT; i++) {
		struct top *top = &tops->list[i];
		if (top->rows && top->query.reverse == query->reverse && query_is_same(&top->query, query))
			return top;
		if (top->used < place->used)
			place = top;
	}
	return place;
}

/* Tasks that changed while they were looked at may be anywhere. */
static bool top_is_sorted(const struct top *top, const struct rows_order *order)
{
	for (size_t i = 1; i < top->count; i++) {
		struct row before = top_row(top, i - 1), row = top_row(top, i);
		if (rows_compare(&before, &row, order) >= 0)
			return false;
	}
	return true;
}

void tops_keep(struct service *service, struct top *top, const struct row *rows, size_t count, size_t room,
               size_t total)
{
	top->rows = malloc((room + 1) * sizeof(*top->rows));
	top->count = count;
	top->room = room;
	top->total = total;
	for (size_t i = 0; top->rows && i < count; i++)
		top->rows[i] = (struct top_row){ rows[i].task, rows[i].task->number, rows[i].key };
	const struct rows_order order = top_order(service, &top->query);
	if (!top->rows || !top_update(top, service) || !top_is_sorted(top, &order)) {
		top_release(top);
		return;
	}
	struct top *place = tops_place(service->tops, &top->query);
	top_release(place);
	*place = *top;
	place->used = ++service->tops->uses;
	*top = (struct top){ .rows = NULL };
}
