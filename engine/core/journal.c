#include "config.h"

#include <utlist.h>

#include "engine/core/journal.h"

void journal_init(struct journal *journal, const struct journal_sink *sink)
{
	*journal = (struct journal){ .sink = *sink };
}

int journal_put_unseen(struct journal *journal, struct journal_change *change, struct store_batch *batch,
                       bool urgent)
{
	int error = journal->sink.put(journal->sink.ctx, batch, urgent, &change->sequence);
	store_batch_release(batch);
	if (!error)
		DL_APPEND(journal->changes, change);
	return error;
}

int journal_put(struct journal *journal, struct journal_change *change, struct store_batch *batch,
                bool urgent)
{
	int error = journal_put_unseen(journal, change, batch, urgent);
	if (!error)
		journal->sequence = change->sequence;
	return error;
}

/* An effect may put further changes.  They come later in the list, and are not committed yet. */
void journal_committed(struct journal *journal, uint64_t committed)
{
	journal->committed = committed;
	while (journal->changes && journal->changes->sequence <= committed) {
		struct journal_change *change = journal->changes;
		DL_DELETE(journal->changes, change);
		change->effect(change);
	}
}

void journal_failed(struct journal *journal, uint64_t committed)
{
	struct journal_change *change;
	/*
	 * The list is a utlist, which is circular backwards: the previous element of the first one is the
	 * last one.
	 */
	while (journal->changes && (change = journal->changes->prev)->sequence > committed) {
		DL_DELETE(journal->changes, change);
		change->undo(change);
	}
	/* Dropped changes are never committed, so nothing must wait for them. */
	journal->sequence = committed;
}

void journal_release(struct journal *journal)
{
	while (journal->changes) {
		struct journal_change *change = journal->changes;
		DL_DELETE(journal->changes, change);
		change->drop(change);
	}
}
