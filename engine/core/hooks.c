#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/core/groups.h"
#include "engine/core/hooks.h"
#include "engine/core/kept.h"
#include "engine/core/queue.h"
#include "engine/core/runs.h"
#include "engine/task/array.h"
#include "engine/task/language.h"
#include "engine/task/messages.h"

/* The ids ID.end, ID.end-2 … that are looked at when a task is removed. */
enum { HOOKS_IDS = 16 };

struct hooks_made {
	struct removal_kept kept; /* when they were undone */
	struct core *core;
	struct task *tasks[HOOKS_MOST];
	unsigned count;
};

/* A hook that is being made. */
struct hook {
	struct core *core;
	struct task *task;           /* whose end it follows */
	const char *name;            /* of the option that asked for it */
	const struct strings *facts; /* its variables */
	const char *input;           /* JSON; NULL: none */
};

/* Which hooks an end calls for. */

/* A task of which no attempt began has none, apart from those of its group. */
static bool hooks_has_run(const struct task *task, enum task_event event)
{
	bool ran = event == TASK_EVENT_EXIT_ZERO || event == TASK_EVENT_EXIT_OTHER ||
	           event == TASK_EVENT_GROUP_EMPTY || event == TASK_EVENT_LOST;
	return ran || task_attempt(task) > 0;
}

/* The task may be among those that are still to join its group. */
static const char *hooks_on_empty(struct core *core, const struct task *task)
{
	const struct task_group *group = task->standing ? groups_of(core, task) : NULL;
	bool empty = group && group->settings.on_empty && group->left == 0 && !groups_is_joined(core, group);
	return empty ? group->settings.on_empty : NULL;
}

/* The facts: variables of the hook. */

__attribute__((format(printf, 3, 4))) static int hooks_put_fact(struct strings *facts, const char *name,
                                                                const char *format, ...)
{
	char *value, *variable;
	va_list arguments;
	va_start(arguments, format);
	int length = vasprintf(&value, format, arguments);
	va_end(arguments);
	if (length < 0)
		return -ENOMEM;
	length = asprintf(&variable, "KRTASK_TASK_%s=%s", name, value);
	free(value);
	if (length < 0)
		return -ENOMEM;
	int error = strings_add(facts, variable);
	free(variable);
	return error;
}

/* As a shell has it in $?; empty if it is unknown. */
static int hooks_put_exit(struct strings *facts, const struct task_status *status)
{
	if (status->term_signal)
		return hooks_put_fact(facts, "EXIT", "%d", 128 + status->term_signal);
	if (status->exit_code >= 0)
		return hooks_put_fact(facts, "EXIT", "%d", status->exit_code);
	return hooks_put_fact(facts, "EXIT", "%s", "");
}

/* The path of its output; empty if there is none. */
static int hooks_put_output(struct core *core, struct strings *facts, const struct task *task,
                            const char *name, enum executor_stream stream)
{
	struct executor_output output = { .fd = -1 };
	struct executor *keeper = core_keeper(core, task);
	if (keeper->verbs->output(keeper, task, task_attempt(task), stream, false, &output))
		output.path[0] = '\0';
	return hooks_put_fact(facts, name, "%s", output.path);
}

static int hooks_put_end(struct core *core, struct strings *facts, const struct task *task)
{
	int64_t duration = run_duration(task, core_now(core));
	int error = hooks_put_fact(facts, "STATE", "%s", task_state_name(task->status.state));
	if (!error)
		error = hooks_put_exit(facts, &task->status);
	if (!error)
		error = hooks_put_fact(facts, "DURATION", "%" PRId64 ".%03d", duration / 1000,
		                       (int)(duration % 1000));
	if (!error)
		error = hooks_put_output(core, facts, task, "OUTPUT", EXECUTOR_STDOUT);
	if (!error)
		error = hooks_put_output(core, facts, task, "ERROR", EXECUTOR_STDERR);
	return error;
}

