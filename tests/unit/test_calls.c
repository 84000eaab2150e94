/*
 * Calls that are answered later: waits, live windows and logs.  The engine, the service and the socket are in
 * the test's process.  The test turns the loop, and can make the disk fail.
 */
#include "config.h"

#include <check.h>
#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "engine/engine.h"
#include "engine/service/service.h"
#include "engine/task/messages.h"
#include "tests/unit/disk.h"
#include "tests/unit/scratch.h"
#include "tests/unit/unit.h"

static struct event_base *base;
static struct engine *engine;
static struct service *service;
static int gate; /* a FIFO, held open: a task that reads a line of it waits until open_gate() */

static int listen_at(const char *path)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	unlink(path);
	(void)snprintf(name.sun_path, sizeof(name.sun_path), "%s", path);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&name, sizeof(name)), 0);
	ck_assert_int_eq(listen(fd, 8), 0);
	return fd;
}

static void open_all(void)
{
	char *error = NULL;
	struct engine_options options = { .base = base,
		                          .directory = scratch_path("."),
		                          .address = "unix:/none" };

	ck_assert_msg(engine_open(&engine, &options, &error) == 0, "%s", error ? error : "?");
	struct service_options service_options = {
		.base = base,
		.engine = engine,
		.listen_fd = listen_at(scratch_path("socket")),
		.name = "test",
		.address = "unix:/none",
	};
	ck_assert_int_eq(service_new(&service, &service_options), 0);
}

static void close_all(void)
{
	service_free(service);
	engine_close(engine);
}

static void setup(void)
{
	scratch_make();
	disk_make();
	ck_assert_int_eq(mkfifo(scratch_path("gate"), 0600), 0);
	gate = open(scratch_path("gate"), O_RDWR | O_CLOEXEC);
	ck_assert_int_ge(gate, 0);
	base = event_base_new();
	open_all();
}

static void teardown(void)
{
	close_all();
	event_base_free(base);
	close(gate);
	scratch_remove();
}

static void open_gate(void)
{
	ck_assert_int_eq(write(gate, "go\n", 3), 3);
}

static void turn(void)
{
	event_base_loop(base, EVLOOP_ONCE);
}

static int dial(void)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	(void)snprintf(name.sun_path, sizeof(name.sun_path), "%s", scratch_path("socket"));
	ck_assert_int_eq(connect(fd, (struct sockaddr *)&name, sizeof(name)), 0);
	ck_assert_int_eq(fcntl(fd, F_SETFL, O_NONBLOCK), 0);
	return fd;
}

/* Sends a call, with parameters in the format of json_pack().  A + before the name means "more". */
static void call(int fd, const char *method, const char *format, ...)
{
	va_list arguments;
	char name[64];

	va_start(arguments, format);
	json_t *parameters = json_vpack_ex(NULL, 0, format, arguments);
	va_end(arguments);
	ck_assert_ptr_nonnull(parameters);
	(void)snprintf(name, sizeof(name), "io.krtask.%s", method + (*method == '+'));
	json_t *frame =
		json_pack("{s:s,s:o,s:b}", "method", name, "parameters", parameters, "more", *method == '+');
	char *text = json_dumps(frame, JSON_COMPACT);
	ck_assert_int_eq(send(fd, text, strlen(text) + 1, 0), (ssize_t)strlen(text) + 1);
	free(text);
	json_decref(frame);
}

/* Turns the loop until the next reply, which the caller must free. */
static json_t *next(int fd)
{
	static char frame[65536];
	size_t length = 0;

	while (length == 0 || frame[length - 1] != '\0') {
		ck_assert_uint_lt(length, sizeof(frame));
		ssize_t got = recv(fd, frame + length, 1, 0);
		ck_assert(got != 0);
		if (got > 0)
			length++;
		else
			turn();
	}
	json_t *reply = json_loads(frame, 0, NULL);
	ck_assert_ptr_nonnull(reply);
	return reply;
}

