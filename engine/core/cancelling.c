#include "config.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>

#include "engine/core/cancelling.h"
#include "engine/core/queue.h"
#include "engine/core/requests.h"
#include "engine/core/settle.h"

enum { CANCELLING_LOOKS = 20 /* tasks looked at in one slice, for each that may be stopped */ };

/* A step on its way to the store: the mark, or a slice. */
struct cancelling_step {
	struct journal_change change; /* first */
	struct core *core;
};

static void cancelling_durable(struct journal_change *journaled)
{
	((struct cancelling_step *)journaled)->core->cancelling.steps--;
	free(journaled);
}

static void cancelling_undone(struct journal_change *journaled)
{
	((struct cancelling_step *)journaled)->core->cancelling.failed = true;
	cancelling_durable(journaled);
}

static void cancelling_over(struct journal_change *journaled)
{
	struct core *core = ((struct cancelling_step *)journaled)->core;
	cancelling_durable(journaled);
	/* A user has asked for it again meanwhile. */
	if (core->cancelling.at > 0)
		return;
	core->cancelling = (struct core_cancelling){ 0 };
	core_need(core, CORE_DUE_SCHEDULE);
	core_need(core, CORE_DUE_CHANGED);
}

static void cancelling_drop(struct journal_change *journaled)
{
	free(journaled);
}

static int cancelling_put(struct core *core, struct store_batch *batch,
                          void (*effect)(struct journal_change *change))
{
	struct cancelling_step *step = calloc(1, sizeof(*step));
	int error = -ENOMEM;
	if (step) {
		step->change = (struct journal_change){ .effect = effect,
			                                .undo = cancelling_undone,
			                                .drop = cancelling_drop };
		step->core = core;
		error = journal_put(&core->journal, &step->change, batch, true);
	} else {
		store_batch_release(batch);
	}
	if (error)
		free(step);
	else
		core->cancelling.steps++;
	return error;
}

static int cancelling_mark(struct core *core, uint64_t upto, void (*effect)(struct journal_change *change))
{
	struct store_batch batch = STORE_BATCH_INIT;
	store_batch_cancelling(&batch, upto);
	return cancelling_put(core, &batch, effect);
}

/* From the newest on, so that a task is stopped before those that it waits for. */
static void cancelling_walk(struct core *core)
{
	core->cancelling.failed = false;
	core->cancelling.at = core->registry.last_number + 1;
}

int cancelling_begin(struct core *core)
{
	/* What is started next has a greater number, even if nothing was started yet. */
	uint64_t upto = core->start_order > 0 ? core->start_order : queue_next_start(core);
	int error = cancelling_mark(core, upto, cancelling_durable);
	if (error)
		return error;
	core->cancelling.upto = upto;
	cancelling_walk(core);
	return 0;
}

void cancelling_recover(struct core *core)
{
	if (core->cancelling.upto > 0)
		cancelling_walk(core);
}

static bool cancelling_concerns(const struct core *core, const struct task *task)
{
	enum task_state state = task->status.state;
	return state != TASK_CREATED && !task_state_terminal(state) && !task_hook_target(task) &&
	       task->status.start_order <= core->cancelling.upto;
}

static void cancelling_stop_some(struct core *core)
{
	static const struct stop_options term = { .signal = SIGTERM, .kill_after = -1 };
	const struct order *order = &core->registry.order;
	struct core_cancelling *its = &core->cancelling;
	size_t rank = order_rank_of(order, its->at);
	unsigned stops = core->cancelling_slice, looks = CANCELLING_LOOKS * stops;
	while (rank > 0 && stops > 0 && looks-- > 0) {
		struct task *task = order_at(order, --rank);
		its->at = task->number;
		if (!cancelling_concerns(core, task))
			continue;
		stops--;
		if (requests_stop(core, task, &term)) {
			its->failed = true;
			core_retry(core);
		}
	}
	if (rank == 0)
		its->at = 0;
}

/*
 * What follows for those that wait for a stopped task has slices of its own.  The next slice waits for this one,
 * so that others wait for a short commit.
 */
static void cancelling_slice(struct core *core)
{
	struct store_batch batch = STORE_BATCH_INIT;
	settle_hold(core);
	journal_open(&core->journal);
	core->judging = true;
	cancelling_stop_some(core);
	core->judging = false;
	if (core->journal.bundle && cancelling_put(core, &batch, cancelling_durable))
		core_retry(core);
	if (journal_close(&core->journal)) {
		core->cancelling.failed = true;
		core_retry(core);
	}
	settle_go_on(core);
}

void cancelling_go_on(struct core *core)
{
	struct core_cancelling *its = &core->cancelling;
	if (its->at > 0) {
		cancelling_slice(core);
		return;
	}
	bool over = !its->failed;
	if (cancelling_mark(core, over ? 0 : its->upto, over ? cancelling_over : cancelling_durable))
		core_retry(core);
	else if (!over)
		cancelling_walk(core);
}
