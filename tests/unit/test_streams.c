/*
 * Log with `more`: whatever happens between two steps of the server, a follower gets all that is there.
 *
 * --wrap of the linker keeps a job from the workers until the test lets it go, and lets the test do something
 * just before a worker reads.
 */
#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "engine/engine.h"
#include "engine/run/content.h"
#include "engine/run/pool.h"
#include "engine/service/service.h"
#include "engine/wire/jsonw.h"
#include "tests/unit/scratch.h"
#include "tests/unit/unit.h"

/* The linker requires these names. */
/* NOLINTBEGIN(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp) */
void __real_pool_submit(struct pool *pool, struct pool_job *job);
ssize_t __real_content_read(int fd, off_t *offset, void *buffer, size_t size, uint64_t *skipped);
void __wrap_pool_submit(struct pool *pool, struct pool_job *job);
ssize_t __wrap_content_read(int fd, off_t *offset, void *buffer, size_t size, uint64_t *skipped);

/* The next job is kept here. */
static bool keeping;
static struct pool *kept_pool;
static struct pool_job *kept_job;

void __wrap_pool_submit(struct pool *pool, struct pool_job *job)
{
	if (!keeping) {
		__real_pool_submit(pool, job);
		return;
	}
	keeping = false;
	kept_pool = pool;
	kept_job = job;
}

static void let_go(void)
{
	__real_pool_submit(kept_pool, kept_job);
}

/* When the next read of a worker gives the file another content. */
enum { NEVER, BEFORE, AFTER };
static atomic_int changes;
static const char anew[] = "this is new, and longer than what was there\n";

static void write_anew(int fd)
{
	char path[64];
	int file;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	file = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC);
	if (file < 0 || write(file, anew, sizeof(anew) - 1) != (ssize_t)sizeof(anew) - 1)
		abort();
	close(file);
}

/* With which error the next read of a worker fails; 0: with none. */
static atomic_int trouble;

ssize_t __wrap_content_read(int fd, off_t *offset, void *buffer, size_t size, uint64_t *skipped)
{
	int error = atomic_exchange(&trouble, 0);
	int when = atomic_exchange(&changes, NEVER);
	ssize_t got;

	if (error)
		return -error;
	if (when == BEFORE)
		write_anew(fd);
	got = __real_content_read(fd, offset, buffer, size, skipped);
	if (when == AFTER)
		write_anew(fd);
	return got;
}
/* NOLINTEND(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp) */

static struct event_base *base;
static struct engine *engine;
static struct service *service;
static int listening, gate;

static void finished(void *ctx)
{
	(void)ctx;
}

static int dial(void)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	snprintf(name.sun_path, sizeof(name.sun_path), "%s", scratch_path("socket"));
	ck_assert_int_eq(connect(fd, (struct sockaddr *)&name, sizeof(name)), 0);
	ck_assert_int_eq(fcntl(fd, F_SETFL, O_NONBLOCK), 0);
	return fd;
}

static void send_call(int fd, const char *frame)
{
	ck_assert_int_eq(send(fd, frame, strlen(frame) + 1, MSG_NOSIGNAL), (ssize_t)strlen(frame) + 1);
}

/* The parameters of the next reply. */
static json_t *receive(int fd)
{
	char frame[65536] = "";
	size_t length = 0;
	json_t *reply, *parameters;

	while (length == 0 || frame[length - 1] != '\0') {
		ssize_t n = recv(fd, frame + length, 1, 0);

		ck_assert_int_ne(n, 0);
		if (n > 0)
			length++;
		else
			event_base_loop(base, EVLOOP_ONCE);
	}
	reply = json_loads(frame, 0, NULL);
	ck_assert_ptr_nonnull(reply);
	ck_assert_msg(!json_object_get(reply, "error"), "%s", frame);
	parameters = json_incref(json_object_get(reply, "parameters"));
	json_decref(reply);
	return parameters;
}

static json_t *ask(const char *frame)
{
	int fd = dial();
	json_t *got;

	send_call(fd, frame);
	got = receive(fd);
	close(fd);
	return got;
}

static void expect_data(int fd, json_int_t offset, const char *text)
{
	json_t *got = receive(fd);
	const json_t *data = json_object_get(got, "data");
	void *bytes = NULL;
	size_t count = 0;

	ck_assert_int_eq(base64_decode(json_string_value(data), json_string_length(data), &bytes, &count), 0);
	ck_assert_msg(count == strlen(text) && memcmp(bytes, text, count) == 0, "%.*s", (int)count,
	              (const char *)bytes);
	ck_assert_int_eq(json_integer_value(json_object_get(got, "offset")), offset);
	free(bytes);
	json_decref(got);
}

