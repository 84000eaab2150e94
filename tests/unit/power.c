#include "tests/unit/power.h"

#include <check.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILES = 8, SECTOR = 512, WRITES_BETWEEN_HOOKS = 4 };

/* A write, or a truncation to offset if bytes is NULL. */
struct change {
	struct change *next;
	off_t offset;
	size_t length;
	char *bytes;
};

struct image {
	char *bytes;
	size_t length;
};

struct watched {
	char *path; /* NULL: unused */
	struct image synced;
	struct change *changes, **end;
};

struct power_file {
	sqlite3_file base;
	struct watched *watched; /* NULL: the file is not watched */
	sqlite3_file *real;      /* the system's file */
};

static struct watched files[FILES];
static sqlite3_vfs *system_vfs, power_vfs;
static char *power_directory;
static void (*power_hook)(void);
static unsigned writes;

static void power_grow(struct image *image, size_t length)
{
	if (length <= image->length)
		return;
	char *longer = realloc(image->bytes, length);
	ck_assert_ptr_nonnull(longer);
	image->bytes = longer;
	memset(image->bytes + image->length, 0, length - image->length);
	image->length = length;
}

static size_t power_size(const char *path)
{
	struct stat found;
	return stat(path, &found) ? 0 : (size_t)found.st_size;
}

/* Everything that was written so far is durable now. */
static void power_sync(struct watched *watched)
{
	int fd = open(watched->path, O_RDONLY | O_CLOEXEC);
	size_t size = power_size(watched->path);
	ck_assert_int_ge(fd, 0);
	watched->synced.length = 0;
	power_grow(&watched->synced, size);
	ck_assert_int_eq(pread(fd, watched->synced.bytes, size, 0), (ssize_t)size);
	close(fd);
	while (watched->changes) {
		struct change *change = watched->changes;
		watched->changes = change->next;
		free(change->bytes);
		free(change);
	}
	watched->end = &watched->changes;
}

static struct watched *power_find(const char *path, bool make)
{
	struct watched *unused = NULL;
	if (!path || strncmp(path, power_directory, strlen(power_directory)) != 0)
		return NULL;
	for (struct watched *watched = files; watched < files + FILES; watched++) {
		if (watched->path && strcmp(watched->path, path) == 0)
			return watched;
		if (!watched->path)
			unused = watched;
	}
	if (!make)
		return NULL;
	ck_assert_ptr_nonnull(unused);
	unused->path = strdup(path);
	power_sync(unused);
	return unused;
}

static void power_drop(struct watched *watched)
{
	if (!watched || !watched->path)
		return;
	while (watched->changes) {
		struct change *change = watched->changes;
		watched->changes = change->next;
		free(change->bytes);
		free(change);
	}
	free(watched->synced.bytes);
	free(watched->path);
	*watched = (struct watched){ 0 };
}

void power_forget(void)
{
	for (struct watched *watched = files; watched < files + FILES; watched++)
		power_drop(watched);
}

static void power_note(struct watched *watched, off_t offset, const void *bytes, size_t length)
{
	struct change *change = calloc(1, sizeof(*change));
	ck_assert_ptr_nonnull(change);
	change->offset = offset;
	change->length = length;
	if (bytes) {
		change->bytes = malloc(length + 1);
		ck_assert_ptr_nonnull(change->bytes);
		memcpy(change->bytes, bytes, length);
	}
	*watched->end = change;
	watched->end = &change->next;
}

/* The methods of SQLite's files. */

static sqlite3_file *real_of(sqlite3_file *file)
{
	return ((struct power_file *)file)->real;
}

static int power_close(sqlite3_file *file)
{
	return real_of(file)->pMethods->xClose(real_of(file));
}

static int power_read(sqlite3_file *file, void *bytes, int count, sqlite3_int64 offset)
{
	return real_of(file)->pMethods->xRead(real_of(file), bytes, count, offset);
}

static int power_write(sqlite3_file *file, const void *bytes, int count, sqlite3_int64 offset)
{
	struct watched *watched = ((struct power_file *)file)->watched;
	if (watched) {
		if (++writes % WRITES_BETWEEN_HOOKS == 0)
			power_hook();
		power_note(watched, offset, bytes, (size_t)count);
	}
	return real_of(file)->pMethods->xWrite(real_of(file), bytes, count, offset);
}

static int power_truncate(sqlite3_file *file, sqlite3_int64 size)
{
	struct watched *watched = ((struct power_file *)file)->watched;
	if (watched)
		power_note(watched, size, NULL, 0);
	return real_of(file)->pMethods->xTruncate(real_of(file), size);
}

static int power_sync_file(sqlite3_file *file, int flags)
{
	struct watched *watched = ((struct power_file *)file)->watched;
	(void)flags;
	if (watched) {
		power_hook();
		power_sync(watched);
		power_hook();
	}
	return SQLITE_OK;
}

static int power_file_size(sqlite3_file *file, sqlite3_int64 *size)
{
	return real_of(file)->pMethods->xFileSize(real_of(file), size);
}

static int power_lock(sqlite3_file *file, int level)
{
	return real_of(file)->pMethods->xLock(real_of(file), level);
}

static int power_unlock(sqlite3_file *file, int level)
{
	return real_of(file)->pMethods->xUnlock(real_of(file), level);
}

static int power_check_lock(sqlite3_file *file, int *result)
{
	return real_of(file)->pMethods->xCheckReservedLock(real_of(file), result);
}

