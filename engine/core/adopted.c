#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define HASH_NONFATAL_OOM            1
#define uthash_nonfatal_oom(element) (out_of_memory = true)

#include "engine/core/adopted.h"
#include "engine/core/creation.h"
#include "engine/core/dependencies.h"
#include "engine/core/dependents.h"
#include "engine/core/redirection.h"

static struct task *adopted_task(const struct adoption *adoption, uint64_t number)
{
	return order_find(&adoption->core->registry.order, number);
}

struct adopted *adopted_of(const struct adoption *adoption, uint64_t number)
{
	struct adopted *adopted = NULL;
	HASH_FIND(hh, adoption->all, &number, sizeof(number), adopted);
	return adopted;
}

int adopted_add(struct adoption *adoption, uint64_t number, uint64_t made)
{
	bool out_of_memory = false;
	if (adopted_of(adoption, number))
		return 0;
	struct adopted *adopted = calloc(1, sizeof(*adopted));
	if (!adopted)
		return -ENOMEM;
	adopted->number = number;
	adopted->made = made;
	HASH_ADD(hh, adoption->all, number, sizeof(adopted->number), adopted);
	if (out_of_memory) {
		free(adopted);
		return -ENOMEM;
	}
	adopted->next = adoption->first;
	adoption->first = adopted;
	return 0;
}

/* In slices, this nonce says what was made in whose place: it finds the new task again. */
static void adopted_name(const struct adoption *adoption, uint64_t number, unsigned char *nonce)
{
	memcpy(nonce, &adoption->made, sizeof(number));
	memcpy(nonce + sizeof(number), &number, sizeof(number));
}

/* By an earlier slice, perhaps of an earlier server.  0: it is not made yet, never will be, or is removed since. */
static uint64_t adopted_made_before(const struct adoption *adoption, uint64_t number)
{
	unsigned char nonce[TASK_NONCE_SIZE];
	adopted_name(adoption, number, nonce);
	const struct task *made =
		adoption->sliced ? registry_find_nonce(&adoption->core->registry, nonce) : NULL;
	return made ? made->number : 0;
}

/* Because of this one. */
static bool adopted_can_never_run(const struct core *core, const struct task *task, uint64_t number)
{
	struct task *target;
	const struct plan_after *after = &task->plan->after[dependents_index(task, number)];
	return dependencies_verdict(core, after, &target) == DEPENDENCY_NEVER;
}

/*
 * What the new task waits for was asked for anew.  1: its turn to be judged comes later, and then it is not run;
 * 0; -ENOMEM.
 */
static int adopted_look(struct adoption *adoption, const struct task *task, uint64_t number)
{
	enum task_state state = task->status.state;
	if (task->number == adoption->made || task->removed)
		return 0;
	if (state == TASK_STOPPED && task->plan->after[dependents_index(task, number)].unmet)
		return adopted_add(adoption, task->number, adopted_made_before(adoption, task->number));
	adoption->waits = state == TASK_QUEUED && !task->plan->unmet_hold &&
	                  adopted_can_never_run(adoption->core, task, number);
	return adoption->waits;
}

/* Those that wait for one of them.  1: there are more, or one is still to be judged; 0; -ENOMEM. */
static int adopted_look_at(struct adoption *adoption, const struct adopted *adopted, unsigned *looks)
{
	const struct dependents *dependents = dependents_of(adoption->core, adopted->number);
	size_t count = dependents ? dependents->count : 0;
	if (!adoption->looking || adoption->index > count)
		adoption->index = count;
	adoption->looking = true;
	for (; adoption->index > 0 && *looks > 0; --*looks, adoption->index--) {
		int code = adopted_look(adoption, dependents->tasks[adoption->index - 1], adopted->number);
		if (code)
			return code;
	}
	adoption->looking = adoption->index > 0;
	return adoption->looking;
}

/*
 * A list is looked at from its end.  If one is taken out of it meanwhile, the last one takes its place: so none is
 * missed.
 */
