/*
 * The ledger: a memory-mapped file of entries.  A claim owns an entry.  The kernel itself writes the process
 * id of the child there (CLONE_PARENT_SETTID), before the child can run.  So whenever a server is killed, no
 * running command is unknown.
 *
 * The content survives the process, but not a reboot.  ledger_open() says whether the file was written in
 * this boot.  If not, its process ids mean nothing.
 *
 * Loop thread only, except for the words of the process id and of the time, and ledger_set_start(), which the
 * worker that spawns the task of the entry uses.
 */
#ifndef KRTASK_RUN_LEDGER_H
#define KRTASK_RUN_LEDGER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "engine/task/devices.h"

struct ledger;

enum { LEDGER_ENTRIES_MAX = 65536 };

/*
 * DIRECTORY/ledger, mode 0600.  The disk space is reserved before anything is written to it.  So a full disk is
 * an error here, or in ledger_take(), and never a SIGBUS later.  0 or -errno with *error.
 */
int ledger_open(struct ledger **ledger, const char *directory, const char *boot_id, bool *same_boot,
                char **error);
void ledger_close(struct ledger *ledger);

/*
 * Takes the lowest free entry and clears its pid.  Its number, -EAGAIN (all are taken), -ENOSPC, or -errno.
 */
int ledger_take(struct ledger *ledger);
/* For recovery: marks the entry of a stored claim as taken, and keeps its content.  0 or -EINVAL. */
int ledger_adopt(struct ledger *ledger, int entry);
void ledger_release(struct ledger *ledger, int entry);

pid_t *ledger_pid_word(struct ledger *ledger, int entry);
pid_t ledger_pid(const struct ledger *ledger, int entry); /* 0: the kernel did not write any */
void ledger_set_start(struct ledger *ledger, int entry, uint64_t start);
uint64_t ledger_start(const struct ledger *ledger, int entry);
/*
 * Where the lower half of the time is written at which the process is started, in milliseconds since 1970, before the
 * clone.  What ledger_set_holding() does clears it.  NULL: there is no room for it.
 */
uint32_t *ledger_began_word(struct ledger *ledger, int entry);
/* That time, which is about the one that the kernel tells, in clock ticks; about itself if it was not written. */
int64_t ledger_began(const struct ledger *ledger, int entry, int64_t about);
/*
 * Records whose the entry is, and which output files the task with that number writes to (output.h).  Call it
 * after the entry was taken, and before the clone.  -1: none.
 */
void ledger_set_files(struct ledger *ledger, int entry, int files, uint64_t number);
/* It does not belong to another task: the database could say so if somebody has changed it. */
bool ledger_is_of(const struct ledger *ledger, int entry, uint64_t number);
/* Records that they have their final names.  Another task may get the pair now. */
void ledger_set_named(struct ledger *ledger, int entry);
/* The output files of the task with that number; -1: none, or unknown.  Valid after a reboot too. */
int ledger_files(const struct ledger *ledger, int entry, uint64_t number);
/*
 * Records the number and the devices that the task was given.  Call it before the clone.  slot -1: none.
 */
void ledger_set_holding(struct ledger *ledger, int entry, int slot, const struct device_set *devices);
/* The number, and *devices; -1: unknown. */
int ledger_slot(const struct ledger *ledger, int entry, struct device_set *devices);
/*
 * Forgets all processes, and marks the file as one of this boot.  The numbers of the output files stay until
 * the entry is taken.
 */
void ledger_reset(struct ledger *ledger, const char *boot_id);

#endif
