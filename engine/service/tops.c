#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine/service/tops.h"

enum { NUMBERS_MOST = 1 << 26 /* bits for each would be too much */ };

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

enum top_bit { TOP_LISTED = 1, TOP_BEFORE = 2 };

/* There is room for the bits of this task. */
static int top_reserve(struct top *top, uint64_t number)
{
	size_t byte = (size_t)(number / 4);
	if (byte < top->listed_size)
		return 0;
	size_t size = byte + byte / 8 + 64;
	unsigned char *listed = realloc(top->listed, size);
	if (!listed)
		return -ENOMEM;
	memset(listed + top->listed_size, 0, size - top->listed_size);
	top->listed = listed;
	top->listed_size = size;
	return 0;
}

static unsigned top_bits(const struct top *top, uint64_t number)
{
	size_t byte = (size_t)(number / 4);
	return byte < top->listed_size ? top->listed[byte] >> number % 4 * 2 & 3u : 0;
}

static int top_set(struct top *top, uint64_t number, unsigned bits)
{
	unsigned shift = (unsigned)(number % 4) * 2;
	if (bits == top_bits(top, number))
		return 0;
	if (top_reserve(top, number))
		return -ENOMEM;
	unsigned char *byte = &top->listed[number / 4];
	*byte = (unsigned char)((*byte & ~(3u << shift)) | bits << shift);
	return 0;
}

int top_list(struct top *top, uint64_t number)
{
	return top_set(top, number, TOP_LISTED);
}

int top_list_before(struct top *top, uint64_t number)
{
	return top_set(top, number, TOP_LISTED | TOP_BEFORE);
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

/*
 * whole: the rows go on to the end of the list.  Otherwise what comes after the last one is among the others, as is what
 * comes before the first one, which has others before it.  Returns the bits of the task.
 */
static unsigned top_insert(struct top *top, struct task *task, bool *whole, const struct rows_order *order)
{
	struct row row = { .task = task, .key = rows_key(order, task) };
	size_t at = top_search(top, &row, order);
	if (at == 0 && top->first > 0) {
		top->first++;
		return TOP_LISTED | TOP_BEFORE;
	}
	if (at == top->count && !*whole)
		return TOP_LISTED;
	if (top->count == top->room) {
		*whole = false;
		if (at == top->count)
			return TOP_LISTED;
		top->count--;
	}
	memmove(top->rows + at + 1, top->rows + at, (top->count - at) * sizeof(*top->rows));
	top->rows[at] = (struct top_row){ task, task->number, row.key };
	top->count++;
	return TOP_LISTED;
}

/* A task that has changed is in no row.  0 or -ENOMEM. */
static int top_take(struct top *top, struct matcher *matcher, uint64_t number, struct task *task, bool *whole,
                    const struct rows_order *order)
{
	int found = task ? query_matches(matcher, &top->query, task) : 0;
	unsigned bits = top_bits(top, number);
	if (found < 0)
		return found;
	top->total -= bits & TOP_LISTED ? 1 : 0;
	top->first -= bits & TOP_BEFORE ? 1 : 0;
	bits = found ? top_insert(top, task, whole, order) : 0;
	top->total += found > 0;
	return top_set(top, number, bits);
}

/* False: it is not known any more. */
static bool top_update(struct top *top, const struct service *service)
{
	const struct registry *registry = engine_registry(service->engine);
	const struct rows_order order = top_order(service, &top->query);
	uint64_t changed[REGISTRY_RECENT];
	size_t count = top_changes(top, registry, changed);
	bool whole = top->first + top->count == top->total;
	struct matcher matcher = { .line = NULL };
	int error = 0;
	if (count == SIZE_MAX || top->seen != order.seen)
		return false;
	top_drop_rows(top, changed, count);
	/* Without rows it is not known what is before them. */
	for (size_t i = 0; !error && i < count && (top->count > 0 || top->first == 0); i++)
		error = top_take(top, &matcher, changed[i], order_find(&registry->order, changed[i]), &whole,
		                 &order);
	matcher_release(&matcher);
	top->version = registry->version;
	return !error && (top->count > 0 || top->first == 0);
}

/* All of them. */

/*
 * Where the rows of the query begin in the list of the top, which may be in the opposite order.  False: the top has not
 * all of them.
 */
static bool top_covers(const struct top *top, const struct query *query, size_t *begin, size_t *count)
{
	size_t total = top->total, from = query->offset < total ? query->offset : total;
	bool mirrored = top->query.reverse != query->reverse;
	*count = total - from < query->rows ? total - from : query->rows;
	*begin = mirrored ? total - from - *count : from;
	if (*begin < top->first || *begin + *count > top->first + top->count)
		return false;
	*begin -= top->first;
	return true;
}

/* False: some of the rows are not there. */
static bool top_copy(const struct top *top, const struct query *query, struct selection *selection)
{
	bool mirrored = top->query.reverse != query->reverse;
	size_t begin, count;
	if (!top_covers(top, query, &begin, &count))
		return false;
	struct row *rows = malloc((count + 1) * sizeof(*rows));
	if (!rows)
		return false;
	for (size_t i = 0; i < count; i++) {
		const struct top_row *row = &top->rows[mirrored ? begin + count - 1 - i : begin + i];
		rows[i] = (struct row){ .task = row->task, .number = row->number };
	}
	selection->rows = rows;
	selection->count = count;
	selection->total = top->total;
	return true;
}

/* False: what has changed is not known any more, and it is forgotten. */
static bool tops_refresh(struct service *service, struct top *top)
{
	if (!top_update(top, service)) {
		top_release(top);
		return false;
	}
	top->used = ++service->tops->uses;
	return true;
}

bool tops_select(struct service *service, const struct query *query, struct selection *selection)
{
	size_t begin, count;
	if (!tops_can_keep(service, query))
		return false;
	for (size_t i = 0; i < TOPS_KEPT; i++) {
		struct top *top = &service->tops->list[i];
		if (!top->rows || !query_is_same(&top->query, query) ||
		    !top_covers(top, query, &begin, &count) || !tops_refresh(service, top) ||
		    !top_copy(top, query, selection))
			continue;
		selection->removals = engine_registry(service->engine)->removals;
		return true;
	}
	return false;
}

bool tops_total(struct service *service, const struct query *query, size_t *total)
{
	for (size_t i = 0; i < TOPS_KEPT; i++) {
		struct top *top = &service->tops->list[i];
		if (!top->rows || !query_is_same(&top->query, query) || !tops_refresh(service, top))
			continue;
		*total = top->total;
		return true;
	}
	return false;
}

int top_begin(struct top *top, const struct service *service, const struct query *query, bool reverse)
{
	*top = (struct top){ .version = engine_registry(service->engine)->version,
		             .seen = engine_seen(service->engine) };
	int error = query_copy(&top->query, query);
	top->query.reverse = reverse;
	return error ? error : top_list(top, 0); /* no task has that number */
}

/* The place of the same part of the same list, or of the one that was used last of all. */
static struct top *tops_place(struct tops *tops, const struct top *made)
{
	struct top *place = &tops->list[0];
	for (size_t i = 0; i < TOPS_KEPT; i++) {
		struct top *top = &tops->list[i];
		if (top->rows && top->query.reverse == made->query.reverse && top->first <= made->first &&
		    made->first <= top->first + top->count && query_is_same(&top->query, &made->query))
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
	struct top *place = tops_place(service->tops, top);
	top_release(place);
	*place = *top;
	place->used = ++service->tops->uses;
	*top = (struct top){ .rows = NULL };
}
