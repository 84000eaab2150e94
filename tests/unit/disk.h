/*
 * A disk that a test controls.  SQLite syncs its write-ahead log through here.  A test can hold a sync, and
 * make it fail once, as fsync(2) reports a lost write once.
 *
 * Call disk_make() before the database is opened.  Only the thread of the test calls these, for one store at
 * a time.
 */
#ifndef KRTASK_TESTS_DISK_H
#define KRTASK_TESTS_DISK_H

#include <stdbool.h>

void disk_make(void);
/* The next sync fails. */
void disk_fail(void);
/* Every sync fails until disk_break(false). */
void disk_break(bool broken);
/* The next sync waits.  disk_held() returns when a sync waits. */
void disk_hold(void);
void disk_held(void);
/* The next file of this kind (SQLITE_OPEN_WAL …) opens for reading only. */
void disk_refuse_writing(int kind);
/* The waiting sync goes on, or fails. */
void disk_proceed(bool to_fail);

#endif
