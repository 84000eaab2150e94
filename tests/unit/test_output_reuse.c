/* Output files: which of them the next task may have. */
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/run/output.h"
#include "tests/unit/scratch.h"
#include "tests/unit/unit.h"
#include "tests/unit/written_output.h"

/* Ways to have a file open: by the task's descriptor, or by another one. */
enum holder { BY_DESCRIPTOR, BY_PATH, BY_MAPPING, BY_READING, HOLDERS };

struct held {
	int fd;
	void *mapping;
};

static struct held hold(enum holder holder)
{
	static const int flags[HOLDERS] = {
		[BY_PATH] = O_WRONLY | O_APPEND,
		[BY_MAPPING] = O_RDWR,
		[BY_READING] = O_RDONLY,
	};
	struct held held = { .fd = -1 };

	held.fd = holder == BY_DESCRIPTOR ? dup(out_fd)
	                                  : open(scratch_path("log/slot-3.out"), flags[holder] | O_CLOEXEC);
	ck_assert_int_ge(held.fd, 0);
	if (holder == BY_MAPPING) {
		held.mapping = mmap(NULL, BLOCK, PROT_READ | PROT_WRITE, MAP_SHARED, held.fd, 0);
		ck_assert_ptr_ne(held.mapping, MAP_FAILED);
		ck_assert_int_eq(close(held.fd), 0);
	}
	return held;
}

static void let_go(const struct held *held)
{
	if (held->mapping)
		ck_assert_int_eq(munmap(held->mapping, BLOCK), 0);
	else
		ck_assert_int_eq(close(held->fd), 0);
}

START_TEST(what_somebody_has_open_is_not_used_again)
{
	for (enum holder holder = 0; holder < HOLDERS; holder++) {
		bool writes = holder != BY_READING;
		uint64_t number = 10 + holder;

		start(false);
		struct held held = hold(holder);
		ino_t before = inode("slot-3.out"), other = inode("slot-3.err");
		end_writing();
		ck_assert_int_eq(output_is_written(output, PAIR), writes);
		ck_assert_int_eq(output_finish(output, PAIR, (struct output_owner){ number, 1 }, false), 0);
		output_give_back(output, PAIR);
		ck_assert_int_eq(output_take_this(output, PAIR), 0);
		/* A process that still writes, writes to the file of the task that left it. */
		check_content(number, -1, OUTPUT_STDOUT, writes ? "" : NULL);
		check_content(number, -1, OUTPUT_STDERR, NULL);
		start(false);
		ck_assert_uint_ne(inode("slot-3.out"), before);
		ck_assert_uint_eq(inode("slot-3.err"), other);
		let_go(&held);
		finish(99);
	}
}
END_TEST

/* The file can be closed or opened between two looks. */
START_TEST(what_is_open_is_looked_at_again)
{
	start(false);
	struct held held = hold(BY_PATH);
	end_writing();
	ck_assert(output_is_written(output, PAIR));
	let_go(&held);
	ck_assert_int_eq(output_finish(output, PAIR, (struct output_owner){ 1, 1 }, false), 0);
	ck_assert(!exists("1.out"));
	output_give_back(output, PAIR);
	ino_t before = inode("slot-3.out");
	held = hold(BY_PATH);
	start(false);
	ck_assert_uint_ne(inode("slot-3.out"), before);
	let_go(&held);
	finish(2);
}
END_TEST

/* The kernel grants a lease only to the owner.  So another user stands for a filesystem without leases. */
static void disown_files(void)
{
	ck_assert_int_eq(seteuid(0), 0);
	ck_assert_int_eq(chmod(scratch_path("log"), 0777), 0);
	ck_assert_int_eq(fchmodat(output_dirfd(output), "slot-3.out", 0666, 0), 0);
	ck_assert_int_eq(fchownat(output_dirfd(output), "slot-3.out", 0, 0, 0), 0);
	ck_assert_int_eq(seteuid(65534), 0);
}

START_TEST(without_leases_no_file_is_used_again)
{
	if (geteuid() != 0)
		return;
	start(false);
	finish(1);
	disown_files();
	start(false);
	struct stat status;
	ck_assert_int_eq(fstatat(output_dirfd(output), "slot-3.out", &status, 0), 0);
	ck_assert_uint_eq(status.st_uid, 65534);
	disown_files();
	end_writing();
	/* Nobody can tell whether the file is open.  If a process was left, its later output is not lost. */
	ck_assert(!output_is_written(output, PAIR));
	ck_assert_int_eq(output_finish(output, PAIR, (struct output_owner){ 2, 1 }, true), 0);
	check_content(2, -1, OUTPUT_STDOUT, "");
	ck_assert_int_eq(seteuid(0), 0);
}
END_TEST

START_TEST(pairs_that_are_not_kept_are_closed)
{
	int before = scratch_descriptors();

	for (int pair = OUTPUT_KEPT_MAX - 1; pair <= OUTPUT_KEPT_MAX; pair++) {
		ck_assert_int_eq(output_take_this(output, pair), 0);
		ck_assert_int_eq(output_start(output, pair, false), 0);
		ck_assert_int_eq(scratch_descriptors(), before + 2);
		ck_assert(!output_is_written(output, pair));
		ck_assert_int_eq(output_finish(output, pair, (struct output_owner){ 1, 1 }, false), 0);
		output_give_back(output, pair);
		ck_assert_int_eq(scratch_descriptors(), before + 2);
	}
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		what_somebody_has_open_is_not_used_again,
		what_is_open_is_looked_at_again,
		without_leases_no_file_is_used_again,
		pairs_that_are_not_kept_are_closed,
	};

	return unit_run("output reuse", setup, teardown, tests);
}
