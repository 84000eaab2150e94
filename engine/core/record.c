#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/core/record.h"
#include "engine/task/state.h"

static const char *record_texts(const struct task *task)
{
	return task->texts + (task->has_nonce ? TASK_NONCE_SIZE : 0);
}

static char *record_copy(const char *text)
{
	return text ? strdup(text) : NULL;
}

static int record_make_extra(struct task *task)
{
	if (!task->extra)
		task->extra = calloc(1, sizeof(*task->extra));
	return task->extra ? 0 : -ENOMEM;
}

static int record_make_relatives(struct slabs *slabs, struct task *task)
{
	if (task->relatives)
		return 0;
	task->relatives = slab_alloc(slabs, sizeof(*task->relatives));
	if (!task->relatives)
		return -ENOMEM;
	*task->relatives = (struct task_relatives){ 0 };
	return 0;
}

static int record_fill_extra(struct task *task, const struct task_spec *spec)
{
	if (!spec->description && spec->variables.length == 0 && spec->max_log == 0)
		return 0;
	if (record_make_extra(task))
		return -ENOMEM;
	task->extra->max_log = spec->max_log;
	task->extra->description = record_copy(spec->description);
	if (spec->description && !task->extra->description)
		return -ENOMEM;
	return strings_copy(&task->extra->variables, spec->variables.block, spec->variables.length);
}

int record_take_variables(struct task *task, struct strings *variables)
{
	if (variables->length == 0)
		return 0;
	if (record_make_extra(task))
		return -ENOMEM;
	strings_fit(variables);
	strings_release(&task->extra->variables);
	task->extra->variables = *variables;
	*variables = (struct strings)STRINGS_INIT;
	return 0;
}

static void record_fill_texts(struct task *task, const struct task_spec *spec)
{
	char *to = task->texts;
	if (spec->has_nonce)
		to = mempcpy(to, spec->nonce, TASK_NONCE_SIZE);
	to = mempcpy(to, spec->id, task->id_length + 1u);
	if (task->named)
		to = stpcpy(to, spec->name) + 1;
	if (spec->command.length)
		memcpy(to, spec->command.block, spec->command.length);
}

/* name is the length of the name without its NUL; 0: it has none. */
static size_t record_size(bool nonce, size_t id, size_t name, size_t command)
{
	size_t texts = (nonce ? TASK_NONCE_SIZE : 0) + id + 1 + (name ? name + 1 : 0) + command;
	size_t size = offsetof(struct task, texts) + texts;
	return size > sizeof(struct task) ? size : sizeof(struct task);
}

struct task *record_new(struct slabs *slabs, const struct task_spec *spec, struct origin *origin,
                        struct task *parent)
{
	size_t id = strlen(spec->id), name = spec->name ? strlen(spec->name) : 0;
	if (id > UINT8_MAX || spec->command.length > UINT32_MAX)
		return NULL;
	struct task *task = slab_alloc(slabs, record_size(spec->has_nonce, id, name, spec->command.length));
	if (!task)
		return NULL;
	*task = (struct task){
		.status = TASK_STATUS_INIT,
		.origin = origin,
		.id_length = (uint8_t)id,
		.named = name > 0,
		.command_length = (uint32_t)spec->command.length,
		.has_nonce = spec->has_nonce,
		.merge = spec->merge,
	};
	record_fill_texts(task, spec);
	bool made = record_fill_extra(task, spec) == 0;
	if (made && spec->plan)
		made = (task->plan = plan_copy(spec->plan)) != NULL;
	if (made && parent)
		made = record_make_relatives(slabs, task) == 0 && record_make_relatives(slabs, parent) == 0;
	if (!made) {
		record_free(slabs, task);
		return NULL;
	}
	if (parent)
		task->relatives->parent = parent;
	return task;
}

void record_free(struct slabs *slabs, struct task *task)
{
	size_t name = task->named ? strlen(record_texts(task) + task->id_length + 1) : 0;
	if (task->extra) {
		free(task->extra->name);
		free(task->extra->description);
		strings_release(&task->extra->variables);
		strings_release(&task->extra->command);
		free(task->extra);
	}
	if (task->relatives)
		slab_free(slabs, task->relatives, sizeof(*task->relatives));
	record_drop_standing(slabs, task);
	plan_free(task->plan);
	task_status_release(&task->status);
	slab_free(slabs, task, record_size(task->has_nonce, task->id_length, name, task->command_length));
}

/* Sets the pointers in its neighbours that point to it. */
static struct task **record_link_from_before(struct task_relatives *relatives)
{
	return relatives->before ? &relatives->before->relatives->after
	                         : &relatives->parent->relatives->first;
}

static struct task **record_link_from_behind(struct task_relatives *relatives)
{
	return relatives->after ? &relatives->after->relatives->before : &relatives->parent->relatives->last;
}

