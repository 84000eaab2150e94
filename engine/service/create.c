#include "config.h"

#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine/run/shortfall.h"
#include "engine/service/plain_create.h"
#include "engine/service/service.h"
#include "engine/task/hex.h"
#include "engine/task/messages.h"

/* The method Create, and what Again has of it. */

static void read_strings(struct args *args, const char *key, const char *key64, struct strings *list)
{
	const json_t *array = args_array(args, key), *string;
	size_t i;
	if (args_block(args, key64, list))
		return;
	json_array_foreach(array, i, string)
	{
		const char *text = args_item(string);
		args_took(args, key, text ? strings_add(list, text) : -EINVAL);
	}
}

/* NULL: it is unknown. */
static const char *home_directory(void)
{
	const char *home = getenv("HOME");
	if (home && *home == '/')
		return home;
	const struct passwd *user = getpwuid(getuid());
	return user && user->pw_dir && *user->pw_dir == '/' ? user->pw_dir : NULL;
}

static void read_cwd(struct args *args, struct task_spec *spec)
{
	const char *cwd64 = args_string(args, "cwdBase64");
	void *bytes = NULL;
	size_t count;
	int error = 0;
	spec->cwd = args_copy(args, "cwd");
	if (cwd64) {
		error = base64_decode(cwd64, strlen(cwd64), &bytes, &count);
		if (!error && memchr(bytes, '\0', count))
			error = -EINVAL;
		free(spec->cwd);
		spec->cwd = bytes;
	}
	args_took(args, "cwdBase64", error);
}

static void default_cwd(struct args *args, struct task_spec *spec)
{
	const char *home = spec->cwd ? NULL : home_directory();
	if (home)
		args_took(args, "cwd", string_copy(&spec->cwd, home));
}

static void read_nonce(struct args *args, struct task_spec *spec)
{
	const char *nonce = args_string(args, "nonce");
	if (!nonce)
		return;
	spec->has_nonce = hex_read(nonce, spec->nonce, TASK_NONCE_SIZE) == 0;
	if (!spec->has_nonce)
		args_fail(args, "nonce");
}

void args_read_spec(struct args *args, struct task_spec *spec)
{
	spec->id = args_copy(args, "id");
	spec->name = args_copy(args, "name");
	spec->description = args_copy(args, "description");
	spec->group = args_copy(args, "group");
	read_cwd(args, spec);
	read_strings(args, "command", "commandBase64", &spec->command);
	read_strings(args, "variables", "variablesBase64", &spec->variables);
	spec->merge = args_bool(args, "merge");
	spec->max_log = (uint64_t)args_count(args, "maxLog", INT64_MAX, 0);
	read_nonce(args, spec);
}

/* The specification in a long frame, and what is wrong with it. */
struct create_prepared {
	struct args args;
	struct task_spec spec;
};

void *create_prepare(const char *method, const json_t *parameters)
{
	bool reads = strcmp(method, "io.krtask.Create") == 0 || strcmp(method, "io.krtask.Again") == 0;
	struct create_prepared *prepared =
		reads && json_is_object(parameters) ? calloc(1, sizeof(*prepared)) : NULL;
	if (!prepared)
		return NULL;
	prepared->args.parameters = parameters;
	args_read_spec(&prepared->args, &prepared->spec);
	return prepared;
}

void create_unprepare(void *prepared)
{
	task_spec_release(&((struct create_prepared *)prepared)->spec);
	free(prepared);
}

void create_take_spec(struct wire_call *call, struct args *args, struct task_spec *spec)
{
	struct create_prepared *prepared = wire_call_prepared(call);
	if (!prepared) {
		args_read_spec(args, spec);
		return;
	}
	*spec = prepared->spec;
	prepared->spec = (struct task_spec){ 0 };
	if (prepared->args.bad)
		args_fail(args, prepared->args.bad);
	args->no_memory |= prepared->args.no_memory;
}

void reply_create_failed(struct wire_call *call, const char *id, int code, const char *reason)
{
	if (code == -EEXIST) {
		struct jsonw w = JSONW_INIT;
		jsonw_object(&w);
		jsonw_key(&w, "id");
		jsonw_string(&w, id);
		jsonw_key(&w, "reason");
		jsonw_string(&w, reason);
		jsonw_end_object(&w);
		wire_error(call, "IdInUse", &w);
		jsonw_release(&w);
	} else if (code == -EINVAL) {
		fail_reason(call, "InvalidTask", reason ? reason : MSG_TASK_INVALID);
	} else {
		fail_change(call, code);
	}
}

