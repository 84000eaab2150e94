#include "tests/unit/fake_server.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* Check's own assertions work only in the thread and the program of a test. */
#define must(condition) ((condition) ? (void)0 : abort())

static void reply_integer(struct wire_call *call, const char *key, int64_t value, bool continues)
{
	struct jsonw w = JSONW_INIT;

	jsonw_object(&w);
	jsonw_key(&w, key);
	jsonw_int(&w, value);
	jsonw_end_object(&w);
	wire_reply(call, &w, continues);
	jsonw_release(&w);
}

static int64_t integer(const json_t *parameters, const char *key)
{
	return json_integer_value(json_object_get(parameters, key));
}

static void run_echo(void *ctx, struct wire_call *call, const json_t *parameters)
{
	struct jsonw w = JSONW_INIT;
	char *text = json_dumps(parameters, JSON_COMPACT);

	(void)ctx;
	jsonw_raw(&w, text, strlen(text));
	wire_reply(call, &w, false);
	jsonw_release(&w);
	free(text);
}

static void run_bump(void *ctx, struct wire_call *call, const json_t *parameters)
{
	struct fake *fake = ctx;

	(void)parameters;
	fake->count++;
	wire_reply(call, NULL, false);
}

static void run_count(void *ctx, struct wire_call *call, const json_t *parameters)
{
	static const struct jsonw unwritten = { .failed = true };
	struct fake *fake = ctx;

	(void)parameters;
	if (fake->out_of_memory)
		wire_reply(call, &unwritten, false);
	else
		reply_integer(call, "count", fake->count, false);
}

static void run_server_status(void *ctx, struct wire_call *call, const json_t *parameters)
{
	const struct fake *fake = ctx;
	struct jsonw w = JSONW_INIT;

	(void)parameters;
	jsonw_object(&w);
	jsonw_key(&w, "stateDirectory");
	jsonw_string(&w, fake->state ? fake->state : "");
	jsonw_end_object(&w);
	wire_reply(call, &w, false);
	jsonw_release(&w);
}

atomic_uint fake_prepared;
atomic_bool fake_prepares;

static void *fake_prepare(const char *method, const json_t *parameters)
{
	if (!fake_prepares)
		return NULL;
	must(json_is_object(parameters));
	fake_prepared++;
	return strdup(method);
}

static void fake_unprepare(void *prepared)
{
	fake_prepared--;
	free(prepared);
}

static void run_length(void *ctx, struct wire_call *call, const json_t *parameters)
{
	const char *prepared = wire_call_prepared(call);
	struct jsonw w = JSONW_INIT;

	(void)ctx;
	jsonw_object(&w);
	jsonw_key(&w, "length");
	jsonw_int(&w, (int64_t)json_string_length(json_object_get(parameters, "text")));
	if (prepared) {
		jsonw_key(&w, "prepared");
		jsonw_string(&w, prepared);
	}
	jsonw_end_object(&w);
	wire_reply(call, &w, false);
	jsonw_release(&w);
}

static void hold_closed(void *ctx)
{
	struct fake_hold *hold = ctx;

	hold->fake->closed++;
	hold->call = NULL;
}

static void run_hold(void *ctx, struct wire_call *call, const json_t *parameters)
{
	struct fake *fake = ctx;
	struct fake_hold *hold = &fake->held[fake->held_count];

	(void)parameters;
	must(fake->held_count < FAKE_HELD_MAX);
	*hold = (struct fake_hold){ fake, call };
	fake->held_count++;
	wire_call_on_close(call, hold_closed, hold);
}

static void run_tagged(void *ctx, struct wire_call *call, const json_t *parameters)
{
	const struct fake *fake = ctx;
	struct jsonw w = { .failed = fake->out_of_memory };

	jsonw_object(&w);
	jsonw_key(&w, "tag");
	jsonw_int(&w, integer(parameters, "sequence"));
	jsonw_end_object(&w);
	wire_reply_tagged(call, &w, false, (uint64_t)integer(parameters, "sequence"));
	jsonw_release(&w);
}

