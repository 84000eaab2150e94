#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <utlist.h>

#include "engine/core/dependents.h"
#include "engine/core/environments.h"
#include "engine/core/groups.h"
#include "engine/core/hooks.h"
#include "engine/core/kept.h"
#include "engine/core/leftovers.h"
#include "engine/core/queue.h"
#include "engine/core/removal.h"
#include "engine/core/settle.h"
#include "engine/core/uniques.h"

/*
 * A subtree that is removed in slices.  It refers to tasks by number, since another request may remove them
 * meanwhile.
 */
struct removal {
	struct removal *prev, *next;
	struct core *core;
	struct removal_asker asker; /* ended is NULL: nobody listens any more */
	uint64_t root, at;          /* the next to be looked at, or removed */
	bool climbing;              /* at was looked at, with all under it */
	bool checked;               /* all have ended; some may be removed */
	bool waiting;               /* for the commit of a slice */
};

/*
 * Tasks that are being removed from the store.  They are no longer in the registry.  They are kept until the
 * removal is durable and nobody reads them.
 */
struct removal_change {
	struct journal_change change; /* first */
	struct removal_kept kept;
	struct core *core;
	struct removal *removal; /* continues after it; NULL: none */
	size_t count;
	struct task *tasks[]; /* children before their parents */
};

static void removal_put_slice(struct removal *removal);

/* Attempts of one task may have run at different places. */
static void removal_discard(struct core *core, const struct task *task)
{
	struct executor *keeper = core_keeper(core, task);
	uint32_t attempts = task_plan(task)->marks.attempt + 1;
	core->executor->verbs->discard(core->executor, task, attempts);
	if (keeper != core->executor)
		keeper->verbs->discard(keeper, task, attempts);
}

static void removal_free(struct removal_change *change, bool durable)
{
	struct core *core = change->core;
	char gone[ENVIRONMENT_HASH_SIZE];
	for (size_t i = 0; i < change->count; i++) {
		struct task *task = change->tasks[i];
		if (durable)
			removal_discard(core, task);
		dependents_drop(core, task);
		uniques_forget(core, task);
		if (durable)
			hooks_orphan(core, task);
		if (registry_forget(&core->registry, task, gone) && durable)
			environments_forget(core, gone);
	}
	free(change);
}

static void removal_forget(struct removal_kept *kept, bool released)
{
	removal_free((struct removal_change *)((char *)kept - offsetof(struct removal_change, kept)),
	             !released);
}

static void removal_committed(struct journal_change *journaled)
{
	struct removal_change *change = (struct removal_change *)journaled;
	struct removal *removal = change->removal;
	kept_add(change->core, &change->kept, removal_forget);
	if (removal)
		removal_put_slice(removal);
}

static void removal_end(struct removal *removal, int error)
{
	struct removal_asker asker = removal->asker;
	DL_DELETE(removal->core->removals, removal);
	free(removal);
	if (asker.ended)
		asker.ended(asker.ctx, error);
}

/* What its attempt left may be gone: nobody could say so of a task that was not there. */
static void removal_watch_again(struct core *core, const struct task *task)
{
	if (!task->standing) {
		leftovers_watch(core, task);
	} else if (task->standing->lingers) {
		task->standing->watched = false;
		core->unwatched = true;
		core_retry(core);
	}
}

/* Its group may have been added, and joined by those that were there. */
static void removal_join(struct core *core, struct task *task)
{
	struct task_group *group = task->standing ? groups_of(core, task) : NULL;
	if (group && group != task->standing->group)
		queue_move(core, task, group);
}

/* In reverse order, so that each task finds its relatives as they were when it was removed. */
static void removal_undone(struct journal_change *journaled)
{
	struct removal_change *change = (struct removal_change *)journaled;
	for (size_t i = change->count; i-- > 0;)
		registry_restore(&change->core->registry, change->tasks[i]);
	for (size_t i = 0; i < change->count; i++) {
		removal_watch_again(change->core, change->tasks[i]);
		removal_join(change->core, change->tasks[i]);
	}
	core_need(change->core, CORE_DUE_CHANGED);
	if (change->removal)
		removal_end(change->removal, -EIO);
	free(change);
}

