/* Output files: which task owns the bytes, what a cap keeps, and how both are read. */
#include "engine/run/output.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/run/content.h"
#include "engine/task/progress.h"
#include "tests/unit/scratch.h"
#include "tests/unit/unit.h"

enum { PAIR = 3, BLOCK = 4096 };

static struct output *output;
static int out, err;

static void setup(void)
{
	scratch_make();
	ck_assert_int_eq(output_open(&output, scratch_path(""), OUTPUT_KEPT_MAX), 0);
	ck_assert_int_eq(output_take_this(output, PAIR), 0);
	out = err = -1;
}

static void teardown(void)
{
	output_close(output);
	scratch_remove();
}

/* Opens the files as the command has them. */
static int open_file(int pair, enum output_stream stream)
{
	char path[64];

	ck_assert(output_path((struct output_owner){ 0, 1 }, pair, stream, path, sizeof(path)));
	int fd = openat(output_dirfd(output), path, O_WRONLY | O_APPEND | O_CLOEXEC);
	ck_assert_int_ge(fd, 0);
	return fd;
}

static void start(bool merge)
{
	ck_assert_int_eq(output_start(output, PAIR, merge), 0);
	out = open_file(PAIR, OUTPUT_STDOUT);
	err = merge ? out : open_file(PAIR, OUTPUT_STDERR);
}

/* Closes the files, as the kernel does at the end of the command. */
static void end(void)
{
	(void)close(out);
	if (err != out)
		(void)close(err);
}

static void finish(uint64_t number)
{
	end();
	ck_assert(!output_is_written(output, PAIR));
	ck_assert_int_eq(output_finish(output, PAIR, (struct output_owner){ number, 1 }, false), 0);
	output_give_back(output, PAIR);
	ck_assert_int_eq(output_take_this(output, PAIR), 0);
}

/* With what is in it, which are files. */
static int remove_directory(const char *directory)
{
	DIR *open = opendir(directory);
	const struct dirent *entry;

	ck_assert_ptr_nonnull(open);
	while ((entry = readdir(open)))
		(void)unlinkat(dirfd(open), entry->d_name, 0);
	closedir(open);
	return rmdir(directory);
}

static void put(int fd, const char *text)
{
	ck_assert_int_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
}

static bool always(void *ctx)
{
	(void)ctx;
	return true;
}

static bool exists(const char *name)
{
	struct stat status;

	return fstatat(output_dirfd(output), name, &status, AT_SYMLINK_NOFOLLOW) == 0;
}

static ino_t inode(const char *name)
{
	struct stat status;

	ck_assert_int_eq(fstatat(output_dirfd(output), name, &status, 0), 0);
	return status.st_ino;
}

static void check_content(uint64_t number, int entry, enum output_stream stream, const char *content)
{
	int fd = output_read_open(output, (struct output_owner){ number, 1 }, entry, stream);
	char buffer[64] = "";
	uint64_t skipped;
	off_t offset = 0;

	if (!content) {
		ck_assert_int_eq(fd, -ENOENT);
		return;
	}
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(fcntl(fd, F_GETFD), FD_CLOEXEC);
	ck_assert_int_eq(content_read(fd, &offset, buffer, sizeof(buffer) - 1, &skipped),
	                 (ssize_t)strlen(content));
	ck_assert_str_eq(buffer, content);
	ck_assert_int_eq(offset, (off_t)strlen(content));
	ck_assert_int_eq(content_read(fd, &offset, buffer, sizeof(buffer), &skipped), 0);
	ck_assert_uint_eq(skipped, 0);
	(void)close(fd);
}

