/* Output files: which task owns the bytes. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/run/output.h"
#include "tests/unit/scratch.h"
#include "tests/unit/unit.h"
#include "tests/unit/written_output.h"

START_TEST(what_was_written_gets_the_number)
{
	start(false);
	put(out_fd, "to out\n");
	put(err_fd, "to err\n");
	check_content(12, PAIR, OUTPUT_STDOUT, "to out\n");
	check_content(12, PAIR, OUTPUT_STDERR, "to err\n");
	check_content(12, -1, OUTPUT_STDOUT, NULL);
	finish(12);
	check_content(12, -1, OUTPUT_STDOUT, "to out\n");
	check_content(12, -1, OUTPUT_STDERR, "to err\n");
	/* A reader that asked while the task ran gets the same output. */
	check_content(12, PAIR, OUTPUT_STDOUT, "to out\n");
	/* A second time, as after a crash. */
	ck_assert_int_eq(output_finish(output, PAIR, (struct output_owner){ 12, 1 }, false), 0);
	check_content(12, -1, OUTPUT_STDOUT, "to out\n");
	output_forget(output, (struct output_owner){ 12, 1 }, always, NULL);
	check_content(12, -1, OUTPUT_STDOUT, NULL);
	check_content(12, -1, OUTPUT_STDERR, NULL);
	output_forget(output, (struct output_owner){ 12, 1 }, always, NULL);
}
END_TEST

START_TEST(a_directory_that_was_removed_is_made_anew)
{
	start(false);
	put(out_fd, "lost\n");
	finish(4);
	ck_assert_int_eq(remove_directory(scratch_path("log")), 0);
	start(false);
	put(out_fd, "kept\n");
	finish(5);
	ck_assert_int_eq(access(scratch_path("log/5.out"), F_OK), 0);
	ck_assert_int_eq(access(scratch_path("log/4.out"), F_OK), -1);
	/* It cannot be made. */
	ck_assert_int_eq(remove_directory(scratch_path("log")), 0);
	scratch_write("log", "", 0600);
	ck_assert_int_eq(output_start(output, PAIR, false), -ENOTDIR);
	ck_assert_int_eq(unlink(scratch_path("log")), 0);
}
END_TEST

START_TEST(files_are_private)
{
	struct stat status;
	mode_t before = umask(0);

	start(false);
	(void)umask(before);
	ck_assert_int_eq(fstat(out_fd, &status), 0);
	ck_assert_uint_eq(status.st_mode, S_IFREG | 0600);
	ck_assert_int_eq(stat(output_directory(output), &status), 0);
	ck_assert_uint_eq(status.st_mode, S_IFDIR | 0700);
	ck_assert_str_eq(output_directory(output), scratch_path("log"));
}
END_TEST

START_TEST(a_silent_task_leaves_no_file_of_its_own)
{
	ino_t before;

	start(false);
	before = inode("slot-3.out");
	finish(1);
	ck_assert(!exists("1.out"));
	ck_assert(!exists("1.err"));
	start(false);
	ck_assert_uint_eq(inode("slot-3.out"), before);
	put(err_fd, "only errors\n");
	finish(2);
	ck_assert(!exists("2.out"));
	check_content(2, -1, OUTPUT_STDERR, "only errors\n");
	start(false);
	check_content(3, PAIR, OUTPUT_STDERR, "");
	finish(3);
}
END_TEST

START_TEST(the_lowest_pair_that_is_free_is_taken)
{
	ck_assert_int_eq(output_take(output), 0);
	ck_assert_int_eq(output_take(output), 1);
	ck_assert_int_eq(output_take(output), 2);
	ck_assert_int_eq(output_take(output), PAIR + 1);
	ck_assert_int_eq(output_take_this(output, 1), -EINVAL);
	ck_assert_int_eq(output_take_this(output, -1), -EINVAL);
	ck_assert_int_eq(output_take_this(output, 1 << 20), -EINVAL);
	output_give_back(output, 1);
	output_give_back(output, -1);
	ck_assert_int_eq(output_take(output), 1);
	ck_assert_int_eq(output_take(output), PAIR + 2);
}
END_TEST

START_TEST(merged_output_is_in_one_file)
{
	start(true);
	put(out_fd, "a\n");
	put(err_fd, "b\n");
	put(out_fd, "c\n");
	finish(5);
	check_content(5, -1, OUTPUT_STDOUT, "a\nb\nc\n");
	check_content(5, -1, OUTPUT_STDERR, NULL);
}
END_TEST

