#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine/service/service.h"

/*
 * Again: a new task like one that has ended.  What it inherited, such as its environment, never leaves the
 * server.
 */

enum {
	AGAIN_MAX = 250,       /* so many take no more than a turn of the loop may */
	AGAIN_LARGE = 1 << 20, /* nor so many bytes of commands, variables and what they wait for */
	AGAIN_AFTER = 64       /* bytes for which one that is waited for counts: it takes as long */
};

static bool again_gives(const json_t *parameters, const char *key)
{
	const json_t *value = json_object_get(parameters, key);
	return value && !json_is_null(value);
}

static void again_inherit_text(struct args *args, const char *key, char **to, const char *from)
{
	if (*to || !from)
		return;
	args_took(args, key, string_copy(to, from));
}

/* What was not given anew is the other task's; variables are set over its own. */
static void again_inherit(struct args *args, struct task_spec *spec, const struct task_spec *from)
{
	const json_t *given = args->parameters;
	struct strings variables = STRINGS_INIT;
	again_inherit_text(args, "name", &spec->name, from->name);
	again_inherit_text(args, "description", &spec->description, from->description);
	again_inherit_text(args, "group", &spec->group, from->group);
	if (!spec->cwd)
		args_took(args, "cwd", string_copy(&spec->cwd, from->cwd));
	if (spec->command.length == 0)
		args_took(args, "command",
		          strings_copy(&spec->command, from->command.block, from->command.length));
	if (from->variables.length > 0) {
		args_took(args, "variables",
		          strings_copy(&variables, from->variables.block, from->variables.length));
		args_took(args, "variables",
		          strings_append(&variables, spec->variables.block, spec->variables.length));
		strings_release(&spec->variables);
		spec->variables = variables;
	}
	if (!again_gives(given, "merge"))
		spec->merge = from->merge;
	if (!again_gives(given, "maxLog"))
		spec->max_log = from->max_log;
}

/* When it begins and what it waits for was meant for the other task.  How far it has come is not taken over. */
static void again_inherit_plan(struct args *args, struct task_spec *spec, const struct task_plan *from)
{
	struct plan_hooks hooks;
	struct task_plan plan = plan_anew(from, &hooks);
	args_read_plan(args, from ? &plan : NULL, &spec->plan);
	args_check_kill(args, spec->plan);
	args_read_made(args, &spec->plan);
}

/* What is asked for, of one task or of several. */
struct again {
	struct service *service;
	struct wire_call *call;
	const json_t *parameters;
	struct task *parent;    /* that is given; NULL: each has its own's */
	struct task_spec given; /* of all of them */
	bool start, adopt;
};

/* One of the tasks. */
struct again_one {
	struct args args;
	struct task_spec spec;
	size_t large;      /* bytes, as for AGAIN_LARGE */
	struct task *task; /* that was made, or exists already */
	int code;          /* what engine_create() has answered */
	char *reason;      /* owned */
};

static void again_release(struct again_one *one)
{
	task_spec_release(&one->spec);
	free(one->reason);
}

/* Looks for wrong values, whether or not there is a task that they are for. */
static void again_look_over(struct again *again, struct args *args)
{
	struct task_plan *plan = NULL;
	struct plan_after *after = NULL;
	size_t count;
	create_take_spec(again->call, args, &again->given);
	args_read_plan(args, NULL, &plan);
	args_read_made(args, &plan);
	free(args_read_after(again->service, args, &after, &count));
	free(after);
	plan_free(plan);
}

/* What is the same for all of them.  False: it has replied with an error. */
static bool again_read(struct again *again, const char *const *needs)
{
	struct args args = { .parameters = again->parameters };
	again_look_over(again, &args);
	const char *parent = args_string(&args, "parent");
	again->adopt = args_bool(&args, "adopt");
	again->start = !again_gives(again->parameters, "start") || args_bool(&args, "start");
	if (args_failed(&args, again->call, needs))
		return false;
	again->parent = parent ? engine_find(again->service->engine, parent) : NULL;
	if (!parent || again->parent)
		return true;
	fail_not_found(again->call, parent);
	return false;
}

static int again_create(const struct again *again, struct task *source, struct again_one *one)
{
	struct task *parent = again->parent ? again->parent : task_parent(source);
	struct engine *engine = again->service->engine;
	struct shared_environment *environment = task_environment(source);
	if (hooks_check(&one->spec, environment, &one->reason))
		return -EINVAL;
	if (again->adopt)
		return engine_adopt(engine, source, &one->spec, parent, again->start, &one->task,
		                    &one->reason);
	return engine_create(engine, &one->spec, environment, parent, again->start, &one->task, &one->reason);
}

/* A task like the source, if it has ended.  False: it cannot be read what is asked for; call, if any, has got an error. */
static bool again_make(const struct again *again, struct task *source, struct wire_call *call,
                       struct again_one *one)
{
	struct service *service = again->service;
	*one = (struct again_one){ .args.parameters = again->parameters };
	if (!source || !task_state_terminal(source->status.state))
		return true;
	struct task_spec from = task_spec_borrow(source);
	args_took(&one->args, "command", task_spec_copy(&one->spec, &again->given));
	again_inherit(&one->args, &one->spec, &from);
	one->large = one->spec.command.length + one->spec.variables.length +
	             AGAIN_AFTER * json_array_size(json_object_get(again->parameters, "after"));
	again_inherit_plan(&one->args, &one->spec, from.plan);
	if (!after_read(service, call, &one->args, &one->spec) ||
	    (call && again->start && !control_may_start(service, call)))
		return false;
	one->code = again_create(again, source, one);
	return true;
}