START_TEST(what_was_written_gets_the_number)
{
	start(false);
	put(out, "to out\n");
	put(err, "to err\n");
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
	put(out, "lost\n");
	finish(4);
	ck_assert_int_eq(remove_directory(scratch_path("log")), 0);
	start(false);
	put(out, "kept\n");
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
	ck_assert_int_eq(fstat(out, &status), 0);
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
	put(err, "only errors\n");
	finish(2);
	ck_assert(!exists("2.out"));
	check_content(2, -1, OUTPUT_STDERR, "only errors\n");
	start(false);
	check_content(3, PAIR, OUTPUT_STDERR, "");
	finish(3);
}
END_TEST

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

	held.fd = holder == BY_DESCRIPTOR ? dup(out)
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
		end();
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
	end();
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
	end();
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
	put(out, "a\n");
	put(err, "b\n");
	put(out, "c\n");
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
		put(out, "mine\n");
		finish(7);
		check_content(7, -1, OUTPUT_STDOUT, "mine\n");
		check_content(7, -1, OUTPUT_STDERR, NULL);
	}
	/* It is empty, but it has another name. */
	output_forget(output, (struct output_owner){ 7, 1 }, always, NULL);
	scratch_write("log/slot-3.out", "", 0600);
	ck_assert_int_eq(link(scratch_path("log/slot-3.out"), scratch_path("log/6.out")), 0);
	start(false);
	put(out, "mine\n");
	check_content(6, -1, OUTPUT_STDOUT, "");
	finish(7);
	check_content(7, -1, OUTPUT_STDOUT, "mine\n");
	/* A symbolic link can lead anywhere. */
	scratch_write("victim", "", 0600);
	(void)unlink(scratch_path("log/slot-3.out"));
	ck_assert_int_eq(symlink(scratch_path("victim"), scratch_path("log/slot-3.out")), 0);
	start(false);
	put(out, "mine\n");
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
		put(out, attempt == 1 ? "one" : "another");
		end();
		ck_assert_int_eq(output_finish(output, PAIR, (struct output_owner){ 12, attempt }, false), 0);
	}
	ck_assert(exists("12.out") && exists("12-2.out") && exists("12-3.out"));
	output_forget(output, (struct output_owner){ 12, 2 }, always, NULL);
	ck_assert(exists("12.out") && !exists("12-2.out") && exists("12-3.out"));
	check_content(12, -1, OUTPUT_STDOUT, "one");
}
END_TEST

