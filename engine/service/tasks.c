#include "config.h"

#include <errno.h>
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "engine/service/columns.h"
#include "engine/service/service.h"
#include "engine/task/hex.h"
#include "engine/task/signals.h"

/* Methods on one task. */

static const char *const needs_id[] = { "id", NULL };
static const char *const needs_nothing[] = { NULL };

/* A connection's environment is kept as long as the connection, even with no task that uses it yet. */
struct session {
	struct engine *engine;
	struct shared_environment *environment;
};

static void session_release(void *ctx)
{
	struct session *session = ctx;
	engine_release_environment(session->engine, session->environment);
	free(session);
}

static int read_limits(const json_t *list, struct environment *environment)
{
	size_t i;
	const json_t *limit;
	for (int resource = 0; resource < (int)RLIM_NLIMITS; resource++)
		environment->limits[resource] = (struct rlimit){ RLIM_INFINITY, RLIM_INFINITY };
	json_array_foreach(list, i, limit)
	{
		json_int_t resource = json_integer_value(json_object_get(limit, "resource"));
		const char *soft = json_string_value(json_object_get(limit, "soft"));
		const char *hard = json_string_value(json_object_get(limit, "hard"));
		if (resource < 0 || resource >= (json_int_t)RLIM_NLIMITS)
			return -EINVAL;
		environment->limits[resource].rlim_cur = soft ? strtoull(soft, NULL, 10) : RLIM_INFINITY;
		environment->limits[resource].rlim_max = hard ? strtoull(hard, NULL, 10) : RLIM_INFINITY;
	}
	environment->has_limits = list != NULL;
	return 0;
}

static int read_block(const char *base64, struct strings *list)
{
	void *bytes;
	size_t count;
	int error = base64_decode(base64, strlen(base64), &bytes, &count);
	if (error)
		return error;
	error = strings_copy(list, bytes, count);
	free(bytes);
	return error;
}

static int read_environment(struct args *args, struct environment *environment)
{
	const char *variables = args_string(args, "variables");
	const json_t *limits = args_array(args, "limits"), *ignored = args_array(args, "ignored"), *number;
	size_t i;
	environment->umask = (mode_t)args_int(args, "umask", 022) & 0777;
	if (!variables || args->bad)
		return -EINVAL;
	json_array_foreach(ignored, i, number)
	{
		json_int_t signal = json_integer_value(number);
		if (signal >= 1 && signal <= 64)
			environment->ignored |= UINT64_C(1) << (signal - 1);
	}
	int error = read_block(variables, &environment->variables);
	return error ? error : read_limits(limits, environment);
}

void service_environment(void *ctx, struct wire_call *call, const json_t *parameters)
{
	struct service *service = ctx;
	struct args args = { .parameters = parameters };
	struct environment environment = { 0 };
	struct session *session = calloc(1, sizeof *session);
	char *block = NULL;
	size_t length;
	int error = session ? read_environment(&args, &environment) : -ENOMEM;
	if (!error)
		error = environment_pack(&environment, &block, &length);
	if (!error)
		error = engine_take_environment(service->engine, block, length, &session->environment);
	environment_release(&environment);
	free(block);
	if (error) {
		free(session);
		wire_invalid(call, args.bad ? args.bad : "variables");
		return;
	}
	session->engine = service->engine;
	struct jsonw w = JSONW_INIT;
	jsonw_object(&w);
	jsonw_key(&w, "hash");
	jsonw_string(&w, session->environment->hash);
	jsonw_end_object(&w);
	wire_call_set_session(call, session, session_release);
	wire_reply(call, &w, false);
	jsonw_release(&w);
}

static int read_strings(struct args *args, const char *key, const char *key64, struct strings *list)
{
	const char *base64 = args_string(args, key64);
	const json_t *array = args_array(args, key), *string;
	size_t i;
	if (base64 && read_block(base64, list))
		args->bad = key64;
	if (base64)
		return 0;
	json_array_foreach(array, i, string)
	{
		const char *text = json_string_value(string);
		if (!text || strlen(text) != json_string_length(string)) {
			args->bad = key;
			return 0;
		}
		int error = strings_add(list, text);
		if (error)
			return error;
	}
	return 0;
}

