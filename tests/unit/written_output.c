#include "tests/unit/written_output.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/run/content.h"
#include "engine/run/output.h"
#include "tests/unit/scratch.h"
#include "tests/unit/unit.h"

struct output *output;
int out_fd, err_fd;

void setup(void)
{
	scratch_make();
	ck_assert_int_eq(output_open(&output, scratch_path(""), OUTPUT_KEPT_MAX), 0);
	ck_assert_int_eq(output_take_this(output, PAIR), 0);
	out_fd = err_fd = -1;
}

void teardown(void)
{
	output_close(output);
	scratch_remove();
}

int open_file(int pair, enum output_stream stream)
{
	char path[64];

	ck_assert(output_path((struct output_owner){ 0, 1 }, pair, stream, path, sizeof(path)));
	int fd = openat(output_dirfd(output), path, O_WRONLY | O_APPEND | O_CLOEXEC);
	ck_assert_int_ge(fd, 0);
	return fd;
}

void start(bool merge)
{
	ck_assert_int_eq(output_start(output, PAIR, merge), 0);
	out_fd = open_file(PAIR, OUTPUT_STDOUT);
	err_fd = merge ? out_fd : open_file(PAIR, OUTPUT_STDERR);
}

void end_writing(void)
{
	(void)close(out_fd);
	if (err_fd != out_fd)
		(void)close(err_fd);
}

void finish(uint64_t number)
{
	end_writing();
	ck_assert(!output_is_written(output, PAIR));
	ck_assert_int_eq(output_finish(output, PAIR, (struct output_owner){ number, 1 }, false), 0);
	output_give_back(output, PAIR);
	ck_assert_int_eq(output_take_this(output, PAIR), 0);
}

int remove_directory(const char *directory)
{
	DIR *open = opendir(directory);
	const struct dirent *entry;

	ck_assert_ptr_nonnull(open);
	while ((entry = readdir(open)))
		(void)unlinkat(dirfd(open), entry->d_name, 0);
	closedir(open);
	return rmdir(directory);
}

void put(int fd, const char *text)
{
	ck_assert_int_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
}

bool always(void *ctx)
{
	(void)ctx;
	return true;
}

bool exists(const char *name)
{
	struct stat status;

	return fstatat(output_dirfd(output), name, &status, AT_SYMLINK_NOFOLLOW) == 0;
}

ino_t inode(const char *name)
{
	struct stat status;

	ck_assert_int_eq(fstatat(output_dirfd(output), name, &status, 0), 0);
	return status.st_ino;
}

void check_content(uint64_t number, int entry, enum output_stream stream, const char *content)
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