/* Makes a file with lines of 16 bytes: "00000000000001a\n". */
static int make_lines(unsigned from, unsigned to)
{
	int fd = open(scratch_path("lines"), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	char line[24];
	unsigned i;

	ck_assert_int_ge(fd, 0);
	for (i = from; i < to; i++) {
		(void)snprintf(line, sizeof(line), "%015x\n", i);
		put(fd, line);
	}
	return fd;
}

static int64_t data_bytes(int fd)
{
	struct stat status;

	ck_assert_int_eq(fstat(fd, &status), 0);
	return (int64_t)status.st_blocks * 512;
}

enum { LINES = 16384, MAX = 65536 }; /* 256 KiB, of which 64 KiB are kept */

START_TEST(a_cap_keeps_head_and_tail)
{
	char *content = unit_room(LINES * 16 + 1), expected[24];
	int fd = make_lines(0, LINES);
	uint64_t skipped, total = 0;
	off_t offset = 0, head = 0;
	size_t used = 0;
	ssize_t count;

	ck_assert_int_eq(fsync(fd), 0);
	ck_assert_int_eq(content_cap(fd, MAX), 0);
	ck_assert_int_eq(fsync(fd), 0);
	ck_assert_int_le(data_bytes(fd), MAX + 2 * BLOCK);
	ck_assert_int_eq(lseek(fd, 0, SEEK_END), LINES * 16);
	while ((count = content_read(fd, &offset, content + used, 1000, &skipped)) > 0) {
		if (skipped)
			head = (off_t)used;
		total += skipped;
		used += (size_t)count;
	}
	ck_assert_int_eq(count, 0);
	ck_assert_int_eq(offset, LINES * 16);
	ck_assert_uint_eq(used + total, LINES * 16);
	ck_assert_int_ge(head, MAX / 2);
	ck_assert_int_ge((int64_t)used - head, MAX / 2);
	ck_assert_uint_le(used, MAX + 2 * BLOCK);
	ck_assert_ptr_null(memchr(content, '\0', used));
	(void)snprintf(expected, sizeof(expected), "%015x\n", 0);
	ck_assert_mem_eq(content, expected, 16);
	(void)snprintf(expected, sizeof(expected), "%015x\n", LINES - 1);
	ck_assert_mem_eq(content + used - 16, expected, 16);
	(void)snprintf(expected, sizeof(expected), "%015x\n", (unsigned)((uint64_t)head + total) / 16);
	ck_assert_mem_eq(content + head, expected, 16);
	free(content);
	(void)close(fd);
}
END_TEST

START_TEST(a_cap_holds_while_the_file_grows)
{
	int fd = -1;
	unsigned i;

	for (i = 0; i < 64; i++) {
		if (fd >= 0)
			(void)close(fd);
		fd = make_lines(i * 2048, (i + 1) * 2048);
		ck_assert_int_eq(fsync(fd), 0);
		ck_assert_int_eq(content_cap(fd, MAX), 0);
		ck_assert_int_le(data_bytes(fd), MAX + 3 * BLOCK);
	}
	(void)close(fd);
}
END_TEST

START_TEST(small_files_are_not_capped)
{
	int fd = make_lines(0, 4096);
	off_t size = lseek(fd, 0, SEEK_END);

	ck_assert_int_eq(content_cap(fd, 0), 0);
	ck_assert_int_eq(content_cap(fd, (uint64_t)size), 0);
	ck_assert_int_eq(content_cap(fd, UINT64_MAX), 0);
	ck_assert_int_eq(lseek(fd, 0, SEEK_HOLE), size);
	ck_assert_int_eq(content_cap(-1, 1), -EBADF);
	/* The smallest cap keeps about one block. */
	ck_assert_int_eq(content_cap(fd, 1), 0);
	ck_assert_int_le(data_bytes(fd), 3 * BLOCK);
	(void)close(fd);
}
END_TEST

START_TEST(zeros_that_were_written_are_data)
{
	static char zeros[3 * BLOCK], buffer[8 * BLOCK];
	int fd = open(scratch_path("zeros"), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	uint64_t skipped;
	off_t offset = 0;

	put(fd, "begin");
	ck_assert_int_eq(write(fd, zeros, sizeof(zeros)), (ssize_t)sizeof(zeros));
	put(fd, "end");
	memset(buffer, 'x', sizeof(buffer));
	ck_assert_int_eq(content_read(fd, &offset, buffer, sizeof(buffer), &skipped),
	                 (ssize_t)sizeof(zeros) + 8);
	ck_assert_uint_eq(skipped, 0);
	ck_assert_mem_eq(buffer, "begin\0", 6);
	ck_assert_mem_eq(buffer + sizeof(zeros) + 4, "\0end", 4);
	(void)close(fd);
}
END_TEST

START_TEST(reading_at_and_around_holes)
{
	int fd = open(scratch_path("holes"), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	char block[BLOCK], buffer[16 * BLOCK];
	uint64_t skipped;
	off_t offset;

	/* Block 0 is a hole, 1 data, 2 to 3 a hole, 4 data, and 5 to 9 a hole up to the end. */
	memset(block, 'd', sizeof(block));
	ck_assert_int_eq(ftruncate(fd, 10 * BLOCK), 0);
	ck_assert_int_eq(pwrite(fd, block, BLOCK, 1 * BLOCK), BLOCK);
	ck_assert_int_eq(pwrite(fd, block, BLOCK, 4 * BLOCK), BLOCK);
	offset = 0;
	ck_assert_int_eq(content_read(fd, &offset, buffer, sizeof(buffer), &skipped), BLOCK);
	ck_assert_uint_eq(skipped, BLOCK);
	ck_assert_int_eq(offset, 2 * BLOCK);
	ck_assert_mem_eq(buffer, block, BLOCK);
	ck_assert_int_eq(content_read(fd, &offset, buffer, sizeof(buffer), &skipped), BLOCK);
	ck_assert_uint_eq(skipped, 2 * BLOCK);
	ck_assert_int_eq(offset, 5 * BLOCK);
	ck_assert_int_eq(content_read(fd, &offset, buffer, sizeof(buffer), &skipped), 0);
	ck_assert_uint_eq(skipped, 5 * BLOCK);
	ck_assert_int_eq(offset, 10 * BLOCK);
	offset = 2 * BLOCK + 100;
	ck_assert_int_eq(content_read(fd, &offset, buffer, 10, &skipped), 10);
	ck_assert_uint_eq(skipped, 2 * BLOCK - 100);
	/* The reader of a file that shrank is at its end. */
	ck_assert_int_eq(ftruncate(fd, 0), 0);
	ck_assert_int_eq(content_read(fd, &offset, buffer, sizeof(buffer), &skipped), 0);
	ck_assert_int_eq(offset, 4 * BLOCK + 10);
	ck_assert_int_eq(content_read(-1, &offset, buffer, sizeof(buffer), &skipped), -EBADF);
	(void)close(fd);
}
END_TEST

static void check_tail(const char *content, uint64_t lines, const char *tail)
{
	int fd;

	scratch_write("tail", content, 0600);
	fd = open(scratch_path("tail"), O_RDONLY | O_CLOEXEC);
	ck_assert_int_eq(content_tail_offset(fd, lines), (off_t)(strlen(content) - strlen(tail)));
	(void)close(fd);
}

START_TEST(the_last_lines)
{
	check_tail("", 0, "");
	check_tail("", 3, "");
	check_tail("a\nb\nc\n", 0, "");
	check_tail("a\nb\nc\n", 1, "c\n");
	check_tail("a\nb\nc\n", 2, "b\nc\n");
	check_tail("a\nb\nc\n", 3, "a\nb\nc\n");
	check_tail("a\nb\nc\n", 4, "a\nb\nc\n");
	check_tail("a\nb\nc", 1, "c");
	check_tail("a\nb\nc", 2, "b\nc");
	check_tail("\n\n\n", 2, "\n\n");
	check_tail("\n", 1, "\n");
	check_tail("a", 1, "a");
	check_tail("no newline", UINT64_MAX, "no newline");
	ck_assert_int_eq(content_tail_offset(-1, 1), -EBADF);
}
END_TEST

START_TEST(the_last_lines_of_a_large_file)
{
	int fd = make_lines(0, LINES);
	uint64_t lines;

	for (lines = 1; lines <= LINES; lines = lines * 2 + 1)
		ck_assert_int_eq(content_tail_offset(fd, lines), (off_t)(LINES - lines) * 16);
	(void)close(fd);
}
END_TEST

START_TEST(the_last_lines_across_the_hole)
{
	int fd = make_lines(0, LINES);
	off_t hole, data, offset;

	ck_assert_int_eq(content_cap(fd, MAX), 0);
	hole = lseek(fd, 0, SEEK_HOLE);
	data = lseek(fd, hole, SEEK_DATA);
	ck_assert_int_lt(hole, data);
	offset = content_tail_offset(fd, 2);
	ck_assert_int_eq(offset, (LINES - 2) * 16);
	/*
	 * The newline before the hole belongs to the head, and the first line behind the hole begins without
	 * it.
	 */
	offset = content_tail_offset(fd, (uint64_t)(LINES * 16 - data) / 16);
	ck_assert_int_eq(offset, hole);
	offset = content_tail_offset(fd, (uint64_t)(LINES * 16 - data) / 16 + 2);
	ck_assert_int_eq(offset, hole - 32);
	/* As many lines back, but the file is so sparse that reading all of it would take minutes. */
	ck_assert_int_eq(ftruncate(fd, (off_t)1 << 40), 0);
	ck_assert_int_eq(close(fd), 0);
	fd = make_lines(0, 3);
	ck_assert_int_eq(content_tail_offset(fd, 2), ((off_t)1 << 40) + 16);
	(void)close(fd);
}
END_TEST

START_TEST(progress_is_in_the_tail)
{
	struct progress progress;
	int fd = open(scratch_path("progress"), O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	ck_assert_int_ge(fd, 0);
	ck_assert(!content_scan_progress(fd, &progress));
	put(fd, "12% of it\n");
	ck_assert(content_scan_progress(fd, &progress));
	ck_assert_int_eq(progress.percent, 12);
	/* Only the end of the file is searched. */
	for (int i = 0; i < 1000; i++)
		put(fd, "line\n");
	ck_assert(content_scan_progress(fd, &progress));
	ck_assert_int_eq(progress.percent, -1);
	ck_assert_str_eq(progress.message, "line");
	put(fd, "97% nearly\n");
	ck_assert(content_scan_progress(fd, &progress));
	ck_assert_int_eq(progress.percent, 97);
	ck_assert_str_eq(progress.message, "nearly");
	(void)close(fd);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		what_was_written_gets_the_number,
		a_directory_that_was_removed_is_made_anew,
		files_are_private,
		a_silent_task_leaves_no_file_of_its_own,
		what_somebody_has_open_is_not_used_again,
		what_is_open_is_looked_at_again,
		without_leases_no_file_is_used_again,
		pairs_that_are_not_kept_are_closed,
		the_lowest_pair_that_is_free_is_taken,
		merged_output_is_in_one_file,
		leftovers_are_never_shown_as_anothers,
		a_large_file_is_freed_part_by_part,
		trouble_leaves_nothing_open,
		paths_are_those_of_the_files,
		names_tell_whose_the_files_are,
		each_attempt_has_files_of_its_own,
		a_cap_keeps_head_and_tail,
		a_cap_holds_while_the_file_grows,
		small_files_are_not_capped,
		zeros_that_were_written_are_data,
		reading_at_and_around_holes,
		the_last_lines,
		the_last_lines_of_a_large_file,
		the_last_lines_across_the_hole,
		progress_is_in_the_tail,
	};

	return unit_run("output", setup, teardown, tests);
}