int adopted_find(struct adoption *adoption, unsigned looks)
{
	struct adopted *adopted = adoption->first;
	adoption->waits = false;
	while (adopted) {
		adoption->first = adopted->next;
		int code = adopted_look_at(adoption, adopted, &looks);
		if (code) {
			/* It goes on before those that it has found. */
			adopted->next = adoption->first;
			adoption->first = adopted;
			return code;
		}
		adopted = adoption->first;
	}
	return 0;
}

/*
 * What the new task waits for: the new ones in place of those that are replaced.  In slices, it waits for the first
 * of all in place of one that is not made yet, or is gone, so that it cannot begin before; unless it waits for the first
 * in its own right, perhaps for another end.  The list is malloc'ed; NULL: out of memory.
 */
static struct plan_after *adopted_after(const struct adoption *adoption, const struct task *former,
                                        size_t *count)
{
	const struct task_plan *plan = task_plan(former);
	struct plan_after *after = calloc(plan->after_count + 1, sizeof(*after));
	const struct plan_after first = { .number = adoption->made, .condition = PLAN_AFTER_OK };
	bool stands_in = false, waits = false;
	uint64_t twice;
	*count = 0;
	for (size_t i = 0; after && i < plan->after_count; i++) {
		struct plan_after its = { .number = plan->after[i].number,
			                  .condition = plan->after[i].condition };
		const struct adopted *adopted = adopted_of(adoption, its.number);
		/* One that was removed since is not found by a later server, but its place was taken. */
		uint64_t made = adopted ? adopted->made : adopted_made_before(adoption, its.number);
		if (adopted || made)
			its.number = made;
		waits |= its.number == first.number;
		if (adopted_task(adoption, its.number))
			after[(*count)++] = its;
		else
			stands_in |= adopted && adoption->sliced;
	}
	if (after && stands_in && !waits && adopted_task(adoption, first.number))
		after[(*count)++] = first;
	if (after && dependencies_sort(after, count, &twice) && adoption->sliced) {
		after[0] = first;
		*count = 1;
	}
	return after;
}

int adopted_create(struct adoption *adoption, struct adopted *adopted, char **error)
{
	const struct task *former = adopted_task(adoption, adopted->number);
	struct task_spec from = task_spec_borrow(former), spec = { 0 };
	struct task *made;
	struct plan_hooks hooks;
	struct task_plan plan = plan_anew(from.plan, &hooks);
	struct plan_after *after = adopted_after(adoption, former, &plan.after_count);
	plan.after = after;
	from.plan = &plan;
	int code = after ? task_spec_copy(&spec, &from) : -ENOMEM;
	free(after);
	if (code)
		return code;
	free(spec.id);
	spec.id = NULL;
	adopted_name(adoption, adopted->number, spec.nonce);
	spec.has_nonce = adoption->sliced;
	code = creation_make(adoption->core, &spec, task_environment(former), task_parent(former), true,
	                     &made, error);
	if (code)
		task_spec_release(&spec);
	else
		adopted->made = made->number;
	return code;
}

/* It is not run because of that one already. */
static bool adopted_is_unmet(const struct task *task, uint64_t number)
{
	const struct task_plan *plan = task_plan(task);
	for (size_t i = 0; i < plan->after_count; i++) {
		if (plan->after[i].number == number)
			return plan->after[i].unmet;
	}
	return false;
}

/*
 * In slices, what the task is to wait for may wait for it, or wait for so much that this cannot be found out: then it
 * goes on waiting for what it waits for now.
 */
static int adopted_redirection(struct adoption *adoption, struct task *task, const struct plan_after *after,
                               size_t count)
{
	size_t former = task->plan->after_count;
	struct plan_after *before = calloc(former + 1, sizeof(*before));
	if (!before)
		return -ENOMEM;
	for (size_t i = 0; i < former; i++)
		before[i] = task->plan->after[i];
	unsigned most = adopted_most(adoption), looks = most;
	int code = redirection_put(adoption->core, task, after, count);
	if (!code && adoption->sliced)
		code = redirection_is_circular(adoption->core, task, &looks);
	adoption->searched += most - looks;
	if (code == 1 || code == -E2BIG)
		code = redirection_put(adoption->core, task, before, former);
	free(before);
	return code;
}

