#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/core/adoption.h"
#include "engine/core/attempts.h"
#include "engine/core/cancelling.h"
#include "engine/core/dependencies.h"
#include "engine/core/dependents.h"
#include "engine/core/environments.h"
#include "engine/core/groups.h"
#include "engine/core/hooks.h"
#include "engine/core/leftovers.h"
#include "engine/core/limits.h"
#include "engine/core/queue.h"
#include "engine/core/recovery.h"
#include "engine/core/runs.h"
#include "engine/core/seen.h"
#include "engine/core/settle.h"
#include "engine/core/sweeping.h"
#include "engine/core/uniques.h"
#include "engine/task/array.h"
#include "engine/task/messages.h"

static int recovery_slots(void *ctx, unsigned slots)
{
	((struct recovery *)ctx)->core->options.slots = slots;
	return 0;
}

static int recovery_paused(void *ctx, bool paused)
{
	((struct recovery *)ctx)->core->paused = paused;
	return 0;
}

static int recovery_cancelling(void *ctx, uint64_t upto)
{
	struct core *core = ((struct recovery *)ctx)->core;
	core->cancelling.upto = upto;
	/* What was started last may have been removed since, and what is started next is not meant. */
	if (upto > core->start_order)
		core->start_order = upto;
	return 0;
}

static int recovery_sweep(void *ctx, enum group_sweep sweep)
{
	((struct recovery *)ctx)->core->sweep = sweep;
	return 0;
}

static int recovery_adoption(void *ctx, uint64_t source, uint64_t made, bool start, uint64_t at)
{
	return adoption_recover(((struct recovery *)ctx)->core, source, made, start, at);
}

static int recovery_hook_limit(void *ctx, int64_t limit)
{
	((struct recovery *)ctx)->core->hook_limit = limit;
	return 0;
}

static int recovery_seen(void *ctx, uint32_t uid, uint64_t cursor)
{
	return seen_load(((struct recovery *)ctx)->core, uid, cursor);
}

static int recovery_keep(void *ctx, const struct keep *keep)
{
	((struct recovery *)ctx)->core->keep = *keep;
	return 0;
}

static int recovery_group(void *ctx, const char *name, const struct group_settings *settings)
{
	struct core *core = ((struct recovery *)ctx)->core;
	if (strcmp(name, GROUP_DEFAULT) == 0) {
		int error = groups_make_devices(&core->common, settings);
		return error ? error : group_settings_copy(&core->common.settings, settings);
	}
	struct task_group *group = groups_new(name, settings);
	if (!group)
		return -ENOMEM;
	int error = groups_link(core, group);
	if (error)
		groups_free(group);
	return error;
}

static int recovery_environment(void *ctx, const char *hash, const char *block, size_t length)
{
	struct recovery *recovery = ctx;
	struct shared_environment *shared;
	int error = registry_add_environment(&recovery->core->registry, hash, block, length, &shared);
	if (!error)
		shared->stored = true;
	return error;
}

static int recovery_grow(struct recovery *recovery)
{
	size_t size = recovery->size, same = recovery->size;
	struct run **adopted = array_grow(recovery->adopted, &size, recovery->count + 1, sizeof(*adopted));
	if (!adopted)
		return -ENOMEM;
	recovery->adopted = adopted;
	bool *other_boot = array_grow(recovery->other_boot, &same, size, sizeof(*other_boot));
	if (!other_boot)
		return -ENOMEM;
	recovery->other_boot = other_boot;
	recovery->size = size;
	return 0;
}

/*
 * The task had a process, or was to get one.  Once all tasks are loaded, the executor finds out what became
 * of it.
 */
