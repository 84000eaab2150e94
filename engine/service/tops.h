/*
 * The first rows of lists that were sorted, or some in the middle.  Whoever asks for such a list again, or follows it, gets them without a
 * look at all tasks: only those that have changed are looked at.
 *
 * A top is what a selection has found, with some rows more than were asked for, since some will go.  It has two bits for
 * each task: whether it is in the list, so the number of all rows is known, too, and whether it is before those rows.  If too many tasks have
 * changed, or too many rows have gone, the list is selected again.
 */
#ifndef KRTASK_ENGINE_SERVICE_TOPS_H
#define KRTASK_ENGINE_SERVICE_TOPS_H

#include "engine/service/rows.h"

enum { TOPS_KEPT = 4, TOP_MORE = 1000 /* rows than are asked for */ };

/* A row has a number here, and the key beside it. */
struct top_row {
	struct task *task;
	uint64_t number;
	int64_t key;
};

struct top {
	struct query query; /* owned: what decides which tasks are in the list, and where */
	struct top_row *rows;
	size_t count, room;
	size_t first; /* of the list: how many are before those rows */
	size_t total; /* of the list */
	unsigned char
		*listed; /* two bits for each task, by number: it is in the list; it is before those rows */
	size_t listed_size;
	uint64_t version; /* of the registry: the latest change that it knows */
	uint64_t seen;
	uint64_t used; /* when, counted */
};

struct tops {
	struct top list[TOPS_KEPT];
	uint64_t uses;
};

void tops_release(struct tops *tops);
/* True if what decides about the list changes only with its tasks. */
bool tops_can_keep(const struct service *service, const struct query *query);
/* The rows of the query.  False: they are not known. */
bool tops_select(struct service *service, const struct query *query, struct selection *selection);
/* How many rows there are in the list; false: that is not known. */
bool tops_total(struct service *service, const struct query *query, size_t *total);

/*
 * What a selection finds: reverse is that of the rows, which may be the opposite of the query's.
 *
 *     top_begin()  top_list() for each task  top_list_before()  tops_keep() or top_release()
 */
int top_begin(struct top *top, const struct service *service, const struct query *query, bool reverse);
int top_list(struct top *top, uint64_t number);
/* The task, which is listed, is before the rows that are kept; top->first is how many are. */
int top_list_before(struct top *top, uint64_t number);
/* Takes it over.  rows are those of total from top->first on, in their order; room is how many there could be. */
void tops_keep(struct service *service, struct top *top, const struct row *rows, size_t count, size_t room,
               size_t total);
void top_release(struct top *top);

#endif
