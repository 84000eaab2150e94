/* How much of the disk the output of tasks takes. */
#include "config.h"

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/run/sizes.h"
#include "tests/unit/scratch.h"
#include "tests/unit/unit.h"

enum { BLOCKS = 8192 };

static void put_file(const char *name, size_t length)
{
	static const char bytes[2 * BLOCKS];
	scratch_write_bytes(name, bytes, length, 0600);
	int fd = open(scratch_path(name), O_RDONLY);
	fsync(fd);
	close(fd);
}

START_TEST(each_task_has_its_files)
{
	struct sizes usage;
	mkdir(scratch_path("log"), 0700);
	put_file("log/7.out", BLOCKS);
	put_file("log/7-2.err", BLOCKS);
	put_file("log/12.err", 2 * BLOCKS);
	put_file("log/3.out", 0);
	put_file("log/slot-0.out", BLOCKS);
	put_file("log/x", BLOCKS);
	ck_assert_int_eq(sizes_read(&usage, scratch_path("")), 0);
	ck_assert_uint_eq(usage.count, 2);
	ck_assert_uint_ge(sizes_of(&usage, 7), 2 * BLOCKS);
	ck_assert_uint_ge(sizes_of(&usage, 12), 2 * BLOCKS);
	ck_assert_uint_eq(sizes_of(&usage, 3), 0);
	ck_assert_uint_eq(sizes_of(&usage, 1), 0);
	ck_assert_uint_ge(usage.total, 6 * BLOCKS);
	sizes_release(&usage);
}
END_TEST

START_TEST(without_a_directory_it_is_an_error)
{
	struct sizes usage;
	ck_assert_int_eq(sizes_read(&usage, scratch_path("nowhere")), -ENOENT);
	sizes_release(&usage);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		each_task_has_its_files,
		without_a_directory_it_is_an_error,
	};
	return unit_run("sizes", scratch_make, scratch_remove, tests);
}
