#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine/core/dependents.h"
#include "engine/core/groups.h"
#include "engine/core/hooks.h"
#include "engine/core/lifecycle.h"
#include "engine/core/queue.h"

/* A change of state on its way to the store, with what is needed to undo it. */
struct lifecycle_change {
	struct journal_change change; /* first */
	struct core *core;
	struct task *task;
	struct lifecycle_effect effect;
	enum task_state state; /* as it was */
	unsigned fields;
	struct task_status status; /* the former values; message is owned */
	struct task_process process;
	struct task_process asked;
	struct plan_marks marks;
	struct plan_attempt attempt; /* owned; that was taken out; none: its ordinal is 0 */
	struct hooks_made *hooks;    /* owned; that follow, if it is the end; NULL: none */
};

static void lifecycle_swap_process(struct task_process *its, struct task_process *process)
{
	struct task_process was = *its;
	its->stop_signal = process->stop_signal;
	its->kill_at = process->kill_at;
	process->stop_signal = was.stop_signal;
	process->kill_at = was.kill_at;
}

/* Takes the named fields.  A text is moved, not copied. */
static void lifecycle_take(struct task_status *to, const struct task_status *from, unsigned fields)
{
	if (fields & LIFECYCLE_STARTED_AT)
		to->started_at = from->started_at;
	if (fields & LIFECYCLE_ENDED_AT)
		to->ended_at = from->ended_at;
	if (fields & LIFECYCLE_EXIT) {
		to->exit_code = from->exit_code;
		to->term_signal = from->term_signal;
		to->cpu_time = from->cpu_time;
		to->max_rss = from->max_rss;
	}
	if (fields & LIFECYCLE_PERCENT) {
		to->percent = from->percent;
		to->percent_known = from->percent_known;
	}
	if (fields & LIFECYCLE_MESSAGE)
		to->message = from->message;
	if (fields & LIFECYCLE_START_ORDER)
		to->start_order = from->start_order;
}

/* Exchanges the fields of a task with their former values. */
static void lifecycle_swap(struct task *task, struct lifecycle_change *change)
{
	const struct task_status was = task->status;
	lifecycle_take(&task->status, &change->status, change->fields);
	lifecycle_take(&change->status, &was, change->fields);
	if (change->fields & LIFECYCLE_MARKS) {
		struct plan_marks marks = task->plan->marks;
		task->plan->marks = change->marks;
		change->marks = marks;
	}
	if (change->fields & LIFECYCLE_STOP)
		lifecycle_swap_process(&task->run->process, &change->process);
}

/*
 * A command that is running keeps running, whatever is undone.  So its state must be one of a running task.
 */
static bool lifecycle_runs(const struct task *task)
{
	const struct run *run = task->run;
	/* An adopted run may have ended although no report said that it had begun. */
	return run && (run->phase == RUN_RUNNING || (run->phase == RUN_ENDED && run->process.pid > 0));
}

/* Its group has one less to wait for, or has it again. */
static void lifecycle_count_end(const struct task *task, bool ended)
{
	if (task->standing)
		task->standing->group->left += ended ? (size_t)-1 : 1;
}

/* Whether it holds slots, and whether it can be started, depends on its state. */
static void lifecycle_follow(struct core *core, struct task *task)
{
	if (task->run)
		groups_weigh(core, task->run);
	queue_judge(core, task);
}

static void lifecycle_put_back(struct lifecycle_change *change)
{
	struct task *task = change->task;
	hooks_take_back(change->hooks);
	change->hooks = NULL;
	bool ended = task_state_terminal(task->status.state);
	if (ended)
		lifecycle_count_end(task, false);
	registry_set_state(&change->core->registry, task, change->state);
	lifecycle_swap(task, change);
	/* What it waits for may have ended meanwhile, and its turn to be judged for that is lost. */
	if (ended)
		dependents_list_again(change->core, task);
	/* Later changes were undone before, so it is the last one. */
	if (change->fields & LIFECYCLE_ATTEMPT)
		plan_drop_attempt(task->plan);
	if (change->attempt.ordinal > 0)
		plan_put_attempt(task->plan, &change->attempt);
	change->attempt = (struct plan_attempt){ 0 };
	if (lifecycle_runs(task))
		lifecycle_began(change->core, task);
	lifecycle_follow(change->core, task);
	core_need(change->core, CORE_DUE_CHANGED);
}

static void lifecycle_free(struct lifecycle_change *change)
{
	if (change->fields & LIFECYCLE_MESSAGE)
		free(change->status.message);
	plan_attempt_release(&change->attempt);
	free(change->hooks);
	free(change);
}

static void lifecycle_committed(struct journal_change *journaled)
{
	struct lifecycle_change *change = (struct lifecycle_change *)journaled;
	if (change->effect.recorded)
		change->effect.recorded(change->core, change->task, &change->asked);
	if (change->effect.committed)
		change->effect.committed(change->core, change->task);
	lifecycle_free(change);
}

static void lifecycle_undone(struct journal_change *journaled)
{
	struct lifecycle_change *change = (struct lifecycle_change *)journaled;
	lifecycle_put_back(change);
	if (change->effect.undone)
		change->effect.undone(change->core, change->task);
	if (change->effect.unrecorded)
		change->effect.unrecorded(change->core, change->task, &change->asked);
	lifecycle_free(change);
}

static void lifecycle_dropped(struct journal_change *journaled)
{
	lifecycle_free((struct lifecycle_change *)journaled);
}