/* Checks that the next reply is this error. */
static void expect_error(int fd, const char *name, const char *reason)
{
	json_t *reply = next(fd);
	const char *error = NULL, *why = NULL;

	ck_assert_int_eq(json_unpack(reply, "{s:s,s:{s?s}}", "error", &error, "parameters", "reason", &why),
	                 0);
	ck_assert_str_eq(error, name);
	ck_assert_msg(!reason || (why && strstr(why, reason)), "%s", why ? why : "no reason");
	json_decref(reply);
}

/* Checks that the next reply has "result" true, or an id. */
static void expect_done(int fd)
{
	json_t *reply = next(fd);

	ck_assert_msg(!json_object_get(reply, "error"), "%s",
	              json_string_value(json_object_get(reply, "error")));
	json_decref(reply);
}

static void make(int fd, const char *id, const char *code, bool start)
{
	json_t *command = json_pack("[s,s,s,s]", "sh", "-c", code, scratch_path("gate"));

	call(fd, "Create", "{s:s,s:o,s:s,s:b}", "id", id, "command", command, "cwd", "/", "start", start);
}

static struct task *find(const char *id)
{
	struct task *task = engine_find(engine, id);

	ck_assert_ptr_nonnull(task);
	return task;
}

static void until(const char *id, enum task_state state)
{
	while (find(id)->status.state != state || !engine_settled(engine))
		turn();
}

START_TEST(a_wait_for_what_was_undone_is_answered)
{
	int maker = dial(), waiter = dial();

	disk_hold();
	make(maker, "a", "true", false);
	while (!engine_find(engine, "a"))
		turn();
	disk_held();
	call(waiter, "Wait", "{s:[s]}", "ids", "a");
	while (find("a")->waiters == 0)
		turn();
	disk_proceed(true);
	expect_error(maker, "io.krtask.StoreFailed", NULL);
	expect_error(waiter, "io.krtask.StoreFailed", MSG_TASK_NOT_STORED);
	ck_assert_ptr_null(engine_find(engine, "a"));
	close(maker);
	close(waiter);
}
END_TEST

START_TEST(a_wait_that_is_left_counts_no_more)
{
	int fd = dial(), waiter = dial();

	make(fd, "a", "true", false);
	expect_done(fd);
	call(waiter, "Wait", "{s:[s]}", "ids", "a");
	while (find("a")->waiters != 1)
		turn();
	close(waiter);
	while (find("a")->waiters != 0)
		turn();
	call(fd, "Start", "{s:s}", "id", "a");
	expect_done(fd);
	until("a", TASK_COMPLETED);
	close(fd);
}
END_TEST

/* The commit of an end is not delayed for who waits for others too. */
START_TEST(who_waits_for_several_needs_the_last)
{
	int fd = dial(), waiter = dial();

	make(fd, "a", "true", false);
	expect_done(fd);
	make(fd, "b", "true", false);
	expect_done(fd);
	call(waiter, "+Wait", "{s:[s,s]}", "ids", "a", "b");
	while (find("b")->waiters != 1)
		turn();
	ck_assert(!waits_need(service, find("a")));
	ck_assert(!waits_need(service, find("b")));
	call(fd, "Start", "{s:s}", "id", "b");
	expect_done(fd);
	until("b", TASK_COMPLETED);
	while (find("b")->waiters != 0)
		turn();
	ck_assert(waits_need(service, find("a")));
	close(waiter);
	close(fd);
}
END_TEST

/* One call for several tasks: the results are in the order of the ids, whichever was done first. */
static void expect_results(int fd, const char *wanted)
{
	json_t *reply = next(fd), *results = json_object_get(json_object_get(reply, "parameters"), "results");
	char got[16] = "";
	size_t i;

	for (i = 0; i < json_array_size(results) && i + 1 < sizeof(got); i++)
		got[i] = json_is_true(json_array_get(results, i)) ? 'T' : 'F';
	ck_assert_str_eq(got, wanted);
	json_decref(reply);
}

