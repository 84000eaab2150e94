#include "config.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <utlist.h>

#include "engine/core/adopted.h"
#include "engine/core/adoption.h"
#include "engine/core/askers.h"
#include "engine/core/creation.h"
#include "engine/core/dependents.h"
#include "engine/core/redirection.h"
#include "engine/core/requests.h"
#include "engine/core/settle.h"
#include "engine/task/error.h"
#include "engine/task/messages.h"

/* ---- In one change ---- */

static int adoption_compare(const struct adopted *a, const struct adopted *b)
{
	return a->number < b->number ? -1 : a->number > b->number;
}

/* What was kept, or was made before, waits for a later task now, which may wait for it. */
static int adoption_check_one(const struct adoption *adoption, struct redirection_search *search,
                              uint64_t number)
{
	const struct dependents *dependents = dependents_of(adoption->core, number);
	int code = 0;
	for (size_t i = 0; dependents && i < dependents->count && !code; i++) {
		if (dependents->tasks[i]->number < number)
			code = redirection_search_from(search, dependents->tasks[i]);
	}
	return code;
}

/* What can be looked at was counted by adoption_is_deep(). */
static int adoption_check_circles(const struct adoption *adoption, char **error)
{
	struct redirection_search search = { .core = adoption->core, .looks = UINT_MAX, .any = true };
	int code = 0;
	for (struct adopted *adopted = adoption->all; adopted && !code; adopted = adopted->hh.next)
		code = adoption_check_one(adoption, &search, adopted->made);
	if (code == 1)
		code = error_set(error, -EINVAL, MSG_AFTER_ITSELF, task_id(search.member));
	redirection_search_release(&search);
	return code;
}

static int adoption_run(struct adoption *adoption, char **error)
{
	int code = adopted_add(adoption, adoption->source, adoption->made);
	if (!code)
		code = adopted_find(adoption, UINT_MAX);
	HASH_SORT(adoption->all, adoption_compare);
	for (struct adopted *adopted = adoption->all; adopted && !code; adopted = adopted->hh.next) {
		if (!adopted->made)
			code = adopted_create(adoption, adopted, error);
	}
	for (struct adopted *adopted = adoption->all; adopted && !code; adopted = adopted->hh.next) {
		size_t index = SIZE_MAX;
		unsigned looks = UINT_MAX;
		if (adopted->number != adoption->source)
			code = adopted_complete(adoption, adopted);
		if (!code)
			code = adopted_redirect(adoption, adopted, &index, &looks);
	}
	return code ? code : adoption_check_circles(adoption, error);
}

/* ---- Steps on their way to the store: the mark, a slice, the end ---- */

struct adoption_step {
	struct journal_change change; /* first */
	struct adoption *adoption;
	uint64_t at; /* the adoption's, once this is durable */
};

static struct adoption *adoption_settled(struct journal_change *journaled)
{
	struct adoption *adoption = ((struct adoption_step *)journaled)->adoption;
	free(journaled);
	adoption->steps--;
	return adoption;
}

static void adoption_durable(struct journal_change *journaled)
{
	uint64_t at = ((struct adoption_step *)journaled)->at;
	adoption_settled(journaled)->stored = at;
}

static void adoption_end(struct adoption *adoption)
{
	adoption->phase = ADOPTION_OVER;
	askers_tell(&adoption->askers, 0);
}

static void adoption_ended(struct journal_change *journaled)
{
	adoption_end(adoption_settled(journaled));
}

/* adoption_slice() or adoption_failed() says where it goes on. */
static void adoption_undone(struct journal_change *journaled)
{
	adoption_settled(journaled)->failed = true;
}

/* The first one is not made either. */
static void adoption_mark_undone(struct journal_change *journaled)
{
	adoption_end(adoption_settled(journaled));
}

static void adoption_drop(struct journal_change *journaled)
{
	free(journaled);
}

static int adoption_put(struct adoption *adoption, struct store_batch *batch,
                        void (*effect)(struct journal_change *change),
                        void (*undo)(struct journal_change *change))
{
	struct adoption_step *step = calloc(1, sizeof(*step));
	int error = -ENOMEM;
	if (step) {
		step->change =
			(struct journal_change){ .effect = effect, .undo = undo, .drop = adoption_drop };
		step->adoption = adoption;
		step->at = adoption->at;
		error = journal_put(&adoption->core->journal, &step->change, batch, true);
	} else {
		store_batch_release(batch);
	}
	if (error) {
		free(step);
		return error;
	}
	adoption->steps++;
	return 0;
}

/* ---- In slices ---- */

static struct adoption *adoption_new(struct core *core, uint64_t source, uint64_t made, bool start)
{
	struct adoption *adoption = calloc(1, sizeof(*adoption));
	if (!adoption)
		return NULL;
	*adoption = (struct adoption){
		.core = core, .source = source, .made = made, .sliced = true, .start = start
	};
	DL_APPEND(core->adoptions, adoption);
	return adoption;
}

