#include "config.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <utlist.h>

#include "engine/run/pool.h"
#include "engine/service/service.h"
#include "engine/task/messages.h"
#include "engine/task/signals.h"
#include "engine/wire/jsonr.h"

/* The method Environment: a connection says once what its tasks get from their caller. */

/*
 * The environment of a connection is kept as long as the connection, even if no task uses it yet.  Many connections
 * may have the same, which is in memory once: so it counts for one of them.
 */
struct session {
	struct service *service;
	struct session *prev, *next; /* in environment->sessions (utlist) */
	struct connection *connection;
	struct shared_environment *environment;
	size_t length; /* of that */
	bool always;   /* for tasks that name none */
	struct leaving_holder holder;
};

/* It counts for the first one that has it. */
static void session_count(const struct session *session)
{
	if (session && session == session->environment->sessions)
		wire_session_count(session->connection, session->length);
}

static void session_release(void *ctx)
{
	struct session *session = ctx;
	struct service *service = session->service;
	if (session->connection) {
		bool first = session == session->environment->sessions;
		DL_DELETE(session->environment->sessions, session);
		wire_session_count(session->connection, 0);
		if (first)
			session_count(session->environment->sessions);
	}
	leaving_let_go(&session->holder);
	engine_release_environment(service->engine, session->environment);
	free(session);
}

static void session_begin(struct session *session, struct wire_call *call)
{
	struct connection *connection = wire_call_set_session(call, session, 0, session_release);
	if (!connection)
		return;
	session->connection = connection;
	DL_APPEND(session->environment->sessions, session);
	session_count(session);
}

static void session_answer(struct session *session, struct wire_call *call)
{
	struct jsonw w = JSONW_INIT;
	jsonw_object(&w);
	jsonw_key(&w, "hash");
	jsonw_string(&w, session->environment->hash);
	jsonw_end_object(&w);
	if (w.failed)
		session_release(session);
	else
		session_begin(session, call);
	wire_reply(call, &w, false);
	jsonw_release(&w);
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
	if (!args_block(args, "variables", &environment.variables))
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
	bool ready; /* the parcel is */
	struct environments_parcel parcel;
	size_t length;
	char *text; /* of the parameters, if it came so and is short; owned */
	size_t text_length;
};

/*
 * What was introduced last.  Most callers have the same environment, one after another: whose text is the same is not
 * parsed, decoded and hashed again, which takes longer than to create the task.
 */
struct introduced {
	char *text;
	size_t text_length;
	char hash[ENVIRONMENT_HASH_SIZE];
	size_t length;
	bool always;
};

enum {
	INTRODUCED_AT_ONCE = 64 << 10, /* bytes of variables */
	INTRODUCED_KEPT = 16 << 10,    /* bytes of text */
};

void introduction_forget(struct service *service)
{
	if (service->introduced)
		free(service->introduced->text);
	free(service->introduced);
	service->introduced = NULL;
}

/* Takes the text.  Without memory, the next one is parsed, too. */
static void introduction_keep(struct introduction *introduction, const struct session *session)
{
	struct service *service = introduction->service;
	struct introduced *kept = introduction->text ? calloc(1, sizeof(*kept)) : NULL;
	if (!kept)
		return;
	introduction_forget(service);
	kept->text = introduction->text;
	kept->text_length = introduction->text_length;
	kept->length = session->length;
	kept->always = session->always;
	memcpy(kept->hash, session->environment->hash, sizeof(kept->hash));
	introduction->text = NULL;
	service->introduced = kept;
}

static void introduction_work(struct pool_job *job)
{
	struct introduction *introduction = (struct introduction *)job;
	struct args *args = &introduction->args;
	char *block = read_environment(args, &introduction->length);
	introduction->always = args_bool(args, "always");
	if (!block)
		return;
	int error = environments_make_parcel(&introduction->parcel, block, introduction->length);
	introduction->ready = error == 0;
	args_took(args, "variables", error);
	free(block);
}

