#include "config.h"

#include <errno.h>
#include <math.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine/run/pool.h"
#include "engine/run/shortfall.h"
#include "engine/service/columns.h"
#include "engine/service/service.h"
#include "engine/store/hash.h"
#include "engine/task/hex.h"
#include "engine/task/messages.h"
#include "engine/task/signals.h"

/* Methods on one task. */

static const char *const needs_id[] = { "id", NULL };

/* The environment of a connection is kept as long as the connection, even if no task uses it yet. */
struct session {
	struct engine *engine;
	struct shared_environment *environment;
	bool always; /* for tasks that name none */
};

static void session_release(void *ctx)
{
	struct session *session = ctx;
	engine_release_environment(session->engine, session->environment);
	free(session);
}

/* Reads a limit in decimal.  null, or an absent value, means infinity.  False: it is invalid. */
static bool read_limit(const json_t *value, rlim_t *limit)
{
	const char *text = args_item(value);
	char *end = NULL;
	*limit = RLIM_INFINITY;
	if (!value || json_is_null(value))
		return true;
	if (!text || *text < '0' || *text > '9')
		return false;
	errno = 0;
	*limit = strtoull(text, &end, 10);
	return *end == '\0' && errno == 0;
}

static void read_limits(struct args *args, struct environment *environment)
{
	const json_t *list = args_array(args, "limits"), *limit;
	size_t i;
	for (int resource = 0; resource < (int)RLIM_NLIMITS; resource++)
		environment->limits[resource] = (struct rlimit){ RLIM_INFINITY, RLIM_INFINITY };
	json_array_foreach(list, i, limit)
	{
		const json_t *number = json_object_get(limit, "resource");
		json_int_t resource = json_is_integer(number) ? json_integer_value(number) : -1;
		struct rlimit *read = resource >= 0 && resource < (json_int_t)RLIM_NLIMITS
		                              ? &environment->limits[resource]
		                              : NULL;
		if (!read || !read_limit(json_object_get(limit, "soft"), &read->rlim_cur) ||
		    !read_limit(json_object_get(limit, "hard"), &read->rlim_max) ||
		    read->rlim_cur > read->rlim_max) {
			args_fail(args, "limits");
			return;
		}
	}
	environment->has_limits = list != NULL;
}

static void read_ignored(struct args *args, struct environment *environment)
{
	const json_t *ignored = args_array(args, "ignored"), *number;
	size_t i;
	json_array_foreach(ignored, i, number)
	{
		json_int_t signal = json_integer_value(number);
		if (signal < 1 || signal > 64)
			args_fail(args, "ignored");
		else
			environment->ignored |= UINT64_C(1) << (signal - 1);
	}
}

/* False: the key is absent. */
static bool read_block(struct args *args, const char *key, struct strings *list)
{
	const char *base64 = args_string(args, key);
	if (!base64)
		return false;
	void *bytes;
	size_t count;
	int error = base64_decode(base64, strlen(base64), &bytes, &count);
	if (!error) {
		error = strings_copy(list, bytes, count);
		free(bytes);
	}
	args_took(args, key, error);
	return true;
}

static void read_schedule(struct args *args, struct environment *environment)
{
	const char *cpus = args_string(args, "cpus");
	environment->has_schedule = args_has(args, "niceness");
	environment->niceness = (int)args_within(args, "niceness", NICENESS_MIN, NICENESS_MAX);
	environment->io_priority = (int)args_count(args, "ioPriority", IO_PRIORITY_MAX, 0);
	environment->oom_score = (int)args_within(args, "oomScore", -OOM_SCORE_MAX, OOM_SCORE_MAX);
	if (cpus)
		args_took(args, "cpus", cpus_parse(&environment->cpus, cpus));
}

/* Packs the environment as it is stored.  NULL: args has the error. */
static char *read_environment(struct args *args, size_t *length)
{
	struct environment environment = { 0 };
	char *block = NULL;
	environment.umask = (mode_t)args_count(args, "umask", 0777, 022);
	read_limits(args, &environment);
	read_ignored(args, &environment);
	read_schedule(args, &environment);
	if (!read_block(args, "variables", &environment.variables))
		args_fail(args, "variables");
	if (!args->bad && !args->no_memory)
		args_took(args, "variables", environment_pack(&environment, &block, length));
	environment_release(&environment);
	return block;
}

