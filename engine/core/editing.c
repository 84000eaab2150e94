#include "config.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "engine/core/agenda.h"
#include "engine/core/attempts.h"
#include "engine/core/creation.h"
#include "engine/core/dependencies.h"
#include "engine/core/editing.h"
#include "engine/core/ending.h"
#include "engine/core/groups.h"
#include "engine/core/lifecycle.h"
#include "engine/core/queue.h"
#include "engine/core/redirection.h"
#include "engine/core/runs.h"
#include "engine/core/settle.h"
#include "engine/task/error.h"
#include "engine/task/messages.h"

enum { EDITING_TEXTS = EDITING_NAME | EDITING_DESCRIPTION };

/* One task, and its former values, or those that it is to get. */
struct editing_item {
	struct task *task;
	bool whole;  /* form is exchanged too */
	bool delays; /* and so is not_before: when its next attempt may begin */
	int64_t not_before;
	struct task_text text;
	struct task_form form;
};

/* Edits on their way to the store. */
struct editing_change {
	struct journal_change change; /* first */
	struct core *core;
	size_t count;
	struct editing_item items[];
};

bool editing_possible(const struct task *task)
{
	const struct run *run = task->run;
	enum task_state state = task->status.state;
	if (state == TASK_CLAIMED)
		return run_phase_next(run->phase, RUN_EVENT_RECALL) >= 0;
	return state == TASK_CREATED || state == TASK_QUEUED;
}

/* The other origin of the task keeps the environment. */
static void editing_drop_origin(struct core *core, struct origin *origin)
{
	struct shared_environment *environment = origin ? origin_drop(&core->registry.origins, origin) : NULL;
	if (environment)
		environment->references--;
}

static void editing_free(struct journal_change *journaled)
{
	struct editing_change *change = (struct editing_change *)journaled;
	for (size_t i = 0; i < change->count; i++) {
		struct editing_item *item = &change->items[i];
		editing_drop_origin(change->core, item->form.origin);
		task_form_release(&item->form);
		task_text_release(&item->text);
	}
	free(change);
}

/* A task that waits has another place in the queue. */
static void editing_settle(struct core *core, struct task *task)
{
	struct standing *standing = task->standing;
	if (!standing)
		return;
	struct task_group *group = groups_of(core, task);
	bool ranked = standing->rank.ranked;
	if (group != standing->group) {
		queue_move(core, task, group);
	} else if (ranked) {
		queue_leave(core, task);
		queue_enter(core, task);
	}
	core_need(core, CORE_DUE_SCHEDULE);
}

static void editing_exchange_delay(struct editing_item *item)
{
	struct task_plan *plan = item->task->plan;
	if (!item->delays)
		return;
	int64_t was = plan->marks.not_before;
	plan->marks.not_before = item->not_before;
	item->not_before = was;
}

/* Exchanging again cannot fail. */
static int editing_exchange(struct core *core, struct editing_item *item)
{
	struct task *task = item->task;
	int error = 0;
	task_text_exchange(&item->text, task);
	if (item->whole) {
		task_form_exchange(&item->form, task);
		registry_weigh(&core->registry, task);
		editing_exchange_delay(item);
		error = task->standing ? agenda_admit(core, task) : 0;
		editing_settle(core, task);
	}
	lifecycle_touch(core, task);
	return error;
}

/*
 * A task may be in several items, so the last one is undone first.  What is being prepared was begun with the values
 * that are undone, such as a time limit.
 */
static void editing_undone(struct journal_change *journaled)
{
	struct editing_change *change = (struct editing_change *)journaled;
	for (size_t i = change->count; i-- > 0;) {
		if (change->items[i].whole)
			run_abandon(change->core, change->items[i].task);
		(void)editing_exchange(change->core, &change->items[i]);
	}
	editing_free(journaled);
}