static void run_big(void *ctx, struct wire_call *call, const json_t *parameters)
{
	struct fake *fake = ctx;
	struct jsonw w = JSONW_INIT;
	size_t length = (size_t)integer(parameters, "bytes");
	char *text = malloc(length + 1);

	fake->count++;
	if (!text)
		abort();
	memset(text, 'x', length);
	jsonw_object(&w);
	jsonw_key(&w, "text");
	jsonw_string_n(&w, text, length);
	jsonw_end_object(&w);
	wire_reply(call, &w, false);
	jsonw_release(&w);
	free(text);
}

static void drained(void *ctx)
{
	struct fake *fake = ctx;

	fake->drained++;
}

static void run_stream(void *ctx, struct wire_call *call, const json_t *parameters)
{
	int64_t count = integer(parameters, "count");

	(void)ctx;
	for (int64_t i = 0; i < count; i++)
		reply_integer(call, "i", i, i + 1 < count && wire_call_more(call));
}

static void run_open(void *ctx, struct wire_call *call, const json_t *parameters)
{
	int64_t count = integer(parameters, "count");

	run_hold(ctx, call, parameters);
	wire_call_on_drained(call, drained, ctx);
	for (int64_t i = 0; i < count; i++)
		reply_integer(call, "i", i, true);
}

static void run_fail(void *ctx, struct wire_call *call, const json_t *parameters)
{
	struct jsonw w = JSONW_INIT;

	(void)ctx;
	(void)parameters;
	jsonw_object(&w);
	jsonw_key(&w, "id");
	jsonw_string(&w, "7");
	jsonw_end_object(&w);
	wire_error(call, "NotFound", &w);
	jsonw_release(&w);
}

static void release_session(void *session)
{
	struct fake *fake = session;

	fake->released++;
}

static void run_session(void *ctx, struct wire_call *call, const json_t *parameters)
{
	bool had;

	(void)parameters;
	must(wire_call_pid(call) == getpid());
	had = wire_call_session(call) != NULL;
	wire_call_set_session(call, ctx, (size_t)json_integer_value(json_object_get(parameters, "bytes")),
	                      release_session);
	reply_integer(call, "had", had ? 1 : 0, false);
}

static void run_environment(void *ctx, struct wire_call *call, const json_t *parameters)
{
	struct fake *fake = ctx;
	struct jsonw w = JSONW_INIT;

	fake->environments++;
	if (fake->out_of_memory) {
		wire_error(call, "OutOfMemory", NULL);
		return;
	}
	if (!json_is_string(json_object_get(parameters, "variables")) ||
	    !json_is_array(json_object_get(parameters, "limits"))) {
		wire_invalid(call, "variables");
		return;
	}
	jsonw_object(&w);
	jsonw_key(&w, "hash");
	jsonw_string(&w, "c0ffee");
	jsonw_end_object(&w);
	wire_reply(call, &w, false);
	jsonw_release(&w);
}

static void run_quit(void *ctx, struct wire_call *call, const json_t *parameters)
{
	struct fake *fake = ctx;

	(void)parameters;
	wire_reply(call, NULL, false);
	event_base_loopexit(fake->base, NULL);
}

static const struct wire_method methods[] = {
	{ "Quit", run_quit },
	{ "Echo", run_echo },
	{ "Bump", run_bump },
	{ "Count", run_count },
	{ "Length", run_length },
	{ "Hold", run_hold },
	{ "Tagged", run_tagged },
	{ "Big", run_big },
	{ "Open", run_open },
	{ "Stream", run_stream },
	{ "Session", run_session },
	{ "Fail", run_fail },
	{ "Environment", run_environment },
	{ "ServerStatus", run_server_status },
	{ NULL, NULL },
};

static const struct wire_interface interface = {
	.name = "io.krtask",
	.description = "interface io.krtask\n",
	.vendor = "krtask",
	.product = "fake",
	.version = "1",
	.url = "http://example.org",
	.methods = methods,
	.prepare = fake_prepare,
	.unprepare = fake_unprepare,
};