/* Others are being taken over, and the reply waits for that.  It is the call's. */
struct again_call {
	struct core_asker asker;
	struct wire_call *call;
	uint64_t asked; /* the change that made the first one */
	struct jsonw w; /* the reply */
};

/*
 * If the first one was not stored, StoreFailed takes the place of this reply: its change is not committed.  What others
 * have asked for since does not matter.
 */
static void again_over(void *ctx)
{
	struct again_call *its = ctx;
	wire_reply_tagged(its->call, &its->w, false, its->asked);
	jsonw_release(&its->w);
	free(its);
}

static void again_asker_gone(void *ctx)
{
	struct again_call *its = ctx;
	askers_disown(&its->asker);
	jsonw_release(&its->w);
	free(its);
}

/* made: numbers of the new tasks.  Takes the reply. */
static void again_reply_when_over(const struct again *again, const uint64_t *made, size_t count,
                                  struct jsonw *w)
{
	struct again_call *its = again->adopt ? calloc(1, sizeof(*its)) : NULL;
	bool goes_on = false;
	/* Without memory nobody can wait, and the caller must not take it for done. */
	w->failed |= again->adopt && !its;
	if (its)
		its->asker = (struct core_asker){ .ctx = its, .over = again_over };
	/* They are carried out one by one: so the latest of those that go on is the last to be over. */
	for (size_t i = 0; its && i < count; i++)
		goes_on |= engine_adoption_await(again->service->engine, made[i], &its->asker);
	if (!goes_on) {
		free(its);
		wire_reply_tagged(again->call, w, false, engine_asked(again->service->engine));
		jsonw_release(w);
		return;
	}
	its->call = again->call;
	its->asked = engine_asked(again->service->engine);
	its->w = *w;
	wire_call_on_close(again->call, again_asker_gone, its);
}

static void again_reply(const struct again *again, const struct again_one *one)
{
	if (again->adopt && one->task && !one->code) {
		struct jsonw w = JSONW_INIT;
		introduction_hold(again->service, again->call, one->task);
		write_created(again->service, &w, one->task, again->start, false);
		again_reply_when_over(again, &one->task->number, 1, &w);
	} else if (one->task || one->code)
		reply_create(again->service, again->call, &one->spec, one->task, again->start, one->code,
		             one->reason);
	else
		reply_bool(again->call, "result", false);
}

/* Writes what became of one.  False: it failed, and is not in the reply. */
static bool again_write(const struct again *again, const struct again_one *one, struct jsonw *w)
{
	if (one->code && one->code != -EALREADY)
		return false;
	if (one->task) {
		introduction_hold(again->service, again->call, one->task);
		write_created(again->service, w, one->task, again->start, one->code != 0);
	} else {
		jsonw_object(w);
		jsonw_end_object(w);
	}
	return true;
}

/*
 * Of several tasks, in their order, up to the first that fails.  If that is the first of all, the reply is its error.
 * Otherwise who asks for it again gets that.
 */
static void again_make_several(const struct again *again, const json_t *tasks)
{
	struct jsonw w = JSONW_INIT;
	struct again_one one = { .code = 0 };
	size_t large = 0;
	bool good = true, replied = false;
	uint64_t made[AGAIN_MAX] = { 0 };
	size_t count = 0;
	jsonw_object(&w);
	jsonw_key(&w, "made");
	jsonw_array(&w);
	engine_hold(again->service->engine);
	for (size_t i = 0; good && large < AGAIN_LARGE && i < json_array_size(tasks); i++) {
		struct task *source =
			engine_find(again->service->engine, args_item(json_array_get(tasks, i)));
		bool read = again_make(again, source, i == 0 ? again->call : NULL, &one);
		good = read && again_write(again, &one, &w);
		if (read && !good && i == 0)
			again_reply(again, &one);
		replied |= !good && i == 0;
		if (good && one.task)
			made[count++] = one.task->number;
		large += one.large;
		again_release(&one);
	}
	engine_go_on(again->service->engine);
	jsonw_end_array(&w);
	jsonw_end_object(&w);
	if (replied)
		jsonw_release(&w);
	else
		again_reply_when_over(again, made, count, &w);
}

static void again_make_alone(const struct again *again, const char *id)
{
	struct again_one one;
	if (again_make(again, engine_find(again->service->engine, id), again->call, &one))
		again_reply(again, &one);
	again_release(&one);
}

static bool again_are_ids(const json_t *tasks)
{
	const json_t *id;
	size_t i;
	json_array_foreach(tasks, i, id)
	{
		if (!args_item(id))
			return false;
	}
	return true;
}

void service_again(void *ctx, struct wire_call *call, const json_t *parameters)
{
	static const char *const needs[] = { "task", NULL };
	struct again again = { .service = ctx, .call = call, .parameters = parameters };
	struct args args = { .parameters = parameters };
	const char *id = args_string(&args, "task");
	const json_t *tasks = args_array(&args, "tasks");
	if (json_array_size(tasks) > AGAIN_MAX || !again_are_ids(tasks) || (tasks && id))
		args_fail(&args, "tasks");
	if (tasks && again_gives(parameters, "nonce"))
		args_fail(&args, "nonce");
	if (args_failed(&args, call, NULL))
		return;
	if (again_read(&again, tasks ? NULL : needs)) {
		if (tasks)
			again_make_several(&again, tasks);
		else
			again_make_alone(&again, id);
	}
	task_spec_release(&again.given);
}