/* An environment that is being read: a long one by a worker, since to decode and hash it takes a while. */
struct introduction {
	struct pool_job job; /* first */
	struct service *service;
	struct wire_call *call; /* NULL: it is gone */
	json_t *parameters;     /* a reference */
	struct args args;
	bool always;
	char *block;
	size_t length;
	char hash[ENVIRONMENT_HASH_SIZE];
};

enum { INTRODUCED_AT_ONCE = 64 << 10 /* bytes of variables */ };

static void introduction_work(struct pool_job *job)
{
	struct introduction *introduction = (struct introduction *)job;
	introduction->block = read_environment(&introduction->args, &introduction->length);
	introduction->always = args_bool(&introduction->args, "always");
	if (introduction->block)
		hash_make(introduction->block, introduction->length, introduction->hash);
}

static void introduction_answer(struct introduction *introduction)
{
	struct service *service = introduction->service;
	struct wire_call *call = introduction->call;
	struct args *args = &introduction->args;
	struct session *session = calloc(1, sizeof(*session));
	args->no_memory |= !session;
	if (session && introduction->block && !args->bad && !args->no_memory)
		args_took(args, "variables",
		          engine_take_environment(service->engine, introduction->hash, introduction->block,
		                                  introduction->length, &session->environment));
	if (args_failed(args, call, NULL) || !session) {
		free(session);
		return;
	}
	session->engine = service->engine;
	session->always = introduction->always;
	struct jsonw w = JSONW_INIT;
	jsonw_object(&w);
	jsonw_key(&w, "hash");
	jsonw_string(&w, session->environment->hash);
	jsonw_end_object(&w);
	wire_call_set_session(call, session, introduction->length, session_release);
	wire_reply(call, &w, false);
	jsonw_release(&w);
}

static void introduction_done(struct pool_job *job)
{
	struct introduction *introduction = (struct introduction *)job;
	if (introduction->call)
		introduction_answer(introduction);
	json_decref(introduction->parameters);
	free(introduction->block);
	free(introduction);
}

static void introducer_gone(void *ctx)
{
	((struct introduction *)ctx)->call = NULL;
}

void service_environment(void *ctx, struct wire_call *call, const json_t *parameters)
{
	struct service *service = ctx;
	struct introduction *introduction = calloc(1, sizeof(*introduction));
	if (!introduction) {
		fail_memory(call);
		return;
	}
	*introduction = (struct introduction){
		.job = { .work = introduction_work, .done = introduction_done },
		.service = service,
		.call = call,
		.parameters = json_incref((json_t *)parameters),
		.args = { .parameters = parameters },
	};
	if (json_string_length(json_object_get(parameters, "variables")) > INTRODUCED_AT_ONCE) {
		wire_call_on_close(call, introducer_gone, introduction);
		pool_submit(engine_pool(service->engine), &introduction->job);
		return;
	}
	introduction_work(&introduction->job);
	introduction_done(&introduction->job);
}

static void read_strings(struct args *args, const char *key, const char *key64, struct strings *list)
{
	const json_t *array = args_array(args, key), *string;
	size_t i;
	if (read_block(args, key64, list))
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
	const char *cwd64 = args_string(args, "cwdBase64"), *home;
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
	} else if (!spec->cwd) {
		home = home_directory();
		error = home ? string_copy(&spec->cwd, home) : 0;
	}
	args_took(args, "cwdBase64", error);
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

/* What few tasks have: NULL stays NULL. */
static void read_plan(struct args *args, struct task_spec *spec)
{
	int64_t priority = args_int(args, "priority", plan_default.priority);
	int64_t weight = args_count(args, "weight", PLAN_WEIGHT_MAX, plan_default.weight);
	if (priority < INT32_MIN || priority > INT32_MAX)
		args_fail(args, "priority");
	if (args->bad || (priority == plan_default.priority && weight == plan_default.weight))
		return;
	spec->plan = plan_copy(NULL);
	args->no_memory |= !spec->plan;
	if (!spec->plan)
		return;
	spec->plan->priority = (int32_t)priority;
	spec->plan->weight = (uint32_t)weight;
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
	read_plan(args, spec);
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
		fail_code(call, "StoreFailed", code);
	}
}

