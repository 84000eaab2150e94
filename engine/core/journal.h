/*
 * The journal: changes on their way to the store, and what follows from them.
 *
 * A change is made in memory at once, and its writes go to the store as one batch.  It waits here until
 * the store has answered, in the order in which changes were made.  Then exactly one of its functions
 * is called:
 *
 *     effect   it is durable: what it causes may happen now
 *     undo     its commit failed: memory is restored.  The newest change is undone first, so each finds memory as it left it
 *     drop     the journal is released before the store has answered: only memory is freed
 *
 * A change is embedded in the structure of its maker, which has what the three functions need and is
 * freed by them.  The journal knows nothing about tasks.  Loop thread only.
 *
 * What is put between journal_open() and journal_close() becomes durable together, as one change of the store.
 * The pairs can be nested.
 */
#ifndef KRTASK_CORE_JOURNAL_H
#define KRTASK_CORE_JOURNAL_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/store/batch.h"

struct journal_change {
	struct journal_change *prev, *next; /* the journal's */
	uint64_t sequence;                  /* the journal's: its number in the store */
	void (*effect)(struct journal_change *change);
	void (*undo)(struct journal_change *change);
	void (*drop)(struct journal_change *change);
};

/*
 * Where batches go: the store, or a substitute in a test.  put returns what store_put() returns, is_scarce what
 * store_is_scarce() does; NULL: never.
 */
struct journal_sink {
	void *ctx;
	int (*put)(void *ctx, struct store_batch *batch, bool urgent, uint64_t *sequence);
	bool (*is_scarce)(void *ctx);
};

struct journal {
	struct journal_sink sink;
	struct journal_change *changes; /* not settled, oldest first (utlist) */
	uint64_t sequence;              /* of the latest change that can be seen: a reply waits for it */
	uint64_t committed;             /* all up to this are durable */
	struct journal_change *bundle;  /* what was put since journal_open(), oldest first (utlist) */
	struct store_batch batch;       /* its writes */
	unsigned depth;                 /* of open pairs */
	bool urgent, seen;              /* of the bundle: somebody waits for it; replies wait for it */
};

void journal_init(struct journal *journal, const struct journal_sink *sink);
/*
 * Puts a change.  urgent: somebody waits for it.  0; or -errno: nothing was put, none of its functions
 * will be called, and the caller must restore memory.  The batch is released in both cases.
 */
int journal_put(struct journal *journal, struct journal_change *change, struct store_batch *batch,
                bool urgent);
/* The same for a change that nobody can see: no reply waits for it. */
int journal_put_unseen(struct journal *journal, struct journal_change *change, struct store_batch *batch,
                       bool urgent);
/* The room that is left is for what ends tasks.  So what does not is refused with -ENOSPC. */
bool journal_is_scarce(const struct journal *journal);
void journal_open(struct journal *journal);
/*
 * 0; or -errno: nothing was put, and all changes since the outer journal_open() have been undone.  The inner
 * ones answer 0.
 */
int journal_close(struct journal *journal);
/* The same, but all changes are undone.  Only for the outer pair. */
void journal_abort(struct journal *journal);
/* All changes up to this number are durable. */
void journal_committed(struct journal *journal, uint64_t committed);
/*
 * The commit of all changes above this number failed: they are undone.  Called before
 * journal_committed() reports those up to it, since no effect may see a change that was not stored.
 */
void journal_failed(struct journal *journal, uint64_t committed);
/* Drops the changes that still wait. */
void journal_release(struct journal *journal);

#endif
