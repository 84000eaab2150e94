/*
 * A merge sort in slices: stable, in memory that is set aside before.
 *
 *     sorting_init()  while (!sorting_go_on(…)) …  sorting_release()
 *
 * What it compares may change between slices: then the order is that of one moment or of another, but nothing
 * is lost.
 */
#ifndef KRTASK_ENGINE_SERVICE_SORTING_H
#define KRTASK_ENGINE_SERVICE_SORTING_H

#include <stdbool.h>
#include <stddef.h>

struct row;

struct sorting {
	struct row *rows, *spare; /* spare is owned */
	size_t count;
	int (*compare)(const struct row *a, const struct row *b, const void *ctx);
	const void *ctx;
	size_t width;       /* of what is sorted in itself; 0: nothing yet */
	size_t at;          /* where the two begin that are being merged; or the part that is being sorted */
	size_t left, right; /* how many of each are merged */
};

/* rows is borrowed, and exchanged with spare: afterwards they are in sorting->rows.  0 or -ENOMEM. */
int sorting_init(struct sorting *sorting, struct row *rows, size_t count,
                 int (*compare)(const struct row *a, const struct row *b, const void *ctx), const void *ctx);
/* Takes what it has done off *units.  True: all is sorted. */
bool sorting_go_on(struct sorting *sorting, size_t *units);
void sorting_release(struct sorting *sorting);

#endif