/* The variables of the task, then the facts. */
static int hooks_put_facts(struct core *core, struct strings *facts, const struct task *task)
{
	char buffer[TASK_DEFAULT_NAME_SIZE];
	const char *group = task_group(task);
	const struct strings own = task_variables(task);
	int error = strings_copy(facts, own.block, own.length);
	if (!error)
		error = hooks_put_fact(facts, "ID", "%s", task_id(task));
	if (!error)
		error = hooks_put_fact(facts, "NAME", "%s", task_name(task, buffer));
	if (!error)
		error = hooks_put_fact(facts, "GROUP", "%s", group ? group : GROUP_DEFAULT);
	if (!error)
		error = hooks_put_fact(facts, "GROUP_LEFT", "%zu",
		                       task->standing ? task->standing->group->left : (size_t)0);
	return error ? error : hooks_put_end(core, facts, task);
}

/* Making one. */

/* ID.end, ID.end-2 …: a long id is cut. */
static void hooks_write_id(char id[TASK_ID_MAX + 1], const char *target, unsigned turn)
{
	char end[24] = ".end";
	if (turn > 1)
		snprintf(end, sizeof(end), ".end-%u", turn);
	snprintf(id, TASK_ID_MAX + 1, "%.*s%s", TASK_ID_MAX - (int)strlen(end), target, end);
}

static void hooks_take_id(const struct core *core, char id[TASK_ID_MAX + 1], const char *target)
{
	unsigned turn = 1;
	do
		hooks_write_id(id, target, turn++);
	while (registry_find(&core->registry, id));
}

/* NULL: out of memory.  The input is copied. */
static struct task_plan *hooks_make_plan(const struct hook *hook)
{
	struct task_plan *plan = plan_copy(NULL);
	struct plan_hooks *hooks = plan ? plan_make_hooks(plan) : NULL;
	if (hooks) {
		hooks->target = hook->task->number;
		hooks->input = hook->input ? strdup(hook->input) : NULL;
		plan->time_limit = hook->core->hook_limit;
		plan->kill_after = HOOKS_KILL_AFTER_MS;
	}
	if (hooks && (hooks->input || !hook->input))
		return plan;
	plan_free(plan);
	return NULL;
}

/* In the registry and in its queue, but not waiting in it yet.  NULL: out of memory. */
static struct task *hooks_enlist(const struct hook *hook, const struct task_spec *spec)
{
	struct core *core = hook->core;
	struct registry *registry = &core->registry;
	char gone[ENVIRONMENT_HASH_SIZE];
	struct task *task = registry_make(registry, spec, task_environment(hook->task), NULL);
	if (!task)
		return NULL;
	task->number = registry->last_number + 1;
	task->created_at = core_now(core);
	if (registry_add(registry, task)) {
		(void)registry_forget(registry, task, gone);
		return NULL;
	}
	if (queue_admit(core, task)) {
		registry_remove(registry, task);
		(void)registry_forget(registry, task, gone);
		return NULL;
	}
	task->status.start_order = queue_next_start(core);
	registry_set_state(registry, task, TASK_QUEUED);
	return task;
}

static struct task *hooks_make_one(const struct hook *hook, const struct strings *command)
{
	char id[TASK_ID_MAX + 1], name[TASK_ID_MAX + 32];
	hooks_take_id(hook->core, id, task_id(hook->task));
	snprintf(name, sizeof(name), MSG_HOOK_NAME, hook->name, task_id(hook->task));
	struct task_spec spec = {
		.id = id,
		.name = name,
		.cwd = (char *)task_cwd(hook->task),
		.command = *command,
		.variables = *hook->facts,
		.plan = hooks_make_plan(hook),
	};
	struct task *task = spec.plan ? hooks_enlist(hook, &spec) : NULL;
	plan_free(spec.plan);
	return task;
}

static void hooks_write(const struct core *core, const struct task *task, struct store_batch *batch)
{
	struct store_task row = {
		.number = task->number,
		.created_at = task->created_at,
		.spec = task_spec_borrow(task),
		.status = task->status,
		.process = TASK_PROCESS_INIT,
	};
	store_batch_create(batch, &row, core->registry.next_id);
}

static int hooks_add(const struct hook *hook, const struct strings *command, struct hooks_made *made,
                     struct store_batch *batch)
{
	struct task *task = hooks_make_one(hook, command);
	if (!task)
		return -ENOMEM;
	hooks_write(hook->core, task, batch);
	made->tasks[made->count++] = task;
	hook->task->hooked = true;
	return 0;
}