static int adopted_put(struct adoption *adoption, const struct task *former, struct task *task)
{
	size_t count;
	struct plan_after *after = adopted_after(adoption, former, &count);
	for (size_t i = 0; after && task != former && i < count; i++)
		after[i].unmet = adopted_is_unmet(task, after[i].number);
	int code = after ? adopted_redirection(adoption, task, after, count) : -ENOMEM;
	free(after);
	/* What else it waits for may have ended, and its turn to be judged for that is lost. */
	if (!code && task->status.state == TASK_QUEUED)
		dependencies_judge(adoption->core, task);
	return code;
}

/* A task can wait for a later one, if somebody has changed what it waits for. */
int adopted_complete(struct adoption *adoption, const struct adopted *adopted)
{
	const struct task *former = adopted_task(adoption, adopted->number);
	struct task *task = adopted_task(adoption, adopted->made);
	const struct task_plan *plan = former ? task_plan(former) : &plan_default;
	bool later = false;
	for (size_t i = 0; i < plan->after_count; i++) {
		const struct adopted *other = adopted_of(adoption, plan->after[i].number);
		later |= other && other->number > adopted->number;
	}
	/* In slices, a user may have changed or begun it meanwhile. */
	if (!later || !task || task->run || (adoption->sliced && task->status.state != TASK_QUEUED))
		return 0;
	return adopted_put(adoption, former, task);
}

static bool adopted_keeps(const struct core *core, const struct task *task, uint64_t number)
{
	enum task_state state = task->status.state;
	return (state == TASK_CREATED || state == TASK_QUEUED) && !task->run && task->plan->unmet_hold &&
	       adopted_can_never_run(core, task, number);
}

/* In slices, what this moves was looked at. */
static int adopted_look_at_kept(struct adoption *adoption, struct dependents *dependents, struct task *task,
                                uint64_t number)
{
	bool moved = dependents->moved;
	if (task->number == adoption->made || !adopted_keeps(adoption->core, task, number))
		return 0;
	int code = adopted_put(adoption, task, task);
	if (!code && adoption->sliced)
		dependents->moved = moved;
	return code;
}

static void adopted_begin_list(const struct adoption *adoption, struct dependents *dependents, size_t *index)
{
	if (adoption->sliced)
		dependents->moved = false;
	*index = dependents->count;
}

/*
 * The list of dependents becomes shorter by those that do not wait for it any more.  If others have moved one to its
 * end, which was looked at, all are looked at again.
 */
int adopted_redirect(struct adoption *adoption, const struct adopted *adopted, size_t *index, unsigned *looks)
{
	int code = 0;
	for (; *looks > 0 && !code; --*looks) {
		struct dependents *dependents = dependents_of(adoption->core, adopted->number);
		size_t count = dependents ? dependents->count : 0;
		if (*index == SIZE_MAX && dependents)
			adopted_begin_list(adoption, dependents, index);
		if (*index > count)
			*index = count;
		if (*index == 0)
			break;
		struct task *task = dependents->tasks[--*index];
		code = adopted_look_at_kept(adoption, dependents, task, adopted->number);
		if (*index == 0 && adoption->sliced && dependents->moved && !code)
			adopted_begin_list(adoption, dependents, index);
		adopted_charge(adoption, looks);
	}
	return code;
}

void adopted_charge(struct adoption *adoption, unsigned *looks)
{
	unsigned cost = adoption->searched / ADOPTED_LOOKS;
	adoption->searched %= ADOPTED_LOOKS;
	if (*looks > 0)
		*looks -= cost < *looks ? cost : *looks - 1;
}

bool adopted_release(struct adoption *adoption, unsigned count)
{
	struct adopted *adopted, *next;
	HASH_ITER(hh, adoption->all, adopted, next)
	{
		if (count == 0)
			break;
		count--;
		/* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): the table goes with the last of them */
		HASH_DEL(adoption->all, adopted);
		free(adopted);
	}
	return adoption->all;
}
