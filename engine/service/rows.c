#include "config.h"

#include "engine/service/rows.h"

int64_t rows_key(const struct rows_order *order, const struct task *task)
{
	const struct ordering *ordering = order->ordering;
	if (ordering && ordering->judge)
		return ordering->judge(task, order->now, order->seen);
	return ordering && ordering->key ? ordering->key(task, order->now) : 0;
}

int rows_compare(const struct row *a, const struct row *b, const void *ctx)
{
	const struct rows_order *its = ctx;
	const struct ordering *ordering = its->ordering;
	if (!a->task || !b->task)
		return !a->task - !b->task;
	int order = a->key < b->key ? -1 : a->key > b->key;
	if (order == 0 && ordering && ordering->compare)
		order = ordering->compare(a->task, b->task);
	if (order == 0)
		order = a->task->number < b->task->number ? -1 : a->task->number > b->task->number;
	return its->reverse ? -order : order;
}

void rows_turn(struct row *rows, size_t count)
{
	for (size_t i = 0; i < count / 2; i++) {
		struct row row = rows[i];
		rows[i] = rows[count - 1 - i];
		rows[count - 1 - i] = row;
	}
}

void rows_push(struct row *rows, size_t *count, const struct row *row, const struct rows_order *order)
{
	size_t at = (*count)++;
	for (; at > 0 && rows_compare(row, &rows[(at - 1) / 2], order) > 0; at = (at - 1) / 2)
		rows[at] = rows[(at - 1) / 2];
	rows[at] = *row;
}

void rows_replace(struct row *rows, size_t count, const struct row *row, const struct rows_order *order)
{
	size_t at = 0, next;
	while ((next = 2 * at + 1) < count) {
		if (next + 1 < count && rows_compare(&rows[next + 1], &rows[next], order) > 0)
			next++;
		if (rows_compare(&rows[next], row, order) <= 0)
			break;
		rows[at] = rows[next];
		at = next;
	}
	rows[at] = *row;
}

struct task *row_task(const struct registry *registry, const struct selection *selection,
                      const struct row *row)
{
	if (!row->task || selection->removals == registry->removals)
		return row->task;
	return order_find(&registry->order, row->number);
}