/* Nothing if there is no code. */
static int hooks_add_code(struct hook *hook, const char *name, const char *code, struct hooks_made *made,
                          struct store_batch *batch)
{
	struct strings command = STRINGS_INIT;
	if (!code)
		return 0;
	hook->name = name;
	int error = language_code_command(&language_table[0], code, &command);
	if (!error)
		error = hooks_add(hook, &command, made, batch);
	strings_release(&command);
	return error;
}

/* It fails for a status of 400 and above, and tries again what may pass. */
static int hooks_add_webhook(struct hook *hook, const char *url, struct hooks_made *made,
                             struct store_batch *batch)
{
	const char *const words[] = {
		"curl",          "-fsS", "--retry", "2", "-H", "Content-Type: application/json",
		"--data-binary", "@-",   "--url",   url
	};
	struct strings command = STRINGS_INIT;
	int error = 0;
	if (!url)
		return 0;
	hook->name = "webhook";
	for (size_t i = 0; i < sizeof(words) / sizeof(*words) && !error; i++)
		error = strings_add(&command, words[i]);
	if (!error)
		error = hooks_add(hook, &command, made, batch);
	strings_release(&command);
	return error;
}

static int hooks_add_all(struct hook *hook, const struct plan_hooks *hooks, struct hooks_made *made,
                         struct store_batch *batch)
{
	enum task_state state = hook->task->status.state;
	int error = hooks_add_code(hook, "on-end", hooks->on_end, made, batch);
	if (!error && state == TASK_FAILED)
		error = hooks_add_code(hook, "on-fail", hooks->on_fail, made, batch);
	if (!error && state == TASK_COMPLETED)
		error = hooks_add_code(hook, "on-ok", hooks->on_ok, made, batch);
	return error ? error : hooks_add_webhook(hook, hooks->webhook, made, batch);
}

static int hooks_make_all(const struct hook *of, const struct plan_hooks *hooks, const char *on_empty,
                          struct hooks_made *made, struct store_batch *batch)
{
	struct strings facts = STRINGS_INIT;
	char *input = NULL;
	struct hook hook = *of;
	hook.facts = &facts;
	int error = hooks_put_facts(hook.core, &facts, hook.task);
	if (!error && hook.core->options.record) {
		input = hook.core->options.record(hook.core->options.record_ctx, hook.task,
		                                  core_now(hook.core));
		error = input ? 0 : -ENOMEM;
		hook.input = input;
	}
	if (!error)
		error = hooks_add_all(&hook, hooks, made, batch);
	if (!error)
		error = hooks_add_code(&hook, "on-empty", on_empty, made, batch);
	free(input);
	strings_release(&facts);
	return error;
}

int hooks_make(struct core *core, struct task *task, enum task_event event, struct hooks_made **out,
               struct store_batch *batch)
{
	static const struct plan_hooks none;
	const struct plan_hooks *hooks = task_plan(task)->hooks;
	const char *on_empty = hooks_on_empty(core, task);
	const struct hook hook = { .core = core, .task = task };
	*out = NULL;
	if (!hooks || hooks->target > 0 || !hooks_has_run(task, event))
		hooks = &none;
	if (!on_empty && !hooks->on_end && !hooks->on_fail && !hooks->on_ok && !hooks->webhook)
		return 0;
	struct hooks_made *made = calloc(1, sizeof(*made));
	if (!made)
		return -ENOMEM;
	made->core = core;
	int error = hooks_make_all(&hook, hooks, on_empty, made, batch);
	if (error)
		hooks_take_back(made);
	else
		*out = made;
	return error;
}

void hooks_enter(struct hooks_made *made)
{
	for (unsigned i = 0; made && i < made->count; i++)
		queue_enter(made->core, made->tasks[i]);
}

static void hooks_forget(struct removal_kept *kept, bool released)
{
	struct hooks_made *made = (struct hooks_made *)((char *)kept - offsetof(struct hooks_made, kept));
	char gone[ENVIRONMENT_HASH_SIZE];
	(void)released;
	while (made->count > 0)
		(void)registry_forget(&made->core->registry, made->tasks[--made->count], gone);
	free(made);
}