static int power_control(sqlite3_file *file, int operation, void *argument)
{
	return real_of(file)->pMethods->xFileControl(real_of(file), operation, argument);
}

static int power_sector_size(sqlite3_file *file)
{
	return real_of(file)->pMethods->xSectorSize(real_of(file));
}

static int power_characteristics(sqlite3_file *file)
{
	return real_of(file)->pMethods->xDeviceCharacteristics(real_of(file));
}

static int power_map(sqlite3_file *file, int page, int size, int extend, void volatile **memory)
{
	return real_of(file)->pMethods->xShmMap(real_of(file), page, size, extend, memory);
}

static int power_map_lock(sqlite3_file *file, int offset, int count, int flags)
{
	return real_of(file)->pMethods->xShmLock(real_of(file), offset, count, flags);
}

static void power_map_barrier(sqlite3_file *file)
{
	real_of(file)->pMethods->xShmBarrier(real_of(file));
}

static int power_unmap(sqlite3_file *file, int remove)
{
	return real_of(file)->pMethods->xShmUnmap(real_of(file), remove);
}

static const sqlite3_io_methods power_methods = {
	.iVersion = 2,
	.xClose = power_close,
	.xRead = power_read,
	.xWrite = power_write,
	.xTruncate = power_truncate,
	.xSync = power_sync_file,
	.xFileSize = power_file_size,
	.xLock = power_lock,
	.xUnlock = power_unlock,
	.xCheckReservedLock = power_check_lock,
	.xFileControl = power_control,
	.xSectorSize = power_sector_size,
	.xDeviceCharacteristics = power_characteristics,
	.xShmMap = power_map,
	.xShmLock = power_map_lock,
	.xShmBarrier = power_map_barrier,
	.xShmUnmap = power_unmap,
};

static int power_open(sqlite3_vfs *vfs, const char *path, sqlite3_file *file, int flags, int *flags_out)
{
	struct power_file *opened = (struct power_file *)file;
	(void)vfs;
	*opened = (struct power_file){ .real = (sqlite3_file *)(opened + 1) };
	int result = system_vfs->xOpen(system_vfs, path, opened->real, flags, flags_out);
	if (result != SQLITE_OK)
		return result;
	file->pMethods = &power_methods;
	opened->watched = power_find(path, true);
	return SQLITE_OK;
}

static int power_delete(sqlite3_vfs *vfs, const char *path, int sync)
{
	(void)vfs;
	power_drop(power_find(path, false));
	return system_vfs->xDelete(system_vfs, path, sync);
}

void power_make(const char *directory, void (*hook)(void))
{
	system_vfs = sqlite3_vfs_find(NULL);
	power_directory = strdup(directory);
	power_hook = hook;
	power_vfs = *system_vfs;
	power_vfs.zName = "power";
	power_vfs.szOsFile = (int)sizeof(struct power_file) + system_vfs->szOsFile;
	power_vfs.xOpen = power_open;
	power_vfs.xDelete = power_delete;
	ck_assert_int_eq(sqlite3_vfs_register(&power_vfs, 1), SQLITE_OK);
}

/* The states that a failure can leave. */

enum fate { FATE_OLD, FATE_NEW, FATE_ANY, FATE_FIRST, FATE_COUNT };

/* Each sector of the write is there or not. */
static void power_apply(struct image *image, const struct change *change, bool torn, unsigned *seed)
{
	size_t end = (size_t)change->offset + change->length, next;
	for (size_t at = (size_t)change->offset; at < end; at = next) {
		next = (at / SECTOR + 1) * SECTOR;
		next = next < end ? next : end;
		if (torn && rand_r(seed) % 2)
			continue;
		power_grow(image, next);
		if (!image->bytes)
			abort();
		memcpy(image->bytes + at, change->bytes + (at - (size_t)change->offset), next - at);
	}
}

static void power_image(const struct watched *watched, struct image *image, unsigned *seed)
{
	enum fate fate = (enum fate)(rand_r(seed) % FATE_COUNT);
	unsigned count = 0, kept;
	for (const struct change *change = watched->changes; change; change = change->next)
		count++;
	kept = count ? (unsigned)rand_r(seed) % count : 0;
	power_grow(image, watched->synced.length);
	if (image->length)
		memcpy(image->bytes, watched->synced.bytes, image->length);
	count = 0;
	for (const struct change *change = watched->changes; change; change = change->next, count++) {
		if (fate == FATE_OLD || (fate == FATE_FIRST && count > kept))
			break;
		bool torn = fate == FATE_ANY || (fate == FATE_FIRST && count == kept);
		if (change->bytes)
			power_apply(image, change, torn, seed);
		else if ((!torn || rand_r(seed) % 2) && (size_t)change->offset < image->length)
			image->length = (size_t)change->offset;
	}
	/* Space that was allocated ahead can be there too. */
	if (rand_r(seed) % 2)
		power_grow(image, power_size(watched->path));
}

static void power_write_image(const char *to, const struct watched *watched, unsigned *seed)
{
	struct image image = { 0 };
	char path[512];
	snprintf(path, sizeof(path), "%s/%s", to, strrchr(watched->path, '/') + 1);
	power_image(watched, &image, seed);
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, image.bytes, image.length), (ssize_t)image.length);
	close(fd);
	free(image.bytes);
}

void power_fail(const char *to, unsigned seed)
{
	for (const struct watched *watched = files; watched < files + FILES; watched++) {
		if (watched->path)
			power_write_image(to, watched, &seed);
	}
}
