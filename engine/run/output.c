#include "engine/run/output.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/run/numbers.h"

enum {
	NAME_SIZE = 40,
	STREAMS = 2,
	PART_SIZE = 32 << 20, /* bytes of a large file that are freed at once */
	PART_BLOCKS = PART_SIZE / 512,
	PARTS_MAX = 65536, /* a file that is mostly a hole could need any number */
};

/* The result of the last check of a file. */
enum output_use {
	OUTPUT_UNKNOWN, /* it was not checked, or there are no leases */
	OUTPUT_IDLE,    /* only this process has it open */
	OUTPUT_READ,
	OUTPUT_WRITTEN, /* somebody has it open for writing */
};

struct output_file {
	int opened; /* a descriptor plus 1; 0: none, so that zeroed memory is right */
	enum output_use use;
};

struct output_pair {
	struct output_file files[STREAMS];
};

struct output {
	int dirfd;
	char *directory;
	int kept;
	struct numbers numbers;
	struct output_pair *pairs; /* owned; NUMBERS_MAX of them */
};

static const char *const suffixes[STREAMS] = {
	[OUTPUT_STDOUT] = "out",
	[OUTPUT_STDERR] = "err",
};

static void pair_name(char name[NAME_SIZE], int pair, enum output_stream stream)
{
	(void)snprintf(name, NAME_SIZE, "slot-%d.%s", pair, suffixes[stream]);
}

/* Those of the first attempt have the name that they had before there were more. */
static void owner_name(char name[NAME_SIZE], struct output_owner owner, enum output_stream stream)
{
	if (owner.attempt > 1)
		(void)snprintf(name, NAME_SIZE, "%" PRIu64 "-%" PRIu32 ".%s", owner.number, owner.attempt,
		               suffixes[stream]);
	else
		(void)snprintf(name, NAME_SIZE, "%" PRIu64 ".%s", owner.number, suffixes[stream]);
}

static struct output_file *output_file_of(struct output *output, int pair, enum output_stream stream)
{
	return &output->pairs[pair].files[stream];
}

static void file_close(struct output_file *file)
{
	if (file->opened > 0)
		(void)close(file->opened - 1);
	file->opened = 0;
}

