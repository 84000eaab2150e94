#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define HASH_NONFATAL_OOM            1
#define uthash_nonfatal_oom(element) (out_of_memory = true)

#include "engine/core/adoption.h"
#include "engine/core/creation.h"
#include "engine/core/dependencies.h"
#include "engine/core/dependents.h"
#include "engine/core/redirection.h"
#include "engine/core/settle.h"
#include "engine/task/error.h"
#include "engine/task/messages.h"

/* A task that has ended, and the one that takes its place. */
struct adopted {
	uint64_t number; /* of the former one */
	const struct task *former;
	struct task *task;    /* NULL: it is not made yet */
	struct adopted *next; /* those whose dependents were not looked at */
	UT_hash_handle hh;
};

struct adoption {
	struct core *core;
	const struct task *made; /* in place of the first one.  What it waits for was asked for anew */
	struct adopted *all;     /* by number (uthash) */
	struct adopted *first;
};

static struct adopted *adoption_of(const struct adoption *adoption, uint64_t number)
{
	struct adopted *adopted = NULL;
	HASH_FIND(hh, adoption->all, &number, sizeof(number), adopted);
	return adopted;
}

static int adoption_add(struct adoption *adoption, const struct task *former, struct task *task)
{
	bool out_of_memory = false;
	if (adoption_of(adoption, former->number))
		return 0;
	struct adopted *adopted = calloc(1, sizeof(*adopted));
	if (!adopted)
		return -ENOMEM;
	adopted->number = former->number;
	adopted->former = former;
	adopted->task = task;
	HASH_ADD(hh, adoption->all, number, sizeof(adopted->number), adopted);
	if (out_of_memory) {
		free(adopted);
		return -ENOMEM;
	}
	adopted->next = adoption->first;
	adoption->first = adopted;
	return 0;
}

/* Those that were not run because of this one. */
static int adoption_look(struct adoption *adoption, const struct adopted *adopted)
{
	const struct dependents *dependents = dependents_of(adoption->core, adopted->number);
	int error = 0;
	for (size_t i = 0; dependents && i < dependents->count && !error; i++) {
		const struct task *task = dependents->tasks[i];
		size_t index = dependents_index(task, adopted->number);
		if (task != adoption->made && !task->removed && task->status.state == TASK_STOPPED &&
		    task->plan->after[index].unmet)
			error = adoption_add(adoption, task, NULL);
	}
	return error;
}

static int adoption_compare(const struct adopted *a, const struct adopted *b)
{
	return a->number < b->number ? -1 : a->number > b->number;
}

/*
 * What the new task waits for: the new ones in place of those that are replaced.  The list is malloc'ed; NULL:
 * out of memory.  *complete: none of those is still to be made.
 */
static struct plan_after *adoption_after(const struct adoption *adoption, const struct task *former,
                                         size_t *count, bool *complete)
{
	const struct task_plan *plan = task_plan(former);
	struct plan_after *after = calloc(plan->after_count + 1, sizeof(*after));
	uint64_t twice;
	*count = 0;
	*complete = true;
	for (size_t i = 0; after && i < plan->after_count; i++) {
		struct plan_after its = { .number = plan->after[i].number,
			                  .condition = plan->after[i].condition };
		const struct adopted *adopted = adoption_of(adoption, its.number);
		if (adopted && adopted->task)
			its.number = adopted->task->number;
		else if (adopted)
			*complete = false;
		if (adopted ? adopted->task != NULL
		            : order_find(&adoption->core->registry.order, its.number) != NULL)
			after[(*count)++] = its;
	}
	if (after)
		(void)dependencies_sort(after, count, &twice);
	return after;
}

static int adoption_create(const struct adoption *adoption, struct adopted *adopted, char **error)
{
	const struct task *former = adopted->former;
	struct task_spec from = task_spec_borrow(former), spec = { 0 };
	struct plan_hooks hooks;
	struct task_plan plan = plan_anew(from.plan, &hooks);
	bool complete;
	struct plan_after *after = adoption_after(adoption, former, &plan.after_count, &complete);
	plan.after = after;
	from.plan = &plan;
	int code = after ? task_spec_copy(&spec, &from) : -ENOMEM;
	free(after);
	if (code)
		return code;
	free(spec.id);
	spec.id = NULL;
	spec.has_nonce = false;
	code = creation_make(adoption->core, &spec, task_environment(former), task_parent(former), true,
	                     &adopted->task, error);
	if (code)
		task_spec_release(&spec);
	return code;
}

/* It is not run because of that one already. */
static bool adoption_is_unmet(const struct task *task, uint64_t number)
{
	const struct task_plan *plan = task_plan(task);
	for (size_t i = 0; i < plan->after_count; i++) {
		if (plan->after[i].number == number)
			return plan->after[i].unmet;
	}
	return false;
}

