/* Calls that are answered later: waits, live windows and logs. */
#include "config.h"

#include <check.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "engine/task/messages.h"
#include "tests/unit/disk.h"
#include "tests/unit/scratch.h"
#include "tests/unit/served_engine.h"
#include "tests/unit/unit.h"

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

	ck_assert_int_eq(engine_set(engine, &(struct core_settings){ .slots = 1 }), 0);
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

	ck_assert_int_eq(engine_set(engine, &(struct core_settings){ .slots = 1 }), 0);
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

/* The connection can be used for the next window, and the one that has ended says nothing. */
START_TEST(a_window_that_is_ended_frees_its_connection)
{
	int fd = dial(), window = dial();
	json_t *reply, *last;

	make(fd, "a", "true", false);
	expect_done(fd);
	call(window, "+List", "{s:[s],s:b}", "columns", "id", "compact", 1);
	reply = next(window);
	ck_assert(json_is_true(json_object_get(reply, "continues")));
	call(fd, "ListEnd", "{s:I}", "window",
	     json_integer_value(json_object_get(json_object_get(reply, "parameters"), "window")));
	expect_done(fd);
	last = next(window);
	ck_assert_ptr_null(json_object_get(last, "continues"));
	ck_assert_ptr_null(json_object_get(last, "error"));
	ck_assert_ptr_null(json_object_get(json_object_get(last, "parameters"), "rows"));
	make(fd, "b", "true", false);
	expect_done(fd);
	call(window, "+List", "{s:[s],s:b}", "columns", "id", "compact", 1);
	ck_assert_str_eq(look(window), "2: a b");
	json_decref(last);
	json_decref(reply);
	close(window);
	close(fd);
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
	tcase_add_test(tcase, a_window_that_is_ended_frees_its_connection);
	tcase_add_test(tcase, a_log_ends_with_its_task);
	tcase_add_test(tcase, a_log_ends_with_a_task_of_an_earlier_server);
	suite_add_tcase(suite, tcase);
	unit_apart();
	return unit_main(suite);
}
