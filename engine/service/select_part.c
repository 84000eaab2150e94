#include "config.h"

#include <stdlib.h>

#include "engine/run/turns.h"
#include "engine/service/selecting.h"

/* Selecting some rows in the middle, and keeping what was found. */

/* All rows are to be sorted, since very many tasks have changed meanwhile. */
static void select_anew(struct selecting *selecting)
{
	parting_release(&selecting->parting);
	top_release(&selecting->top);
	free(selecting->selection.rows);
	selecting->selection = (struct selection){ .rows = NULL };
	selecting->size = selecting->heap = 0;
	selecting->middle = false;
	selecting->last = 0;
	selecting->order.reverse = selecting->query->reverse;
	selecting->step = select_scan;
}

/* What is kept knows which tasks are before it. */
static bool select_mark(struct selecting *selecting, size_t *units)
{
	const struct row *rows = selecting->selection.rows;
	for (; selecting->marked < selecting->parting.from; selecting->marked++, --*units) {
		if (*units == 0 || (*units % SELECT_LOOK == 0 && turns_late()))
			return false;
		selecting->error = top_list_before(&selecting->top, rows[selecting->marked].task->number);
		if (selecting->error)
			return true;
	}
	selecting->step = select_number;
	return false;
}

static bool select_part(struct selecting *selecting, size_t *units)
{
	struct parting *parting = &selecting->parting;
	if (!parting_go_on(parting, units))
		return false;
	selecting->error = parting->error;
	if (parting->doubtful)
		select_anew(selecting);
	else
		selecting->step = selecting->top.listed ? select_mark : select_number;
	return selecting->error != 0;
}

/* The rows that are asked for, and some more if they are kept. */
void select_begin_part(struct selecting *selecting)
{
	const struct query *query = selecting->query;
	size_t count = selecting->selection.count, more = selecting->top.listed ? TOP_MORE / 2 : 0;
	size_t from = query->offset > more ? query->offset - more : 0;
	size_t to = query->offset + query->rows + more;
	to = to < count ? to : count;
	parting_init(&selecting->parting, selecting->selection.rows, count, from < to ? from : to, to,
	             &selecting->order);
	selecting->step = select_part;
}

bool select_keep_top(struct selecting *selecting)
{
	struct selection *selection = &selecting->selection;
	const struct query *query = selecting->query;
	size_t first = selecting->middle ? selecting->parting.from : 0;
	size_t count = selecting->middle ? selecting->parting.to - first : selection->count;
	selecting->top.first = first;
	tops_keep(selecting->service, &selecting->top, selection->rows + first, count,
	          selecting->middle ? query->rows + TOP_MORE : selecting->heap, selection->total);
	free(selection->rows);
	*selection = (struct selection){ .rows = NULL };
	if (tops_select(selecting->service, query, selection))
		return true;
	select_anew(selecting);
	return false;
}