START_TEST(several_are_done_at_once)
{
	int fd = dial();

	ck_assert_int_eq(engine_set_slots(engine, 1), 0);
	make(fd, "a", "read -r line <$0", true);
	expect_done(fd);
	until("a", TASK_RUNNING);
	make(fd, "b", "exit 1", true);
	expect_done(fd);
	make(fd, "c", "exit 1", false);
	expect_done(fd);
	call(fd, "Start", "{s:[s,s,s]}", "ids", "c", "a", "nobody");
	expect_results(fd, "TFF");
	call(fd, "Stop", "{s:[s,s,s,s]}", "ids", "a", "b", "nobody", "c");
	/* All of it happens in one turn: waiting tasks have their new state before a signal is sent. */
	while (find("a")->status.state == TASK_RUNNING)
		turn();
	ck_assert(task_state_terminal(find("b")->status.state) || find("b")->status.state == TASK_STOPPING);
	ck_assert(task_state_terminal(find("c")->status.state) || find("c")->status.state == TASK_STOPPING);
	expect_results(fd, "TTFT");
	until("a", TASK_STOPPED);
	ck_assert_int_eq(find("b")->status.started_at, 0);
	call(fd, "Remove", "{s:[s,s]}", "ids", "c", "C");
	expect_results(fd, "TF");
	call(fd, "Remove", "{s:[s],s:s}", "ids", "a", "id", "b");
	expect_error(fd, "org.varlink.service.InvalidParameter", NULL);
	call(fd, "Remove", "{s:[i]}", "ids", 7);
	expect_error(fd, "org.varlink.service.InvalidParameter", NULL);
	close(fd);
}
END_TEST

/* Who stops more tasks than a call takes stops first all that waits. */
START_TEST(what_runs_is_left_alone)
{
	char name[TASK_DEFAULT_NAME_SIZE];
	int fd = dial();

	ck_assert_int_eq(engine_set_slots(engine, 1), 0);
	make(fd, "a", "read -r line <$0", true);
	expect_done(fd);
	until("a", TASK_RUNNING);
	make(fd, "b", "exit 1", true);
	expect_done(fd);
	make(fd, "c", "exit 1", true);
	expect_done(fd);
	call(fd, "Pause", "{s:[s,s],s:b}", "ids", "a", "b", "waiting", 1);
	expect_results(fd, "FT");
	call(fd, "Stop", "{s:[s,s,s],s:b}", "ids", "a", "b", "c", "waiting", 1);
	expect_results(fd, "FTT");
	ck_assert_int_eq(find("a")->status.state, TASK_RUNNING);
	call(fd, "Set", "{s:[s,s,s],s:s,s:b}", "ids", "a", "nobody", "c", "name", "new", "each", 1);
	expect_results(fd, "TFT");
	ck_assert_str_eq(task_name(find("c"), name), "new");
	call(fd, "Set", "{s:[s,s],s:s}", "ids", "a", "nobody", "name", "newer");
	expect_results(fd, "FF");
	call(fd, "Stop", "{s:s,s:i}", "id", "a", "waiting", 1);
	expect_error(fd, "org.varlink.service.InvalidParameter", NULL);
	call(fd, "Stop", "{s:s}", "id", "a");
	expect_done(fd);
	until("a", TASK_STOPPED);
	close(fd);
}
END_TEST

/*
 * Returns the next reply of a window: "TOTAL: ID ID …" with all rows, or "TOTAL: INDEX=ID …" with changed
 * rows.
 */
static const char *look(int fd)
{
	static char text[256];
	json_t *reply = next(fd), *parameters = json_object_get(reply, "parameters"), *row;
	json_t *rows = json_object_get(parameters, "rows"), *changes = json_object_get(parameters, "changes");
	json_int_t total = json_integer_value(json_object_get(parameters, "total"));
	int length = snprintf(text, sizeof(text), "%d:", (int)total);
	size_t i;

	json_array_foreach(rows, i, row) length += snprintf(text + length, sizeof(text) - (size_t)length,
	                                                    " %s", json_string_value(json_array_get(row, 0)));
	json_array_foreach(changes, i, row)
	{
		int index = (int)json_integer_value(json_object_get(row, "index"));
		row = json_object_get(row, "row");
		length +=
			snprintf(text + length, sizeof(text) - (size_t)length, " %d=%s", index,
		                 row && !json_is_null(row) ? json_string_value(json_array_get(row, 0)) : "-");
	}
	json_decref(reply);
	return text;
}

static void remove_task(int fd, const char *id)
{
	call(fd, "Stop", "{s:s}", "id", id);
	expect_done(fd);
	call(fd, "Remove", "{s:s}", "id", id);
	expect_done(fd);
}