static void removal_dropped(struct journal_change *journaled)
{
	removal_free((struct removal_change *)journaled, false);
}

static bool removal_refused(const struct core *core, const struct task *task)
{
	return !task_state_terminal(task->status.state) || task->run || dependents_wait(core, task);
}

/*
 * The next task after at, or NULL.  From the root on, each task comes before its children.  If the walk
 * climbs, it comes to a task again that it has already visited.  The cost of a step does not depend on the
 * depth of the subtree.
 */
static struct task *removal_step(const struct task *root, const struct task *task, bool *climbing)
{
	if (!*climbing && task_first_child(task))
		return task_first_child(task);
	if (task == root)
		return NULL;
	struct task *sibling = task_next_sibling(task);
	*climbing = !sibling;
	return sibling ? sibling : task_parent(task);
}

/*
 * Counts the task and all tasks under it, up to one more than the limit.  0 if one of them has not ended, or is
 * waited for.
 */
static size_t removal_count(const struct core *core, struct task *root)
{
	size_t count = 0;
	bool climbing = false;
	for (struct task *task = root; task && count <= REMOVAL_MOST;
	     task = removal_step(root, task, &climbing)) {
		if (climbing)
			continue;
		if (removal_refused(core, task))
			return 0;
		count++;
	}
	return count;
}

/* Its end is being committed. */
static bool removal_is_closing(const struct task *task)
{
	return task->run && task_state_terminal(task->status.state) &&
	       (task->run->phase == RUN_CLOSING || task->run->phase == RUN_UNCLAIMING);
}

bool removal_awaits(const struct core *core, struct task *root)
{
	size_t count = 0;
	bool climbing = false, awaits = false;
	if (core->phases[RUN_CLOSING] + core->phases[RUN_UNCLAIMING] == 0)
		return false;
	for (struct task *task = root; task && count <= REMOVAL_MOST;
	     task = removal_step(root, task, &climbing)) {
		if (climbing)
			continue;
		bool closing = removal_is_closing(task);
		if (!closing && removal_refused(core, task))
			return false;
		awaits |= closing;
		count++;
	}
	return awaits;
}

static struct removal_change *removal_change_new(struct core *core, size_t most)
{
	struct removal_change *change = calloc(1, sizeof(*change) + most * sizeof(change->tasks[0]));
	if (!change)
		return NULL;
	change->change = (struct journal_change){
		.effect = removal_committed,
		.undo = removal_undone,
		.drop = removal_dropped,
	};
	change->core = core;
	return change;
}

/* Takes the change, or frees it.  0 or -errno. */
static int removal_put(struct removal_change *change)
{
	struct core *core = change->core;
	struct store_batch batch = STORE_BATCH_INIT;
	for (size_t i = 0; i < change->count; i++)
		store_batch_remove(&batch, change->tasks[i]->number);
	int error = journal_put(&core->journal, &change->change, &batch, true);
	if (error) {
		free(change);
		return error;
	}
	for (size_t i = 0; i < change->count; i++)
		registry_remove(&core->registry, change->tasks[i]);
	core_need(core, CORE_DUE_CHANGED);
	core_asked(core);
	return 0;
}

int removal_remove(struct core *core, struct task *root)
{
	size_t count = removal_count(core, root);
	if (count == 0)
		return -EPERM;
	if (count > REMOVAL_MOST)
		return -E2BIG;
	struct removal_change *change = removal_change_new(core, count);
	if (!change)
		return -ENOMEM;
	for (struct task *task = task_subtree_first(root); task; task = task_subtree_next(root, task))
		change->tasks[change->count++] = task;
	int error = removal_put(change);
	if (!error)
		settle_core(core);
	return error;
}

int removal_begin(struct core *core, struct task *root, const struct removal_asker *asker)
{
	struct removal *removal = calloc(1, sizeof(*removal));
	if (!removal)
		return -ENOMEM;
	removal->core = core;
	removal->asker = *asker;
	removal->root = removal->at = root->number;
	DL_APPEND(core->removals, removal);
	core->removing = true;
	settle_core(core);
	return 0;
}

void removal_disown(struct core *core, const void *ctx)
{
	struct removal *removal;
	DL_FOREACH(core->removals, removal)
	{
		if (removal->asker.ctx == ctx)
			removal->asker = (struct removal_asker){ 0 };
	}
}

