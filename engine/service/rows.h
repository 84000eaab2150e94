/*
 * Rows that are ordered: what is compared, and the first of very many, in a heap.
 */
#ifndef KRTASK_ENGINE_SERVICE_ROWS_H
#define KRTASK_ENGINE_SERVICE_ROWS_H

#include "engine/service/query.h"

/* How rows are ordered, at one moment. */
struct rows_order {
	const struct ordering *ordering; /* NULL: as they were created */
	bool reverse;
	int64_t now;
	uint64_t seen; /* the number of the latest end that is no news to the user */
};

int64_t rows_key(const struct rows_order *order, const struct task *task);
/* By key, then by what else is compared, then by number.  Rows without a task are the last. */
int rows_compare(const struct row *a, const struct row *b, const void *order);

/* The task of a row; NULL: it has been removed, or was never found. */
struct task *row_task(const struct registry *registry, const struct selection *selection,
                      const struct row *row);
/* The last becomes the first. */
void rows_turn(struct row *rows, size_t count);

/*
 * A heap of rows, on top the one that would be last.  rows_push() adds one, for which there is room; rows_replace()
 * takes the top out for it.
 */
void rows_push(struct row *rows, size_t *count, const struct row *row, const struct rows_order *order);
void rows_replace(struct row *rows, size_t count, const struct row *row, const struct rows_order *order);

#endif
