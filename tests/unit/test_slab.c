/*
 * The memory of tasks: nothing overlaps, what is freed is used again, and blocks that are empty go back to
 * the system.
 */
#include "config.h"

#include <check.h>
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "engine/core/slab.h"
#include "tests/unit/scarce.h"
#include "tests/unit/unit.h"

enum { MANY = 10000 };

static struct slabs slabs;
static unsigned char *things[MANY];
static size_t sizes[MANY];

static size_t size_of(size_t i)
{
	return 1 + i * 7919 % (SLAB_LARGEST + 40);
}

static void make(size_t i, size_t size)
{
	sizes[i] = size;
	things[i] = slab_alloc(&slabs, size);
	ck_assert_ptr_nonnull(things[i]);
	ck_assert_uint_eq((uintptr_t)things[i] % SLAB_STEP, 0);
	memset(things[i], (int)(i % 251), size);
}

static void check_and_free(size_t i)
{
	size_t same = 0;
	while (same < sizes[i] && things[i][same] == i % 251)
		same++;
	ck_assert_uint_eq(same, sizes[i]);
	slab_free(&slabs, things[i], sizes[i]);
	things[i] = NULL;
}

/* With AddressSanitizer all memory comes from malloc(). */
static bool has_blocks(void)
{
	void *memory = slab_alloc(&slabs, 8);
	bool has = slabs.blocks[1] != NULL;
	slab_free(&slabs, memory, 8);
	return has;
}

START_TEST(things_of_all_sizes_keep_what_is_in_them)
{
	for (size_t i = 0; i < MANY; i++)
		make(i, size_of(i));
	for (size_t i = 0; i < MANY; i += 2)
		check_and_free(i);
	for (size_t i = 0; i < MANY; i += 2)
		make(i, size_of(i + 1));
	for (size_t i = MANY; i-- > 0;)
		check_and_free(i);
	slabs_release(&slabs);
}
END_TEST

START_TEST(what_is_freed_is_used_again)
{
	if (!has_blocks())
		return;
	make(0, 150);
	make(1, 150);
	void *freed = things[0];
	check_and_free(0);
	make(0, 151);
	ck_assert_ptr_eq(things[0], freed);
	check_and_free(0);
	check_and_free(1);
	slabs_release(&slabs);
}
END_TEST

START_TEST(empty_blocks_go_back_but_for_one)
{
	if (!has_blocks())
		return;
	unsigned char resident;
	for (size_t i = 0; i < MANY; i++)
		make(i, 152);
	uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
	void *last = things[MANY - 1] - (uintptr_t)things[MANY - 1] % page;
	ck_assert_int_eq(mincore(last, page, &resident), 0);
	ck_assert_uint_ge(slabs.count, MANY * 152 / (256 * 1024));
	for (size_t i = 0; i < MANY; i++)
		check_and_free(i);
	ck_assert_uint_eq(slabs.count, 2); /* has_blocks() used another size */
	slabs_release(&slabs);
	ck_assert_uint_eq(slabs.count, 0);
	ck_assert_int_eq(mincore(last, page, &resident), -1);
	ck_assert_int_eq(errno, ENOMEM);
}
END_TEST

START_TEST(out_of_memory_is_told)
{
	scarce_after(0);
	void *small = slab_alloc(&slabs, 100), *large = slab_alloc(&slabs, SLAB_LARGEST + 1);
	ck_assert(scarce_end());
	ck_assert_ptr_null(small);
	ck_assert_ptr_null(large);
	make(0, 100);
	check_and_free(0);
	slabs_release(&slabs);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("slab");
	TCase *tc = tcase_create("slab");
	tcase_add_test(tc, things_of_all_sizes_keep_what_is_in_them);
	tcase_add_test(tc, what_is_freed_is_used_again);
	tcase_add_test(tc, empty_blocks_go_back_but_for_one);
	tcase_add_test(tc, out_of_memory_is_told);
	suite_add_tcase(suite, tc);
	return unit_main(suite);
}