static int recovery_run(struct recovery *recovery, struct task *task, const struct store_task *row)
{
	if (!task_state_active(task->status.state))
		return 0;
	int error = recovery->count == recovery->size ? recovery_grow(recovery) : 0;
	enum run_phase phase = task_state_stops(task->status.state) ? RUN_ADOPTING_STOPPED
	                       : task->status.state == TASK_PAUSED  ? RUN_ADOPTING_PAUSED
	                                                            : RUN_ADOPTING;
	struct run *run = error ? NULL : run_new(recovery->core, task, phase);
	if (!run)
		return -ENOMEM;
	run->process = row->process;
	run->executor = core_holder(recovery->core, &row->process);
	run->resumed = task->status.state == TASK_RUNNING;
	run->only_claimed = row->process.pid <= 0;
	limits_recovered(run);
	run->stop = (struct run_stop){ .signal = row->process.stop_signal, .kill_at = row->process.kill_at };
	/* Why nothing is known of it, unless it is found. */
	run->end.message = row->uncertain && row->status.message ? strdup(row->status.message) : NULL;
	/* The boot id says whether the claim is from another boot.  Only this answer is needed later. */
	run->other_boot = !row->uncertain && strcmp(row->boot_id, recovery->core->options.boot_id) != 0;
	recovery->other_boot[recovery->count] = run->other_boot;
	recovery->adopted[recovery->count++] = run;
	return 0;
}

/* The environment that a row names.  It is mostly the same as in the row before. */
static struct shared_environment *recovery_find_environment(struct recovery *recovery, const char *hash)
{
	if (!hash)
		return NULL;
	if (!recovery->environment || strcmp(recovery->environment->hash, hash) != 0)
		recovery->environment = registry_environment(&recovery->core->registry, hash);
	return recovery->environment;
}

static bool recovery_waits(const struct store_task *row)
{
	return row->status.state == TASK_CREATED || row->status.state == TASK_QUEUED;
}

/* Its environment is lost, and it must not run in another one. */
static bool recovery_is_damaged(const struct task *task, const struct store_task *row)
{
	return row->spec.environment && !task_environment(task) && recovery_waits(row);
}

static int recovery_fail_task(struct task *task, const char *damage)
{
	char message[128];
	snprintf(message, sizeof(message), MSG_TASK_DAMAGED, damage);
	task->status.state = TASK_FAILED;
	task->status.ended_at = task->created_at;
	return task_status_set_message(&task->status, message);
}

/* Its command may be running: that is seen once all tasks are loaded. */
static int recovery_doubt(struct task *task)
{
	task->status.state = TASK_RUNNING;
	task->status.ended_at = 0;
	task->status.exit_code = -1;
	task->status.term_signal = 0;
	return task_status_set_message(&task->status, NULL);
}

/*
 * An id stands for one task.  If an earlier row has this one, the task gets another, or nobody could reach it.
 * True: it did.  The id is in the buffer.
 */
static bool recovery_rename(const struct registry *registry, struct task_spec *spec, uint64_t number,
                            char id[TASK_ID_MAX + 1])
{
	if (!registry_find(registry, spec->id))
		return false;
	snprintf(id, TASK_ID_MAX + 1, "damaged-%llu", (unsigned long long)number);
	for (unsigned i = 1; registry_find(registry, id); i++)
		snprintf(id, TASK_ID_MAX + 1, "damaged-%llu-%u", (unsigned long long)number, i);
	spec->id = id;
	return true;
}

static int recovery_task(void *ctx, const struct store_task *row)
{
	struct recovery *recovery = ctx;
	struct registry *registry = &recovery->core->registry;
	struct task *parent = row->spec.parent ? order_find(&registry->order, row->spec.parent) : NULL;
	struct task_spec spec = row->spec;
	char id[TASK_ID_MAX + 1];
	bool renamed = recovery_rename(registry, &spec, row->number, id);
	struct task *task =
		registry_make(registry, &spec, recovery_find_environment(recovery, spec.environment), parent);
	if (!task)
		return -ENOMEM;
	task->number = row->number;
	task->created_at = row->created_at;
	int error = task_status_copy(&task->status, &row->status);
	if (!error && recovery_is_damaged(task, row))
		error = recovery_fail_task(task, "environment");
	else if (!error && renamed && recovery_waits(row))
		error = recovery_fail_task(task, "id");
	if (!error && row->uncertain)
		error = recovery_doubt(task);
	if (!error)
		error = registry_add(registry, task);
	if (!error)
		error = dependents_enter(recovery->core, task);
	uint64_t before;
	if (!error && !task_state_terminal(task->status.state))
		error = uniques_enter(recovery->core, task, &before);
	if (error) {
		char gone[ENVIRONMENT_HASH_SIZE];
		(void)registry_forget(registry, task, gone);
		return error;
	}
	if (task->status.start_order > recovery->core->start_order)
		recovery->core->start_order = task->status.start_order;
	hooks_loaded(recovery->core, task);
	if (task->status.state != TASK_QUEUED && !task_state_active(task->status.state))
		return 0;
	error = queue_admit(recovery->core, task);
	return error ? error : recovery_run(recovery, task, row);
}

