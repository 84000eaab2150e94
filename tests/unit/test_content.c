/* The content of output files: what a cap keeps, and how it is read. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/run/content.h"
#include "engine/task/progress.h"
#include "tests/unit/scratch.h"
#include "tests/unit/unit.h"
#include "tests/unit/written_output.h"

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
	off_t size;
	int fd;

	scratch_write("tail", content, 0600);
	fd = open(scratch_path("tail"), O_RDONLY | O_CLOEXEC);
	ck_assert_int_eq(content_tail_offset(fd, lines, &size), (off_t)(strlen(content) - strlen(tail)));
	ck_assert_int_eq(size, (off_t)strlen(content));
	(void)close(fd);
}

START_TEST(the_last_lines)
{
	off_t size;

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
	ck_assert_int_eq(content_tail_offset(-1, 1, &size), -EBADF);
}
END_TEST

START_TEST(the_last_lines_of_a_large_file)
{
	int fd = make_lines(0, LINES);
	uint64_t lines;
	off_t size;

	for (lines = 1; lines <= LINES; lines = lines * 2 + 1)
		ck_assert_int_eq(content_tail_offset(fd, lines, &size), (off_t)(LINES - lines) * 16);
	(void)close(fd);
}
END_TEST

START_TEST(the_last_lines_across_the_hole)
{
	int fd = make_lines(0, LINES);
	off_t hole, data, offset, size;

	ck_assert_int_eq(content_cap(fd, MAX), 0);
	hole = lseek(fd, 0, SEEK_HOLE);
	data = lseek(fd, hole, SEEK_DATA);
	ck_assert_int_lt(hole, data);
	offset = content_tail_offset(fd, 2, &size);
	ck_assert_int_eq(offset, (LINES - 2) * 16);
	/*
	 * The newline before the hole belongs to the head, and the first line behind the hole begins without
	 * it.
	 */
	offset = content_tail_offset(fd, (uint64_t)(LINES * 16 - data) / 16, &size);
	ck_assert_int_eq(offset, hole);
	offset = content_tail_offset(fd, (uint64_t)(LINES * 16 - data) / 16 + 2, &size);
	ck_assert_int_eq(offset, hole - 32);
	/* As many lines back, but the file is so sparse that reading all of it would take minutes. */
	ck_assert_int_eq(ftruncate(fd, (off_t)1 << 40), 0);
	ck_assert_int_eq(close(fd), 0);
	fd = make_lines(0, 3);
	ck_assert_int_eq(content_tail_offset(fd, 2, &size), ((off_t)1 << 40) + 16);
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
		a_cap_keeps_head_and_tail,      a_cap_holds_while_the_file_grows,
		small_files_are_not_capped,     zeros_that_were_written_are_data,
		reading_at_and_around_holes,    the_last_lines,
		the_last_lines_of_a_large_file, the_last_lines_across_the_hole,
		progress_is_in_the_tail,
	};

	return unit_run("content", scratch_make, scratch_remove, tests);
}
