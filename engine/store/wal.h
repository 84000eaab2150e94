/*
 * The write-ahead log as a file (https://www.sqlite.org/walformat.html).  SQLite itself cannot take back what
 * a failed commit wrote, and cannot tell whether the files are still those that were opened.  Only the store
 * thread uses this, once it runs.
 */
#ifndef KRTASK_STORE_WAL_H
#define KRTASK_STORE_WAL_H

#include <stdbool.h>
#include <sys/stat.h>

/* A file, with its identity when it was opened. */
struct wal_file {
	char *path;
	int fd; /* -1: it is not open */
	struct stat opened;
};

struct wal {
	struct wal_file log, index,
		database;     /* the database is never open here: closing it would drop SQLite's locks */
	off_t database_least; /* the database is shorter only if somebody has cut it off */
};

enum wal_undone {
	WAL_UNDONE,          /* it cannot come back after a crash */
	WAL_UNDONE_UNSYNCED, /* it can come back only if the machine crashes */
	WAL_NOT_UNDONE,      /* it may come back after a crash */
};

/*
 * path is that of the database, which SQLite has opened in WAL mode and read, and pages the bytes of its pages.  0 or
 * -errno.  Must be closed after sqlite3_close(), since SQLite has locks on these files.
 */
int wal_open(struct wal *wal, const char *path, off_t pages);
void wal_close(struct wal *wal);
/*
 * To be called before the first commit, and after each.  Makes sure that some more commits fit into the log even if the disk is
 * full by then.  It returns no error, since there may be room in spite of one.
 */
void wal_grow(const struct wal *wal);
/* So many bytes can be added to the log even if the disk is full. */
off_t wal_room(const struct wal *wal);
off_t wal_size(const struct wal *wal);
/* The size that the database will have when the log is copied into it.  -1: not known. */
off_t wal_database_size(const struct wal *wal);
/* Removes everything from the log that follows the last commit that SQLite knows. */
enum wal_undone wal_undo(const struct wal *wal);
/* NULL, or the path of a file that is no longer the one that was opened. */
const char *wal_missing(const struct wal *wal);
/* The same of one that somebody has cut off or written over: what it had is not in it any more. */
const char *wal_changed(const struct wal *wal);

#endif