/* False: it has replied with an error. */
static bool find_relations(struct service *service, struct wire_call *call, const char *hash,
                           const char *parent_id, struct shared_environment **environment,
                           struct task **parent)
{
	*environment = hash ? registry_environment((struct registry *)engine_registry(service->engine), hash)
	                    : introduction_of(call);
	*parent = parent_id ? engine_find(service->engine, parent_id) : NULL;
	if (hash && !*environment) {
		struct jsonw w = JSONW_INIT;
		jsonw_object(&w);
		jsonw_key(&w, "hash");
		jsonw_string(&w, hash);
		jsonw_end_object(&w);
		wire_error(call, "UnknownEnvironment", &w);
		jsonw_release(&w);
		return false;
	}
	if (parent_id && !*parent)
		fail_not_found(call, parent_id);
	return !parent_id || *parent;
}

enum { CREATE_NOTE_SIZE = 1024 };

/* What a task that was made now will not have, for people.  False: it will have all that was asked for. */
static bool created_note(const struct service *service, const struct task *task, bool start,
                         char note[CREATE_NOTE_SIZE])
{
	char shortfall[SHORTFALL_SIZE];
	const char *name = task_group(task) ? task_group(task) : GROUP_DEFAULT;
	const struct task_group *group = engine_group_find(service->engine, name);
	int length = 0;
	if (task_plan(task)->sbatch && (!group || group->settings.executor != GROUP_SLURM))
		length = snprintf(note, CREATE_NOTE_SIZE, MSG_SBATCH_UNUSED, name);
	if (start && engine_shortfall(service->engine, task, shortfall, sizeof(shortfall)))
		length += snprintf(note + length, CREATE_NOTE_SIZE - (size_t)length, "%s" MSG_SHORTFALL,
		                   length ? "; " : "", shortfall);
	return length > 0;
}

void write_created(struct service *service, struct jsonw *w, const struct task *task, bool start,
                   bool existed)
{
	char note[CREATE_NOTE_SIZE];
	jsonw_object(w);
	jsonw_key(w, "id");
	jsonw_string(w, task_id(task));
	if (!existed && created_note(service, task, start, note)) {
		jsonw_key(w, "note");
		jsonw_string(w, note);
	}
	if (existed) {
		jsonw_key(w, "created");
		jsonw_bool(w, false);
	}
	jsonw_end_object(w);
}

static void reply_created(struct service *service, struct wire_call *call, const struct task *task,
                          bool start, bool existed)
{
	struct jsonw w = JSONW_INIT;
	write_created(service, &w, task, start, existed);
	wire_reply_tagged(call, &w, false, engine_asked(service->engine));
	jsonw_release(&w);
}

void reply_create(struct service *service, struct wire_call *call, const struct task_spec *spec,
                  const struct task *task, bool start, int code, const char *reason)
{
	if (!code || code == -EALREADY)
		introduction_hold(service, call, task);
	if (!code || code == -EALREADY)
		reply_created(service, call, task, start, code != 0);
	else if (code == -ENOENT)
		fail_group(service, call, spec->group);
	else
		reply_create_failed(call, spec->id, code, reason);
}

/* What is asked for, however that was read. */
struct create_asked {
	struct task_spec *spec;
	const char *environment, *parent; /* NULL: none was named */
	bool start;
};

static void create_as_asked(struct service *service, struct wire_call *call, struct args *args,
                            const struct create_asked *asked)
{
	struct task_spec *spec = asked->spec;
	struct shared_environment *environment;
	struct task *parent, *task;
	char *reason = NULL;
	default_cwd(args, spec);
	if (!args_failed(args, call, NULL) && after_read(service, call, args, spec) &&
	    find_relations(service, call, asked->environment, asked->parent, &environment, &parent) &&
	    args_check_hooks(call, spec, environment) &&
	    (!asked->start || control_may_start(service, call))) {
		int code = engine_create(service->engine, spec, environment, parent, asked->start, &task,
		                         &reason);
		reply_create(service, call, spec, task, asked->start, code, reason);
	}
	free(reason);
	task_spec_release(spec);
}

void service_create(void *ctx, struct wire_call *call, const json_t *parameters)
{
	struct args args = { .parameters = parameters };
	struct task_spec spec = { 0 };
	const struct create_asked asked = { .spec = &spec,
		                            .environment = args_string(&args, "environment"),
		                            .parent = args_string(&args, "parent"),
		                            .start = args_bool(&args, "start") };
	create_take_spec(call, &args, &spec);
	args_read_plan(&args, NULL, &spec.plan);
	args_check_kill(&args, spec.plan);
	args_read_made(&args, &spec.plan);
	create_as_asked(ctx, call, &args, &asked);
}

bool service_create_plain(void *ctx, struct wire_call *call, const char *parameters, size_t length)
{
	struct plain_create plain;
	struct args none = { .parameters = NULL };
	int result = plain_create_read(&plain, parameters, length);
	if (result < 0)
		fail_memory(call);
	if (result <= 0)
		return result < 0;
	const struct create_asked asked = { .spec = &plain.spec,
		                            .environment = *plain.environment ? plain.environment : NULL,
		                            .parent = *plain.parent ? plain.parent : NULL,
		                            .start = plain.start };
	create_as_asked(ctx, call, &none, &asked);
	return true;
}
