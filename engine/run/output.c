#include "engine/run/output.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	NAME_SIZE = 40,
	STREAMS = 2,
};

struct output {
	int dirfd;
	char *directory;
};

static const char *const suffixes[STREAMS] = {
	[OUTPUT_STDOUT] = "out",
	[OUTPUT_STDERR] = "err",
};

static void entry_name(char name[NAME_SIZE], int entry, enum output_stream stream)
{
	(void)snprintf(name, NAME_SIZE, "slot-%d.%s", entry, suffixes[stream]);
}

static void number_name(char name[NAME_SIZE], uint64_t number, enum output_stream stream)
{
	(void)snprintf(name, NAME_SIZE, "%" PRIu64 ".%s", number, suffixes[stream]);
}

int output_open(struct output **result, const char *directory)
{
	struct output *output = calloc(1, sizeof(*output));
	int error;

	if (!output || asprintf(&output->directory, "%s/log", directory) < 0) {
		free(output);
		return -ENOMEM;
	}
	error = mkdir(output->directory, 0700) < 0 && errno != EEXIST ? -errno : 0;
	if (!error) {
		output->dirfd = open(output->directory, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		error = output->dirfd < 0 ? -errno : 0;
	}
	if (error) {
		free(output->directory);
		free(output);
		return error;
	}
	*result = output;
	return 0;
}

void output_close(struct output *output)
{
	if (!output)
		return;
	(void)close(output->dirfd);
	free(output->directory);
	free(output);
}

int output_dirfd(const struct output *output)
{
	return output->dirfd;
}

const char *output_directory(const struct output *output)
{
	return output->directory;
}

/* Nobody's bytes are in it, and no other name leads to it. */
static bool is_fresh(const struct stat *status)
{
	return S_ISREG(status->st_mode) && status->st_size == 0 && status->st_nlink == 1;
}

static int open_entry(const struct output *output, int entry, enum output_stream stream)
{
	const int flags = O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW;
	char name[NAME_SIZE];
	struct stat status;
	int fd;

	entry_name(name, entry, stream);
	fd = openat(output->dirfd, name, flags, 0600);
	if (fd >= 0) {
		if (fstat(fd, &status) == 0 && is_fresh(&status))
			return fd;
		(void)close(fd);
	} else if (errno != ELOOP) {
		return -errno;
	}
	if (unlinkat(output->dirfd, name, 0) < 0 && errno != ENOENT)
		return -errno;
	fd = openat(output->dirfd, name, flags | O_EXCL, 0600);
	return fd < 0 ? -errno : fd;
}

/* With merge there is nothing to open; but bytes of another must not become this task's at its end. */
static int clear_entry(const struct output *output, int entry, enum output_stream stream)
{
	char name[NAME_SIZE];
	struct stat status;

	entry_name(name, entry, stream);
	if (fstatat(output->dirfd, name, &status, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT ? 0 : -errno;
	if (is_fresh(&status) || unlinkat(output->dirfd, name, 0) == 0)
		return 0;
	return -errno;
}

int output_start(struct output *output, int entry, bool merge, int *output_fd, int *error_fd)
{
	int out, err;

	out = open_entry(output, entry, OUTPUT_STDOUT);
	if (out < 0)
		return out;
	if (merge)
		err = clear_entry(output, entry, OUTPUT_STDERR);
	else
		err = open_entry(output, entry, OUTPUT_STDERR);
	if (err < 0) {
		(void)close(out);
		return err;
	}
	*output_fd = out;
	*error_fd = merge ? out : err;
	return 0;
}

static int finish_stream(struct output *output, int entry, uint64_t number, bool reusable,
                         enum output_stream stream)
{
	char from[NAME_SIZE], to[NAME_SIZE];
	struct stat status;

	entry_name(from, entry, stream);
	if (fstatat(output->dirfd, from, &status, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT ? 0 : -errno;
	if (status.st_size > 0) {
		number_name(to, number, stream);
		return renameat(output->dirfd, from, output->dirfd, to) < 0 ? -errno : 0;
	}
	if (reusable || unlinkat(output->dirfd, from, 0) == 0 || errno == ENOENT)
		return 0;
	return -errno;
}

int output_finish(struct output *output, int entry, uint64_t number, bool reusable)
{
	int first = finish_stream(output, entry, number, reusable, OUTPUT_STDOUT);
	int second = finish_stream(output, entry, number, reusable, OUTPUT_STDERR);

	return first ? first : second;
}

bool output_path(uint64_t number, int entry, enum output_stream stream, char *path, size_t size)
{
	char name[NAME_SIZE];

	if (entry >= 0)
		entry_name(name, entry, stream);
	else
		number_name(name, number, stream);
	(void)snprintf(path, size, "%s", name);
	return entry >= 0;
}

bool output_parse_name(const char *name, uint64_t *number, int *entry)
{
	static const char prefix[] = "slot-";
	bool is_entry = strncmp(name, prefix, sizeof(prefix) - 1) == 0;
	const char *digits = is_entry ? name + sizeof(prefix) - 1 : name;
	char *end;

	if (*digits < '0' || *digits > '9')
		return false;
	uint64_t value = strtoull(digits, &end, 10);
	if (*end != '.' ||
	    (strcmp(end + 1, suffixes[OUTPUT_STDOUT]) != 0 && strcmp(end + 1, suffixes[OUTPUT_STDERR]) != 0))
		return false;
	if (is_entry && value > INT_MAX)
		return false;
	*number = is_entry ? 0 : value;
	*entry = is_entry ? (int)value : -1;
	return true;
}

static int open_named(const struct output *output, uint64_t number, int entry, enum output_stream stream)
{
	char name[NAME_SIZE];
	int fd;

	(void)output_path(number, entry, stream, name, sizeof(name));
	fd = openat(output->dirfd, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	return fd < 0 ? -errno : fd;
}

int output_read_open(struct output *output, uint64_t number, int entry, enum output_stream stream)
{
	int fd = open_named(output, number, entry, stream);

	/* It may have ended since the caller looked. */
	if (fd == -ENOENT && entry >= 0)
		fd = open_named(output, number, -1, stream);
	return fd;
}

int output_write_open(struct output *output, uint64_t number, int entry, enum output_stream stream)
{
	char name[NAME_SIZE];

	output_path(number, entry, stream, name, sizeof(name));
	int fd = openat(output->dirfd, name, O_WRONLY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

void output_forget(struct output *output, uint64_t number)
{
	char name[NAME_SIZE];

	number_name(name, number, OUTPUT_STDOUT);
	(void)unlinkat(output->dirfd, name, 0);
	number_name(name, number, OUTPUT_STDERR);
	(void)unlinkat(output->dirfd, name, 0);
}