static void adoption_free(struct adoption *adoption)
{
	DL_DELETE(adoption->core->adoptions, adoption);
	askers_forget(&adoption->askers);
	(void)adopted_release(adoption, UINT_MAX);
	free(adoption);
}

int adoption_recover(struct core *core, uint64_t source, uint64_t made, bool start, uint64_t at)
{
	struct adoption *adoption = adoption_new(core, source, made, start);
	if (!adoption)
		return -ENOMEM;
	adoption->stored = at;
	return 0;
}

/* Forgets what was found, and finds all of it anew. */
static int adoption_find(struct adoption *adoption, unsigned looks)
{
	if (adoption->phase == ADOPTION_BEGINS) {
		if (adopted_release(adoption, looks))
			return 1;
		adoption->first = NULL;
		adoption->looking = false;
		if (adopted_add(adoption, adoption->source, adoption->made))
			return -ENOMEM;
		adoption->phase = ADOPTION_FINDS;
	}
	return adopted_find(adoption, looks);
}

static int adoption_make_some(struct adoption *adoption)
{
	const struct order *order = &adoption->core->registry.order;
	unsigned slice = adoption->core->adoption_slice, looks = ADOPTED_LOOKS * slice;
	struct task *task = order_at(order, order_rank_of(order, adoption->at));
	int code = 0;
	for (; task && slice > 0 && looks > 0; looks--) {
		struct adopted *adopted = adopted_of(adoption, task->number);
		char *reason = NULL;
		if (adopted && adopted->number != adoption->source) {
			code = adopted_create(adoption, adopted, &reason);
			slice--;
		}
		free(reason);
		if (code == -ENOMEM || code == -ENOSPC)
			return code;
		/* If it cannot be made any more, what waits for it waits for the first one. */
		adoption->at = task->number + 1;
		task = order_next(order, task);
	}
	if (!task || adoption->at > adoption->made) {
		adoption->phase = ADOPTION_REDIRECTS;
		adoption->redirecting = adoption->all;
		adoption->index = SIZE_MAX;
	}
	return 0;
}

static int adoption_redirect_some(struct adoption *adoption)
{
	unsigned looks = adoption->core->adoption_slice;
	int code = 0;
	const struct task *made = order_find(&adoption->core->registry.order, adoption->made);
	while (adoption->redirecting && looks > 0 && !code) {
		const struct adopted *adopted = adoption->redirecting;
		if (adoption->index == SIZE_MAX && adopted->number != adoption->source)
			code = adopted_complete(adoption, adopted);
		adopted_charge(adoption, &looks);
		if (!code && made)
			code = adopted_redirect(adoption, adopted, &adoption->index, &looks);
		else
			adoption->index = 0;
		looks -= looks > 0;
		if (code || adoption->index > 0)
			continue;
		adoption->redirecting = adopted->hh.next;
		adoption->index = SIZE_MAX;
	}
	if (!adoption->redirecting && !code)
		adoption->phase = ADOPTION_ENDS;
	return code;
}

/* The first one may have been started, or removed, by somebody. */
static int adoption_finish(struct adoption *adoption)
{
	struct core *core = adoption->core;
	struct store_batch batch = STORE_BATCH_INIT;
	struct task *made = order_find(&core->registry.order, adoption->made);
	store_batch_forget_adoption(&batch, adoption->made);
	int code = adoption_put(adoption, &batch, adoption_ended, adoption_undone);
	if (!code && made && adoption->start && made->status.state == TASK_CREATED)
		code = requests_start(core, made);
	return code == -EPERM ? 0 : code;
}

static int adoption_change(struct adoption *adoption)
{
	struct store_batch batch = STORE_BATCH_INIT;
	/* Somebody may have removed the first one while none of the others was made. */
	if (!order_find(&adoption->core->registry.order, adoption->made))
		adoption->phase = ADOPTION_ENDS;
	if (adoption->phase == ADOPTION_ENDS)
		return adoption_finish(adoption);
	int code = adoption->phase == ADOPTION_MAKES ? adoption_make_some(adoption)
	                                             : adoption_redirect_some(adoption);
	if (!code && adoption->core->journal.bundle) {
		store_batch_adopted(&batch, adoption->made, adoption->at);
		code = adoption_put(adoption, &batch, adoption_durable, adoption_undone);
	}
	return code;
}

/* The next slice waits for this one, so that others wait for a short commit. */
static void adoption_slice(struct adoption *adoption)
{
	struct core *core = adoption->core;
	uint64_t at = adoption->at;
	settle_hold(core);
	journal_open(&core->journal);
	adoption->failed = false;
	int error = adoption_change(adoption);
	if (error) {
		journal_abort(&core->journal);
		adoption->failed = true;
	} else {
		error = journal_close(&core->journal);
	}
	if (error) {
		adoption->at = at;
		adoption->phase = ADOPTION_MAKES;
		core_retry(core);
	}
	settle_go_on(core);
}

