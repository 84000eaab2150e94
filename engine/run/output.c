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

#include "engine/task/progress.h"

enum {
	NAME_SIZE = 40,
	STREAMS = 2,
	CHUNK = 32768, /* bytes that the search for lines reads at a time */
	TAIL = 4096,   /* bytes that are searched for progress */
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

/* Only whole blocks make a hole, so that up to one more stays at either side of it. */
static bool output_holds_more(const struct stat *status, uint64_t max)
{
	uint64_t size = (uint64_t)status->st_size, block = (uint64_t)status->st_blksize;
	return max > 0 && max <= size && (uint64_t)status->st_blocks * 512 > max + 2 * block;
}

bool output_outgrows(int fd, uint64_t max)
{
	struct stat status;
	return fstat(fd, &status) == 0 && output_holds_more(&status, max);
}

int output_cap(int fd, uint64_t max)
{
	uint64_t size, block, head, tail;
	struct stat status;

	if (max == 0)
		return 0;
	if (fstat(fd, &status) < 0)
		return -errno;
	if (!output_holds_more(&status, max))
		return 0;
	size = (uint64_t)status.st_size;
	block = (uint64_t)status.st_blksize;
	head = (max / 2 + block - 1) / block * block;
	tail = (size - max / 2) / block * block;
	if (tail <= head)
		return 0;
	if (fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, (off_t)head, (off_t)(tail - head)) < 0)
		return -errno;
	return 0;
}

static ssize_t read_at(int fd, void *buffer, size_t size, off_t offset)
{
	ssize_t count;

	do
		count = pread(fd, buffer, size, offset);
	while (count < 0 && errno == EINTR);
	return count < 0 ? -errno : count;
}

bool output_scan_progress(int fd, struct progress *progress)
{
	char tail[TAIL];
	off_t end = lseek(fd, 0, SEEK_END);
	off_t from = end > TAIL ? end - TAIL : 0;
	ssize_t count = end > 0 ? read_at(fd, tail, sizeof(tail), from) : 0;

	return count > 0 && progress_scan_output(tail, (size_t)count, progress);
}

/*
 * What is searched for lines, from its end; the hole of a cap is not read, though it may be longer than any
 * disk.
 */
struct backward {
	int fd;
	off_t hole, data; /* the first hole and where data goes on; both 0 where there is none */
};

static void find_hole(struct backward *file, const struct stat *status)
{
	file->hole = file->data = 0;
	if ((uint64_t)status->st_blocks * 512 >= (uint64_t)status->st_size)
		return;
	file->hole = lseek(file->fd, 0, SEEK_HOLE);
	file->data = file->hole < 0 ? -1 : lseek(file->fd, file->hole, SEEK_DATA);
	if (file->data < 0)
		file->hole = file->data = 0;
}

/* Where the chunk that ends at end begins; end moves over a hole that is before it. */
static off_t chunk_before(const struct backward *file, off_t *end)
{
	off_t begin, lowest = 0;

	if (*end > file->hole && *end <= file->data)
		*end = file->hole;
	if (*end > file->data)
		lowest = file->data;
	begin = *end - CHUNK;
	return begin < lowest ? lowest : begin;
}

off_t output_tail_offset(int fd, uint64_t lines)
{
	struct backward file = { .fd = fd };
	char chunk[CHUNK], *newline;
	struct stat status;
	off_t begin, end;
	ssize_t count;

	if (fstat(fd, &status) < 0)
		return -errno;
	if (lines == 0)
		return status.st_size;
	find_hole(&file, &status);
	/* The newline that ends the last line begins no other one. */
	for (end = status.st_size - 1; end > 0; end = begin) {
		begin = chunk_before(&file, &end);
		if (begin >= end)
			break;
		count = read_at(fd, chunk, (size_t)(end - begin), begin);
		if (count < 0)
			return count;
		while ((newline = memrchr(chunk, '\n', (size_t)count))) {
			if (--lines == 0)
				return begin + (newline - chunk) + 1;
			count = newline - chunk;
		}
	}
	return 0;
}

/*
 * Bytes that were read and hold a NUL may be a hole, which reads as zeros.  How many of them are data, or,
 * where they begin in a hole, 0 and *offset and *skipped moved to its end.
 */
static ssize_t data_before_hole(int fd, off_t *offset, size_t count, uint64_t *skipped)
{
	off_t next, hole = lseek(fd, *offset, SEEK_HOLE);

	if (hole < 0) /* a filesystem that knows of no holes, or a file that just shrank */
		return (ssize_t)count;
	if (hole > *offset)
		return (size_t)(hole - *offset) < count ? (ssize_t)(hole - *offset) : (ssize_t)count;
	next = lseek(fd, *offset, SEEK_DATA);
	if (next < 0)
		next = lseek(fd, 0, SEEK_END);
	if (next < 0)
		return -errno;
	if (next <= *offset)
		return (ssize_t)count;
	*skipped += (uint64_t)(next - *offset);
	*offset = next;
	return 0;
}

ssize_t output_read(int fd, off_t *offset, void *buffer, size_t size, uint64_t *skipped)
{
	ssize_t count, data;

	*skipped = 0;
	for (;;) {
		count = read_at(fd, buffer, size, *offset);
		if (count <= 0)
			return count;
		/* Text has no NUL, so that its reader pays for no further call. */
		data = count;
		if (memchr(buffer, '\0', (size_t)count))
			data = data_before_hole(fd, offset, (size_t)count, skipped);
		if (data < 0)
			return data;
		if (data > 0) {
			*offset += data;
			return data;
		}
	}
}