void hooks_take_back(struct hooks_made *made)
{
	for (unsigned i = made ? made->count : 0; i-- > 0;) {
		struct task *task = made->tasks[i];
		run_abandon(made->core, task);
		queue_dismiss(made->core, task);
		registry_remove(&made->core->registry, task);
	}
	/* Somebody may have found them before the commit failed. */
	if (made)
		kept_add(made->core, &made->kept, hooks_forget);
}

/* Hooks whose tasks are gone. */

/* If there is no memory, a later server removes it. */
static void hooks_doom(struct core *core, const struct task *task)
{
	uint64_t *orphans =
		array_grow(core->orphans, &core->orphan_size, core->orphan_count + 1, sizeof(*orphans));
	if (!orphans)
		return;
	core->orphans = orphans;
	core->orphans[core->orphan_count++] = task->number;
	core->removing = true;
}

static bool hooks_is_spent(const struct task *task)
{
	return task_is_hidden(task) && task_state_terminal(task->status.state) && !task->run;
}

void hooks_ended(struct core *core, const struct task *task)
{
	if (hooks_is_spent(task) && !order_find(&core->registry.order, task_hook_target(task)))
		hooks_doom(core, task);
}

void hooks_orphan(struct core *core, const struct task *task)
{
	char id[TASK_ID_MAX + 1];
	for (unsigned turn = 1; task->hooked && turn <= HOOKS_IDS; turn++) {
		hooks_write_id(id, task_id(task), turn);
		const struct task *hook = registry_find(&core->registry, id);
		if (hook && task_hook_target(hook) == task->number && hooks_is_spent(hook))
			hooks_doom(core, hook);
	}
}

void hooks_loaded(struct core *core, const struct task *task)
{
	uint64_t target = task_hook_target(task);
	struct task *followed = target ? order_find(&core->registry.order, target) : NULL;
	if (followed)
		followed->hooked = true;
	else if (target)
		hooks_ended(core, task);
}

struct task *hooks_next_orphan(struct core *core)
{
	while (core->orphan_count > 0) {
		uint64_t number = core->orphans[--core->orphan_count];
		struct task *task = order_find(&core->registry.order, number);
		if (task && hooks_is_spent(task) &&
		    !order_find(&core->registry.order, task_hook_target(task)))
			return task;
	}
	return NULL;
}

void hooks_release(struct core *core)
{
	free(core->orphans);
	core->orphans = NULL;
	core->orphan_count = core->orphan_size = 0;
}

bool hooks_busy(const struct core *core)
{
	const uint64_t *hidden = core->registry.hidden;
	uint64_t busy =
		hidden[TASK_CLAIMED] + hidden[TASK_RUNNING] + hidden[TASK_STOPPING] + hidden[TASK_OVERTIME];
	bool paused = core->paused || core->options.paused;
	return busy > 0 || (!paused && ranking_count_kind(&core->hook_queue.ranking, RANK_OPEN) > 0);
}

/* A new limit on its way to the store, and the former one. */
struct hooks_limit {
	struct journal_change change; /* first */
	struct core *core;
	int64_t before;
};

static void hooks_limit_free(struct journal_change *journaled)
{
	free(journaled);
}

static void hooks_limit_undone(struct journal_change *journaled)
{
	struct hooks_limit *change = (struct hooks_limit *)journaled;
	change->core->hook_limit = change->before;
	free(change);
}

int hooks_set_limit(struct core *core, int64_t limit)
{
	struct store_batch batch = STORE_BATCH_INIT;
	struct hooks_limit *change = calloc(1, sizeof(*change));
	if (!change)
		return -ENOMEM;
	change->change = (struct journal_change){ .effect = hooks_limit_free,
		                                  .undo = hooks_limit_undone,
		                                  .drop = hooks_limit_free };
	change->core = core;
	change->before = core->hook_limit;
	store_batch_hook_limit(&batch, limit);
	int error = journal_put(&core->journal, &change->change, &batch, true);
	if (error)
		free(change);
	else
		core->hook_limit = limit;
	return error;
}