/* False: it has replied with an error. */
static bool find_relations(struct service *service, struct wire_call *call, const char *hash,
                           const char *parent_id, struct shared_environment **environment,
                           struct task **parent)
{
	const struct session *session = wire_call_session(call);
	*environment =
		hash ? registry_environment((struct registry *)engine_registry(service->engine), hash) : NULL;
	if (!hash && session && session->always)
		*environment = session->environment;
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

/* With what its command cannot have, where it is to be started now. */
void reply_created(struct service *service, struct wire_call *call, const struct task *task, bool start)
{
	char shortfall[SHORTFALL_SIZE], note[TASK_MESSAGE_MAX];
	if (!start || !engine_shortfall(service->engine, task, shortfall, sizeof(shortfall))) {
		reply_id(service, call, task_id(task));
		return;
	}
	struct jsonw w = JSONW_INIT;
	snprintf(note, sizeof(note), MSG_SHORTFALL, shortfall);
	jsonw_object(&w);
	jsonw_key(&w, "id");
	jsonw_string(&w, task_id(task));
	jsonw_key(&w, "note");
	jsonw_string(&w, note);
	jsonw_end_object(&w);
	wire_reply_tagged(call, &w, false, engine_asked(service->engine));
	jsonw_release(&w);
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
	const char *hash = args_string(&args, "environment"), *parent_id = args_string(&args, "parent");
	args_read_spec(&args, &spec);
	if (!args_failed(&args, call, NULL) &&
	    find_relations(service, call, hash, parent_id, &environment, &parent) &&
	    (!start || control_may_start(service, call))) {
		int code = engine_create(service->engine, &spec, environment, parent, start, &task, &reason);
		if (code == -ENOENT)
			fail_group(service, call, spec.group);
		else if (code)
			reply_create_failed(call, spec.id, code, reason);
		else
			reply_created(service, call, task, start);
	}
	free(reason);
	task_spec_release(&spec);
}

/* Replies True, or False if the table of states does not allow the event. */
void reply_act(struct service *service, struct wire_call *call, int error)
{
	if (!error)
		reply_done(service, call);
	else if (error == -EPERM)
		reply_bool(call, "result", false);
	else
		fail_memory(call);
}

/* For Start, Stop and Remove, a task that was not found is False.  For other methods it is an error. */
struct task *tasks_find(struct service *service, struct wire_call *call, const json_t *parameters,
                        struct args *args)
{
	args->parameters = parameters;
	const char *id = args_string(args, "id");
	if (args_failed(args, call, needs_id))
		return NULL;
	struct task *task = engine_find(service->engine, id);
	if (!task)
		reply_bool(call, "result", false);
	return task;
}

static int tasks_start(struct service *service, struct wire_call *call, struct task *task,
                       const void *options)
{
	(void)call;
	(void)options;
	return engine_start(service->engine, task);
}

void service_start(void *ctx, struct wire_call *call, const json_t *parameters)
{
	struct service *service = ctx;
	struct args args = { 0 };
	if (json_object_get(parameters, "ids") && !control_may_start(service, call))
		return;
	if (acts_on_several(service, call, parameters, tasks_start, NULL, ACTS_AS_NAMED))
		return;
	struct task *task = tasks_find(service, call, parameters, &args);
	if (task && control_may_start(service, call))
		reply_act(service, call, tasks_start(service, call, task, NULL));
}

static bool read_stop(struct args *args, struct stop_options *options)
{
	const char *signal = args_string(args, "signal");
	double kill_after = args_number(args, "killAfter", -1);
	bool kill_now = args_bool(args, "kill");
	if (kill_after < 0 && json_is_number(json_object_get(args->parameters, "killAfter")))
		args_fail(args, "killAfter");
	options->signal = kill_now ? SIGKILL : signal ? signal_parse(signal) : SIGTERM;
	options->kill_after = kill_after < 0     ? -1
	                      : kill_after < 1e9 ? (int64_t)llround(kill_after * 1000)
	                                         : (int64_t)1000000000000;
	options->given = signal || kill_now || kill_after >= 0;
	if (options->signal < 0)
		args_fail(args, "signal");
	return !args->bad;
}

static int tasks_stop(struct service *service, struct wire_call *call, struct task *task, const void *options)
{
	if (engine_stop_sends(task, options))
		wire_call_note(call, MSG_STOP_UNRECORDED);
	return engine_stop(service->engine, task, options);
}

void service_stop(void *ctx, struct wire_call *call, const json_t *parameters)
{
	struct service *service = ctx;
	struct args args = { .parameters = parameters };
	struct stop_options options;
	if (!read_stop(&args, &options)) {
		args_failed(&args, call, NULL);
		return;
	}
	if (acts_on_several(service, call, parameters, tasks_stop, &options, ACTS_WAITING_FIRST))
		return;
	struct task *task = tasks_find(service, call, parameters, &args);
	if (task)
		reply_act(service, call, tasks_stop(service, call, task, &options));
}

static int tasks_remove(struct service *service, struct wire_call *call, struct task *task,
                        const void *options)
{
	(void)call;
	(void)options;
	return engine_remove(service->engine, task);
}

/* A task that is removed with all under it, in slices, and who is to be told. */
struct subtree {
	struct service *service;
	struct wire_call *call;
};

static void subtree_removed(void *ctx, int error)
{
	struct subtree subtree = *(struct subtree *)ctx;
	free(ctx);
	if (error == -EIO)
		reply_bool(subtree.call, "result",
		           false); /* StoreFailed takes its place: its change is not committed */
	else
		reply_act(subtree.service, subtree.call, error);
}

static void subtree_asker_gone(void *ctx)
{
	struct subtree *subtree = ctx;
	engine_disown_removal(subtree->service->engine, subtree);
	free(subtree);
}

static void subtree_remove(struct service *service, struct wire_call *call, struct task *task)
{
	struct subtree *subtree = malloc(sizeof(*subtree));
	const struct removal_asker asker = { .ctx = subtree, .ended = subtree_removed };
	if (!subtree || engine_remove_subtree(service->engine, task, &asker)) {
		free(subtree);
		fail_memory(call);
		return;
	}
	*subtree = (struct subtree){ service, call };
	wire_call_note(call, MSG_REMOVAL_PART);
	wire_call_on_close(call, subtree_asker_gone, subtree);
}

void service_remove(void *ctx, struct wire_call *call, const json_t *parameters)
{
	struct service *service = ctx;
	struct args args = { 0 };
	if (acts_on_several(service, call, parameters, tasks_remove, NULL, ACTS_NEWEST_FIRST))
		return;
	struct task *task = tasks_find(service, call, parameters, &args);
	if (!task)
		return;
	int error = tasks_remove(service, call, task, NULL);
	if (error == -E2BIG)
		subtree_remove(service, call, task);
	else
		reply_act(service, call, error);
}

void service_set(void *ctx, struct wire_call *call, const json_t *parameters)
{
	struct service *service = ctx;
	struct args args = { .parameters = parameters };
	if (!args_string(&args, "id"))
		args_fail(&args, "id");
	const char *name = args_string(&args, "name"), *description = args_string(&args, "description");
	if (!name && !description)
		args_fail(&args, "name");
	if (args_failed(&args, call, NULL))
		return;
	struct task *task = tasks_find(service, call, parameters, &args);
	char *reason = NULL;
	if (!task)
		return;
	int code = engine_set_text(service->engine, task, name, description, &reason);
	if (code)
		reply_create_failed(call, task_id(task), code, reason);
	else
		reply_done(service, call);
	free(reason);
}

void service_get(void *ctx, struct wire_call *call, const json_t *parameters)
{
	struct service *service = ctx;
	struct task *task = find_or_fail(service, call, parameters);
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
	if (args_failed(&args, call, needs))
		return;
	struct task *task = find_or_fail(service, call, parameters);
	if (!task)
		return;
	int clamped = percent < 0 ? 0 : percent > 100 ? 100 : (int)percent;
	reply_act(service, call, engine_progress(service->engine, task, clamped, message));
}

void service_cancelled(void *ctx, struct wire_call *call, const json_t *parameters)
{
	const struct task *task = find_or_fail(ctx, call, parameters);
	if (task)
		reply_bool(call, "cancelled", engine_cancelled(task));
}
