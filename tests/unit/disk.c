#include "tests/unit/disk.h"

#include <semaphore.h>
#include <sqlite3.h>
#include <stdatomic.h>

#include "tests/unit/unit.h"

static struct {
	sqlite3_vfs vfs;
	sqlite3_io_methods methods; /* of the write-ahead log */
	const sqlite3_io_methods *real;
	atomic_bool holds, fails, broken;
	int refused; /* the next file of this kind opens for reading only; 0: none */
	sem_t reached, go;
} disk;

static int sync_log(sqlite3_file *file, int flags)
{
	if (atomic_exchange(&disk.holds, false)) {
		sem_post(&disk.reached);
		sem_wait(&disk.go);
	}
	return atomic_exchange(&disk.fails, false) || disk.broken ? SQLITE_IOERR_FSYNC
	                                                          : disk.real->xSync(file, flags);
}

static int open_file(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *out_flags)
{
	sqlite3_vfs *real = vfs->pAppData;
	if (flags & disk.refused) {
		flags = (flags & ~(SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE)) | SQLITE_OPEN_READONLY;
		disk.refused = 0;
	}
	int rc = real->xOpen(real, name, file, flags, out_flags);

	if (rc == SQLITE_OK && flags & SQLITE_OPEN_WAL) {
		disk.real = file->pMethods;
		disk.methods = *disk.real;
		disk.methods.xSync = sync_log;
		file->pMethods = &disk.methods;
	}
	return rc;
}

void disk_make(void)
{
	sqlite3_vfs *real = sqlite3_vfs_find(NULL);

	disk.vfs = *real;
	disk.vfs.zName = "disk";
	disk.vfs.pAppData = real;
	disk.vfs.xOpen = open_file;
	sem_init(&disk.reached, 0, 0);
	sem_init(&disk.go, 0, 0);
	ck_assert_int_eq(sqlite3_vfs_register(&disk.vfs, 1), SQLITE_OK);
}

void disk_fail(void)
{
	disk.fails = true;
}

void disk_break(bool broken)
{
	disk.broken = broken;
}

void disk_refuse_writing(int kind)
{
	disk.refused = kind;
}

void disk_hold(void)
{
	disk.holds = true;
}

void disk_held(void)
{
	sem_wait(&disk.reached);
}

void disk_proceed(bool to_fail)
{
	disk.fails = to_fail;
	sem_post(&disk.go);
}
