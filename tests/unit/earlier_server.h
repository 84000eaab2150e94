/*
 * What an earlier server left, and an anchor of one process, whose answers the test sets.
 */
#ifndef KRTASK_TESTS_EARLIER_SERVER_H
#define KRTASK_TESTS_EARLIER_SERVER_H

#include "engine/core/kernel.h"
#include "engine/exec/local/attempt.h"
#include "tests/unit/scripted_core.h"

extern struct fake_anchor {
	struct local_anchor anchor;
	pid_t child;
	enum local_ending ending;
	int status;
	int error; /* of the line to it */
	unsigned asked;
	pid_t reaped[8];
	unsigned reaped_count;
} fake;

/* The anchor's children are children of this process, because a parent must not be init. */
void use_anchor(pid_t child, enum local_ending ending, int status);
/* The next server. */
void reopen(void);
/* Changes the ledger while no server runs. */
void rewrite_ledger(int entry, pid_t pid, uint64_t start);
/* As an older version wrote the ledger. */
void forget_files(int entry);
/* The server goes, and then the task is killed.  Returns its pid, which is free again. */
pid_t end_unseen(const struct subject *subject);
/* The next server finds that the task ended, and not how; began: but when it began. */
void adopt_unseen(struct subject *subject, bool began);
void await_zombie(pid_t pid);
void check_unseen(const struct subject *subject);
void check_restarted(const struct subject *subject);

#endif