/* A later task must not append to these files, and their content must not be shown as its output. */
START_TEST(leftovers_are_never_shown_as_anothers)
{
	int pass;

	for (pass = 0; pass < 2; pass++) {
		scratch_write("log/slot-3.out", "left\n", 0600);
		scratch_write("log/slot-3.err", "left\n", 0600);
		start(pass == 1);
		put(out_fd, "mine\n");
		finish(7);
		check_content(7, -1, OUTPUT_STDOUT, "mine\n");
		check_content(7, -1, OUTPUT_STDERR, NULL);
	}
	/* It is empty, but it has another name. */
	output_forget(output, (struct output_owner){ 7, 1 }, always, NULL);
	scratch_write("log/slot-3.out", "", 0600);
	ck_assert_int_eq(link(scratch_path("log/slot-3.out"), scratch_path("log/6.out")), 0);
	start(false);
	put(out_fd, "mine\n");
	check_content(6, -1, OUTPUT_STDOUT, "");
	finish(7);
	check_content(7, -1, OUTPUT_STDOUT, "mine\n");
	/* A symbolic link can lead anywhere. */
	scratch_write("victim", "", 0600);
	(void)unlink(scratch_path("log/slot-3.out"));
	ck_assert_int_eq(symlink(scratch_path("victim"), scratch_path("log/slot-3.out")), 0);
	start(false);
	put(out_fd, "mine\n");
	finish(8);
	check_content(8, -1, OUTPUT_STDOUT, "mine\n");
}
END_TEST

enum { LARGE = 200 << 20 };

static bool is_large(void *ctx)
{
	unsigned *parts = ctx;
	struct stat status;

	++*parts;
	ck_assert_int_eq(fstatat(output_dirfd(output), "4.out", &status, 0), 0);
	return status.st_size > LARGE / 2;
}

START_TEST(a_large_file_is_freed_part_by_part)
{
	unsigned parts = 0;
	int fd;

	scratch_write("log/4.out", "", 0600);
	fd = open(scratch_path("log/4.out"), O_WRONLY | O_CLOEXEC);
	ck_assert_int_eq(posix_fallocate(fd, 0, LARGE), 0);
	output_forget(output, (struct output_owner){ 4, 1 }, is_large, &parts);
	/* It asked for each part, and was told to keep the rest. */
	ck_assert_uint_ge(parts, 3);
	ck_assert(exists("4.out"));
	output_forget(output, (struct output_owner){ 4, 1 }, always, NULL);
	ck_assert(!exists("4.out"));
	/* A file that is mostly a hole has too many parts to free one by one. */
	scratch_write("log/5.out", "", 0600);
	ck_assert_int_eq(truncate(scratch_path("log/5.out"), (off_t)1 << 42), 0);
	(void)close(fd);
	fd = open(scratch_path("log/5.out"), O_WRONLY | O_CLOEXEC);
	ck_assert_int_eq(posix_fallocate(fd, 0, LARGE / 2), 0);
	output_forget(output, (struct output_owner){ 5, 1 }, always, NULL);
	ck_assert(!exists("5.out"));
	(void)close(fd);
}
END_TEST

START_TEST(trouble_leaves_nothing_open)
{
	struct output *none = NULL;
	int before;

	before = scratch_descriptors();
	ck_assert_int_eq(output_open(&none, "/no/such", 0), -ENOENT);
	scratch_write("x", "", 0600);
	ck_assert_int_eq(output_open(&none, scratch_path("x"), 0), -ENOTDIR);
	ck_assert_int_eq(mkdir(scratch_path("log/slot-3.err"), 0700), 0);
	ck_assert_int_eq(output_start(output, PAIR, false), -EISDIR);
	output_give_back(output, PAIR);
	ck_assert_int_eq(scratch_descriptors(), before);
	/* The good file of the pair is still renamed. */
	scratch_write("log/slot-3.out", "kept\n", 0600);
	scratch_write("log/9.err", "", 0600);
	ck_assert_int_ne(output_finish(output, PAIR, (struct output_owner){ 9, 1 }, false), 0);
	check_content(9, -1, OUTPUT_STDOUT, "kept\n");
	output_close(NULL);
}
END_TEST

