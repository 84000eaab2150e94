#include "config.h"

#include <utlist.h>

#include "engine/core/journal.h"

void journal_init(struct journal *journal, const struct journal_sink *sink)
{
	*journal = (struct journal){ .sink = *sink };
}

static int journal_put_as(struct journal *journal, struct journal_change *change, struct store_batch *batch,
                          bool urgent, bool seen)
{
	int error = batch->error;
	if (journal->depth == 0) {
		error = journal->sink.put(journal->sink.ctx, batch, urgent, &change->sequence);
		if (!error)
			DL_APPEND(journal->changes, change);
		if (!error && seen)
			journal->sequence = change->sequence;
	} else if (!error) {
		store_batch_append(&journal->batch, batch);
		DL_APPEND(journal->bundle, change);
		journal->urgent |= urgent;
		journal->seen |= seen;
	}
	store_batch_release(batch);
	return error;
}

int journal_put_unseen(struct journal *journal, struct journal_change *change, struct store_batch *batch,
                       bool urgent)
{
	return journal_put_as(journal, change, batch, urgent, false);
}

int journal_put(struct journal *journal, struct journal_change *change, struct store_batch *batch,
                bool urgent)
{
	return journal_put_as(journal, change, batch, urgent, true);
}

bool journal_is_scarce(const struct journal *journal)
{
	return journal->sink.is_scarce && journal->sink.is_scarce(journal->sink.ctx);
}

void journal_open(struct journal *journal)
{
	journal->depth++;
}

/* The list is a utlist, which is circular backwards: the previous element of the first one is the last one. */
static void journal_undo_newest(struct journal_change **list)
{
	struct journal_change *change = (*list)->prev;
	DL_DELETE(*list, change);
	change->undo(change);
}

static void journal_undo_bundle(struct journal *journal)
{
	while (journal->bundle)
		journal_undo_newest(&journal->bundle);
}

void journal_abort(struct journal *journal)
{
	journal->depth--;
	store_batch_release(&journal->batch);
	journal->urgent = journal->seen = false;
	journal_undo_bundle(journal);
}

int journal_close(struct journal *journal)
{
	struct store_batch batch = journal->batch;
	struct journal_change *change;
	uint64_t sequence;
	bool seen = journal->seen;
	if (--journal->depth > 0 || !journal->bundle)
		return 0;
	int error = journal->sink.put(journal->sink.ctx, &batch, journal->urgent, &sequence);
	store_batch_release(&batch);
	journal->batch = (struct store_batch)STORE_BATCH_INIT;
	journal->urgent = journal->seen = false;
	if (error) {
		journal_undo_bundle(journal);
		return error;
	}
	DL_FOREACH(journal->bundle, change)
	{
		change->sequence = sequence;
	}
	DL_CONCAT(journal->changes, journal->bundle);
	journal->bundle = NULL;
	if (seen)
		journal->sequence = sequence;
	return 0;
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
	while (journal->changes && journal->changes->prev->sequence > committed)
		journal_undo_newest(&journal->changes);
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
