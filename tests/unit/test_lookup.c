/* The hash table: finds what was added, after any removals and with any hashes. */
#include "config.h"

#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine/core/lookup.h"
#include "tests/unit/scarce.h"
#include "tests/unit/unit.h"

enum { MANY = 20000 };

struct item {
	unsigned key;
};

static struct lookup lookup;
static struct item items[MANY];
static bool present[MANY];

/* Three kinds of hashes: well spread, all equal, and equal in pairs. */
static uint64_t hash_of(unsigned key, int kind)
{
	return kind == 0 ? key * UINT64_C(0x2545f4914f6cdd1d) : kind == 1 ? 7 : key / 2;
}

static bool item_equal(const void *item, const void *key)
{
	return ((const struct item *)item)->key == *(const unsigned *)key;
}

static void fill(void)
{
	for (unsigned i = 0; i < MANY; i++)
		items[i].key = i;
	memset(present, 0, sizeof(present));
}

static void drain(void)
{
	lookup_release(&lookup);
}

static void put(unsigned i, int kind)
{
	ck_assert_int_eq(lookup_add(&lookup, hash_of(i, kind), &items[i]), 0);
	present[i] = true;
}

static void take(unsigned i, int kind)
{
	lookup_remove(&lookup, hash_of(i, kind), &items[i]);
	present[i] = false;
}

static void compare(unsigned count, int kind)
{
	size_t there = 0;
	for (unsigned i = 0; i < count; i++) {
		struct item *found = lookup_find(&lookup, hash_of(i, kind), item_equal, &i);
		ck_assert_ptr_eq(found, present[i] ? &items[i] : NULL);
		there += present[i];
	}
	ck_assert_uint_eq(lookup.count, there);
}

START_TEST(nothing_is_found_in_an_empty_one)
{
	unsigned key = 0;
	ck_assert_ptr_null(lookup_find(&lookup, 0, item_equal, &key));
	put(0, 0);
	take(0, 0);
	compare(1, 0);
}
END_TEST

/* Equal hashes need a search through all items, so there are fewer of them. */
START_TEST(all_are_found_whatever_is_removed)
{
	int kind = _i;
	unsigned count = kind == 1 ? 500 : MANY, state = 7;
	for (unsigned i = 0; i < count; i++)
		put(i, kind);
	compare(count, kind);
	for (unsigned round = 0; round < count * 2; round++) {
		state = state * 1103515245u + 12345u;
		unsigned i = (state >> 8) % count;
		if (present[i])
			take(i, kind);
		else
			put(i, kind);
		if (round % (count / 4) == 0)
			compare(count, kind);
	}
	compare(count, kind);
	ck_assert_uint_lt(lookup.count * 4, lookup.table.size * 3 + 1);
}
END_TEST

/* A removal at the end of the table moves items up that had wrapped to its beginning. */
START_TEST(what_went_round_the_end_is_found)
{
	for (uint64_t hash = 0; hash < 100000 && lookup.count < 40; hash++) {
		uint32_t mixed = (uint32_t)(((hash ^ hash >> 32) * 0x9e3779b97f4a7c15u) >> 32);
		if (mixed < 0xf8000000u)
			continue;
		unsigned i = (unsigned)lookup.count;
		items[i].key = (unsigned)hash;
		ck_assert_int_eq(lookup_add(&lookup, hash, &items[i]), 0);
	}
	ck_assert_uint_eq(lookup.count, 40);
	ck_assert_uint_eq(lookup.table.size, 64);
	for (unsigned i = 0; i < 40; i++) {
		lookup_remove(&lookup, items[i].key, &items[i]);
		for (unsigned j = i + 1; j < 40; j++)
			ck_assert_ptr_eq(lookup_find(&lookup, items[j].key, item_equal, &items[j].key),
			                 &items[j]);
	}
	ck_assert_uint_eq(lookup.count, 0);
}
END_TEST

