#include "config.h"

#include <string.h>

#include "engine/run/turns.h"
#include "engine/service/parting.h"

enum {
	SAMPLE = 31,       /* rows out of which a pivot is chosen */
	PARTING_LOOK = 64, /* rows between two looks at the time */
};

static void parting_swap(struct parting *parting, size_t a, size_t b)
{
	struct row row = parting->rows[a];
	parting->rows[a] = parting->rows[b];
	parting->rows[b] = row;
}

static void parting_seek(struct parting *parting, size_t wanted, size_t low, size_t high)
{
	parting->wanted = wanted;
	parting->low = low;
	parting->high = high;
	parting->splits = false;
}

void parting_init(struct parting *parting, struct row *rows, size_t count, size_t from, size_t to,
                  const struct rows_order *order)
{
	*parting = (struct parting){
		.rows = rows, .count = count, .from = from, .to = to, .order = order, .random = 1
	};
	parting_seek(parting, from, 0, count);
}

static size_t parting_random(struct parting *parting, size_t below)
{
	parting->random ^= parting->random << 13;
	parting->random ^= parting->random >> 17;
	parting->random ^= parting->random << 5;
	return parting->random % below;
}

/* Some rows, in their order, become the first ones of those that are left. */
static void parting_sample(struct parting *parting, size_t sample)
{
	struct row *rows = parting->rows + parting->low;
	for (size_t i = 0; i < sample; i++) {
		parting_swap(parting, parting->low + i,
		             parting->low + i + parting_random(parting, parting->high - parting->low - i));
		struct row row = rows[i];
		size_t place = i;
		for (; place > 0 && rows_compare(&row, &rows[place - 1], parting->order) < 0; place--)
			rows[place] = rows[place - 1];
		rows[place] = row;
	}
}

/* The pivot is where the wanted row may be expected. */
static void parting_choose(struct parting *parting, size_t *units)
{
	size_t count = parting->high - parting->low, sample = count < 2 * SAMPLE ? 1 : SAMPLE;
	parting_sample(parting, sample);
	parting_swap(parting, parting->low + (parting->wanted - parting->low) * sample / count,
	             parting->high - 1);
	parting->pivot = parting->rows[parting->high - 1];
	parting->version = parting->pivot.task->version;
	parting->at = parting->less = parting->low;
	parting->splits = true;
	*units -= sample < *units ? sample : *units;
}

/* All are on their sides.  The wanted row is on one of these, or the pivot. */
static void parting_choose_side(struct parting *parting)
{
	size_t place = parting->less;
	parting_swap(parting, place, parting->high - 1);
	parting->doubtful |= parting->pivot.task->version != parting->version;
	if (parting->wanted < place)
		parting->high = place;
	else if (parting->wanted > place)
		parting->low = place + 1;
	else
		parting->low = parting->high = place;
	parting->splits = false;
}

static void parting_split(struct parting *parting, size_t *units)
{
	size_t last = parting->high - 1, end = parting->at + PARTING_LOOK;
	if (end > last)
		end = last;
	*units -= end - parting->at < *units ? end - parting->at : *units;
	for (; parting->at < end; parting->at++) {
		if (rows_compare(&parting->rows[parting->at], &parting->pivot, parting->order) < 0)
			parting_swap(parting, parting->at, parting->less++);
	}
	if (parting->at == last)
		parting_choose_side(parting);
}

/* A sort may have put the rows into its own memory, which is freed. */
static void parting_take_back(struct parting *parting)
{
	struct sorting *sorting = &parting->sorting;
	if (!sorting->rows)
		return;
	struct row *rows = parting->rows + parting->from;
	if (sorting->rows == rows)
		return;
	memcpy(rows, sorting->rows, sorting->count * sizeof(*rows));
	sorting->spare = sorting->rows;
	sorting->rows = rows;
}

void parting_release(struct parting *parting)
{
	parting_take_back(parting);
	sorting_release(&parting->sorting);
}

/* The row that is wanted is found, or the next one is to be.  False: all are. */
static bool parting_begin_next(struct parting *parting)
{
	size_t from = parting->from, to = parting->to;
	enum parting_step next =
		parting->step == PARTING_FROM && to < parting->count ? PARTING_TO : PARTING_SORT;
	if (next == PARTING_TO)
		parting_seek(parting, to, from, parting->count);
	else
		parting->error = sorting_init(&parting->sorting, parting->rows + from, to - from,
		                              rows_compare, parting->order);
	parting->step = next;
	return !parting->error;
}

bool parting_go_on(struct parting *parting, size_t *units)
{
	while (parting->step != PARTING_SORT) {
		if (*units == 0 || turns_late())
			return false;
		if (parting->splits)
			parting_split(parting, units);
		else if (parting->low < parting->high && parting->high - parting->low > 1)
			parting_choose(parting, units);
		else if (!parting_begin_next(parting))
			return true;
	}
	if (!sorting_go_on(&parting->sorting, units))
		return false;
	parting_take_back(parting);
	return true;
}