static uint64_t sequence(void *ctx)
{
	const struct fake *fake = ctx;

	return fake->sequence;
}

static bool fake_offload(void *ctx, struct wire_job *job)
{
	struct fake *fake = ctx;

	must(fake->jobs_count < FAKE_JOBS_MAX);
	fake->jobs[fake->jobs_count++] = job;
	return true;
}

bool fake_work(struct fake *fake)
{
	struct wire_job *job = fake->jobs[0];

	if (fake->jobs_count == 0)
		return false;
	fake->jobs_count--;
	memmove(fake->jobs, fake->jobs + 1, fake->jobs_count * sizeof(fake->jobs[0]));
	job->work(job);
	job->done(job);
	return true;
}

bool fake_late;

static bool is_late(void)
{
	return fake_late;
}

void fake_serve(struct fake *fake)
{
	static struct wire_hooks hooks;

	hooks = (struct wire_hooks){ .ctx = fake,
		                     .sequence = sequence,
		                     .late = is_late,
		                     .offload = fake->has_workers ? fake_offload : NULL };
	must(wire_server_new(&fake->server, fake->base, fake->listen_fd, &interface, &hooks, fake) == 0);
}

void fake_stop_serving(struct fake *fake)
{
	if (fake->server)
		wire_server_free(fake->server);
	fake->server = NULL;
}

static void stop(evutil_socket_t fd, short what, void *arg)
{
	struct fake *fake = arg;

	(void)fd;
	(void)what;
	event_base_loopbreak(fake->base);
}

void fake_init(struct fake *fake, const char *path)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX };

	memset(fake, 0, sizeof(*fake));
	fake_late = false;
	if (!path) {
		strcpy(fake->directory, "/tmp/krtask-unit-XXXXXX");
		must(mkdtemp(fake->directory));
		(void)snprintf(fake->path, sizeof(fake->path), "%s/s", fake->directory);
	} else {
		(void)snprintf(fake->path, sizeof(fake->path), "%s", path);
	}
	(void)snprintf(name.sun_path, sizeof(name.sun_path), "%s", fake->path);
	fake->listen_fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	must(bind(fake->listen_fd, (struct sockaddr *)&name, sizeof(name)) == 0);
	must(listen(fake->listen_fd, 128) == 0);
	must(pipe2(fake->stop_fds, O_CLOEXEC) == 0);
	fake->base = event_base_new();
	must(fake->base);
	fake->stop = event_new(fake->base, fake->stop_fds[0], EV_READ, stop, fake);
	event_add(fake->stop, NULL);
	fake_serve(fake);
}

void fake_release(struct fake *fake)
{
	unlink(fake->path); /* first, so that a client that sees the end of its connection finds no socket */
	fake_stop_serving(fake);
	event_free(fake->stop);
	event_base_free(fake->base);
	close(fake->listen_fd);
	close(fake->stop_fds[0]);
	close(fake->stop_fds[1]);
	if (fake->directory[0])
		rmdir(fake->directory);
}

void fake_turn(struct fake *fake)
{
	event_base_loop(fake->base, EVLOOP_ONCE | EVLOOP_NONBLOCK);
}

static void *run_loop(void *arg)
{
	struct fake *fake = arg;

	event_base_dispatch(fake->base);
	return NULL;
}

void fake_thread(struct fake *fake)
{
	must(pthread_create(&fake->thread, NULL, run_loop, fake) == 0);
}

void fake_join(struct fake *fake)
{
	char byte = 0;

	must(write(fake->stop_fds[1], "", 1) == 1);
	pthread_join(fake->thread, NULL);
	must(read(fake->stop_fds[0], &byte, 1) == 1);
	event_add(fake->stop, NULL);
}

void fake_answer(struct fake *fake, unsigned held)
{
	struct wire_call *call = fake->held[held].call;

	must(call);
	fake->held[held].call = NULL;
	reply_integer(call, "held", held, false);
}