static int open_directory(struct output *output)
{
	if (mkdir(output->directory, 0700) < 0 && errno != EEXIST)
		return -errno;
	output->dirfd = open(output->directory, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	return output->dirfd < 0 ? -errno : 0;
}

static void output_free(struct output *output)
{
	free(output->pairs);
	free(output->directory);
	free(output);
}

int output_open(struct output **result, const char *directory, int kept)
{
	struct output *output = calloc(1, sizeof(*output));
	int error;

	if (!output)
		return -ENOMEM;
	/* If somebody opens a file during a lease, the kernel sends a signal that would end this process. */
	(void)signal(SIGIO, SIG_IGN);
	numbers_init(&output->numbers);
	output->kept = kept;
	output->pairs = calloc(NUMBERS_MAX, sizeof(*output->pairs));
	if (asprintf(&output->directory, "%s/log", directory) < 0)
		output->directory = NULL;
	error = output->pairs && output->directory ? open_directory(output) : -ENOMEM;
	if (error)
		output_free(output);
	else
		*result = output;
	return error;
}

void output_close(struct output *output)
{
	if (!output)
		return;
	for (int pair = 0; pair < output->kept; pair++) {
		file_close(output_file_of(output, pair, OUTPUT_STDOUT));
		file_close(output_file_of(output, pair, OUTPUT_STDERR));
	}
	(void)close(output->dirfd);
	output_free(output);
}

int output_dirfd(const struct output *output)
{
	return output->dirfd;
}

const char *output_directory(const struct output *output)
{
	return output->directory;
}

int output_take(struct output *output)
{
	return numbers_take(&output->numbers);
}

int output_take_this(struct output *output, int pair)
{
	return numbers_take_this(&output->numbers, pair);
}

void output_give_back(struct output *output, int pair)
{
	if (!numbers_has(pair))
		return;
	for (enum output_stream stream = OUTPUT_STDOUT; stream <= OUTPUT_STDERR; stream++) {
		struct output_file *file = output_file_of(output, pair, stream);

		if (pair >= output->kept || file->use != OUTPUT_IDLE)
			file_close(file);
		file->use = OUTPUT_UNKNOWN;
	}
	numbers_give_back(&output->numbers, pair);
}

/* The kernel grants a write lease only if nobody else has the file open.  So it makes nobody wait. */
static int output_lease(int fd, int type)
{
	if (fcntl(fd, F_SETLEASE, type) < 0)
		return -errno;
	(void)fcntl(fd, F_SETLEASE, F_UNLCK);
	return 0;
}

/* The file is empty, has no other name, and only this process has it open. */
static bool is_fresh(int fd)
{
	struct stat status;

	return fstat(fd, &status) == 0 && S_ISREG(status.st_mode) && status.st_size == 0 &&
	       status.st_nlink == 1 && output_lease(fd, F_WRLCK) == 0;
}

/* It stays open if its pair is kept. */
static int renew_file(struct output *output, int pair, enum output_stream stream)
{
	const int flags = O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW;
	struct output_file *file = output_file_of(output, pair, stream);
	char name[NAME_SIZE];

	pair_name(name, pair, stream);
	if (file->opened == 0)
		file->opened = openat(output->dirfd, name, flags, 0600) + 1;
	if (file->opened == 0 && errno != ELOOP)
		return -errno;
	if (file->opened == 0 || !is_fresh(file->opened - 1)) {
		file_close(file);
		if (unlinkat(output->dirfd, name, 0) < 0 && errno != ENOENT)
			return -errno;
		file->opened = openat(output->dirfd, name, flags | O_EXCL, 0600) + 1;
		if (file->opened == 0)
			return -errno;
	}
	if (pair >= output->kept)
		file_close(file);
	return 0;
}

/*
 * With merge, this file is not used.  But bytes of another task in it must not become this task's at its end.
 */
static int clear_pair(struct output *output, int pair, enum output_stream stream)
{
	char name[NAME_SIZE];
	struct stat status;

	pair_name(name, pair, stream);
	if (fstatat(output->dirfd, name, &status, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT ? 0 : -errno;
	if ((S_ISREG(status.st_mode) && status.st_size == 0) || unlinkat(output->dirfd, name, 0) == 0)
		return 0;
	return -errno;
}

/*
 * Somebody has removed the directory.  Its descriptor becomes that of a new one at once, so other workers always
 * have one of both.
 */
static int output_make_directory_anew(const struct output *output)
{
	int fd, error = 0;

	if (mkdir(output->directory, 0700) < 0 && errno != EEXIST)
		return -errno;
	fd = open(output->directory, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (dup3(fd, output->dirfd, O_CLOEXEC) < 0)
		error = -errno;
	(void)close(fd);
	return error;
}

static int output_renew(struct output *output, int pair, bool merge)
{
	int error = renew_file(output, pair, OUTPUT_STDOUT);

	if (!error && merge)
		error = clear_pair(output, pair, OUTPUT_STDERR);
	else if (!error)
		error = renew_file(output, pair, OUTPUT_STDERR);
	return error;
}

int output_start(struct output *output, int pair, bool merge)
{
	int error = output_renew(output, pair, merge);

	if (error != -ENOENT)
		return error;
	error = output_make_directory_anew(output);
	return error ? error : output_renew(output, pair, merge);
}

/* An idle file stays open, to be checked again. */
static void file_look(struct output *output, int pair, enum output_stream stream)
{
	struct output_file *file = output_file_of(output, pair, stream);
	const int flags = O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK;
	char name[NAME_SIZE];
	int error;

	pair_name(name, pair, stream);
	file->use = OUTPUT_UNKNOWN;
	if (file->opened == 0)
		file->opened = openat(output->dirfd, name, O_WRONLY | O_APPEND | flags) + 1;
	if (file->opened == 0)
		return;
	error = output_lease(file->opened - 1, F_WRLCK);
	if (!error) {
		file->use = OUTPUT_IDLE;
		return;
	}
	file_close(file);
	if (error != -EAGAIN)
		return;
	/*
	 * Somebody has it open.  But a reader, such as this server for logs, is not a process that was left
	 * running.
	 */
	int fd = openat(output->dirfd, name, O_RDONLY | flags);
	if (fd < 0)
		return;
	error = output_lease(fd, F_RDLCK);
	if (!error || error == -EAGAIN)
		file->use = error ? OUTPUT_WRITTEN : OUTPUT_READ;
	(void)close(fd);
}

bool output_is_written(struct output *output, int pair)
{
	file_look(output, pair, OUTPUT_STDOUT);
	file_look(output, pair, OUTPUT_STDERR);
	return output_file_of(output, pair, OUTPUT_STDOUT)->use == OUTPUT_WRITTEN ||
	       output_file_of(output, pair, OUTPUT_STDERR)->use == OUTPUT_WRITTEN;
}

bool output_is_empty(struct output *output, int pair, enum output_stream stream)
{
	int opened = numbers_has(pair) ? output_file_of(output, pair, stream)->opened : 0;
	struct stat status;

	return opened > 0 && fstat(opened - 1, &status) == 0 && status.st_size == 0 && status.st_nlink == 1;
}

/* 1: it has content.  0: it is empty.  -ENOENT or -errno. */
static int file_holds_bytes(const struct output *output, const struct output_file *file, const char *name)
{
	struct stat status;
	int error = file->opened > 0 ? fstat(file->opened - 1, &status)
	                             : fstatat(output->dirfd, name, &status, AT_SYMLINK_NOFOLLOW);

	if (error < 0)
		return -errno;
	return status.st_nlink == 0 ? -ENOENT : status.st_size > 0;
}

static int finish_stream(struct output *output, int pair, struct output_owner owner, bool left,
                         enum output_stream stream)
{
	struct output_file *file = output_file_of(output, pair, stream);
	char from[NAME_SIZE], to[NAME_SIZE];
	int holds;

	pair_name(from, pair, stream);
	/* Its writer may have closed it since. */
	if (file->use == OUTPUT_WRITTEN)
		file_look(output, pair, stream);
	holds = file_holds_bytes(output, file, from);
	if (holds < 0)
		return holds == -ENOENT ? 0 : holds;
	if (!holds && file->use != OUTPUT_WRITTEN && !(left && file->use == OUTPUT_UNKNOWN))
		return 0;
	owner_name(to, owner, stream);
	if (renameat(output->dirfd, from, output->dirfd, to) < 0)
		return -errno;
	file_close(file);
	file->use = OUTPUT_UNKNOWN;
	return 0;
}

int output_finish(struct output *output, int pair, struct output_owner owner, bool left)
{
	int first = finish_stream(output, pair, owner, left, OUTPUT_STDOUT);
	int second = finish_stream(output, pair, owner, left, OUTPUT_STDERR);

	return first ? first : second;
}

bool output_path(struct output_owner owner, int pair, enum output_stream stream, char *path, size_t size)
{
	char name[NAME_SIZE];

	if (pair >= 0)
		pair_name(name, pair, stream);
	else
		owner_name(name, owner, stream);
	(void)snprintf(path, size, "%s", name);
	return pair >= 0;
}

bool output_parse_name(const char *name, struct output_owner *owner, int *pair)
{
	static const char prefix[] = "slot-";
	bool is_pair = strncmp(name, prefix, sizeof(prefix) - 1) == 0;
	const char *digits = is_pair ? name + sizeof(prefix) - 1 : name;
	char *end;

	if (*digits < '0' || *digits > '9')
		return false;
	uint64_t value = strtoull(digits, &end, 10), attempt = 1;
	bool later = !is_pair && end[0] == '-' && end[1] >= '1' && end[1] <= '9';
	if (later)
		attempt = strtoull(end + 1, &end, 10);
	if (*end != '.' || attempt > UINT32_MAX || (later && attempt < 2) ||
	    (strcmp(end + 1, suffixes[OUTPUT_STDOUT]) != 0 && strcmp(end + 1, suffixes[OUTPUT_STDERR]) != 0))
		return false;
	if (is_pair && value > INT_MAX)
		return false;
	*owner = (struct output_owner){ is_pair ? 0 : value, (uint32_t)attempt };
	*pair = is_pair ? (int)value : -1;
	return true;
}

static int open_named(const struct output *output, struct output_owner owner, int pair,
                      enum output_stream stream)
{
	char name[NAME_SIZE];
	int fd;

	(void)output_path(owner, pair, stream, name, sizeof(name));
	fd = openat(output->dirfd, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	return fd < 0 ? -errno : fd;
}

int output_read_open(struct output *output, struct output_owner owner, int pair, enum output_stream stream)
{
	int fd = open_named(output, owner, pair, stream);

	/* The task may have ended since the caller looked. */
	if (fd == -ENOENT && pair >= 0)
		fd = open_named(output, owner, -1, stream);
	return fd;
}

int output_write_open(struct output *output, struct output_owner owner, int pair, enum output_stream stream)
{
	char name[NAME_SIZE];

	output_path(owner, pair, stream, name, sizeof(name));
	int fd = openat(output->dirfd, name, O_WRONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	return fd < 0 ? -errno : fd;
}

bool output_is_free(const struct output *output, int pair)
{
	return numbers_is_free(&output->numbers, pair);
}

/*
 * Freeing all blocks of a large file at once blocks the journal of the filesystem, and so everybody who
 * writes durably.  What has another name is somebody's who wanted to keep it: then only our name goes.
 */
static bool shorten_file(int fd, bool (*goes_on)(void *ctx), void *ctx)
{
	struct stat status;

	for (int part = 0; part < PARTS_MAX; part++) {
		if (fstat(fd, &status) < 0 || status.st_nlink > 1 || status.st_blocks <= PART_BLOCKS)
			break;
		off_t size = status.st_size > PART_SIZE ? status.st_size - PART_SIZE : 0;

		if (!goes_on(ctx))
			return false;
		if (ftruncate(fd, size) < 0)
			break;
	}
	return true;
}

static void forget_file(const struct output *output, struct output_owner owner, enum output_stream stream,
                        bool (*goes_on)(void *ctx), void *ctx)
{
	char name[NAME_SIZE];
	bool all = true;

	owner_name(name, owner, stream);
	int fd = openat(output->dirfd, name, O_WRONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (fd >= 0) {
		all = shorten_file(fd, goes_on, ctx);
		(void)close(fd);
	}
	if (all)
		(void)unlinkat(output->dirfd, name, 0);
}

void output_forget(struct output *output, struct output_owner owner, bool (*goes_on)(void *ctx), void *ctx)
{
	forget_file(output, owner, OUTPUT_STDOUT, goes_on, ctx);
	forget_file(output, owner, OUTPUT_STDERR, goes_on, ctx);
}
