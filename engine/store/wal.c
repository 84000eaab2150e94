#include "engine/store/wal.h"

#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { WAL_HEADER = 32, WAL_FRAME_HEADER = 24 };
/* A stop, an end or a removal takes about 10 KB. */
enum { WAL_AHEAD = 256 * 1024 };

/*
 * The beginning of the index: native integers.  SQLite writes it only after a commit has been synced, or for
 * a new log.
 */
struct wal_index_header {
	uint32_t version, unused, change;
	uint8_t initialized, big_endian_checksums;
	uint16_t page_size;   /* 1: 65536 */
	uint32_t frames;      /* committed */
	uint32_t pages;       /* of the database, with those frames */
	uint32_t checksum[2]; /* of the last of these frames and all before it, as in the frame */
};

static int wal_file_open(struct wal_file *file, const char *database, const char *suffix, int flags)
{
	file->fd = -1;
	if (asprintf(&file->path, "%s%s", database, suffix) < 0) {
		file->path = NULL;
		return -ENOMEM;
	}
	if (flags >= 0) {
		file->fd = open(file->path, flags | O_CLOEXEC);
		if (file->fd < 0)
			return -errno;
	}
	return stat(file->path, &file->opened) ? -errno : 0;
}

/*
 * Pages never become fewer.  There may be room ahead behind them, which SQLite cuts off when it has copied the log, and
 * some may still be in the log alone.
 */
static off_t wal_least(const struct wal_file *database, off_t pages)
{
	return pages < database->opened.st_size ? pages : database->opened.st_size;
}

int wal_open(struct wal *wal, const char *path, off_t pages)
{
	int rc = wal_file_open(&wal->database, path, "", -1);
	int rc_log = wal_file_open(&wal->log, path, "-wal", O_RDWR);
	int rc_index = wal_file_open(&wal->index, path, "-shm", O_RDONLY);

	if (!rc)
		wal->database_least = wal_least(&wal->database, pages);
	return rc ? rc : rc_log ? rc_log : rc_index;
}

static void wal_file_close(struct wal_file *file)
{
	/* A file that was never opened is all zero. */
	if (file->path && file->fd >= 0)
		close(file->fd);
	free(file->path);
	*file = (struct wal_file){ .fd = -1 };
}

void wal_close(struct wal *wal)
{
	wal_file_close(&wal->log);
	wal_file_close(&wal->index);
	wal_file_close(&wal->database);
}

static bool wal_read_index(const struct wal *wal, struct wal_index_header *header)
{
	return pread(wal->index.fd, header, sizeof(*header), 0) == (ssize_t)sizeof(*header) &&
	       header->initialized;
}

static off_t wal_page_size(const struct wal_index_header *header)
{
	return header->page_size == 1 ? 65536 : header->page_size;
}

/* Where the next commit will be written.  -1: not known. */
static off_t wal_end(const struct wal *wal)
{
	struct wal_index_header header;

	if (!wal_read_index(wal, &header))
		return -1;
	return WAL_HEADER + (off_t)header.frames * (WAL_FRAME_HEADER + wal_page_size(&header));
}

/*
 * Allocated space reads as zeros.  SQLite does not take this for a frame, so it stops reading there and
 * writes over it.
 */
void wal_grow(const struct wal *wal)
{
	off_t end = wal_end(wal);
	struct stat now;

	if (end < 0)
		end = 0;
	if (fstat(wal->log.fd, &now) == 0 && now.st_size < end + WAL_AHEAD)
		(void)fallocate(wal->log.fd, 0, 0, end + 2 * WAL_AHEAD);
}

off_t wal_size(const struct wal *wal)
{
	struct stat now;

	return fstat(wal->log.fd, &now) ? 0 : now.st_size;
}

off_t wal_room(const struct wal *wal)
{
	off_t end = wal_end(wal);

	return end < 0 ? 0 : wal_size(wal) - end;
}

off_t wal_database_size(const struct wal *wal)
{
	struct wal_index_header header;

	return wal_read_index(wal, &header) ? header.pages * wal_page_size(&header) : -1;
}

/*
 * SQLite reads a log up to the first frame that is not whole.  So clearing the header of the first frame
 * removes all of them.  If writing fails, shortening the file has the same effect.
 */
enum wal_undone wal_undo(const struct wal *wal)
{
	static const char nothing[WAL_FRAME_HEADER];
	off_t end = wal_end(wal);
	struct stat now;

	if (end < 0 || fstat(wal->log.fd, &now))
		return WAL_NOT_UNDONE;
	if (now.st_size > end &&
	    pwrite(wal->log.fd, nothing, sizeof(nothing), end) != (ssize_t)sizeof(nothing) &&
	    ftruncate(wal->log.fd, end))
		return WAL_NOT_UNDONE;
	return fdatasync(wal->log.fd) ? WAL_UNDONE_UNSYNCED : WAL_UNDONE;
}

static bool wal_file_missing(const struct wal_file *file)
{
	struct stat now;

	return stat(file->path, &now) || now.st_ino != file->opened.st_ino ||
	       now.st_dev != file->opened.st_dev;
}

const char *wal_missing(const struct wal *wal)
{
	if (wal_file_missing(&wal->database))
		return wal->database.path;
	return wal_file_missing(&wal->log) ? wal->log.path : NULL;
}

/*
 * Whether the last commit is where the index says.  It is not if somebody has cut the log off, or has written an earlier one over
 * it, as who restores a copy does.
 */
static bool wal_has_commit(const struct wal *wal, const struct wal_index_header *header)
{
	uint32_t checksum[2]; /* at the end of the header of a frame, big-endian */
	off_t frame = WAL_HEADER + (off_t)(header->frames - 1) * (WAL_FRAME_HEADER + wal_page_size(header));
	off_t at = frame + WAL_FRAME_HEADER - (off_t)sizeof(checksum);

	return pread(wal->log.fd, checksum, sizeof(checksum), at) == (ssize_t)sizeof(checksum) &&
	       be32toh(checksum[0]) == header->checksum[0] && be32toh(checksum[1]) == header->checksum[1];
}

/* Another thread may just be committing.  Then the index has changed since it was read. */
static bool wal_log_changed(const struct wal *wal)
{
	struct wal_index_header header, later;

	for (;;) {
		/* A log without commits may be empty. */
		if (!wal_read_index(wal, &header) || header.frames == 0 || wal_has_commit(wal, &header))
			return false;
		if (wal_read_index(wal, &later) && memcmp(&header, &later, sizeof(header)) == 0)
			return true;
	}
}

const char *wal_changed(const struct wal *wal)
{
	struct stat now;

	if (stat(wal->database.path, &now) == 0 && now.st_size < wal->database_least)
		return wal->database.path;
	return wal_log_changed(wal) ? wal->log.path : NULL;
}
