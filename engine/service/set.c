#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/core/dependencies.h"
#include "engine/service/service.h"
#include "engine/task/group.h"
#include "engine/task/messages.h"

/* Set: what was asked for of tasks is changed, of all of them or of none. */

enum {
	SETS_MAX = 5000,
	/* What is given to several is copied for each of them.  More would take a turn for too long. */
	SETS_BYTES_MAX = 8 << 20,
	SETS_AFTER_MAX = 32768,
};

struct sets {
	struct service *service;
	struct wire_call *call;
	size_t count;
	struct editing *edits; /* their values are owned */
	struct args args;      /* of the first that is wrong */
	bool missing;          /* one of the tasks does not exist */
	char *unknown;         /* owned; an id that is to be waited for, and that no task has */
	bool single;           /* by "id": the reply has result */
	bool each;             /* each task is changed, or not, by itself */
	bool *results;         /* owned; of each */
};

static void sets_mark(struct editing *edit, bool given, enum editing_field field)
{
	if (given)
		edit->fields |= field;
}

/* Reads the values that are given for a task, which may be NULL.  whole: an empty description is none. */
static void sets_read(struct args *args, struct editing *edit, bool whole)
{
	struct task_spec *spec = &edit->spec;
	args_read_spec(args, spec);
	if (args_have_plan(args) || args_has(args, "after"))
		args_read_plan(args, edit->task ? task_plan(edit->task) : NULL, &spec->plan);
	group_settle(&spec->group);
	sets_mark(edit, spec->name, EDITING_NAME);
	sets_mark(edit, spec->description, EDITING_DESCRIPTION);
	sets_mark(edit, args_has(args, "group"), EDITING_GROUP);
	sets_mark(edit, spec->cwd, EDITING_CWD);
	sets_mark(edit, spec->command.length > 0, EDITING_COMMAND);
	sets_mark(edit, args_has(args, "variables") || args_has(args, "variablesBase64"), EDITING_VARIABLES);
	sets_mark(edit, args_has(args, "maxLog"), EDITING_MAX_LOG);
	sets_mark(edit, args_has(args, "merge"), EDITING_MERGE);
	sets_mark(edit, args_have_plan(args) || args_has(args, "after"), EDITING_PLAN);
	if (!whole || !spec->description || *spec->description)
		return;
	free(spec->description);
	spec->description = NULL;
}

static void sets_read_after(struct sets *sets, struct args *args, struct editing *edit)
{
	uint64_t twice;
	char *unknown = args_read_after(sets->service, args, &edit->after, &edit->after_count);
	sets_mark(edit, args_has(args, "after"), EDITING_AFTER);
	if (unknown && !sets->unknown)
		sets->unknown = unknown;
	else
		free(unknown);
	if (!args->bad && edit->after && dependencies_sort(edit->after, &edit->after_count, &twice))
		args_fail(args, "after");
}

/* By what it is to be, the task would expire before it may begin.  A task that has begun cannot expire. */
static void sets_check_times(struct sets *sets, struct args *args, const struct editing *edit)
{
	const struct task_plan *plan = edit->spec.plan;
	bool given = args_has(args, "expireAt") || args_has(args, "beginAt") || args_has(args, "delay");
	if (!given || !plan || !plan->expire_at || plan->marks.attempt > 0)
		return;
	/* Of a delay that counts already, the end is known. */
	bool counts = plan->marks.not_before > 0 && !args_has(args, "delay");
	int64_t begin = plan->begin_at >= 0 ? plan->begin_at
	                : counts            ? plan->marks.not_before
	                                    : engine_now(sets->service->engine) - plan->begin_at;
	if (plan->expire_at <= begin)
		args_fail(args, "expireAt");
}

static void sets_add(struct sets *sets, const json_t *parameters, const char *id, bool whole)
{
	struct editing *edit = &sets->edits[sets->count++];
	struct args args = { .parameters = parameters };
	edit->task = id ? engine_find(sets->service->engine, id) : NULL;
	sets->missing |= !edit->task;
	sets_read(&args, edit, whole);
	if (!args.bad)
		sets_check_times(sets, &args, edit);
	if (edit->task)
		args_check_kill(&args, edit->spec.plan);
	sets_read_after(sets, &args, edit);
	if (!id)
		args_fail(&args, sets->single ? "id" : "ids");
	if (!edit->fields)
		args_fail(&args, "name");
	if (whole && args.bad)
		args.bad = "edits";
	if (!sets->args.bad && !sets->args.no_memory)
		sets->args = args;
}

static void sets_take(struct sets *sets, const json_t *parameters, const json_t *ids, const json_t *edits)
{
	const json_t *item;
	size_t i;
	if (!ids && !edits) {
		sets->single = true;
		sets_add(sets, parameters, args_item(json_object_get(parameters, "id")), false);
	}
	json_array_foreach(ids, i, item)
	{
		sets_add(sets, parameters, args_item(item), false);
	}
	json_array_foreach(edits, i, item)
	{
		sets_add(sets, item, args_item(json_object_get(item, "id")), true);
	}
}

/* all: what became of all of them together. */
static void sets_reply(const struct sets *sets, bool all)
{
	struct jsonw w = JSONW_INIT;
	jsonw_object(&w);
	jsonw_key(&w, sets->single ? "result" : "results");
	if (!sets->single)
		jsonw_array(&w);
	for (size_t i = 0; i < sets->count; i++)
		jsonw_bool(&w, sets->each ? sets->results[i] : all);
	if (!sets->single)
		jsonw_end_array(&w);
	jsonw_end_object(&w);
	wire_reply_tagged(sets->call, &w, false, engine_asked(sets->service->engine));
	jsonw_release(&w);
}