/* The task at which the removal continues.  NULL: the root is gone. */
static struct task *removal_at(struct removal *removal, struct task **root)
{
	const struct order *order = &removal->core->registry.order;
	*root = order_find(order, removal->root);
	struct task *task = *root ? order_find(order, removal->at) : NULL;
	if (!task)
		removal->climbing = false;
	return task ? task : *root;
}

/* Checks whether all have ended. */
static void removal_check(struct removal *removal)
{
	struct task *root, *task = removal_at(removal, &root);
	bool refused = !task;
	for (unsigned i = 0; task && !refused && i < removal->core->removal_looks; i++) {
		refused = removal_refused(removal->core, task);
		removal->at = task->number;
		task = removal_step(root, task, &removal->climbing);
	}
	if (refused)
		removal_end(removal, -EPERM);
	else if (task)
		removal->at = task->number;
	else
		removal->checked = true;
}

/*
 * Goes down to a task without children.  The earlier children are removed, but new ones may have been
 * created.  False: this turn of the loop is used up.
 */
static bool removal_descend(struct removal *removal, struct task **task)
{
	for (unsigned i = 0; task_first_child(*task) && i < removal->core->removal_looks; i++)
		*task = task_first_child(*task);
	removal->at = (*task)->number;
	return !task_first_child(*task);
}

static void removal_put_slice(struct removal *removal)
{
	struct core *core = removal->core;
	struct task *root, *task = removal_at(removal, &root);
	removal->waiting = false;
	if (!task) {
		removal_end(removal, -EPERM);
		return;
	}
	if (!removal_descend(removal, &task)) {
		core->removing = true;
		return;
	}
	struct removal_change *change = removal_change_new(core, core->removal_slice);
	for (; change && task && change->count < core->removal_slice && !removal_refused(core, task);
	     task = task_subtree_next(root, task))
		change->tasks[change->count++] = task;
	int error = !change ? -ENOMEM : change->count == 0 ? -EPERM : 0;
	bool last = !task;
	if (!error && !last) {
		removal->at = task->number;
		change->removal = removal;
	}
	if (error)
		free(change);
	else
		error = removal_put(change);
	removal->waiting = !error && !last;
	if (!removal->waiting)
		removal_end(removal, error);
}

/* Forgets tasks that were kept and that no reader has seen: one change in each turn of the loop. */
static void removal_forget_kept(struct core *core)
{
	struct removal_kept *kept = core->kept;
	if (!kept || (core->readers && core->readers->number <= kept->last_reader))
		return;
	DL_DELETE(core->kept, kept);
	kept->forget(kept, false);
	core->removing |= core->kept != NULL;
}

/* Hooks whose tasks are gone: some in each turn of the loop.  What cannot be removed now, a later server removes. */
static void removal_of_hooks(struct core *core)
{
	struct task *hook;
	for (unsigned i = 0; i < REMOVAL_SLICE && (hook = hooks_next_orphan(core)); i++)
		(void)removal_remove(core, hook);
	core->removing |= core->orphan_count > 0;
}

void removal_go_on(struct core *core)
{
	struct removal *removal, *next;
	core->removing = false;
	removal_of_hooks(core);
	DL_FOREACH_SAFE(core->removals, removal, next)
	{
		if (removal->waiting)
			continue;
		core->removing = true;
		if (removal->checked)
			removal_put_slice(removal);
		else
			removal_check(removal);
	}
	removal_forget_kept(core);
}

void removal_hold(struct core *core, struct core_reader *reader)
{
	reader->number = ++core->last_reader;
	DL_APPEND(core->readers, reader);
}

void removal_let_go(struct core *core, struct core_reader *reader)
{
	DL_DELETE(core->readers, reader);
	core->removing |= core->kept != NULL;
	settle_core(core);
}

void removal_release(struct core *core)
{
	struct removal *removal, *next;
	struct removal_kept *kept, *after;
	DL_FOREACH_SAFE(core->removals, removal, next)
	free(removal);
	DL_FOREACH_SAFE(core->kept, kept, after)
	kept->forget(kept, true);
	core->removals = NULL;
	core->kept = NULL;
}
