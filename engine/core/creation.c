#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/core/creation.h"
#include "engine/core/dependencies.h"
#include "engine/core/dependents.h"
#include "engine/core/environments.h"
#include "engine/core/groups.h"
#include "engine/core/kept.h"
#include "engine/core/queue.h"
#include "engine/core/scheduler.h"
#include "engine/core/settle.h"
#include "engine/core/uniques.h"
#include "engine/task/error.h"
#include "engine/task/group.h"
#include "engine/task/messages.h"

struct creation_change {
	struct journal_change change; /* first */
	struct removal_kept kept;     /* when it was undone */
	struct core *core;
	struct task *task;
	uint64_t unique_before; /* the task that had its key before */
};

static void creation_free(struct journal_change *change)
{
	free(change);
}

/* If no other task uses the environment, the next task that does puts it again. */
static void creation_take_back(struct core *core, struct task *task)
{
	char gone[ENVIRONMENT_HASH_SIZE];
	dependents_drop(core, task);
	registry_remove(&core->registry, task);
	(void)registry_forget(&core->registry, task, gone);
}

static void creation_forget(struct removal_kept *kept, bool released)
{
	struct creation_change *change =
		(struct creation_change *)((char *)kept - offsetof(struct creation_change, kept));
	char gone[ENVIRONMENT_HASH_SIZE];
	(void)released;
	(void)registry_forget(&change->core->registry, change->task, gone);
	free(change);
}

static void creation_undo(struct journal_change *journaled)
{
	struct creation_change *change = (struct creation_change *)journaled;
	struct core *core = change->core;
	if (change->task->standing)
		scheduler_undo_start(core, change->task);
	dependents_drop(core, change->task);
	uniques_put_back(core, change->task, change->unique_before);
	registry_remove(&core->registry, change->task);
	core_need(core, CORE_DUE_CHANGED);
	/* Somebody may have found it before its commit failed. */
	kept_add(core, &change->kept, creation_forget);
}

/* The number that a user gave as an id; 0: none.  The counter must skip it. */
static int creation_check_id(struct core *core, const char *id, uint64_t *reserve, char **error)
{
	struct registry *registry = &core->registry;
	uint64_t number = registry_id_number(id);
	const char *message = NULL;

	if (registry_find(registry, id))
		message = MSG_ID_IN_USE;
	else if (number > 0 && number < registry->next_id && !registry_is_reserved(registry, number))
		message = MSG_ID_USED_BEFORE;
	*reserve = number >= registry->next_id ? number : 0;
	if (!message)
		return 0;
	error_set(error, 0, message, id);
	return *error ? -EEXIST : -ENOMEM;
}

/*
 * The given id, or one that the server makes.  An id that the server makes is never in use, since numbers
 * that users took are reserved.
 */
static int creation_settle_id(struct core *core, struct task_spec *spec, uint64_t *reserve, char **error)
{
	char id[TASK_ID_MAX + 1];
	*reserve = 0;
	if (spec->id)
		return creation_check_id(core, spec->id, reserve, error);
	registry_take_id(&core->registry, id);
	spec->id = strdup(id);
	return spec->id ? 0 : -ENOMEM;
}

/* Puts the task, its first state, and the number that its id takes. */
static int creation_put(struct core *core, struct task *task, uint64_t reserve)
{
	struct creation_change *change = calloc(1, sizeof(*change));
	struct store_batch batch = STORE_BATCH_INIT;
	if (!change || uniques_enter(core, task, &change->unique_before)) {
		free(change);
		return -ENOMEM;
	}
	change->change = (struct journal_change){ .effect = creation_free,
		                                  .undo = creation_undo,
		                                  .drop = creation_free };
	change->core = core;
	change->task = task;
	struct store_task row = {
		.number = task->number,
		.created_at = task->created_at,
		.spec = task_spec_borrow(task),
		.status = task->status,
		.process = TASK_PROCESS_INIT,
	};
	if (reserve)
		store_batch_reserved(&batch, reserve);
	store_batch_create(&batch, &row, core->registry.next_id);
	int error = journal_put(&core->journal, &change->change, &batch, true);
	if (error) {
		uniques_put_back(core, task, change->unique_before);
		free(change);
	}
	return error;
}

/* The id may have been reserved by an earlier attempt that failed. */
static int creation_reserve(struct core *core, uint64_t number)
{
	if (number == 0 || registry_is_reserved(&core->registry, number))
		return 0;
	return registry_reserve(&core->registry, number);
}

