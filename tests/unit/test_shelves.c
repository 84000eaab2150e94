/* Shelves agree with plain lists after any changes, also when memory runs out. */
#include "config.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "engine/core/record.h"
#include "engine/core/shelves.h"
#include "tests/unit/scarce.h"
#include "tests/unit/unit.h"

enum { MANY = 4000, ROUNDS = 60000, SHELF = 2, BESIDE = 3 };

static struct task *tasks;
static struct shelves shelves;
static size_t listed[MANY], listed_count; /* indexes of tasks, as they must be on SHELF */
static unsigned state;

static size_t random_below(size_t limit)
{
	state = state * 1103515245u + 12345u;
	return (state >> 8) % limit;
}

static void fill(void)
{
	tasks = calloc(MANY, sizeof(*tasks));
	ck_assert_ptr_nonnull(tasks);
	shelves = (struct shelves){ .block_count = 0 };
	listed_count = 0;
	state = 11;
}

static void drain(void)
{
	shelves_release(&shelves);
	free(tasks);
}

static void compare(void)
{
	ck_assert_uint_eq(shelves_count(&shelves, SHELF), listed_count);
	for (size_t i = 0; i < listed_count; i++) {
		const struct task *task = &tasks[listed[i]];
		if (shelves_at(&shelves, SHELF, i) != task || shelves_place(&shelves, task) != i ||
		    shelves_where(&shelves, task) != SHELF)
			ck_abort_msg("place %zu of %zu", i, listed_count);
	}
	ck_assert_ptr_null(shelves_at(&shelves, SHELF, listed_count));
}

static void list_put(size_t place, size_t index)
{
	memmove(listed + place + 1, listed + place, (listed_count - place) * sizeof(*listed));
	listed[place] = index;
	listed_count++;
}

static void list_take(size_t place)
{
	listed_count--;
	memmove(listed + place, listed + place + 1, (listed_count - place) * sizeof(*listed));
}

/* Takes or puts one, somewhere; grow of ten put. */
static void change(size_t grow)
{
	size_t index = random_below(MANY);
	bool there = shelves_where(&shelves, &tasks[index]) == SHELF;
	if (random_below(10) < grow && !there) {
		size_t at = random_below(4);
		size_t place = at == 0 ? 0 : at == 1 ? listed_count : random_below(listed_count + 1);
		shelves_take(&shelves, &tasks[index]);
		if (shelves_put(&shelves, SHELF, place, &tasks[index]) == 0)
			list_put(place, index);
	} else if (there) {
		list_take(shelves_place(&shelves, &tasks[index]));
		shelves_take(&shelves, &tasks[index]);
		if (random_below(2))
			(void)shelves_put(&shelves, BESIDE, 0, &tasks[index]);
	}
}

START_TEST(shelves_are_lists)
{
	for (int round = 0; round < ROUNDS; round++) {
		change(round / 10000 % 2 ? 3 : 9);
		if (round % 2000 == 0)
			compare();
	}
	compare();
}
END_TEST

START_TEST(shelves_keep_what_they_have_without_memory)
{
	for (int round = 0; round < ROUNDS; round++) {
		if (round % 3 == 0)
			scarce_after((long)random_below(3));
		change(7);
		scarce_end();
		if (round % 2000 == 0)
			compare();
	}
	compare();
}
END_TEST

/* Tasks that come in order, at either end, fill the blocks: that is what a million of them cost. */
START_TEST(tasks_in_order_fill_the_blocks)
{
	for (size_t i = 0; i < MANY; i++)
		ck_assert_int_eq(shelves_put(&shelves, i % 2 ? SHELF : BESIDE, i % 2 ? 0 : i / 2, &tasks[i]),
		                 0);
	ck_assert_uint_le(shelves.block_count, MANY / 120);
}
END_TEST

START_TEST(what_changes_is_loose_once)
{
	ck_assert_int_eq(shelves_put(&shelves, SHELF, 0, &tasks[0]), 0);
	shelves_loosen(&shelves, &tasks[0]);
	shelves_loosen(&shelves, &tasks[0]);
	shelves_loosen(&shelves, &tasks[1]);
	ck_assert_uint_eq(shelves_count(&shelves, SHELF), 0);
	ck_assert_uint_eq(shelves_count(&shelves, SHELF_LOOSE), 2);
	ck_assert_int_eq(shelves_where(&shelves, &tasks[2]), -1);
	shelves_take(&shelves, &tasks[2]);
	shelves_take(&shelves, &tasks[0]);
	ck_assert_int_eq(shelves_where(&shelves, &tasks[0]), -1);
	ck_assert(!shelves.lost);
	scarce_after(0);
	shelves_loosen(&shelves, &tasks[0]);
	scarce_end();
	ck_assert(!shelves.lost); /* there was room */
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		shelves_are_lists,
		shelves_keep_what_they_have_without_memory,
		tasks_in_order_fill_the_blocks,
		what_changes_is_loose_once,
	};

	return unit_run("shelves", fill, drain, tests);
}