static struct lifecycle_change *lifecycle_change_new(struct core *core, struct task *task,
                                                     const struct lifecycle_fill *fill,
                                                     const struct lifecycle_effect *effect)
{
	struct lifecycle_change *change = calloc(1, sizeof(*change));
	if (!change)
		return NULL;
	change->change.effect = lifecycle_committed;
	change->change.undo = lifecycle_undone;
	change->change.drop = lifecycle_dropped;
	change->core = core;
	change->task = task;
	change->state = task->status.state;
	if (effect)
		change->effect = *effect;
	if (!fill)
		return change;
	change->fields = fill->fields;
	change->process = change->asked = fill->process;
	change->marks = fill->marks;
	struct task_status copy = { .message = NULL };
	if ((fill->fields & LIFECYCLE_MESSAGE) && task_status_set_message(&copy, fill->status.message)) {
		free(change);
		return NULL;
	}
	change->status = fill->status;
	change->status.message = copy.message;
	return change;
}

static int lifecycle_put(struct lifecycle_change *change, enum task_event event,
                         const struct lifecycle_fill *fill)
{
	struct core *core = change->core;
	struct task *task = change->task;
	struct store_batch batch = STORE_BATCH_INIT;
	bool process = task->run && !(change->fields & LIFECYCLE_NO_PROCESS);
	/* What was claimed before the last reboot does not become a claim of this boot. */
	const char *boot_id = task->run && task->run->other_boot ? "" : core->options.boot_id;
	store_batch_status(&batch, task->number, &task->status, process ? &task->run->process : NULL,
	                   process ? boot_id : NULL);
	if (change->fields & LIFECYCLE_MARKS)
		store_batch_plan(&batch, task->number, task->plan);
	if (change->fields & LIFECYCLE_UNMET)
		store_batch_dependency(&batch, task->number, fill->unmet);
	if (change->fields & LIFECYCLE_ATTEMPT)
		store_batch_attempt(&batch, task->number, plan_last_attempt(task->plan));
	if (change->fields & LIFECYCLE_NO_ATTEMPT)
		store_batch_forget_attempt(&batch, task->number, change->attempt.ordinal);
	int error = task_state_terminal(task->status.state)
	                    ? hooks_make(core, task, event, &change->hooks, &batch)
	                    : 0;
	if (error)
		store_batch_release(&batch);
	else
		error = journal_put(&core->journal, &change->change, &batch, fill && fill->urgent);
	if (error) {
		lifecycle_put_back(change);
		lifecycle_free(change);
		return error;
	}
	hooks_enter(change->hooks);
	return 0;
}

/* If the whole cannot be put, this change is one that was never made: the caller puts back what it changed. */
static int lifecycle_put_with_what_follows(struct lifecycle_change *change, enum task_event event,
                                           const struct lifecycle_fill *fill)
{
	struct core *core = change->core;
	const struct lifecycle_effect effect = change->effect;
	change->effect = (struct lifecycle_effect){ 0 };
	journal_open(&core->journal);
	int error = lifecycle_put(change, event, fill);
	if (!error)
		core->follow(core, change->task);
	int closing = journal_close(&core->journal);
	if (error || closing)
		return error ? error : closing;
	change->effect = effect;
	return 0;
}

/* From now on its order is that of the ends, and its group has one less. */
static void lifecycle_number_end(struct core *core, const struct task *task, struct lifecycle_change *change)
{
	change->fields |= LIFECYCLE_START_ORDER;
	change->status.start_order = queue_next_start(core);
	lifecycle_count_end(task, true);
}

int lifecycle_apply(struct core *core, struct task *task, enum task_event event,
                    const struct lifecycle_fill *fill, const struct lifecycle_effect *effect)
{
	int next = task_state_next(task->status.state, event);
	if (next < 0)
		return -EPERM;
	struct lifecycle_change *change = lifecycle_change_new(core, task, fill, effect);
	if (!change)
		return -ENOMEM;
	if ((change->fields & LIFECYCLE_ATTEMPT) && plan_add_attempt(task->plan, fill->attempt)) {
		lifecycle_free(change);
		return -ENOMEM;
	}
	if (change->fields & LIFECYCLE_NO_ATTEMPT)
		change->attempt = plan_take_attempt(task->plan);
	bool ends = task_state_terminal((enum task_state)next);
	if (ends)
		lifecycle_number_end(core, task, change);
	registry_set_state(&core->registry, task, (enum task_state)next);
	lifecycle_swap(task, change);
	bool follows = core->dependents && ends;
	int error = follows ? lifecycle_put_with_what_follows(change, event, fill)
	                    : lifecycle_put(change, event, fill);
	if (error)
		return error;
	lifecycle_follow(core, task);
	core_need(core, CORE_DUE_CHANGED);
	return 0;
}

void lifecycle_began(struct core *core, struct task *task)
{
	int next = task_state_next(task->status.state, TASK_EVENT_SPAWN);
	if (next >= 0)
		registry_set_state(&core->registry, task, (enum task_state)next);
}

void lifecycle_ended(struct core *core, struct task *task)
{
	hooks_ended(core, task);
	if (core->hooks.ended)
		core->hooks.ended(core->hooks.ctx, task);
}

void lifecycle_touch(struct core *core, struct task *task)
{
	registry_touch(&core->registry, task);
	core_need(core, CORE_DUE_CHANGED);
}