/* What the task is to be as a whole.  Everything is borrowed. */
static struct task_spec editing_result(const struct editing *edit)
{
	struct task_spec spec = task_spec_borrow(edit->task);
	const struct task_spec *given = &edit->spec;
	unsigned fields = edit->fields;
	if (fields & EDITING_NAME)
		spec.name = given->name;
	if (fields & EDITING_DESCRIPTION)
		spec.description = given->description;
	if (fields & EDITING_GROUP)
		spec.group = given->group;
	if (fields & EDITING_CWD)
		spec.cwd = given->cwd;
	if (fields & EDITING_COMMAND)
		spec.command = given->command;
	if (fields & EDITING_VARIABLES)
		spec.variables = given->variables;
	if (fields & EDITING_MAX_LOG)
		spec.max_log = given->max_log;
	if (fields & EDITING_MERGE)
		spec.merge = given->merge;
	if (fields & EDITING_PLAN)
		spec.plan = given->plan;
	return spec;
}

static int editing_check(struct core *core, const struct editing *edit, char **error)
{
	struct task_spec spec = editing_result(edit);
	if ((edit->fields & ~(unsigned)EDITING_TEXTS) && !editing_possible(edit->task))
		return -EPERM;
	if (!(edit->fields & ~(unsigned)EDITING_TEXTS))
		return task_text_check(edit->spec.name, edit->spec.description, error);
	int code = task_spec_check(&spec, error);
	if (!code && creation_knows_group(core, spec.group))
		return creation_check_weight(core, &spec, error);
	if (code)
		return code;
	*error = strdup(spec.group);
	return *error ? -ENOENT : -ENOMEM;
}

/* Replaces the values of the form that are given. */
static int editing_fill(struct core *core, struct editing_item *item, const struct editing *edit)
{
	struct task_form *form = &item->form;
	struct task_spec spec = editing_result(edit);
	int error = 0;
	if (edit->fields & EDITING_COMMAND) {
		strings_release(&form->command);
		error = strings_copy(&form->command, spec.command.block, spec.command.length);
	}
	if (!error && (edit->fields & EDITING_VARIABLES)) {
		strings_release(&form->variables);
		error = strings_copy(&form->variables, spec.variables.block, spec.variables.length);
	}
	if (!error && (edit->fields & EDITING_PLAN))
		error = task_form_set_plan(form, spec.plan);
	if (form->plan && edit->task->status.state != TASK_CREATED && plan_delay(form->plan) > 0)
		form->plan->marks.not_before = core_now(core) + plan_delay(form->plan);
	form->max_log = spec.max_log;
	form->merge = spec.merge;
	if (!error)
		form->origin = origin_take(&core->registry.origins, task_environment(edit->task), spec.cwd,
		                           spec.group);
	return form->origin ? error : -ENOMEM;
}

/* Whether the next attempt of the task begins at another time. */
static bool editing_delays(const struct editing *edit)
{
	const struct task_plan *plan = task_plan(edit->task), *next = edit->spec.plan;
	return (edit->fields & EDITING_PLAN) && next && plan_last_attempt(plan) &&
	       (next->retry_delay != plan->retry_delay || next->retry_max != plan->retry_max);
}

static int editing_init(struct core *core, struct editing_item *item, const struct editing *edit)
{
	bool no_description = (edit->fields & EDITING_DESCRIPTION) && !edit->spec.description;
	item->task = edit->task;
	item->whole = edit->fields & ~(unsigned)EDITING_TEXTS;
	int error = task_text_init(&item->text, edit->task, edit->spec.name, edit->spec.description);
	if (!error && no_description) {
		free(item->text.description);
		item->text.description = NULL;
	}
	if (!error && item->whole)
		error = task_form_init(&item->form, edit->task);
	if (!error && item->whole)
		error = editing_fill(core, item, edit);
	item->delays = !error && editing_delays(edit);
	if (item->delays)
		item->not_before = attempts_not_before(edit->task, item->form.plan);
	return error;
}

/* NULL: out of memory. */
static struct editing_change *editing_make(struct core *core, const struct editing *edits, size_t count)
{
	struct editing_change *change = calloc(1, sizeof(*change) + count * sizeof(change->items[0]));
	if (!change)
		return NULL;
	change->change = (struct journal_change){ .effect = editing_free,
		                                  .undo = editing_undone,
		                                  .drop = editing_free };
	change->core = core;
	for (size_t i = 0; i < count; i++) {
		change->count++;
		if (editing_init(core, &change->items[i], &edits[i])) {
			editing_free(&change->change);
			return NULL;
		}
	}
	return change;
}