static void setup(void)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX };
	char *error = NULL;
	struct engine_options engine_options = { .address = "unix:/none" };
	struct service_options options = {
		.name = "test", .address = "unix:/none", .state = "/none", .finish = finished
	};

	scratch_make();
	snprintf(name.sun_path, sizeof(name.sun_path), "%s", scratch_path("socket"));
	listening = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	ck_assert_int_eq(bind(listening, (struct sockaddr *)&name, sizeof(name)), 0);
	ck_assert_int_eq(listen(listening, 16), 0);
	ck_assert_int_eq(mkfifo(scratch_path("gate"), 0600), 0);
	gate = open(scratch_path("gate"), O_RDWR | O_CLOEXEC);
	base = event_base_new();
	engine_options.base = options.base = base;
	engine_options.directory = scratch_path(".");
	ck_assert_msg(engine_open(&engine, &engine_options, &error) == 0, "%s", error ? error : "?");
	options.engine = engine;
	options.listen_fd = listening;
	ck_assert_int_eq(service_new(&service, &options), 0);
}

/* A line for each read of the task. */
static void open_gate(void)
{
	ck_assert_int_eq(write(gate, "\n", 1), 1);
}

static void teardown(void)
{
	json_decref(ask("{\"method\":\"io.krtask.Stop\",\"parameters\":{\"id\":\"t\"}}"));
	json_decref(ask("{\"method\":\"io.krtask.Wait\",\"parameters\":{\"ids\":[\"t\"]}}"));
	service_free(service);
	engine_close(engine);
	event_base_free(base);
	close(listening);
	close(gate);
	scratch_remove();
}

static void create(const char *code, const char *more)
{
	char frame[1024];

	snprintf(
		frame, sizeof(frame),
		"{\"method\":\"io.krtask.Create\",\"parameters\":{\"id\":\"t\",\"command\":[\"/bin/sh\",\"-c\","
		"\"exec <>gate; %s\"],\"cwd\":\"%s\"%s}}",
		code, scratch_path("."), more);
	json_decref(ask(frame));
}

static int follow(void)
{
	int fd = dial();

	send_call(fd, "{\"method\":\"io.krtask.Log\",\"more\":true,\"parameters\":{\"id\":\"t\"}}");
	return fd;
}

static bool is_running(void)
{
	json_t *got = ask("{\"method\":\"io.krtask.Get\",\"parameters\":{\"id\":\"t\"}}");
	const char *state = json_string_value(json_object_get(json_object_get(got, "task"), "state"));
	bool running = strcmp(state, "Running") == 0;

	json_decref(got);
	return running;
}

START_TEST(a_task_that_begins_while_a_worker_looks_is_followed)
{
	int fd;

	create("echo here; read -r _", "");
	keeping = true;
	fd = follow();
	while (!kept_job)
		event_base_loop(base, EVLOOP_ONCE);
	json_decref(ask("{\"method\":\"io.krtask.Start\",\"parameters\":{\"id\":\"t\"}}"));
	while (!is_running())
		continue;
	let_go();
	expect_data(fd, 0, "here\n");
	close(fd);
}
END_TEST

START_TEST(a_file_that_is_cut_and_grows_while_it_is_read_is_read_anew)
{
	int fd;

	create("echo before; read -r _; echo more; read -r _", ",\"start\":true");
	fd = follow();
	expect_data(fd, 0, "before\n");
	atomic_store(&changes, _i);
	open_gate();
	expect_data(fd, 0, anew);
	close(fd);
}
END_TEST

static const int shortages[] = { EMFILE, ENFILE, ENOMEM };

START_TEST(what_cannot_be_read_just_now_is_read_later)
{
	int fd;

	create("echo before; read -r _; echo more; read -r _", ",\"start\":true");
	fd = follow();
	expect_data(fd, 0, "before\n");
	atomic_store(&trouble, shortages[_i]);
	open_gate();
	expect_data(fd, 7, "more\n");
	ck_assert_int_eq(trouble, 0);
	close(fd);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("streams");
	TCase *tcase = tcase_create("following");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, a_task_that_begins_while_a_worker_looks_is_followed);
	tcase_add_loop_test(tcase, a_file_that_is_cut_and_grows_while_it_is_read_is_read_anew, BEFORE,
	                    AFTER + 1);
	tcase_add_loop_test(tcase, what_cannot_be_read_just_now_is_read_later, 0, 3);
	suite_add_tcase(suite, tcase);
	return unit_main(suite);
}
