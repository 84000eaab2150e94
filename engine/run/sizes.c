#include "config.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/run/sizes.h"
#include "engine/task/array.h"

enum { SIZES_BLOCK = 512 /* bytes of st_blocks, see stat(2) */ };

/* The file of a task that has ended begins with its number; 0: it is another one. */
static uint64_t sizes_number(const char *name)
{
	char *end;
	if (*name < '1' || *name > '9')
		return 0;
	errno = 0;
	uint64_t number = strtoull(name, &end, 10);
	return errno == 0 && (*end == '.' || *end == '-') ? number : 0;
}

static int sizes_add(struct sizes *usage, int directory, const char *name)
{
	struct stat status;
	uint64_t number = sizes_number(name);
	/* It may have been removed meanwhile. */
	if (fstatat(directory, name, &status, AT_SYMLINK_NOFOLLOW) || !S_ISREG(status.st_mode))
		return 0;
	uint64_t bytes = (uint64_t)status.st_blocks * SIZES_BLOCK;
	usage->total += bytes;
	if (number == 0 || bytes == 0)
		return 0;
	struct sizes_entry *entries =
		array_grow(usage->entries, &usage->size, usage->count + 1, sizeof(*entries));
	if (!entries)
		return -ENOMEM;
	usage->entries = entries;
	entries[usage->count++] = (struct sizes_entry){ number, bytes };
	return 0;
}

static int sizes_compare(const void *a, const void *b)
{
	const struct sizes_entry *one = a, *other = b;
	return one->number < other->number ? -1 : one->number > other->number;
}

/* A task has several files. */
static void sizes_merge(struct sizes *usage)
{
	size_t kept = 0;
	if (usage->count > 1)
		qsort(usage->entries, usage->count, sizeof(*usage->entries), sizes_compare);
	for (size_t i = 0; i < usage->count; i++) {
		if (kept > 0 && usage->entries[kept - 1].number == usage->entries[i].number)
			usage->entries[kept - 1].bytes += usage->entries[i].bytes;
		else
			usage->entries[kept++] = usage->entries[i];
	}
	usage->count = kept;
}

int sizes_read(struct sizes *usage, const char *directory)
{
	int code = 0, top = open(directory, O_PATH | O_DIRECTORY | O_CLOEXEC);
	int fd = top < 0 ? -1 : openat(top, "log", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *stream = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *entry;
	*usage = (struct sizes){ 0 };
	if (!stream)
		code = -errno;
	while (stream && !code && (entry = readdir(stream)))
		code = sizes_add(usage, fd, entry->d_name);
	if (stream)
		closedir(stream);
	else if (fd >= 0)
		close(fd);
	if (top >= 0)
		close(top);
	sizes_merge(usage);
	return code;
}

uint64_t sizes_of(const struct sizes *usage, uint64_t number)
{
	size_t low = 0, high = usage->count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (usage->entries[middle].number < number)
			low = middle + 1;
		else
			high = middle;
	}
	return low < usage->count && usage->entries[low].number == number ? usage->entries[low].bytes : 0;
}

void sizes_release(struct sizes *usage)
{
	free(usage->entries);
	*usage = (struct sizes){ 0 };
}