void adoption_go_on(struct core *core)
{
	struct adoption *adoption = core->adoptions;
	unsigned looks = ADOPTED_LOOKS * core->adoption_slice;
	if (adoption->phase == ADOPTION_OVER) {
		if (!adopted_release(adoption, looks))
			adoption_free(adoption);
		return;
	}
	if (adoption->phase > ADOPTION_FINDS) {
		adoption_slice(adoption);
		return;
	}
	int code = adoption_find(adoption, looks);
	adoption->failed = code < 0;
	if (code < 0)
		core_retry(core);
	if (code == 0) {
		adoption->phase = ADOPTION_MAKES;
		adoption->at = adoption->stored;
	}
}

void adoption_failed(struct core *core)
{
	struct adoption *adoption;
	DL_FOREACH(core->adoptions, adoption)
	{
		if (adoption->phase != ADOPTION_OVER)
			adoption->phase = ADOPTION_BEGINS;
	}
}

bool adoption_await(struct core *core, uint64_t made, struct core_asker *asker)
{
	struct adoption *adoption;
	DL_FOREACH(core->adoptions, adoption)
	{
		if (adoption->made == made && adoption->phase != ADOPTION_OVER) {
			askers_add(&adoption->askers, asker);
			return true;
		}
	}
	return false;
}

void adoption_release(struct core *core)
{
	struct adoption *adoption, *next;
	DL_FOREACH_SAFE(core->adoptions, adoption, next)
	{
		adoption_free(adoption);
	}
}

/* ---- The request ---- */

static int adoption_look_from(struct redirection_search *search, uint64_t number)
{
	const struct task *task = order_find(&search->core->registry.order, number);
	return task ? redirection_search_from(search, task) : 0;
}

/* What those that are adopted or kept wait for, and what the new task is to wait for, is too much for one change. */
static bool adoption_is_deep(const struct adoption *probe, const struct task_spec *spec)
{
	struct redirection_search search = { .core = probe->core, .looks = adopted_most(probe) };
	const struct task_plan *plan = spec->plan;
	int code = plan && plan->after_count > search.looks ? -E2BIG : 0;
	for (size_t i = 0; plan && i < plan->after_count && !code; i++)
		code = adoption_look_from(&search, plan->after[i].number);
	for (struct adopted *adopted = probe->all; adopted && !code; adopted = adopted->hh.next) {
		const struct dependents *dependents = dependents_of(probe->core, adopted->number);
		code = adoption_look_from(&search, adopted->number);
		for (size_t i = 0; dependents && i < dependents->count && !code; i++)
			code = redirection_search_from(&search, dependents->tasks[i]);
	}
	redirection_search_release(&search);
	return code == -E2BIG;
}

/* 1, 0 or -ENOMEM. */
static int adoption_is_large(struct core *core, const struct task *source, const struct task_spec *spec)
{
	struct adoption probe = { .core = core, .source = source->number };
	int code = adopted_add(&probe, source->number, 0);
	if (!code)
		code = adopted_find(&probe, core->adoption_most);
	if (code == 0)
		code = adoption_is_deep(&probe, spec);
	(void)adopted_release(&probe, UINT_MAX);
	return code;
}

static int adoption_begin(struct core *core, const struct task *source, uint64_t made, bool start)
{
	struct store_batch batch = STORE_BATCH_INIT;
	struct adoption *adoption = adoption_new(core, source->number, made, start);
	if (!adoption)
		return -ENOMEM;
	store_batch_adoption(&batch, source->number, made, start);
	int error = adoption_put(adoption, &batch, adoption_durable, adoption_mark_undone);
	if (error)
		adoption_free(adoption);
	return error;
}

int adoption_make(struct core *core, const struct task *source, struct task_spec *spec,
                  struct shared_environment *environment, struct task *parent, bool start, struct task **task,
                  char **error)
{
	struct adoption adoption = { .core = core, .source = source->number };
	uint64_t last = core->registry.last_number;
	int large = adoption_is_large(core, source, spec);
	if (large < 0)
		return large;
	settle_hold(core);
	journal_open(&core->journal);
	int code = creation_make(core, spec, environment, parent, start && !large, task, error);
	/* A request that is repeated has been carried out, or is. */
	if (!code && (*task)->number > last) {
		adoption.made = (*task)->number;
		code = large ? adoption_begin(core, source, adoption.made, start)
		             : adoption_run(&adoption, error);
	}
	int closing = 0;
	if (code)
		journal_abort(&core->journal);
	else
		closing = journal_close(&core->journal);
	core_asked(core);
	settle_go_on(core);
	(void)adopted_release(&adoption, UINT_MAX);
	return code ? code : closing;
}
