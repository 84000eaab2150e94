/* What the service asks of an engine. */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine/core/activity.h"
#include "engine/core/adoption.h"
#include "engine/core/cancelling.h"
#include "engine/core/creation.h"
#include "engine/core/dependents.h"
#include "engine/core/ending.h"
#include "engine/core/environments.h"
#include "engine/core/grouping.h"
#include "engine/core/groups.h"
#include "engine/core/hooks.h"
#include "engine/core/keeping.h"
#include "engine/core/niceness.h"
#include "engine/core/pausing.h"
#include "engine/core/seen.h"
#include "engine/core/settle.h"
#include "engine/core/sweeping.h"
#include "engine/exec/slurm/slurm.h"
#include "engine/parts.h"
#include "engine/store/store.h"
#include "engine/task/progress.h"

bool engine_shortfall(const struct engine *engine, const struct task *task, char *text, size_t size)
{
	const struct shared_environment *shared = task_environment(task);
	const struct environment *environment = shared ? &shared->environment : &engine->own_environment;
	struct environment scheduled;
	if (niceness_decide(task, environment, &scheduled))
		environment = &scheduled;
	struct executor *executor =
		task->standing ? core_executor(&engine->core, task->standing->group) : engine->executor;
	return executor->verbs->shortfall(executor, environment, text, size);
}

void engine_set_hooks(struct engine *engine, const struct engine_hooks *hooks)
{
	engine->hooks = *hooks;
}

const struct registry *engine_registry(const struct engine *engine)
{
	return &engine->core.registry;
}

struct pool *engine_pool(struct engine *engine)
{
	return engine->pool;
}

struct follow *engine_follow(struct engine *engine)
{
	return engine->follow;
}

struct store *engine_store(struct engine *engine)
{
	return engine->store;
}

int64_t engine_now(const struct engine *engine)
{
	return engine->now();
}

uint64_t engine_sequence(const struct engine *engine)
{
	return engine->core.journal.sequence;
}

uint64_t engine_asked(const struct engine *engine)
{
	return engine->core.asked;
}

struct task *engine_find(const struct engine *engine, const char *id)
{
	return registry_find(&engine->core.registry, id);
}

void engine_reasons(const struct engine *engine, const struct task *task, struct reasons *reasons)
{
	reasons_find(&engine->core, task, reasons);
}

bool engine_place(const struct task *task, size_t *place, size_t *count)
{
	return reasons_place(task, place, count);
}

const char *engine_queue_name(const struct task *task)
{
	return task->standing->group->name;
}

bool engine_awaited(const struct engine *engine, const struct task *task)
{
	return dependents_wait(&engine->core, task);
}

struct task *engine_by_number(const struct engine *engine, uint64_t number)
{
	return order_find(&engine->core.registry.order, number);
}

int engine_take_environment(struct engine *engine, struct environments_parcel *parcel,
                            struct shared_environment **shared)
{
	return environments_take_parcel(&engine->core, parcel, shared);
}

struct shared_environment *engine_known_environment(struct engine *engine, const char *hash)
{
	return environments_take_known(&engine->core, hash);
}

void engine_release_environment(struct engine *engine, struct shared_environment *shared)
{
	environments_drop(&engine->core, shared);
}

int engine_create(struct engine *engine, struct task_spec *spec, struct shared_environment *environment,
                  struct task *parent, bool start, struct task **task, char **error)
{
	/* What is started is claimed in the same commit. */
	store_hold(engine->store);
	int code = creation_make(&engine->core, spec, environment, parent, start, task, error);
	store_let_go(engine->store);
	return code;
}

int engine_adopt(struct engine *engine, struct task *source, struct task_spec *spec, struct task *parent,
                 bool start, struct task **task, char **error)
{
	return adoption_make(&engine->core, source, spec, task_environment(source), parent, start, task,
	                     error);
}

int engine_start(struct engine *engine, struct task *task)
{
	store_hold(engine->store);
	int code = requests_start(&engine->core, task);
	store_let_go(engine->store);
	return code;
}

int engine_stop(struct engine *engine, struct task *task, const struct stop_options *options)
{
	return requests_stop(&engine->core, task, options);
}

bool engine_stop_sends(const struct task *task, const struct stop_options *options)
{
	return requests_stop_sends(task, options);
}

