/*
 * The rows from one place to another of very many that are not sorted: what comes before them and what comes after them
 * is put to either side, and only they are sorted.  In slices.
 *
 *     parting_init()  while (!parting_go_on(…)) …  parting_release()
 */
#ifndef KRTASK_ENGINE_SERVICE_PARTING_H
#define KRTASK_ENGINE_SERVICE_PARTING_H

#include "engine/service/rows.h"
#include "engine/service/sorting.h"

enum parting_step { PARTING_FROM, PARTING_TO, PARTING_SORT };

struct parting {
	struct row *rows; /* borrowed; all have tasks */
	size_t count, from, to;
	const struct rows_order *order;
	size_t low, high; /* where the row at `wanted' is */
	size_t wanted;
	struct row pivot; /* it is at high - 1 while the others are put to its sides */
	uint32_t version; /* of its task */
	size_t at, less;  /* the next row; rows before this are less than the pivot */
	unsigned random;
	bool splits;   /* a pivot is chosen */
	bool doubtful; /* a pivot has changed, so what is on its sides need not be what belongs there */
	enum parting_step step;
	struct sorting sorting;
	int error;
};

void parting_init(struct parting *parting, struct row *rows, size_t count, size_t from, size_t to,
                  const struct rows_order *order);
/* Takes what it has done off *units.  True: it is over, or failed with parting->error. */
bool parting_go_on(struct parting *parting, size_t *units);
void parting_release(struct parting *parting);

#endif