/* Who gave it another name wants to keep it. */
START_TEST(what_has_another_name_is_kept_there)
{
	struct stat status;
	int fd;

	scratch_write("log/4.out", "", 0600);
	fd = open(scratch_path("log/4.out"), O_WRONLY | O_CLOEXEC);
	ck_assert_int_eq(posix_fallocate(fd, 0, LARGE), 0);
	(void)close(fd);
	ck_assert_int_eq(link(scratch_path("log/4.out"), scratch_path("kept")), 0);
	output_forget(output, (struct output_owner){ 4, 1 }, always, NULL);
	ck_assert(!exists("4.out"));
	ck_assert_int_eq(stat(scratch_path("kept"), &status), 0);
	ck_assert_int_eq(status.st_size, LARGE);
}
END_TEST

/* What is opened to be made shorter is a file of ours, and opening it makes nobody wait. */
START_TEST(what_is_no_file_is_not_opened_for_writing)
{
	const struct output_owner owner = { 4, 1 };

	scratch_write("theirs", "theirs", 0600);
	ck_assert_int_eq(symlink("../theirs", scratch_path("log/4.out")), 0);
	ck_assert_int_eq(mkfifo(scratch_path("log/4.err"), 0600), 0);
	ck_assert_int_eq(output_write_open(output, owner, -1, OUTPUT_STDOUT), -ELOOP);
	ck_assert_int_eq(output_write_open(output, owner, -1, OUTPUT_STDERR), -ENXIO);
}
END_TEST

START_TEST(paths_are_those_of_the_files)
{
	char path[40];

	const struct output_owner first = { UINT64_MAX, 1 }, last = { UINT64_MAX, UINT32_MAX };
	ck_assert(output_path(first, 65535, OUTPUT_STDERR, path, sizeof(path)));
	ck_assert_str_eq(path, "slot-65535.err");
	ck_assert(!output_path(first, -1, OUTPUT_STDOUT, path, sizeof(path)));
	ck_assert_str_eq(path, "18446744073709551615.out");
	ck_assert(!output_path(last, -1, OUTPUT_STDOUT, path, sizeof(path)));
	ck_assert_str_eq(path, "18446744073709551615-4294967295.out");
}
END_TEST

START_TEST(names_tell_whose_the_files_are)
{
	static const char *const others[] = { "7-1.out",  "7-0.out",      "7-.out",          "7-2",
		                              "7-02.out", "7-2-2.out",    "-2.out",          "7.txt",
		                              "x.out",    "slot-7-2.out", "7-4294967296.out" };
	struct output_owner owner;
	int pair;
	ck_assert(output_parse_name("slot-7.err", &owner, &pair));
	ck_assert_int_eq(pair, 7);
	ck_assert(output_parse_name("7.out", &owner, &pair));
	ck_assert(owner.number == 7 && owner.attempt == 1 && pair == -1);
	ck_assert(output_parse_name("18446744073709551615-4294967295.err", &owner, &pair));
	ck_assert(owner.number == UINT64_MAX && owner.attempt == UINT32_MAX && pair == -1);
	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
		ck_assert(!output_parse_name(others[i], &owner, &pair));
}
END_TEST

START_TEST(each_attempt_has_files_of_its_own)
{
	for (uint32_t attempt = 1; attempt <= 3; attempt++) {
		start(false);
		put(out_fd, attempt == 1 ? "one" : "another");
		end_writing();
		ck_assert_int_eq(output_finish(output, PAIR, (struct output_owner){ 12, attempt }, false), 0);
	}
	ck_assert(exists("12.out") && exists("12-2.out") && exists("12-3.out"));
	output_forget(output, (struct output_owner){ 12, 2 }, always, NULL);
	ck_assert(exists("12.out") && !exists("12-2.out") && exists("12-3.out"));
	check_content(12, -1, OUTPUT_STDOUT, "one");
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		what_was_written_gets_the_number,
		a_directory_that_was_removed_is_made_anew,
		files_are_private,
		a_silent_task_leaves_no_file_of_its_own,
		the_lowest_pair_that_is_free_is_taken,
		merged_output_is_in_one_file,
		leftovers_are_never_shown_as_anothers,
		a_large_file_is_freed_part_by_part,
		what_has_another_name_is_kept_there,
		what_is_no_file_is_not_opened_for_writing,
		trouble_leaves_nothing_open,
		paths_are_those_of_the_files,
		names_tell_whose_the_files_are,
		each_attempt_has_files_of_its_own,
	};

	return unit_run("output", setup, teardown, tests);
}
