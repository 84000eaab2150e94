/*
 * Room ahead, in the log and in the database.  On a full disk it is there for what ends tasks.
 */
#include <sys/stat.h>

#include "engine/store/internal.h"

enum {
	/* In the database, and in the log, so much is not used by other changes. */
	STORE_KEPT = 64 * 1024,
	STORE_KEPT_LOG = 128 * 1024,
};

/*
 * The database has no room for what is in the log if it is not made before the disk is full.  Then the log
 * could not be written from its beginning again.
 */
static off_t store_grow_database(struct store *store)
{
	off_t size = wal_database_size(&store->wal);
	sqlite3_int64 wanted = size + 2 * STORE_KEPT;
	struct stat now;

	if (size < 0 || stat(store->path, &now))
		return 0;
	if (now.st_size < wanted &&
	    sqlite3_file_control(store->db, "main", SQLITE_FCNTL_SIZE_HINT, &wanted) == SQLITE_OK)
		(void)stat(store->path, &now);
	return now.st_size - size;
}

/* Copies the log into the database.  The next commit then writes it from its beginning.  It waits for nobody. */
static bool store_empty_log(struct store *store)
{
	int frames = 0, copied = 0;

	return sqlite3_wal_checkpoint_v2(store->db, NULL, SQLITE_CHECKPOINT_PASSIVE, &frames, &copied) ==
	               SQLITE_OK &&
	       copied == frames;
}

bool store_make_room(struct store *store)
{
	/* Files that were cut off stay short, so that each commit is refused. */
	if (wal_changed(&store->wal))
		return true;
	wal_grow(&store->wal);
	if (store_grow_database(store) < STORE_KEPT)
		return false;
	if (wal_room(&store->wal) >= STORE_KEPT_LOG)
		return true;
	return wal_size(&store->wal) >= STORE_KEPT_LOG && store_empty_log(store);
}
