/*
 * The ledger: a memory-mapped file of entries.  A claim owns an entry.  The kernel itself writes the
 * process id of the child there (CLONE_PARENT_SETTID), before the child can run.  So no server that is
 * killed, at whatever moment, leaves a running command that is unknown.
 *
 * The content survives the process, but not a reboot: ledger_open() says whether the file is of this
 * boot.  If not, its process ids mean nothing.
 *
 * Loop thread only, except for the word of the process id and ledger_set_start(), which the worker that
 * spawns the task of the entry uses.
 */
#ifndef KRTASK_RUN_LEDGER_H
#define KRTASK_RUN_LEDGER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct ledger;

enum { LEDGER_ENTRIES_MAX = 65536 };

/*
 * DIRECTORY/ledger, mode 0600.  The disk space is reserved before it is mapped, so that a full disk is an
 * error here and never a SIGBUS. 0 or -errno with *error.
 */
int ledger_open(struct ledger **ledger, const char *directory, const char *boot_id, bool *same_boot,
                char **error);
void ledger_close(struct ledger *ledger);

/* A free entry, the lowest, its pid cleared: its number, or -EAGAIN (all are taken), -ENOSPC, -errno. */
int ledger_take(struct ledger *ledger);
/* Recovery: marks an entry that a stored claim names as taken, content kept. 0, -EINVAL. */
int ledger_adopt(struct ledger *ledger, int entry);
void ledger_release(struct ledger *ledger, int entry);

pid_t *ledger_pid_word(struct ledger *ledger, int entry);
pid_t ledger_pid(const struct ledger *ledger, int entry); /* 0: the kernel never wrote one */
void ledger_set_start(struct ledger *ledger, int entry, uint64_t start);
uint64_t ledger_start(const struct ledger *ledger, int entry);
/* Which output files the task with that number writes to (output.h); before the clone.  -1: none. */
void ledger_set_files(struct ledger *ledger, int entry, int files, uint64_t number);
/* They have their final names, and may be given to the next. */
void ledger_set_named(struct ledger *ledger, int entry);
/* Those of the task with that number; -1: none, or they are not known.  Also after a reboot. */
int ledger_files(const struct ledger *ledger, int entry, uint64_t number);
/*
 * Forgets all processes, and stamps the file with this boot.  Which files belonged to an entry is kept until
 * the entry is taken.
 */
void ledger_reset(struct ledger *ledger, const char *boot_id);

#endif
