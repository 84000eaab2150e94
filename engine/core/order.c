#include "config.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "engine/core/order.h"
#include "engine/core/record.h"

enum { SMALLEST = 1024 };

static void order_count(struct order *order, size_t place, uint32_t amount)
{
	for (size_t i = place + 1; i <= order->length; i += i & -i)
		order->tree[i] += amount; /* It may be -1 modulo 2^32. */
}

static size_t order_before(const struct order *order, size_t place)
{
	size_t sum = 0;
	for (size_t i = place; i > 0; i -= i & -i)
		sum += order->tree[i];
	return sum;
}

/* Computes the node of the last place from those below it. */
static void order_count_last(struct order *order, uint32_t amount)
{
	size_t last = order->length;
	order->tree[last] = amount;
	for (size_t step = 1; step < (last & -last); step *= 2)
		order->tree[last] += order->tree[last - step];
}

static void order_close_gaps(struct order *order)
{
	size_t length = order->length;
	order->length = 0;
	for (size_t from = 0; from < length; from++) {
		struct task *task = order->entries[from];
		if (!task)
			continue;
		task->place = (uint32_t)order->length;
		order->entries[order->length++] = task;
		order_count_last(order, !task->removed);
	}
	order->gaps = 0;
}

static int order_grow(struct order *order)
{
	size_t size = order->size ? order->size * 2 : SMALLEST;
	if (size > UINT32_MAX)
		return -ENOMEM;
	uint32_t *tree = realloc(order->tree, (size + 1) * sizeof(*tree));
	if (!tree)
		return -ENOMEM;
	order->tree = tree;
	struct task **entries = realloc(order->entries, size * sizeof(struct task *));
	if (!entries)
		return -ENOMEM;
	order->entries = entries;
	order->size = size;
	return 0;
}

int order_append(struct order *order, struct task *task)
{
	if (order->length == order->size) {
		int error = order_grow(order);
		if (error)
			return error;
	}
	task->place = (uint32_t)order->length;
	task->ordered = true;
	order->entries[order->length++] = task;
	order_count_last(order, 1);
	order->count++;
	return 0;
}

void order_remove(struct order *order, struct task *task)
{
	task->removed = true;
	order_count(order, task->place, (uint32_t)-1);
	order->count--;
}

void order_restore(struct order *order, struct task *task)
{
	task->removed = false;
	order_count(order, task->place, 1);
	order->count++;
}

void order_forget(struct order *order, struct task *task)
{
	order->entries[task->place] = NULL;
	task->ordered = false;
	order->gaps++;
	while (order->length > 0 && !order->entries[order->length - 1]) {
		order->length--;
		order->gaps--;
	}
	if (order->length > SMALLEST && order->gaps > order->length / 2)
		order_close_gaps(order);
}

struct task *order_at(const struct order *order, size_t rank)
{
	if (rank >= order->count)
		return NULL;
	if (order->count == order->length)
		return order->entries[rank];
	size_t place = 0, left = rank + 1, step = 1;
	while (step * 2 <= order->length)
		step *= 2;
	for (; step > 0; step /= 2) {
		if (place + step <= order->length && order->tree[place + step] < left) {
			place += step;
			left -= order->tree[place];
		}
	}
	return order->entries[place];
}

struct task *order_next(const struct order *order, const struct task *task)
{
	for (size_t place = task->place + (size_t)1; place < order->length; place++) {
		struct task *next = order->entries[place];
		if (next && !next->removed)
			return next;
	}
	return NULL;
}

struct task *order_previous(const struct order *order, const struct task *task)
{
	for (size_t place = task->place; place > 0; place--) {
		struct task *previous = order->entries[place - 1];
		if (previous && !previous->removed)
			return previous;
	}
	return NULL;
}

size_t order_rank_of(const struct order *order, uint64_t number)
{
	size_t low = 0, high = order->count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (order_at(order, middle)->number < number)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

struct task *order_find(const struct order *order, uint64_t number)
{
	struct task *task = order_at(order, order_rank_of(order, number));
	return task && task->number == number ? task : NULL;
}

size_t order_rank(const struct order *order, const struct task *task)
{
	return order_before(order, task->place);
}

void order_release(struct order *order)
{
	free(order->entries);
	free(order->tree);
	*order = (struct order){ 0 };
}