/* The claims that exist are given back. */
static int editing_recall(struct core *core, const struct editing_change *change)
{
	int error = 0;
	for (size_t i = 0; i < change->count && !error; i++) {
		struct task *task = change->items[i].task;
		if (!change->items[i].whole)
			continue;
		run_abandon(core, task);
		queue_judge(core, task);
		if (task->status.state == TASK_CLAIMED)
			error = ending_recall(core, task->run, NULL);
	}
	return error;
}

static int editing_put(struct editing_change *change)
{
	struct core *core = change->core;
	struct store_batch batch = STORE_BATCH_INIT;
	bool no_memory = false;
	for (size_t i = 0; i < change->count; i++) {
		struct editing_item *item = &change->items[i];
		const struct task *task = item->task;
		no_memory |= editing_exchange(core, item) != 0;
		struct task_spec spec = task_spec_borrow(task);
		if (item->whole)
			store_batch_spec(&batch, task->number, &spec);
		else
			store_batch_text(&batch, task->number, spec.name, spec.description);
	}
	int error = no_memory ? -ENOMEM : journal_put(&core->journal, &change->change, &batch, true);
	if (no_memory)
		store_batch_release(&batch);
	if (error)
		editing_undone(&change->change);
	return error;
}

/* Replaces what tasks wait for.  No task may wait for itself. */
static int editing_redirect(struct core *core, const struct editing *edits, size_t count, char **error)
{
	int code = 0;
	unsigned looks = UINT_MAX;
	for (size_t i = 0; i < count && !code; i++) {
		struct task *task = edits[i].task;
		if (edits[i].fields & EDITING_AFTER)
			code = record_make_plan(task)
			               ? redirection_put(core, task, edits[i].after, edits[i].after_count)
			               : -ENOMEM;
	}
	for (size_t i = 0; i < count && !code; i++) {
		if (edits[i].fields & EDITING_AFTER)
			code = redirection_is_circular(core, edits[i].task, &looks);
		if (code == 1)
			code = error_set(error, -EINVAL, MSG_AFTER_ITSELF, task_id(edits[i].task));
	}
	return code;
}

/* How a task waits may be over now. */
static int editing_judge(struct core *core, const struct editing *edits, size_t count)
{
	int error = 0;
	for (size_t i = 0; i < count && !error; i++) {
		struct task *task = edits[i].task;
		if (task->status.state == TASK_QUEUED)
			error = attempts_judge(core, task);
		if (task->status.state == TASK_QUEUED)
			dependencies_judge(core, task);
	}
	return error;
}

int editing_apply(struct core *core, const struct editing *edits, size_t count, char **error)
{
	int code = journal_is_scarce(&core->journal) ? -ENOSPC : 0;
	*error = NULL;
	for (size_t i = 0; i < count && !code; i++)
		code = editing_check(core, &edits[i], error);
	if (code)
		return code;
	struct editing_change *change = editing_make(core, edits, count);
	if (!change)
		return -ENOMEM;
	journal_open(&core->journal);
	code = editing_recall(core, change);
	if (code)
		editing_free(&change->change);
	else
		code = editing_put(change);
	if (!code)
		code = editing_redirect(core, edits, count, error);
	if (!code)
		code = editing_judge(core, edits, count);
	int closing = 0;
	if (code)
		journal_abort(&core->journal);
	else
		closing = journal_close(&core->journal);
	core_asked(core);
	settle_core(core);
	return code ? code : closing;
}

int editing_set_text(struct core *core, struct task *task, const char *name, const char *description,
                     char **error)
{
	const struct editing edit = {
		.task = task,
		.fields = (name ? EDITING_NAME : 0u) | (description ? EDITING_DESCRIPTION : 0u),
		.spec = { .name = (char *)name, .description = (char *)description },
	};
	return editing_apply(core, &edit, 1, error);
}