int engine_remove(struct engine *engine, struct task *task)
{
	return removal_remove(&engine->core, task);
}

bool engine_removal_awaits(const struct engine *engine, struct task *task)
{
	return task && removal_awaits(&engine->core, task);
}

void engine_await_ends(struct engine *engine, struct core_asker *asker)
{
	ending_await(&engine->core, asker);
}

void engine_look(struct engine *engine)
{
	core_look(&engine->core);
}

void engine_hold(struct engine *engine)
{
	settle_hold(&engine->core);
}

void engine_go_on(struct engine *engine)
{
	settle_go_on(&engine->core);
}

int engine_remove_subtree(struct engine *engine, struct task *task, const struct removal_asker *asker)
{
	return removal_begin(&engine->core, task, asker);
}

void engine_disown_removal(struct engine *engine, const void *ctx)
{
	removal_disown(&engine->core, ctx);
}

void engine_begin_reading(struct engine *engine, struct core_reader *reader)
{
	removal_hold(&engine->core, reader);
}

int engine_arrange(struct engine *engine, size_t *units)
{
	return activity_go_on(&engine->core, units);
}

void engine_end_reading(struct engine *engine, struct core_reader *reader)
{
	removal_let_go(&engine->core, reader);
}

int engine_progress(struct engine *engine, struct task *task, int percent, const char *message)
{
	return requests_progress(&engine->core, task, percent, message);
}

int engine_edit(struct engine *engine, const struct editing *edits, size_t count, char **error)
{
	return editing_apply(&engine->core, edits, count, error);
}

bool engine_cancelled(const struct task *task)
{
	return task->status.state == TASK_OVERTIME || task->status.state == TASK_STOPPING ||
	       task->status.state == TASK_STOPPED;
}

bool engine_has_begun(const struct task *task)
{
	/* Between two attempts, the run of the first may still be there. */
	return task->run && task->status.state != TASK_QUEUED &&
	       (task->run->phase == RUN_RUNNING || task->run->phase == RUN_ENDED ||
	        task->run->phase == RUN_CLOSING);
}

pid_t engine_pid(const struct task *task)
{
	return task->run && task_state_active(task->status.state) ? task->run->process.pid : 0;
}

int engine_output(const struct engine *engine, const struct task *task, uint32_t attempt,
                  enum executor_stream stream, bool want_fd, struct executor_output *output)
{
	struct executor *keeper = core_keeper(&engine->core, task);
	int error = keeper->verbs->output(keeper, task, attempt, stream, want_fd, output);
	/* Attempts of one task may have run at different places. */
	if (error == -ENOENT && keeper != engine->executor)
		error = engine->executor->verbs->output(engine->executor, task, attempt, stream, want_fd,
		                                        output);
	return error;
}

void engine_describe(const struct engine *engine, const struct task *task, struct executor_place *place)
{
	*place = (struct executor_place){ .pid = 0 };
	(void)engine;
	if (task->run)
		task->run->executor->verbs->describe(task->run->executor, task->run, place);
}

void engine_wait_begin(struct task *task)
{
	task->waiters++;
}

void engine_wait_end(struct task *task)
{
	task->waiters--;
}

unsigned engine_slots(const struct engine *engine)
{
	return engine->core.options.slots;
}

unsigned engine_slots_used(const struct engine *engine)
{
	return engine->core.used;
}

static void engine_reschedule(struct engine *engine)
{
	core_need(&engine->core, CORE_DUE_SCHEDULE);
	core_need(&engine->core, CORE_DUE_CHANGED);
	settle_core(&engine->core);
}

const struct keep *engine_keep(const struct engine *engine)
{
	return &engine->core.keep;
}

int engine_set(struct engine *engine, const struct core_settings *settings)
{
	return settings_set(&engine->core, settings);
}

/* Without its files no later server can go on with them. */
unsigned engine_unfinished(const struct engine *engine)
{
	return engine->lost && !engine_has_processes(engine) ? 0 : core_runs(&engine->core);
}

uint64_t engine_running(const struct engine *engine)
{
	const uint64_t *counts = engine->core.registry.counts;
	return counts[TASK_RUNNING] + counts[TASK_STOPPING] + counts[TASK_OVERTIME];
}