START_TEST(what_was_taken_out_comes_back_without_memory)
{
	for (unsigned i = 0; i < 1000; i++)
		put(i, 0);
	for (unsigned i = 0; i < 500; i++) {
		lookup_take_out(&lookup, hash_of(i, 0), &items[i]);
		present[i] = false;
	}
	compare(1000, 0);
	/* Meanwhile others are added, as long as there is room. */
	scarce_after(0);
	unsigned more = 1000;
	while (lookup_add(&lookup, hash_of(more, 0), &items[more]) == 0)
		present[more++] = true;
	for (unsigned i = 500; i-- > 0;) {
		lookup_put_back(&lookup, hash_of(i, 0), &items[i]);
		present[i] = true;
	}
	ck_assert(scarce_end());
	ck_assert_uint_gt(more, 1000);
	ck_assert_uint_eq(lookup.held, 0);
	compare(more, 0);
	ck_assert_uint_lt(lookup.count * 4, lookup.table.size * 3 + 1);
}
END_TEST

START_TEST(out_of_memory_leaves_it_as_it_was)
{
	scarce_after(0);
	int error = lookup_add(&lookup, 1, &items[0]);
	ck_assert(scarce_end());
	ck_assert_int_eq(error, -ENOMEM);
	ck_assert_uint_eq(lookup.count, 0);
	for (unsigned i = 0; i < 48; i++)
		put(i, 0);
	scarce_after(0);
	error = lookup_add(&lookup, hash_of(48, 0), &items[48]);
	ck_assert(scarce_end());
	ck_assert_int_eq(error, -ENOMEM);
	compare(49, 0);
	put(48, 0);
	compare(49, 0);
}
END_TEST

/* Whatever is added, removed and put back while entries are moved to a larger table. */
START_TEST(all_are_found_while_it_grows)
{
	unsigned count = _i == 1 ? 600 : 4000, moving = 0, random = 1;
	for (unsigned i = 0; i < count; i++) {
		put(i, _i);
		random = random * 1103515245 + 12345;
		unsigned other = (random >> 8) % (i + 1);
		moving += lookup.former.cells != NULL;
		if (present[other] && random >> 30 == 0) {
			take(other, _i);
		} else if (present[other] && random >> 30 == 1) {
			lookup_take_out(&lookup, hash_of(other, _i), &items[other]);
			present[other] = false;
			ck_assert_ptr_null(lookup_find(&lookup, hash_of(other, _i), item_equal, &other));
			lookup_put_back(&lookup, hash_of(other, _i), &items[other]);
			present[other] = true;
		}
		if (i % 197 == 0)
			compare(i + 1, _i);
	}
	ck_assert_uint_gt(moving, 50);
	compare(count, _i);
	lookup_settle(&lookup);
	ck_assert_ptr_null(lookup.former.cells);
	compare(count, _i);
}
END_TEST

/* So that nobody waits for all entries. */
START_TEST(it_is_moved_bit_by_bit)
{
	unsigned i = 0;
	while (!lookup.former.cells || lookup.former.size < 4096) {
		put(i, 0);
		i++;
	}
	ck_assert_uint_le(lookup.moved, 8);
	size_t size = lookup.table.size, former = lookup.former.size;
	for (; lookup.former.cells; i++)
		put(i, 0);
	ck_assert_uint_eq(lookup.table.size, size);
	ck_assert_uint_le(i, former);
	compare(i, 0);
}
END_TEST

/* Then neither the next ones nor some more need memory. */
START_TEST(room_is_made_at_once)
{
	ck_assert_int_eq(lookup_reserve(&lookup, MANY - 400), 0);
	size_t size = lookup.table.size;
	ck_assert_uint_le(size, MANY + MANY / 2);
	for (unsigned i = 0; i < MANY; i++)
		put(i, 0);
	ck_assert_uint_eq(lookup.table.size, size);
	compare(MANY, 0);
	ck_assert_int_eq(lookup_reserve(&lookup, 10), 0);
	ck_assert_uint_eq(lookup.table.size, size);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("lookup");
	TCase *tc = tcase_create("lookup");
	tcase_add_checked_fixture(tc, fill, drain);
	tcase_add_test(tc, nothing_is_found_in_an_empty_one);
	tcase_add_loop_test(tc, all_are_found_whatever_is_removed, 0, 3);
	tcase_add_test(tc, what_went_round_the_end_is_found);
	tcase_add_test(tc, what_was_taken_out_comes_back_without_memory);
	tcase_add_test(tc, out_of_memory_leaves_it_as_it_was);
	tcase_add_loop_test(tc, all_are_found_while_it_grows, 0, 3);
	tcase_add_test(tc, it_is_moved_bit_by_bit);
	tcase_add_test(tc, room_is_made_at_once);
	suite_add_tcase(suite, tc);
	return unit_main(suite);
}
