#include "config.h"

#include <errno.h>
#include <stdlib.h>

#include "engine/core/environments.h"
#include "engine/core/removal.h"
#include "engine/core/settle.h"

/*
 * A task with its children, which is being removed from the store.  They are out of the registry, and
 * kept until that is durable.
 */
struct removal_change {
	struct journal_change change; /* first */
	struct core *core;
	size_t count;
	struct task *tasks[]; /* children before their parents */
};

static void removal_committed(struct journal_change *journaled)
{
	struct removal_change *change = (struct removal_change *)journaled;
	struct core *core = change->core;
	char gone[ENVIRONMENT_HASH_SIZE];
	for (size_t i = 0; i < change->count; i++) {
		core->executor->verbs->discard(core->executor, change->tasks[i]->number);
		if (registry_forget(&core->registry, change->tasks[i], gone))
			environments_forget(core, gone);
	}
	free(change);
}

/* In reverse order, so that each finds its relatives as it left them. */
static void removal_undone(struct journal_change *journaled)
{
	struct removal_change *change = (struct removal_change *)journaled;
	for (size_t i = change->count; i-- > 0;)
		registry_restore(&change->core->registry, change->tasks[i]);
	core_need(change->core, CORE_DUE_CHANGED);
	free(change);
}

static void removal_dropped(struct journal_change *journaled)
{
	struct removal_change *change = (struct removal_change *)journaled;
	char gone[ENVIRONMENT_HASH_SIZE];
	for (size_t i = 0; i < change->count; i++)
		(void)registry_forget(&change->core->registry, change->tasks[i], gone);
	free(change);
}

/* How many tasks there are, with all children; 0 if one of them has not ended. */
static size_t removal_count(struct task *root)
{
	size_t count = 0;
	for (struct task *task = task_subtree_first(root); task; task = task_subtree_next(root, task)) {
		if (!task_state_terminal(task->status.state) || task->run)
			return 0;
		count++;
	}
	return count;
}

static struct removal_change *removal_change_new(struct core *core, struct task *root, size_t count)
{
	struct removal_change *change = calloc(1, sizeof(*change) + count * sizeof(change->tasks[0]));
	if (!change)
		return NULL;
	change->change = (struct journal_change){
		.effect = removal_committed,
		.undo = removal_undone,
		.drop = removal_dropped,
	};
	change->core = core;
	for (struct task *task = task_subtree_first(root); task; task = task_subtree_next(root, task))
		change->tasks[change->count++] = task;
	return change;
}

int removal_remove(struct core *core, struct task *root)
{
	size_t count = removal_count(root);
	if (count == 0)
		return -EPERM;
	struct removal_change *change = removal_change_new(core, root, count);
	if (!change)
		return -ENOMEM;
	struct store_batch batch = STORE_BATCH_INIT;
	for (size_t i = 0; i < count; i++)
		store_batch_remove(&batch, change->tasks[i]->number);
	int error = journal_put(&core->journal, &change->change, &batch, true);
	if (error) {
		free(change);
		return error;
	}
	for (size_t i = 0; i < count; i++)
		registry_remove(&core->registry, change->tasks[i]);
	core_need(core, CORE_DUE_CHANGED);
	core_asked(core);
	settle_core(core);
	return 0;
}