static int read_cwd(struct args *args, struct task_spec *spec)
{
	const char *cwd = args_string(args, "cwd"), *cwd64 = args_string(args, "cwdBase64");
	const char *home = getenv("HOME");
	if (!cwd64)
		return string_copy(&spec->cwd, cwd ? cwd : home && *home == '/' ? home : "/");
	void *bytes;
	size_t count;
	int error = base64_decode(cwd64, strlen(cwd64), &bytes, &count);
	if (error == 0 && memchr(bytes, '\0', count)) {
		free(bytes);
		error = -EINVAL;
	}
	if (error == -EINVAL)
		args->bad = "cwdBase64";
	else if (error == 0)
		spec->cwd = bytes;
	return error == -EINVAL ? 0 : error;
}

static void read_nonce(struct args *args, struct task_spec *spec)
{
	const char *nonce = args_string(args, "nonce");
	if (!nonce)
		return;
	spec->has_nonce = hex_read(nonce, spec->nonce, TASK_NONCE_SIZE) == 0;
	if (!spec->has_nonce)
		args->bad = "nonce";
}

static int read_spec(struct args *args, struct task_spec *spec)
{
	int error = string_copy(&spec->id, args_string(args, "id"));
	error = error ? error : string_copy(&spec->name, args_string(args, "name"));
	error = error ? error : string_copy(&spec->description, args_string(args, "description"));
	error = error ? error : string_copy(&spec->group, args_string(args, "group"));
	error = error ? error : read_cwd(args, spec);
	error = error ? error : read_strings(args, "command", "commandBase64", &spec->command);
	error = error ? error : read_strings(args, "variables", "variablesBase64", &spec->variables);
	spec->merge = args_bool(args, "merge");
	int64_t max_log = args_int(args, "maxLog", 0);
	if (max_log < 0)
		args->bad = "maxLog";
	spec->max_log = (uint64_t)max_log;
	read_nonce(args, spec);
	return error;
}

static void reply_id(struct wire_call *call, const char *id)
{
	struct jsonw w = JSONW_INIT;
	jsonw_object(&w);
	jsonw_key(&w, "id");
	jsonw_string(&w, id);
	jsonw_end_object(&w);
	wire_reply(call, &w, false);
	jsonw_release(&w);
}

static void create_failed(struct wire_call *call, const char *id, int code, const char *reason)
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
		refuse_reason(call, "InvalidTask", reason ? reason : "it is not valid");
	} else {
		refuse_reason(call, "StoreFailed", strerror(-code));
	}
}

/* False: it has been answered. */
static bool find_relations(struct service *service, struct wire_call *call, struct args *args,
                           struct shared_environment **environment, struct task **parent)
{
	const char *hash = args_string(args, "environment"), *parent_id = args_string(args, "parent");
	*environment = hash ? registry_environment((struct registry *)engine_registry(service->engine), hash) : NULL;
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
		refuse_not_found(call, parent_id);
	return !parent_id || *parent;
}

void service_create(void *ctx, struct wire_call *call, const json_t *parameters)
{
	struct service *service = ctx;
	struct args args = { .parameters = parameters };
	struct task_spec spec = { 0 };
	struct shared_environment *environment;
	struct task *parent, *task;
	char *reason = NULL;
	bool start = args_bool(&args, "start");
	int code = read_spec(&args, &spec);
	if (code) {
		create_failed(call, spec.id, code, NULL);
	} else if (args_refused(&args, call, needs_nothing)) {
		/* answered */
	} else if (find_relations(service, call, &args, &environment, &parent)) {
		if (!start || control_may_start(service, call)) {
			code = engine_create(service->engine, &spec, environment, parent, start, &task, &reason);
			if (code)
				create_failed(call, spec.id, code, reason);
			else
				reply_id(call, task_id(task));
		}
	}
	free(reason);
	task_spec_release(&spec);
}

/* True, or False where the table of states refuses. */
static void reply_act(struct wire_call *call, int error)
{
	if (error && error != -EPERM)
		wire_error(call, "OutOfMemory", NULL);
	else
		reply_bool(call, "result", !error);
}