static const char *sets_webhook(const struct task_plan *plan)
{
	return plan && plan->hooks ? plan->hooks->webhook : NULL;
}

/* Whether what is to follow the end can be run, if it was changed.  False: it has replied with an error. */
static bool sets_check_hooks(const struct sets *sets)
{
	for (size_t i = 0; i < sets->count; i++) {
		const struct editing *edit = &sets->edits[i];
		const char *webhook = sets_webhook(edit->spec.plan);
		const char *before = edit->task ? sets_webhook(task_plan(edit->task)) : NULL;
		struct task_spec spec = edit->spec;
		if (!edit->task || !webhook || (before && strcmp(webhook, before) == 0))
			continue;
		if (!(edit->fields & EDITING_VARIABLES))
			spec.variables = task_variables(edit->task);
		if (!args_check_hooks(sets->call, &spec, task_environment(edit->task)))
			return false;
	}
	return true;
}

/* One that cannot be changed is False.  The first error ends it. */
static int sets_edit_each(const struct sets *sets, char **reason)
{
	struct engine *engine = sets->service->engine;
	int code = 0;
	engine_hold(engine);
	for (size_t i = 0; i < sets->count && (!code || code == -EPERM); i++) {
		code = sets->edits[i].task ? engine_edit(engine, &sets->edits[i], 1, reason) : -EPERM;
		sets->results[i] = !code;
	}
	engine_go_on(engine);
	return code;
}

static int sets_edit(const struct sets *sets, char **reason)
{
	if (sets->each)
		return sets_edit_each(sets, reason);
	return sets->missing ? -EPERM : engine_edit(sets->service->engine, sets->edits, sets->count, reason);
}

static void sets_apply(const struct sets *sets)
{
	char *reason = NULL;
	if (sets->unknown) {
		fail_not_found(sets->call, sets->unknown);
		return;
	}
	if (!sets_check_hooks(sets))
		return;
	int code = sets_edit(sets, &reason);
	if (!code || code == -EPERM)
		sets_reply(sets, code == 0);
	else if (code == -ENOENT)
		fail_group(sets->service, sets->call, reason);
	else
		reply_create_failed(sets->call, "", code, reason);
	free(reason);
}

static size_t sets_bytes(const json_t *value)
{
	const json_t *item;
	size_t i, bytes = json_string_length(value);
	json_array_foreach(value, i, item)
	{
		bytes += json_string_length(item) + 1;
	}
	return bytes;
}

/* What is given to each of the tasks, without what says which these are, and what they wait for. */
static size_t sets_bytes_given(const json_t *parameters)
{
	const json_t *value;
	const char *key;
	size_t bytes = 0;
	json_object_foreach((json_t *)parameters, key, value)
	{
		if (strcmp(key, "ids") != 0 && strcmp(key, "after") != 0)
			bytes += sets_bytes(value);
	}
	return bytes;
}

static size_t sets_after_given(const json_t *parameters, const json_t *edits, size_t count)
{
	size_t i, after = count * json_array_size(json_object_get(parameters, "after"));
	const json_t *item;
	json_array_foreach(edits, i, item)
	{
		after += json_array_size(json_object_get(item, "after"));
	}
	return after;
}

/* False: it is too much for one turn, and this has replied with an error. */
static bool sets_check_size(struct wire_call *call, const json_t *parameters, const json_t *edits,
                            size_t count)
{
	size_t bytes = sets_bytes_given(parameters) * (edits ? 0 : count);
	size_t after = sets_after_given(parameters, edits, count);
	char reason[sizeof(MSG_SETS_LARGE) + sizeof(MSG_SETS_AFTER) + 64];
	if (count == 1 || (bytes <= SETS_BYTES_MAX && after <= SETS_AFTER_MAX))
		return true;
	if (bytes > SETS_BYTES_MAX)
		snprintf(reason, sizeof(reason), MSG_SETS_LARGE, bytes, count, SETS_BYTES_MAX);
	else
		snprintf(reason, sizeof(reason), MSG_SETS_AFTER, after, count, SETS_AFTER_MAX);
	reply_create_failed(call, "", -EINVAL, reason);
	return false;
}

void service_set(void *ctx, struct wire_call *call, const json_t *parameters)
{
	struct args args = { .parameters = parameters };
	const json_t *ids = args_array(&args, "ids"), *edits = args_array(&args, "edits");
	size_t count = ids ? json_array_size(ids) : edits ? json_array_size(edits) : 1;
	struct sets sets = { .service = ctx, .call = call };
	if (count > SETS_MAX || (ids && (edits || args_has(&args, "id"))))
		args_fail(&args, "ids");
	if (!args.bad && !sets_check_size(call, parameters, edits, count))
		return;
	engine_look(sets.service->engine);
	sets.each = args_bool(&args, "each") && (ids || edits);
	sets.edits = calloc(count + 1, sizeof(*sets.edits));
	sets.results = calloc(count + 1, sizeof(*sets.results));
	args.no_memory = !sets.edits || !sets.results;
	if (!args.bad && sets.edits)
		sets_take(&sets, parameters, ids, edits);
	if (!args_failed(&args, call, NULL) && !args_failed(&sets.args, call, NULL))
		sets_apply(&sets);
	for (size_t i = 0; i < sets.count; i++) {
		task_spec_release(&sets.edits[i].spec);
		free(sets.edits[i].after);
	}
	free(sets.edits);
	free(sets.results);
	free(sets.unknown);
}