/* Reads replies of the window until one is this. */
static void look_for(int fd, const char *wanted)
{
	while (strcmp(look(fd), wanted) != 0)
		;
}

START_TEST(a_window_follows_removals)
{
	int fd = dial(), window = dial();
	const char *const ids[] = { "a", "b", "c", "d" };

	for (size_t i = 0; i < 4; i++) {
		make(fd, ids[i], "true", false);
		expect_done(fd);
	}
	call(window, "+List", "{s:[s],s:i,s:i,s:b}", "columns", "id", "offset", 0, "rows", 3, "compact", 1);
	ck_assert_str_eq(look(window), "4: a b c");
	call(fd, "Stop", "{s:s}", "id", "b");
	expect_done(fd);
	look_for(window, "4: 1=b");
	/* The rows behind it move up, and one more comes into view. */
	call(fd, "Remove", "{s:s}", "id", "b");
	expect_done(fd);
	ck_assert_str_eq(look(window), "3: 1=c 2=d");
	/* Fewer tasks than the window has rows. */
	remove_task(fd, "d");
	look_for(window, "2:");
	remove_task(fd, "c");
	look_for(window, "1:");
	/* A new task in the place of a removed one is a change. */
	remove_task(fd, "a");
	make(fd, "e", "true", false);
	expect_done(fd);
	look_for(window, "1: 0=e");
	close(fd);
	close(window);
}
END_TEST

/* Returns what a log sends until its end. */
static void read_log(int fd, char *data, size_t size, bool *ended)
{
	bool end = false;

	data[0] = '\0';
	while (!end) {
		json_t *reply = next(fd);
		const char *part = NULL;
		int over = 0, gone = 0;

		ck_assert_int_eq(json_unpack(reply, "{s:{s:s,s:b,s:b}}", "parameters", "data", &part, "end",
		                             &over, "ended", &gone),
		                 0);
		strncat(data, part, size - strlen(data) - 1);
		end = over;
		*ended = gone;
		json_decref(reply);
	}
}

/* The task writes nothing more, so no write wakes the log at the end. */
START_TEST(a_log_ends_with_its_task)
{
	char data[64];
	bool ended = false;
	int fd = dial();

	make(fd, "a", "read x < $0; exit 3", true);
	expect_done(fd);
	until("a", TASK_RUNNING);
	call(fd, "+Log", "{s:s}", "id", "a");
	int other = dial();
	call(other, "Get", "{s:s}", "id", "a");
	expect_done(other);
	open_gate();
	read_log(fd, data, sizeof(data), &ended);
	ck_assert_str_eq(data, "");
	ck_assert(ended);
	close(fd);
	close(other);
}
END_TEST

START_TEST(a_log_ends_with_a_task_of_an_earlier_server)
{
	char data[64];
	bool ended = false;
	int fd = dial();

	make(fd, "a", "printf abc; read x < $0; printf def", true);
	expect_done(fd);
	until("a", TASK_RUNNING);
	close(fd);
	close_all();
	open_all();
	fd = dial();
	call(fd, "+Log", "{s:s}", "id", "a");
	json_decref(next(fd));
	open_gate();
	read_log(fd, data, sizeof(data), &ended);
	ck_assert_str_eq(data, "ZGVm"); /* def */
	ck_assert(ended);
	ck_assert_int_eq(find("a")->status.state, TASK_COMPLETED);
	close(fd);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("calls");
	TCase *tcase = tcase_create("calls");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, a_wait_for_what_was_undone_is_answered);
	tcase_add_test(tcase, a_wait_that_is_left_counts_no_more);
	tcase_add_test(tcase, who_waits_for_several_needs_the_last);
	tcase_add_test(tcase, several_are_done_at_once);
	tcase_add_test(tcase, what_runs_is_left_alone);
	tcase_add_test(tcase, a_window_follows_removals);
	tcase_add_test(tcase, a_log_ends_with_its_task);
	tcase_add_test(tcase, a_log_ends_with_a_task_of_an_earlier_server);
	suite_add_tcase(suite, tcase);
	return unit_main(suite);
}