/* Not found is False for the acts, and an error elsewhere. */
static struct task *find(struct service *service, struct wire_call *call, const json_t *parameters, struct args *args)
{
	args->parameters = parameters;
	const char *id = args_string(args, "id");
	if (args_refused(args, call, needs_id))
		return NULL;
	struct task *task = engine_find(service->engine, id);
	if (!task)
		reply_bool(call, "result", false);
	return task;
}

void service_start(void *ctx, struct wire_call *call, const json_t *parameters)
{
	struct service *service = ctx;
	struct args args = { 0 };
	struct task *task = find(service, call, parameters, &args);
	if (task && control_may_start(service, call))
		reply_act(call, engine_start(service->engine, task));
}

static bool read_stop(struct args *args, struct stop_options *options)
{
	const char *signal = args_string(args, "signal");
	double kill_after = args_number(args, "killAfter", -1);
	bool kill_now = args_bool(args, "kill");
	options->signal = kill_now ? SIGKILL : signal ? signal_parse(signal) : SIGTERM;
	options->kill_after = kill_after < 0 ? -1 : kill_after < 1e9 ? (int64_t)llround(kill_after * 1000) : (int64_t)1000000000000;
	options->given = signal || kill_now || kill_after >= 0;
	if (options->signal < 0)
		args->bad = "signal";
	return !args->bad;
}

void service_stop(void *ctx, struct wire_call *call, const json_t *parameters)
{
	struct service *service = ctx;
	struct args args = { .parameters = parameters };
	struct stop_options options;
	if (!read_stop(&args, &options)) {
		wire_invalid(call, args.bad);
		return;
	}
	struct task *task = find(service, call, parameters, &args);
	if (task)
		reply_act(call, engine_stop(service->engine, task, &options));
}

void service_remove(void *ctx, struct wire_call *call, const json_t *parameters)
{
	struct service *service = ctx;
	struct args args = { 0 };
	struct task *task = find(service, call, parameters, &args);
	if (task)
		reply_act(call, engine_remove(service->engine, task));
}

void service_set(void *ctx, struct wire_call *call, const json_t *parameters)
{
	struct service *service = ctx;
	struct args args = { .parameters = parameters };
	const char *name = args_string(&args, "name"), *description = args_string(&args, "description");
	if (!name && !description)
		args.bad = "name";
	if (args.bad) {
		wire_invalid(call, args.bad);
		return;
	}
	struct task *task = find(service, call, parameters, &args);
	char *reason = NULL;
	if (!task)
		return;
	int code = engine_set_text(service->engine, task, name, description, &reason);
	if (code)
		create_failed(call, task_id(task), code, reason);
	else
		reply_bool(call, "result", true);
	free(reason);
}

void service_get(void *ctx, struct wire_call *call, const json_t *parameters)
{
	struct service *service = ctx;
	struct task *task = find_or_refuse(service, call, parameters);
	if (!task)
		return;
	engine_refresh_progress(service->engine, task);
	struct jsonw w = JSONW_INIT;
	jsonw_object(&w);
	jsonw_key(&w, "task");
	columns_record(&w, task, engine_now(service->engine));
	jsonw_end_object(&w);
	wire_reply(call, &w, false);
	jsonw_release(&w);
}

void service_progress(void *ctx, struct wire_call *call, const json_t *parameters)
{
	static const char *const needs[] = { "id", "percent", NULL };
	struct service *service = ctx;
	struct args args = { .parameters = parameters };
	double percent = args_number(&args, "percent", 0);
	const char *message = args_string(&args, "message");
	if (args_refused(&args, call, needs))
		return;
	struct task *task = find_or_refuse(service, call, parameters);
	if (!task)
		return;
	int clamped = percent < 0 ? 0 : percent > 100 ? 100 : (int)percent;
	reply_act(call, engine_progress(service->engine, task, clamped, message));
}

void service_cancelled(void *ctx, struct wire_call *call, const json_t *parameters)
{
	const struct task *task = find_or_refuse(ctx, call, parameters);
	if (task)
		reply_bool(call, "cancelled", engine_cancelled(task));
}