static int recovery_attempt(void *ctx, uint64_t number, const struct plan_attempt *attempt)
{
	struct registry *registry = &((struct recovery *)ctx)->core->registry;
	struct task *task = order_find(&registry->order, number);
	/* A row that was never written. */
	if (!task || !task->plan)
		return 0;
	return plan_add_attempt(task->plan, attempt);
}

static int recovery_expect(void *ctx, uint64_t tasks)
{
	struct registry *registry = &((struct recovery *)ctx)->core->registry;
	return ids_reserve(&registry->ids, (size_t)tasks);
}

static int recovery_reserved(void *ctx, uint64_t id)
{
	struct recovery *recovery = ctx;
	return registry_reserve(&recovery->core->registry, id);
}

static int recovery_counters(void *ctx, uint64_t last_number, uint64_t next_id)
{
	struct registry *registry = &((struct recovery *)ctx)->core->registry;
	if (last_number > registry->last_number)
		registry->last_number = last_number;
	if (next_id > registry->next_id)
		registry->next_id = next_id;
	return 0;
}

const struct store_reader recovery_reader = {
	.slots = recovery_slots,
	.paused = recovery_paused,
	.cancelling = recovery_cancelling,
	.sweep = recovery_sweep,
	.adoption = recovery_adoption,
	.hook_limit = recovery_hook_limit,
	.seen = recovery_seen,
	.keep = recovery_keep,
	.group = recovery_group,
	.environment = recovery_environment,
	.expect = recovery_expect,
	.task = recovery_task,
	.attempt = recovery_attempt,
	.reserved = recovery_reserved,
	.counters = recovery_counters,
};

static void recovery_queue(struct core *core)
{
	const struct order *order = &core->registry.order;
	for (struct task *task = order_at(order, 0); task; task = order_next(order, task)) {
		leftovers_watch(core, task);
		if (task->status.state != TASK_QUEUED)
			continue;
		attempts_await_left(core, task);
		queue_enter(core, task);
	}
}

/* Those of this machine come first.  Returns how many they are. */
static size_t recovery_divide(const struct recovery *recovery)
{
	size_t local = 0;
	for (size_t i = 0; i < recovery->count; i++) {
		struct run *run = recovery->adopted[i];
		bool other_boot = recovery->other_boot[i];
		if (run->executor != recovery->core->executor)
			continue;
		recovery->adopted[i] = recovery->adopted[local];
		recovery->other_boot[i] = recovery->other_boot[local];
		recovery->adopted[local] = run;
		recovery->other_boot[local++] = other_boot;
	}
	return local;
}

/* Reports may arrive from inside adopt.  They are handled when all runs are adopted. */
static int recovery_adopt(const struct recovery *recovery)
{
	struct core *core = recovery->core;
	if (recovery->count == 0)
		return 0;
	core->settling = true;
	size_t local = recovery_divide(recovery), remote = recovery->count - local;
	int error =
		core->executor->verbs->adopt(core->executor, recovery->adopted, recovery->other_boot, local);
	if (!error && remote > 0)
		error = core->remote->verbs->adopt(core->remote, recovery->adopted + local,
		                                   recovery->other_boot + local, remote);
	core->settling = false;
	return error || !core->unheld ? error : -ENOMEM;
}

void recovery_release(struct recovery *recovery)
{
	free(recovery->adopted);
	free(recovery->other_boot);
	*recovery = (struct recovery){ .core = recovery->core };
}

int recovery_finish(struct recovery *recovery)
{
	struct core *core = recovery->core;
	int error = recovery_adopt(recovery);
	if (!error)
		error = sweeping_recover(core);
	if (error)
		return error;
	recovery_queue(core);
	cancelling_recover(core);
	dependencies_recover(core);
	environments_forget_unused(core);
	settle_core(core);
	return 0;
}