void record_link(struct task *task)
{
	struct task *parent = task_parent(task);
	if (!parent)
		return;
	task->relatives->before = parent->relatives->last;
	task->relatives->after = NULL;
	record_relink(task);
}

void record_unlink(struct task *task)
{
	if (!task_parent(task))
		return;
	*record_link_from_before(task->relatives) = task->relatives->after;
	*record_link_from_behind(task->relatives) = task->relatives->before;
	task->relatives->parent->relatives->children--;
	task->relatives->parent->relatives->ended -= task_state_terminal(task->status.state);
}

/*
 * It still points to its neighbours, so it can be put back between them (D.  E. Knuth, "Dancing Links",
 * 2000).
 */
void record_relink(struct task *task)
{
	if (!task_parent(task))
		return;
	*record_link_from_before(task->relatives) = task;
	*record_link_from_behind(task->relatives) = task;
	task->relatives->parent->relatives->children++;
	task->relatives->parent->relatives->ended += task_state_terminal(task->status.state);
}

void record_set_state(struct task *task, enum task_state state)
{
	struct task *parent = task_parent(task);
	if (parent) {
		parent->relatives->ended -= task_state_terminal(task->status.state);
		parent->relatives->ended += task_state_terminal(state);
	}
	task->status.state = state;
}

const char *task_id(const struct task *task)
{
	return record_texts(task);
}

const char *task_given_name(const struct task *task)
{
	if (task->extra && task->extra->name)
		return task->extra->name;
	return task->named ? record_texts(task) + task->id_length + 1 : NULL;
}

const char *task_name(const struct task *task, char buffer[TASK_DEFAULT_NAME_SIZE])
{
	static const char start[] = TASK_DEFAULT_NAME_START;
	const char *name = task_given_name(task);
	if (name)
		return name;
	memcpy(buffer, start, sizeof(start) - 1);
	memcpy(buffer + sizeof(start) - 1, task_id(task), task->id_length + 1);
	return buffer;
}

const char *task_description(const struct task *task)
{
	return task->extra ? task->extra->description : NULL;
}

const char *task_group(const struct task *task)
{
	return origin_group(task->origin);
}

const char *task_cwd(const struct task *task)
{
	return origin_cwd(task->origin);
}

struct strings task_command(const struct task *task)
{
	const char *at = record_texts(task) + task->id_length + 1;
	if (task->extra && task->extra->command.length > 0)
		return task->extra->command;
	if (task->named)
		at += strlen(at) + 1;
	return (struct strings){ .block = (char *)at, .length = task->command_length };
}

struct strings task_variables(const struct task *task)
{
	return task->extra ? task->extra->variables : (struct strings)STRINGS_INIT;
}

struct shared_environment *task_environment(const struct task *task)
{
	return task->origin->environment;
}

uint64_t task_max_log(const struct task *task)
{
	return task->extra ? task->extra->max_log : 0;
}

bool task_merge(const struct task *task)
{
	return task->merge;
}

const struct task_plan *task_plan(const struct task *task)
{
	return task->plan ? task->plan : &plan_default;
}

/* (That of a task whose first process was lost before anybody saw it has no time of its start.) */
uint32_t task_attempt(const struct task *task)
{
	const struct task_status *status = &task->status;
	bool begun = status->started_at != 0 || status->state == TASK_FAILED;
	return task_plan(task)->marks.attempt + begun;
}

uint64_t task_hook_target(const struct task *task)
{
	return task->plan && task->plan->hooks ? task->plan->hooks->target : 0;
}

bool task_is_hidden(const struct task *task)
{
	return task_hook_target(task) > 0 && task->status.state != TASK_FAILED;
}

struct task_plan *record_make_plan(struct task *task)
{
	if (!task->plan)
		task->plan = plan_copy(NULL);
	return task->plan;
}

int record_make_standing(struct slabs *slabs, struct task *task)
{
	struct standing *standing = slab_alloc(slabs, sizeof(*standing));
	if (!standing)
		return -ENOMEM;
	*standing = (struct standing){ .task = task };
	task->standing = standing;
	return 0;
}

void record_drop_standing(struct slabs *slabs, struct task *task)
{
	if (task->standing)
		slab_free(slabs, task->standing, sizeof(*task->standing));
	task->standing = NULL;
}

const unsigned char *task_nonce(const struct task *task)
{
	return task->has_nonce ? (const unsigned char *)task->texts : NULL;
}

