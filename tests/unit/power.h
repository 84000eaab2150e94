/*
 * A disk that loses its power: an SQLite VFS over the system's, which keeps what was synced of each file in a
 * directory, and the writes since.  power_fail() makes, in another directory, one of the states that a power
 * failure could leave now: what was synced is there; of each sector that was written since, the new content,
 * the old one, or that of another write.
 *
 * Call power_make() once, before the database is opened.  Then the user of the database calls the hook
 * before each sync, after it, and before some writes.  Syncs reach no disk.
 */
#ifndef KRTASK_TESTS_POWER_H
#define KRTASK_TESTS_POWER_H

/* Watches the files below directory, which ends in a slash. */
void power_make(const char *directory, void (*hook)(void));
/* seed chooses one of the possible states. */
void power_fail(const char *to, unsigned seed);
/* Forgets the files, after they were removed. */
void power_forget(void);

#endif