static void introduction_answer(struct introduction *introduction)
{
	struct service *service = introduction->service;
	struct wire_call *call = introduction->call;
	struct args *args = &introduction->args;
	struct session *session = calloc(1, sizeof(*session));
	args->no_memory |= !session;
	if (session && introduction->ready && !args->bad && !args->no_memory)
		args_took(args, "variables",
		          engine_take_environment(service->engine, &introduction->parcel,
		                                  &session->environment));
	if (args_failed(args, call, NULL) || !session) {
		free(session);
		return;
	}
	session->service = service;
	session->length = introduction->length;
	session->always = introduction->always;
	introduction_keep(introduction, session);
	session_answer(session, call);
}

/* To free what is long takes a while, too. */
static void introduction_release(struct pool_job *job)
{
	struct introduction *introduction = (struct introduction *)job;
	json_decref(introduction->parameters);
	introduction->parameters = NULL;
	environments_release_parcel(&introduction->parcel);
}

static void introduction_free(struct pool_job *job)
{
	introduction_release(job);
	free(((struct introduction *)job)->text);
	free(job);
}

/* A call that is gone may have taken the pool with it. */
static void introduction_done(struct pool_job *job)
{
	struct introduction *introduction = (struct introduction *)job;
	if (introduction->call)
		introduction_answer(introduction);
	if (!introduction->call || introduction->length <= INTRODUCED_AT_ONCE) {
		introduction_free(job);
		return;
	}
	*job = (struct pool_job){ .work = introduction_release, .done = introduction_free };
	pool_submit(engine_pool(introduction->service->engine), job);
}

static void introducer_gone(void *ctx)
{
	((struct introduction *)ctx)->call = NULL;
}

/* Takes the text, which may be NULL. */
static void introduction_begin(struct service *service, struct wire_call *call, const json_t *parameters,
                               char *text, size_t length)
{
	struct introduction *introduction = calloc(1, sizeof(*introduction));
	if (!introduction) {
		free(text);
		fail_memory(call);
		return;
	}
	*introduction = (struct introduction){
		.job = { .work = introduction_work, .done = introduction_done },
		.service = service,
		.call = call,
		.parameters = json_incref((json_t *)parameters),
		.args = { .parameters = parameters },
		.parcel = { .batch = STORE_BATCH_INIT },
		.text = text,
		.text_length = length,
	};
	size_t bytes = json_string_length(json_object_get(parameters, "variables"));
	if (bytes > INTRODUCED_AT_ONCE) {
		wire_call_hold(call, bytes);
		wire_call_on_close(call, introducer_gone, introduction);
		pool_submit(engine_pool(service->engine), (struct pool_job *)introduction);
		return;
	}
	introduction_work((struct pool_job *)introduction);
	introduction_done((struct pool_job *)introduction);
}

void service_environment(void *ctx, struct wire_call *call, const json_t *parameters)
{
	introduction_begin(ctx, call, parameters, NULL, 0);
}

/* False: it is another text than the last one, or that environment is gone. */
static bool introduction_again(struct service *service, struct wire_call *call, const char *text,
                               size_t length)
{
	const struct introduced *last = service->introduced;
	if (!last || last->text_length != length || memcmp(last->text, text, length) != 0)
		return false;
	struct session *session = calloc(1, sizeof(*session));
	if (!session)
		return false;
	session->environment = engine_known_environment(service->engine, last->hash);
	if (!session->environment) {
		free(session);
		introduction_forget(service);
		return false;
	}
	session->service = service;
	session->length = last->length;
	session->always = last->always;
	session_answer(session, call);
	return true;
}

bool service_environment_plain(void *ctx, struct wire_call *call, const char *parameters, size_t length)
{
	if (length > INTRODUCED_KEPT)
		return false;
	if (introduction_again(ctx, call, parameters, length))
		return true;
	json_error_t error;
	json_t *parsed = jsonr_load(parameters, length, JSON_ALLOW_NUL | JSON_REJECT_DUPLICATES, &error);
	char *text = json_is_object(parsed) ? malloc(length) : NULL;
	if (text)
		introduction_begin(ctx, call, parsed, memcpy(text, parameters, length), length);
	json_decref(parsed);
	return text != NULL;
}

struct shared_environment *introduction_of(struct wire_call *call)
{
	const struct session *session = wire_call_session(call);
	return session && session->always ? session->environment : NULL;
}

void introduction_hold(struct service *service, struct wire_call *call, const struct task *task)
{
	struct session *session = wire_call_session(call);
	if (session && task_plan(task)->auto_remove)
		leaving_hold(&session->holder, service, task);
}
