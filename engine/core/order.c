#include "config.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "engine/core/order.h"
#include "engine/core/registry.h"

static void add(struct order *order, size_t place, size_t amount)
{
	for (size_t i = place + 1; i <= order->size; i += i & -i)
		order->tree[i] += amount; /* amount may be -1 modulo 2^N */
}

static size_t count_before(const struct order *order, size_t place)
{
	size_t sum = 0;
	for (size_t i = place; i > 0; i -= i & -i)
		sum += order->tree[i];
	return sum;
}

/* Makes the tree anew from the entries, in linear time. */
static void rebuild(struct order *order)
{
	memset(order->tree, 0, (order->size + 1) * sizeof *order->tree);
	for (size_t i = 1; i <= order->size; i++) {
		if (i <= order->length && order->entries[i - 1])
			order->tree[i]++;
		size_t up = i + (i & -i);
		if (up <= order->size)
			order->tree[up] += order->tree[i];
	}
}

static void close_gaps(struct order *order)
{
	size_t to = 0;
	for (size_t from = 0; from < order->length; from++) {
		struct task *task = order->entries[from];
		if (!task)
			continue;
		task->place = to;
		order->entries[to++] = task;
	}
	order->length = to;
	rebuild(order);
}

static int grow(struct order *order)
{
	size_t size = order->size ? order->size * 2 : 1024;
	size_t *tree = realloc(order->tree, (size + 1) * sizeof *tree);
	if (!tree)
		return -ENOMEM;
	order->tree = tree;
	struct task **entries = realloc(order->entries, size * sizeof *entries);
	if (!entries)
		return -ENOMEM;
	order->entries = entries;
	order->size = size;
	rebuild(order);
	return 0;
}

int order_append(struct order *order, struct task *task)
{
	if (order->length == order->size) {
		int error = grow(order);
		if (error)
			return error;
	}
	task->place = order->length;
	order->entries[order->length++] = task;
	order->count++;
	add(order, task->place, 1);
	return 0;
}

void order_remove(struct order *order, struct task *task)
{
	order->entries[task->place] = NULL;
	order->count--;
	add(order, task->place, (size_t)-1);
	if (task->place + 1 == order->length)
		order->length--;
	if (order->length > 1024 && order->count < order->length / 2)
		close_gaps(order);
}

int order_restore(struct order *order, struct task *task)
{
	if (order->length == order->size) {
		int error = grow(order);
		if (error)
			return error;
	}
	close_gaps(order);
	size_t place = order->length;
	while (place > 0 && order->entries[place - 1]->number > task->number) {
		order->entries[place] = order->entries[place - 1];
		order->entries[place]->place = place;
		place--;
	}
	order->entries[place] = task;
	task->place = place;
	order->length++;
	order->count++;
	rebuild(order);
	return 0;
}

struct task *order_at(const struct order *order, size_t rank)
{
	if (rank >= order->count)
		return NULL;
	size_t place = 0, left = rank + 1, step = 1;
	while (step * 2 <= order->size)
		step *= 2;
	for (; step > 0; step /= 2) {
		if (place + step <= order->size && order->tree[place + step] < left) {
			place += step;
			left -= order->tree[place];
		}
	}
	return order->entries[place];
}

struct task *order_next(const struct order *order, const struct task *task)
{
	for (size_t place = task->place + 1; place < order->length; place++) {
		if (order->entries[place])
			return order->entries[place];
	}
	return NULL;
}

struct task *order_find(const struct order *order, uint64_t number)
{
	size_t low = 0, high = order->count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		struct task *task = order_at(order, middle);
		if (task->number == number)
			return task;
		if (task->number < number)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

size_t order_rank(const struct order *order, const struct task *task)
{
	return count_before(order, task->place);
}

void order_release(struct order *order)
{
	free(order->entries);
	free(order->tree);
	*order = (struct order){ 0 };
}