/* NULL: out of memory.  The variables, which may be megabytes, are no longer those of spec. */
static struct task *creation_enlist(struct core *core, struct task_spec *spec,
                                    struct shared_environment *environment, struct task *parent)
{
	char gone[ENVIRONMENT_HASH_SIZE];
	struct strings variables = spec->variables;
	spec->variables = (struct strings)STRINGS_INIT;
	struct task *task = registry_make(&core->registry, spec, environment, parent);
	if (!task || record_take_variables(task, &variables)) {
		strings_release(&variables);
	} else {
		task->number = core->registry.last_number + 1;
		task->created_at = core_now(core);
		if (registry_add(&core->registry, task) == 0)
			return task;
	}
	if (!task)
		return NULL;
	(void)registry_forget(&core->registry, task, gone);
	return NULL;
}

static int creation_add(struct core *core, struct task_spec *spec, struct shared_environment *environment,
                        struct task *parent, bool start, uint64_t reserve, struct task **out)
{
	struct task *task =
		creation_reserve(core, reserve) ? NULL : creation_enlist(core, spec, environment, parent);
	if (!task)
		return -ENOMEM;
	int error = dependents_enter(core, task);
	if (!error && start)
		error = queue_admit(core, task);
	if (!error && start) {
		if (plan_delay(task_plan(task)) > 0)
			task->plan->marks.not_before = core_now(core) + plan_delay(task->plan);
		task->status.start_order = queue_next_start(core);
		registry_set_state(&core->registry, task, TASK_QUEUED);
	}
	if (!error)
		error = creation_put(core, task, reserve);
	if (error) {
		queue_dismiss(core, task);
		creation_take_back(core, task);
		return error;
	}
	if (start) {
		queue_enter(core, task);
		dependencies_judge(core, task);
	}
	*out = task;
	return 0;
}

/* What the task waits for may be over already: that is in the same commit. */
static int creation_add_and_judge(struct core *core, struct task_spec *spec,
                                  struct shared_environment *environment, struct task *parent, bool start,
                                  uint64_t reserve, struct task **out)
{
	journal_open(&core->journal);
	int error = creation_add(core, spec, environment, parent, start, reserve, out);
	int closing = journal_close(&core->journal);
	return error ? error : closing;
}

/* Until the first group is added, any name is only a label. */
bool creation_knows_group(const struct core *core, const char *name)
{
	return !name || core->group_count == 0 || groups_named(core, name);
}

/* Tasks without a group are in `default`. */
static int creation_check_group(struct core *core, struct task_spec *spec)
{
	group_settle(&spec->group);
	return creation_knows_group(core, spec->group) ? 0 : -ENOENT;
}

/* It would wait until the group has other devices. */
int creation_check_weight(struct core *core, const struct task_spec *spec, char **error)
{
	const struct task_group *group = groups_find(core, spec->group);
	unsigned devices = devices_count(group->settings.devices);
	uint32_t weight = spec->plan ? spec->plan->weight : plan_default.weight;
	if (devices == 0 || weight <= devices)
		return 0;
	return error_set(error, -EINVAL, MSG_WEIGHT_OVER_DEVICES, weight, devices, group->name);
}

/* What is waited for, in order, and each only once. */
static int creation_check_after(struct core *core, struct task_spec *spec, char **error)
{
	struct task_plan *plan = spec->plan;
	uint64_t twice;
	if (!plan || dependencies_sort(plan->after, &plan->after_count, &twice) == 0)
		return 0;
	return error_set(error, -EINVAL, MSG_AFTER_TWICE, task_id(order_find(&core->registry.order, twice)));
}

int creation_make(struct core *core, struct task_spec *spec, struct shared_environment *environment,
                  struct task *parent, bool start, struct task **task, char **error)
{
	uint64_t reserve;
	*error = NULL;
	*task = spec->has_nonce ? registry_find_nonce(&core->registry, spec->nonce) : NULL;
	if (*task) {
		task_spec_release(spec);
		core_asked(core);
		return 0;
	}
	int code = task_spec_check(spec, error);
	if (!code && journal_is_scarce(&core->journal))
		code = -ENOSPC;
	if (!code)
		code = creation_check_group(core, spec);
	*task = !code && spec->plan ? uniques_find(core, spec->plan->unique) : NULL;
	if (*task) {
		core_asked(core);
		return -EALREADY;
	}
	if (!code)
		code = creation_check_weight(core, spec, error);
	if (!code)
		code = creation_check_after(core, spec, error);
	if (!code)
		code = creation_settle_id(core, spec, &reserve, error);
	if (!code)
		code = environments_store(core, environment);
	if (!code)
		code = creation_add_and_judge(core, spec, environment, parent, start, reserve, task);
	if (code)
		return code;
	task_spec_release(spec);
	core_need(core, CORE_DUE_CHANGED);
	core_asked(core);
	settle_core(core);
	return 0;
}
