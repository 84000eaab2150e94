/*
 * The write-ahead log as a file (https://www.sqlite.org/walformat.html), for what SQLite cannot be asked: to
 * take back what a failed commit wrote, and to see that the files are still those that were opened.  The
 * store thread's, once it runs.
 */
#ifndef KRTASK_STORE_WAL_H
#define KRTASK_STORE_WAL_H

#include <stdbool.h>
#include <sys/stat.h>

/* A file, and what it was when it was opened. */
struct wal_file {
	char *path;
	int fd; /* -1: it is not open */
	struct stat opened;
};

struct wal {
	struct wal_file log, index,
		database; /* the last is never open here: closing it would drop SQLite's locks */
};

enum wal_undone {
	WAL_UNDONE,          /* no crash brings it back */
	WAL_UNDONE_UNSYNCED, /* only the machine's own end could */
	WAL_NOT_UNDONE,      /* a crash may bring it back */
};

/*
 * path: of the database, which SQLite has opened in WAL mode and read.  0 or -errno.  To be closed after
 * sqlite3_close(), which has locks on these files.
 */
int wal_open(struct wal *wal, const char *path);
void wal_close(struct wal *wal);
/*
 * Makes sure that some more commits fit into the log, even if the disk is full by then.  Before each commit. 
 * No error: the room may be there all the same.
 */
void wal_grow(const struct wal *wal);
/* Takes out of the log what is behind the last commit that SQLite knows. */
enum wal_undone wal_undo(const struct wal *wal);
/* NULL, or the path of a file that is no longer what it was when it was opened. */
const char *wal_missing(const struct wal *wal);

#endif
