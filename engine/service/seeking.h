/*
 * Where a task is in a list that is sorted or filtered, and which task with a text comes next in it: by one or two passes
 * over all tasks, in slices, without sorting them.  There are no trees, and no lists of ids.
 *
 *     seeking_init()  while (!seeking_go_on(…)) …  error, or listed and found and place  seeking_release()
 *
 * What changes meanwhile is taken as it is when it is looked at.  What is found was there at the end.
 */
#ifndef KRTASK_ENGINE_SERVICE_SEEKING_H
#define KRTASK_ENGINE_SERVICE_SEEKING_H

#include "engine/service/rows.h"

struct seeking {
	struct service *service;
	const struct query *query; /* borrowed, as the text is */
	const char *text;          /* NULL: the place of a task is asked for */
	struct rows_order order;   /* in the direction of the search */
	struct core_reader reader; /* so that the tasks stay */
	struct matcher matcher;
	struct row from;        /* its task NULL: none */
	struct row next, first; /* with the text: the first one after that, and the first one of all */
	struct row found;
	uint64_t last; /* number of the task that was looked at; 0: none yet */
	bool counts;   /* what is before found, and after it */
	size_t before, after;
	bool listed; /* found is in the list */
	size_t place;
	int error;
};

void seeking_init(struct seeking *seeking, struct service *service, const struct query *query,
                  struct task *from, const char *text, bool backwards);
/* Takes what it has done off *units.  True: it is over. */
bool seeking_go_on(struct seeking *seeking, size_t *units);
void seeking_release(struct seeking *seeking);

#endif