struct task_spec task_spec_borrow(const struct task *task)
{
	const struct shared_environment *environment = task_environment(task);
	const struct task *parent = task_parent(task);
	struct task_spec spec = {
		.id = (char *)task_id(task),
		.name = (char *)task_given_name(task),
		.description = (char *)task_description(task),
		.group = (char *)task_group(task),
		.cwd = (char *)task_cwd(task),
		.command = task_command(task),
		.variables = task_variables(task),
		.environment = environment ? (char *)environment->hash : NULL,
		.parent = parent ? parent->number : 0,
		.max_log = task_max_log(task),
		.merge = task->merge,
		.plan = task->plan,
		.has_nonce = task->has_nonce,
	};
	if (task->has_nonce)
		memcpy(spec.nonce, task->texts, TASK_NONCE_SIZE);
	return spec;
}

struct task *task_parent(const struct task *task)
{
	return task->relatives ? task->relatives->parent : NULL;
}

struct task *task_first_child(const struct task *task)
{
	return task->relatives ? task->relatives->first : NULL;
}

struct task *task_next_sibling(const struct task *task)
{
	return task->relatives ? task->relatives->after : NULL;
}

uint32_t task_children(const struct task *task)
{
	return task->relatives ? task->relatives->children : 0;
}

uint32_t task_children_ended(const struct task *task)
{
	return task->relatives ? task->relatives->ended : 0;
}

struct task *task_subtree_first(struct task *top)
{
	while (task_first_child(top))
		top = task_first_child(top);
	return top;
}

struct task *task_subtree_next(const struct task *top, const struct task *task)
{
	if (task == top)
		return NULL;
	struct task *sibling = task_next_sibling(task);
	return sibling ? task_subtree_first(sibling) : task_parent(task);
}

int task_text_init(struct task_text *text, struct task *task, const char *name, const char *description)
{
	const char *old_name = task->extra ? task->extra->name : NULL;
	*text = (struct task_text){ 0 };
	if (!name)
		name = old_name;
	if (!description)
		description = task_description(task);
	text->name = record_copy(name);
	text->description = record_copy(description);
	if ((name && !text->name) || (description && !text->description) || record_make_extra(task)) {
		task_text_release(text);
		return -ENOMEM;
	}
	return 0;
}

void task_text_exchange(struct task_text *text, struct task *task)
{
	struct task_text now = { task->extra->name, task->extra->description };
	task->extra->name = text->name;
	task->extra->description = text->description;
	*text = now;
}

void task_text_release(struct task_text *text)
{
	free(text->name);
	free(text->description);
	*text = (struct task_text){ 0 };
}

int task_form_set_plan(struct task_form *form, const struct task_plan *plan)
{
	struct task_plan values = *plan;
	values.after = NULL;
	values.attempts = NULL;
	values.after_count = values.attempt_count = 0;
	plan_free(form->plan);
	form->plan = plan_copy(&values);
	return form->plan ? 0 : -ENOMEM;
}

int task_form_init(struct task_form *form, struct task *task)
{
	*form = (struct task_form){ .max_log = task_max_log(task), .merge = task->merge };
	if (record_make_extra(task))
		return -ENOMEM;
	const struct task_extra *extra = task->extra;
	int error = strings_copy(&form->command, extra->command.block, extra->command.length);
	if (!error)
		error = strings_copy(&form->variables, extra->variables.block, extra->variables.length);
	if (!error && task->plan)
		error = task_form_set_plan(form, task->plan);
	if (error)
		task_form_release(form);
	return error;
}

/* What the task waits for, and how far it has come, stays with the task: others keep track of that. */
static void task_form_keep(struct task_plan *plan, struct task_plan *next)
{
	if (!plan || !next)
		return;
	int64_t not_before = next->marks.not_before;
	next->marks = plan->marks;
	/* When the first attempt begins is asked for. */
	if (plan->marks.attempt == 0)
		next->marks.not_before = not_before;
	next->after = plan->after;
	next->after_count = plan->after_count;
	plan->after = NULL;
	plan->after_count = 0;
	next->attempts = plan->attempts;
	next->attempt_count = plan->attempt_count;
	next->attempt_size = plan->attempt_size;
	plan->attempts = NULL;
	plan->attempt_count = plan->attempt_size = 0;
}

void task_form_exchange(struct task_form *form, struct task *task)
{
	struct task_extra *extra = task->extra;
	struct task_form now = {
		.command = extra->command,
		.variables = extra->variables,
		.max_log = extra->max_log,
		.merge = task->merge,
		.origin = task->origin,
		.plan = task->plan,
	};
	task_form_keep(task->plan, form->plan);
	extra->command = form->command;
	extra->variables = form->variables;
	extra->max_log = form->max_log;
	task->merge = form->merge;
	task->origin = form->origin;
	task->plan = form->plan;
	*form = now;
}

void task_form_release(struct task_form *form)
{
	strings_release(&form->command);
	strings_release(&form->variables);
	plan_free(form->plan);
	*form = (struct task_form){ 0 };
}
