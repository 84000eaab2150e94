#include "engine/run/content.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/task/progress.h"

enum {
	CHUNK = 32768, /* bytes that the search for lines reads at a time */
	TAIL = 4096,   /* bytes that are searched for progress */
};

/* Only whole blocks make a hole, so up to one block more stays on either side of it. */
static bool content_holds_more(const struct stat *status, uint64_t max)
{
	uint64_t size = (uint64_t)status->st_size, block = (uint64_t)status->st_blksize;
	return max > 0 && max <= size && (uint64_t)status->st_blocks * 512 > max + 2 * block;
}

bool content_outgrows(int fd, uint64_t max)
{
	struct stat status;
	return fstat(fd, &status) == 0 && content_holds_more(&status, max);
}

int content_cap(int fd, uint64_t max)
{
	uint64_t size, block, head, tail;
	struct stat status;

	if (max == 0)
		return 0;
	if (fstat(fd, &status) < 0)
		return -errno;
	if (!content_holds_more(&status, max))
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

bool content_scan_progress(int fd, struct progress *progress)
{
	char tail[TAIL];
	off_t end = lseek(fd, 0, SEEK_END);
	off_t from = end > TAIL ? end - TAIL : 0;
	ssize_t count = end > 0 ? read_at(fd, tail, sizeof(tail), from) : 0;

	return count > 0 && progress_scan_output(tail, (size_t)count, progress);
}

char *content_last_line(int fd)
{
	static const char blanks[] = "\r\n\t ";
	char tail[TAIL];
	off_t end = lseek(fd, 0, SEEK_END);
	ssize_t got = end > 0 ? read_at(fd, tail, sizeof(tail), end > TAIL ? end - TAIL : 0) : 0;
	size_t to = got > 0 ? (size_t)got : 0, from;

	while (to > 0 && memchr(blanks, tail[to - 1], sizeof(blanks)))
		to--;
	for (from = to; from > 0 && tail[from - 1] != '\n' && tail[from - 1] != '\r';)
		from--;
	while (from < to && memchr(blanks, tail[from], sizeof(blanks)))
		from++;
	return to > from ? strndup(tail + from, to - from) : NULL;
}

/*
 * The state of a search for lines, from the end of the file.  The hole of a cap is skipped, since it may be
 * longer than any disk.
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

/* Where the chunk begins that ends at end.  If a hole is just before end, end moves over it first. */
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

off_t content_tail_offset(int fd, uint64_t lines, off_t *size)
{
	struct backward file = { .fd = fd };
	char chunk[CHUNK], *newline;
	struct stat status;
	off_t begin, end;
	ssize_t count;

	if (fstat(fd, &status) < 0)
		return -errno;
	*size = status.st_size;
	if (lines == 0)
		return status.st_size;
	find_hole(&file, &status);
	/* The newline at the end of the last line does not begin another line. */
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
 * A hole reads as zeros, so bytes with a NUL may be one.  Returns how many of the bytes are data.  If they
 * begin in a hole, returns 0 and moves *offset and *skipped to its end.
 */
static ssize_t data_before_hole(int fd, off_t *offset, size_t count, uint64_t *skipped)
{
	off_t next, hole = lseek(fd, *offset, SEEK_HOLE);

	if (hole < 0) /* the filesystem has no holes, or the file has just shrunk */
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

ssize_t content_read(int fd, off_t *offset, void *buffer, size_t size, uint64_t *skipped)
{
	ssize_t count, data;

	if (skipped)
		*skipped = 0;
	for (;;) {
		count = read_at(fd, buffer, size, *offset);
		if (count <= 0)
			return count;
		/* Text has no NUL, so reading text needs no further system call. */
		data = count;
		if (skipped && memchr(buffer, '\0', (size_t)count))
			data = data_before_hole(fd, offset, (size_t)count, skipped);
		if (data < 0)
			return data;
		if (data > 0) {
			*offset += data;
			return data;
		}
	}
}
