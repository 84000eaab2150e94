/*
 * The journal: what is on its way to the store, and what follows from it.
 *
 * A change is made in memory at once, and its puts go to the store as one batch.  It waits here until the store answers, in the order in
 * which changes were made.  Then exactly one of its functions is called:
 *
 *     effect   it is durable: what it causes in the world may happen now
 *     undo     its commit failed: memory is put back.  The newest change is undone first, so each finds memory as it left it
 *     drop     the journal ends without having heard: only memory is to be freed
 *
 * The change is its maker's: it is embedded in what the maker needs for the three, and freed there.  The journal knows nothing of
 * tasks.  Loop thread only.
 */
#ifndef KRTASK_CORE_JOURNAL_H
#define KRTASK_CORE_JOURNAL_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/store/batch.h"

struct journal_change {
	struct journal_change *prev, *next; /* the journal's */
	uint64_t sequence;                  /* the journal's: as the store numbered it */
	void (*effect)(struct journal_change *change);
	void (*undo)(struct journal_change *change);
	void (*drop)(struct journal_change *change);
};

/* Where batches go: the store, or what a test has in its place.  Answers as store_put() does. */
struct journal_sink {
	void *ctx;
	int (*put)(void *ctx, struct store_batch *batch, bool urgent, uint64_t *sequence);
};

struct journal {
	struct journal_sink sink;
	struct journal_change *changes; /* not settled, oldest first (utlist) */
	uint64_t sequence;              /* of the latest change that can be seen: a reply waits for it */
	uint64_t committed;             /* all up to this are durable */
};

void journal_init(struct journal *journal, const struct journal_sink *sink);
/*
 * Puts a change.  urgent: somebody waits for it.  0, or -errno: then nothing was put, none of its functions will be called, and
 * memory is for the caller to put back.  The batch is released either way.
 */
int journal_put(struct journal *journal, struct journal_change *change, struct store_batch *batch, bool urgent);
/* The same for one that nobody can see: no reply waits for it. */
int journal_put_unseen(struct journal *journal, struct journal_change *change, struct store_batch *batch, bool urgent);
/* All changes up to this number are durable. */
void journal_committed(struct journal *journal, uint64_t committed);
/* The commit of all above this failed: they are undone.  Before journal_committed() tells of those up to it, since no effect may see what was
 * not. */
void journal_failed(struct journal *journal, uint64_t committed);
/* Drops what has not been settled. */
void journal_release(struct journal *journal);

#endif
