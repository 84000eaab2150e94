#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine/service/service.h"

/*
 * Again: a new task like one that has ended.  What it inherited, such as its environment, never leaves the
 * server.
 */

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
	args_took(args, "variables", strings_copy(&variables, from->variables.block, from->variables.length));
	args_took(args, "variables",
	          strings_append(&variables, spec->variables.block, spec->variables.length));
	strings_release(&spec->variables);
	spec->variables = variables;
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
	args_read_made(args, &spec->plan);
}

static void again_make(struct service *service, struct wire_call *call, struct args *args,
                       struct task_spec *spec, struct task *source)
{
	const char *parent_id = args_string(args, "parent");
	struct task *parent = parent_id ? engine_find(service->engine, parent_id) : task_parent(source),
		    *task;
	bool start = !again_gives(args->parameters, "start") || args_bool(args, "start");
	struct task_spec from = task_spec_borrow(source);
	char *reason = NULL;
	again_inherit(args, spec, &from);
	again_inherit_plan(args, spec, from.plan);
	if (!after_read(service, call, args, spec))
		return;
	if (parent_id && !parent) {
		fail_not_found(call, parent_id);
		return;
	}
	if (!args_check_hooks(call, spec, task_environment(source)) ||
	    (start && !control_may_start(service, call)))
		return;
	bool adopt = args_bool(args, "adopt");
	int code = adopt ? engine_adopt(service->engine, source, spec, parent, start, &task, &reason)
	                 : engine_create(service->engine, spec, task_environment(source), parent, start,
	                                 &task, &reason);
	reply_create(service, call, spec, task, start, code, reason);
	free(reason);
}

void service_again(void *ctx, struct wire_call *call, const json_t *parameters)
{
	static const char *const needs[] = { "task", NULL };
	struct service *service = ctx;
	struct args args = { .parameters = parameters };
	struct task_spec spec = { 0 };
	const char *id = args_string(&args, "task");
	(void)args_bool(&args, "adopt");
	args_read_spec(&args, &spec);
	if (!args_failed(&args, call, needs)) {
		struct task *source = engine_find(service->engine, id);
		if (source && task_state_terminal(source->status.state))
			again_make(service, call, &args, &spec, source);
		else
			reply_bool(call, "result", false);
	}
	task_spec_release(&spec);
}