/* A task can wait for a later one, if somebody has changed what it waits for. */
static int adoption_complete(const struct adoption *adoption, const struct adopted *adopted)
{
	bool complete;
	size_t count;
	const struct task_plan *plan = task_plan(adopted->former);
	bool later = false;
	for (size_t i = 0; i < plan->after_count; i++) {
		const struct adopted *other = adoption_of(adoption, plan->after[i].number);
		later |= other && other->number > adopted->number;
	}
	if (!later)
		return 0;
	struct plan_after *after = adoption_after(adoption, adopted->former, &count, &complete);
	for (size_t i = 0; after && i < count; i++)
		after[i].unmet = adoption_is_unmet(adopted->task, after[i].number);
	int code = after ? redirection_put(adoption->core, adopted->task, after, count) : -ENOMEM;
	free(after);
	if (!code && adopted->task->status.state == TASK_QUEUED)
		dependencies_judge(adoption->core, adopted->task);
	return code;
}

/* A task that is kept waits for the new one. */
static int adoption_redirect(const struct adoption *adoption, struct task *task)
{
	bool complete;
	size_t count;
	struct plan_after *after = adoption_after(adoption, task, &count, &complete);
	int code = after ? redirection_put(adoption->core, task, after, count) : -ENOMEM;
	free(after);
	/* What else it waits for may have ended, and its turn to be judged for that is lost. */
	if (!code && task->status.state == TASK_QUEUED)
		dependencies_judge(adoption->core, task);
	return code;
}

static bool adoption_keeps(const struct core *core, const struct task *task, uint64_t number)
{
	struct task *target;
	enum task_state state = task->status.state;
	return (state == TASK_CREATED || state == TASK_QUEUED) && !task->run && task->plan->unmet_hold &&
	       dependencies_verdict(core, &task->plan->after[dependents_index(task, number)], &target) ==
	               DEPENDENCY_NEVER;
}

/* The list of dependents becomes shorter by those that do not wait for it any more. */
static int adoption_redirect_all(const struct adoption *adoption, uint64_t number)
{
	struct core *core = adoption->core;
	const struct dependents *dependents = dependents_of(core, number);
	int code = 0;
	for (size_t i = dependents ? dependents->count : 0; i-- > 0 && !code;) {
		if (i < dependents->count && dependents->tasks[i] != adoption->made &&
		    adoption_keeps(core, dependents->tasks[i], number))
			code = adoption_redirect(adoption, dependents->tasks[i]);
	}
	return code;
}

/* What was kept, or was made before, waits for a later task now, which may wait for it. */
static int adoption_check_circle(const struct adoption *adoption, const struct task *task, char **error)
{
	const struct dependents *dependents = dependents_of(adoption->core, task->number);
	int code = 0;
	for (size_t i = 0; dependents && i < dependents->count && !code; i++) {
		if (dependents->tasks[i]->number < task->number)
			code = redirection_is_circular(adoption->core, dependents->tasks[i]);
		if (code == 1)
			code = error_set(error, -EINVAL, MSG_AFTER_ITSELF, task_id(dependents->tasks[i]));
	}
	return code;
}

static int adoption_run(struct adoption *adoption, const struct task *source, struct task *task, char **error)
{
	int code = adoption_add(adoption, source, task);
	while (!code && adoption->first) {
		struct adopted *adopted = adoption->first;
		adoption->first = adopted->next;
		code = adoption_look(adoption, adopted);
	}
	HASH_SORT(adoption->all, adoption_compare);
	for (struct adopted *adopted = adoption->all; adopted && !code; adopted = adopted->hh.next) {
		if (!adopted->task)
			code = adoption_create(adoption, adopted, error);
	}
	for (struct adopted *adopted = adoption->all; adopted && !code; adopted = adopted->hh.next) {
		if (adopted->former != source)
			code = adoption_complete(adoption, adopted);
		if (!code)
			code = adoption_redirect_all(adoption, adopted->number);
	}
	for (struct adopted *adopted = adoption->all; adopted && !code; adopted = adopted->hh.next)
		code = adoption_check_circle(adoption, adopted->task, error);
	return code;
}

static void adoption_release(struct adoption *adoption)
{
	struct adopted *adopted, *next;
	HASH_ITER(hh, adoption->all, adopted, next)
	{
		HASH_DEL(adoption->all, adopted);
		free(adopted);
	}
}

int adoption_make(struct core *core, const struct task *source, struct task_spec *spec,
                  struct shared_environment *environment, struct task *parent, bool start, struct task **task,
                  char **error)
{
	struct adoption adoption = { .core = core };
	uint64_t last = core->registry.last_number;
	settle_hold(core);
	journal_open(&core->journal);
	int code = creation_make(core, spec, environment, parent, start, task, error);
	/* A request that is repeated has been carried out. */
	adoption.made = *task;
	if (!code && (*task)->number > last)
		code = adoption_run(&adoption, source, *task, error);
	int closing = 0;
	if (code)
		journal_abort(&core->journal);
	else
		closing = journal_close(&core->journal);
	core_asked(core);
	settle_go_on(core);
	adoption_release(&adoption);
	return code ? code : closing;
}