uint64_t engine_busy(const struct engine *engine)
{
	const struct core *core = &engine->core;
	return engine_running(engine) + core->registry.counts[TASK_PAUSED] + groups_able(core);
}

bool engine_hooks_busy(const struct engine *engine)
{
	return hooks_busy(&engine->core);
}

uint64_t engine_seen(const struct engine *engine)
{
	return seen_cursor(&engine->core, geteuid());
}

uint64_t engine_latest(const struct engine *engine)
{
	return engine->core.start_order;
}

int engine_pause_task(struct engine *engine, struct task *task)
{
	return pausing_pause(&engine->core, task);
}

int engine_resume_task(struct engine *engine, struct task *task)
{
	return pausing_resume(&engine->core, task);
}

bool engine_resume_sends(const struct task *task)
{
	return pausing_resume_sends(task);
}

int engine_set_paused(struct engine *engine, bool paused)
{
	return pausing_set_server(&engine->core, paused, engine->core.sweep);
}

bool engine_adoption_await(struct engine *engine, uint64_t made, struct core_asker *asker)
{
	return adoption_await(&engine->core, made, asker);
}

int engine_sweep(struct engine *engine, struct task_group *group, bool pause, struct core_asker *asker)
{
	return sweeping_begin(&engine->core, group, pause, asker);
}

int engine_cancel(struct engine *engine)
{
	int error = cancelling_begin(&engine->core);
	settle_core(&engine->core);
	return error;
}

bool engine_cancelling(const struct engine *engine)
{
	return engine->core.cancelling.upto > 0;
}

static int engine_settle(struct engine *engine, int error)
{
	if (!error)
		core_asked(&engine->core);
	settle_core(&engine->core);
	return error;
}

int engine_set_seen(struct engine *engine, uint64_t cursor)
{
	return engine_settle(engine, seen_set(&engine->core, geteuid(), cursor));
}

int engine_group_add(struct engine *engine, const char *name, const struct group_settings *settings)
{
	return engine_settle(engine, grouping_add(&engine->core, name, settings));
}

bool engine_group_await(struct task_group *group, const struct group_asker *asker)
{
	return grouping_await(group, asker);
}

void engine_disown_group(struct engine *engine, const void *ctx)
{
	grouping_disown(&engine->core, ctx);
}

bool engine_has_slurm(void)
{
	return slurm_is_here(getenv(SLURM_PROGRAMS));
}

bool engine_slurm_refuses(const struct engine *engine, const char *directory)
{
	return slurm_refuses(engine->slurm, directory);
}

int engine_group_set(struct engine *engine, struct task_group *group, const struct group_settings *settings)
{
	return engine_settle(engine, grouping_set(&engine->core, group, settings));
}

int engine_group_remove(struct engine *engine, struct task_group *group)
{
	return engine_settle(engine, grouping_remove(&engine->core, group));
}

const struct task *engine_group_too_heavy(const struct engine *engine, const char *name, unsigned weight)
{
	return grouping_too_heavy(&engine->core, name, weight);
}

struct task_group *engine_group_find(const struct engine *engine, const char *name)
{
	return groups_named(&engine->core, name);
}

const struct task_group *engine_groups(const struct engine *engine)
{
	return engine->core.groups;
}

bool engine_paused(const struct engine *engine)
{
	return engine->core.paused;
}

void engine_resume(struct engine *engine)
{
	engine->core.options.paused = false;
	engine_reschedule(engine);
}

void engine_pause(struct engine *engine)
{
	engine->core.options.paused = true;
}

bool engine_settled(const struct engine *engine)
{
	return engine->core.journal.committed >= engine->core.journal.sequence;
}

bool engine_lost(const struct engine *engine)
{
	return engine->lost;
}

static bool engine_run_has_processes(const struct run *run)
{
	if (run->phase == RUN_ENDED)
		return run->end.left > 0 && task_state_stops(run->task->status.state);
	return run->phase >= RUN_STARTING && run->phase <= RUN_RUNNING;
}

bool engine_has_processes(const struct engine *engine)
{
	const struct order *order = &engine->core.registry.order;
	for (const struct task *task = order_at(order, 0); task; task = order_next(order, task)) {
		if (task->run && engine_run_has_processes(task->run))
			return true;
	}
	return false;
}

void engine_anchor_child(struct engine *engine)
{
	local_anchor_child(engine->executor);
}
