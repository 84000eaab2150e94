/* The client, against a server in a thread. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/task/messages.h"
#include "engine/wire/client/client.h"
#include "engine/wire/client/connect.h"
#include "engine/wire/client/reply.h"
#include "tests/unit/clients.h"
#include "tests/unit/fake_server.h"
#include "tests/unit/unit.h"

/* {"text": "xxx…"} */
static struct jsonw with_text(size_t length)
{
	struct jsonw w = JSONW_INIT;
	char *text = malloc(length);

	ck_assert_ptr_nonnull(text);
	memset(text, 'x', length);
	jsonw_object(&w);
	jsonw_key(&w, "text");
	jsonw_string_n(&w, text, length);
	jsonw_end_object(&w);
	free(text);
	return w;
}

START_TEST(a_call)
{
	struct client *client = open_client(&address, CLIENT_START_NEVER);
	struct client_reply reply = { 0 };
	struct jsonw empty = JSONW_INIT;

	ck_assert(!client_is_remote(client));
	ck_assert_int_eq(client_call(client, "Echo", NULL, &reply), 0);
	ck_assert_uint_eq(json_object_size(reply.parameters), 0);
	client_reply_release(&reply);
	ck_assert_int_eq(client_call(client, "Echo", &empty, &reply), 0);
	client_reply_release(&reply);
	ck_assert_int_eq(client_call(client, "org.varlink.service.GetInfo", NULL, &reply), 0);
	ck_assert_str_eq(json_string_value(json_object_get(reply.parameters, "product")), "fake");
	client_reply_release(&reply);
	ck_assert_int_eq(client_call(client, "Fail", NULL, &reply), -EREMOTE);
	ck_assert_str_eq(reply.error, "io.krtask.NotFound");
	ck_assert_str_eq(client_error(client), "task '7' not found");
	client_reply_release(&reply);
	ck_assert_uint_eq(client_outstanding(client), 0);
	client_close(client);
	client_close(NULL);
}
END_TEST

START_TEST(calls_are_pipelined_without_reading_between)
{
	enum { CALLS = 50000 };
	struct client *client = open_client(&address, CLIENT_START_NEVER);

	for (int i = 0; i < CALLS; i++)
		send_integer(client, "Echo", "i", i, 0);
	ck_assert_uint_eq(client_outstanding(client), CALLS);
	for (int i = 0; i < CALLS; i++)
		ck_assert_int_eq(receive_integer(client, "i", false), i);
	ck_assert_uint_eq(client_outstanding(client), 0);
	ck_assert(!client_wants_write(client));
	client_close(client);
}
END_TEST

START_TEST(big_both_ways)
{
	struct client *client = open_client(&address, CLIENT_START_NEVER);
	struct client_reply reply = { 0 };
	size_t length = 10 << 20;
	struct jsonw w = with_text(length);

	for (int i = 0; i < 3; i++)
		ck_assert_int_eq(client_send(client, "Echo", &w, 0), 0);
	for (int i = 0; i < 3; i++) {
		ck_assert_int_eq(client_receive(client, &reply, -1), 0);
		ck_assert_uint_eq(json_string_length(json_object_get(reply.parameters, "text")), length);
		client_reply_release(&reply);
	}
	jsonw_release(&w);
	client_close(client);
}
END_TEST

START_TEST(a_stream_is_one_call)
{
	struct client *client = open_client(&address, CLIENT_START_NEVER);

	send_integer(client, "Stream", "count", 3, CLIENT_MORE);
	ck_assert_int_eq(receive_integer(client, "i", true), 0);
	ck_assert_int_eq(receive_integer(client, "i", true), 1);
	ck_assert_uint_eq(client_outstanding(client), 1);
	ck_assert_int_eq(receive_integer(client, "i", false), 2);
	ck_assert_uint_eq(client_outstanding(client), 0);
	client_close(client);
}
END_TEST

START_TEST(receiving_has_a_time_limit)
{
	struct client *client = open_client(&address, CLIENT_START_NEVER);
	struct client_reply reply = { 0 };

	ck_assert_int_eq(client_send(client, "Hold", NULL, 0), 0);
	ck_assert_int_eq(client_receive(client, &reply, 0), -EAGAIN);
	ck_assert_int_eq(client_receive(client, &reply, 20), -EAGAIN);
	ck_assert_uint_eq(client_outstanding(client), 1);
	client_close(client);
}
END_TEST

/* What the user was told while the client waited for a server. */
static char waited[200];
static unsigned told;

static void take_told(const char *text)
{
	told++;
	(void)snprintf(waited, sizeof(waited), "%s", text);
}

START_TEST(a_server_without_a_sign_of_life_is_given_up)
{
	struct client *client;
	struct client_reply reply = { 0 };
	int64_t begin = connect_now();

	client_set_patience(1.2, take_told);
	fake_join(&fake);
	client = open_client(&address, CLIENT_START_NEVER);
	ck_assert_int_eq(client_call(client, "Echo", NULL, &reply), -ETIMEDOUT);
	ck_assert_int_ge(connect_now() - begin, 1200);
	ck_assert_uint_eq(told, 1);
	ck_assert_str_eq(waited, unit_says(MSG_SERVER_AWAITED, address.text));
	ck_assert_str_eq(client_error(client), unit_says(MSG_SERVER_HUNG, address.text, "1.2"));
	ck_assert_int_eq(client_receive(client, &reply, -1), -EPIPE);
	client_close(client);
	fake_thread(&fake);
}
END_TEST

START_TEST(a_server_that_lives_is_waited_for)
{
	struct client *client = open_client(&address, CLIENT_START_NEVER);
	struct client_reply reply = { 0 };

	told = 0;
	client_set_patience(1, take_told);
	ck_assert_int_eq(client_send(client, "Hold", NULL, 0), 0);
	ck_assert_int_eq(client_receive(client, &reply, 1500), -EAGAIN);
	ck_assert_uint_eq(told, 0);
	client_close(client);
}
END_TEST

START_TEST(every_call_of_a_row_is_waited_for)
{
	struct client *client = open_client(&address, CLIENT_START_NEVER);
	struct client_reply reply = { 0 };

	client_set_patience(0.1, take_told);
	send_integer(client, "Echo", "i", 1, 0);
	ck_assert_int_eq(receive_integer(client, "i", false), 1);
	fake_join(&fake);
	send_integer(client, "Echo", "i", 2, 0);
	ck_assert_int_eq(client_receive(client, &reply, -1), -ETIMEDOUT);
	client_close(client);
	fake_thread(&fake);
}
END_TEST

static void ignore(int number)
{
	(void)number;
}

START_TEST(a_signal_ends_the_wait)
{
	struct client *client = open_client(&address, CLIENT_START_NEVER);
	struct client_reply reply = { 0 };
	struct sigaction action = { .sa_handler = ignore };
	timer_t timer;
	struct sigevent event = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1 };
	/* The timer repeats, so that a signal also arrives during the wait. */
	struct itimerspec when = { .it_value.tv_nsec = 1000000, .it_interval.tv_nsec = 1000000 };
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigaction(SIGUSR1, &action, NULL);
	ck_assert_int_eq(client_send(client, "Hold", NULL, 0), 0);
	ck_assert_int_eq(timer_create(CLOCK_MONOTONIC, &event, &timer), 0);
	timer_settime(timer, 0, &when, NULL);
	for (int result = 0; result != -EINTR;) {
		result = client_receive(client, &reply, 1000);
		ck_assert(result == -EINTR || result == -EAGAIN);
	}
	timer_delete(timer);
	client_close(client);
}
END_TEST

START_TEST(oneway_calls_are_carried_out_before_the_close)
{
	struct client *client = open_client(&address, CLIENT_START_NEVER), *other;
	int64_t count = 0;

	for (int i = 0; i < 20000; i++)
		ck_assert_int_eq(client_send(client, "Bump", NULL, CLIENT_ONEWAY), 0);
	ck_assert_uint_eq(client_outstanding(client), 0);
	client_close(client);
	other = open_client(&address, CLIENT_START_NEVER);
	while (count < 20000) {
		ck_assert_int_eq(client_send(other, "Count", NULL, 0), 0);
		count = receive_integer(other, "count", false);
	}
	client_close(other);
}
END_TEST

START_TEST(the_environment_is_sent_once_a_connection)
{
	struct client *client = open_client(&address, CLIENT_START_NEVER);
	const char *hash;

	for (int i = 0; i < 3; i++) {
		ck_assert_int_eq(client_environment(client, &hash), 0);
		ck_assert_str_eq(hash, "c0ffee");
	}
	ck_assert_uint_eq(fake.environments, 1);
	ck_assert_int_eq(client_reconnect(client, 10000), 0);
	ck_assert_int_eq(client_environment(client, &hash), 0);
	ck_assert_str_eq(hash, "c0ffee");
	ck_assert_uint_eq(fake.environments, 2);
	client_close(client);
}
END_TEST

START_TEST(an_environment_that_is_refused_is_an_error)
{
	struct client *client = open_client(&address, CLIENT_START_NEVER);
	const char *hash = "?";

	fake.out_of_memory = true;
	ck_assert_int_eq(client_environment(client, &hash), -EREMOTE);
	ck_assert_ptr_null(hash);
	ck_assert_str_eq(client_error(client), "the server is out of memory");
	fake.out_of_memory = false;
	ck_assert_int_eq(client_environment(client, &hash), 0);
	ck_assert_str_eq(hash, "c0ffee");
	client_close(client);
}
END_TEST

START_TEST(too_large_a_call_says_so)
{
	struct client *client = open_client(&address, CLIENT_START_NEVER);
	struct client_reply reply = { 0 };
	struct jsonw w = with_text(17 << 20);

	ck_assert_int_eq(client_call(client, "Length", &w, &reply), -EREMOTE);
	ck_assert_str_eq(client_error(client), unit_says(MSG_REQUEST_TOO_LARGE, "16777216"));
	client_reply_release(&reply);
	ck_assert_int_eq(client_call(client, "Echo", NULL, &reply), -EPIPE);
	ck_assert_int_eq(client_reconnect(client, 10000), 0);
	expect_alive(client);
	jsonw_release(&w);
	client_close(client);
}
END_TEST

START_TEST(a_lost_server_is_told_and_waited_for)
{
	struct client *client = open_client(&address, CLIENT_START_NEVER);
	struct client_reply reply = { 0 };

	expect_alive(client);
	ck_assert_int_eq(client_send(client, "Hold", NULL, 0), 0);
	ck_assert_int_eq(client_receive(client, &reply, 0), -EAGAIN);
	fake_join(&fake);
	fake_stop_serving(&fake);
	ck_assert_int_eq(client_receive(client, &reply, -1), -EPIPE);
	ck_assert_ptr_nonnull(strstr(client_error(client), "lost"));
	ck_assert_int_eq(client_receive(client, &reply, -1), -EPIPE);
	/* The socket still takes connections, as the anchor's socket does. */
	ck_assert_int_eq(client_reconnect(client, 10000), 0);
	ck_assert_uint_eq(client_outstanding(client), 0);
	send_integer(client, "Echo", "i", 5, 0);
	ck_assert_int_eq(client_receive(client, &reply, 0), -EAGAIN);
	fake_serve(&fake);
	fake_thread(&fake);
	ck_assert_int_eq(receive_integer(client, "i", false), 5);
	client_close(client);
}
END_TEST

START_TEST(reconnecting_has_a_time_limit)
{
	struct client *client = open_client(&address, CLIENT_START_NEVER);

	ck_assert_int_eq(unlink(fake.path), 0);
	ck_assert_int_eq(client_reconnect(client, 120), -ENOENT);
	ck_assert_ptr_nonnull(strstr(client_error(client), fake.path));
	ck_assert_int_eq(client_send(client, "Echo", NULL, 0), -EPIPE);
	client_close(client);
}
END_TEST

static const struct {
	const char *error, *parameters;
	const char *says, *values[3];
} explanations[] = {
	{ "io.krtask.InvalidTask", "{\"reason\":\"id 'a b' is bad\"}", "id 'a b' is bad", { NULL } },
	{ "io.krtask.NotFound", "{\"id\":\"x\"}", MSG_TASK_NOT_FOUND, { "x" } },
	{ "io.krtask.WindowNotFound", "{\"window\":7}", MSG_WINDOW_NOT_FOUND, { "7" } },
	{ "io.krtask.NotReady",
	  "{\"id\":\"x\",\"state\":\"Running\"}",
	  MSG_TASK_NOT_ENDED,
	  { "x", "Running" } },
	{ "io.krtask.TasksRunning",
	  "{\"running\":2,\"paused\":3,\"queued\":1}",
	  MSG_TASKS_ACTIVE,
	  { "2", "3", "1" } },
	{ "io.krtask.TasksPaused", "{\"ids\":[\"7\",\"x\"]}", MSG_TASKS_PAUSED, { "7, x" } },
	{ "io.krtask.Overloaded", "{\"limit\":67108864}", MSG_SERVER_OVERLOADED, { "67108864" } },
	{ "org.varlink.service.MethodNotFound", "{\"method\":\"a.b\"}", MSG_METHOD_UNKNOWN, { "a.b" } },
	{ "io.krtask.NotFound", "{}", MSG_TASK_NOT_FOUND, { "?" } },
	{ "org.example.Odd", "{\"id\":1}", "org.example.Odd", { NULL } },
};

START_TEST(errors_are_explained)
{
	struct client_reply reply = { .error = strdup(explanations[_i].error),
		                      .parameters = json_loads(explanations[_i].parameters, 0, NULL) };
	char *words = client_explain(&reply);

	ck_assert_str_eq(words, unit_message(explanations[_i].says, explanations[_i].values));
	free(words);
	client_reply_release(&reply);
	words = client_explain(&reply);
	ck_assert_str_eq(words, "");
	free(words);
}
END_TEST

/* A server that gives another answer. */

static void *say(void *arg)
{
	int fd = accept(fake.listen_fd, NULL, NULL);
	const char *const *text = arg;
	char bytes[256];

	while (fd < 0)
		fd = accept(fake.listen_fd, NULL, NULL);
	(void)!read(fd, bytes, sizeof(bytes));
	(void)!write(fd, *text, strlen(*text) + 1);
	close(fd);
	return NULL;
}

static const char *const not_varlink[] = {
	"hello", "[]", "{\"parameters\":7}", "{\"error\":null}", "{\"error\":\"\xff\"}", ""
};

START_TEST(what_is_not_varlink_is_told)
{
	struct client *client;
	struct client_reply reply = { 0 };
	pthread_t thread;

	fake_join(&fake);
	fake_stop_serving(&fake);
	pthread_create(&thread, NULL, say, (void *)&not_varlink[_i]);
	client = open_client(&address, CLIENT_START_NEVER);
	ck_assert_int_eq(client_call(client, "Echo", NULL, &reply), -EPROTO);
	ck_assert_str_eq(client_error(client), unit_says(MSG_SERVER_NOT_VARLINK, address.text));
	client_close(client);
	pthread_join(thread, NULL);
	fake_thread(&fake);
}
END_TEST

static const char *const frames[] = {
	"{\"parameters\":{\"id\":\"7\"}}",
	"{\"parameters\":{\"\":\"\"}}",
	"{\"parameters\":{\"id\":\"a \\u0041 b\"}}",
	"{\"parameters\":{\"i\\u0064\":\"7\"}}",
	"{\"parameters\":{\"id\":\"\xc3\xa4\"}}",
	"{\"parameters\":{\"id\":\"\xc3\"}}",
	"{\"parameters\":{\"id\":\"7\",\"note\":\"x\"}}",
	"{\"parameters\":{\"id\":\"7\"},\"continues\":true}",
	"{\"parameters\":{\"id\":\"7\"}} ",
	"{\"parameters\":{\"id\":\"7\"}}x",
	"{\"parameters\":{\"id\":7}}",
	"{\"parameters\":{\"id\" \"7\"}}",
	"{\"parameters\":{\"id\":\"a\tb\"}}",
	"{\"parameters\":{\"a name that is longer than those that replies have\":\"7\"}}",
	"{\"parameters\":{}}",
};

START_TEST(a_reply_is_what_jansson_reads)
{
	for (size_t length = 0; length <= strlen(frames[_i]); length++) {
		json_error_t error;
		json_t *ours = reply_load(frames[_i], length, &error);
		json_t *theirs = json_loadb(frames[_i], length, 0, NULL);

		ck_assert_msg(ours ? json_equal(ours, theirs) : !theirs, "%.*s", (int)length, frames[_i]);
		json_decref(ours);
		json_decref(theirs);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("client");
	TCase *replies = tcase_create("replies");
	TCase *tcase = tcase_create("calls");

	tcase_add_checked_fixture(tcase, setup_server, teardown_server);
	tcase_add_test(tcase, a_call);
	tcase_add_test(tcase, calls_are_pipelined_without_reading_between);
	tcase_add_test(tcase, big_both_ways);
	tcase_add_test(tcase, a_stream_is_one_call);
	tcase_add_test(tcase, receiving_has_a_time_limit);
	tcase_add_test(tcase, a_server_without_a_sign_of_life_is_given_up);
	tcase_add_test(tcase, a_server_that_lives_is_waited_for);
	tcase_add_test(tcase, every_call_of_a_row_is_waited_for);
	tcase_add_test(tcase, a_signal_ends_the_wait);
	tcase_add_test(tcase, oneway_calls_are_carried_out_before_the_close);
	tcase_add_test(tcase, the_environment_is_sent_once_a_connection);
	tcase_add_test(tcase, an_environment_that_is_refused_is_an_error);
	tcase_add_test(tcase, too_large_a_call_says_so);
	tcase_add_test(tcase, a_lost_server_is_told_and_waited_for);
	tcase_add_test(tcase, reconnecting_has_a_time_limit);
	tcase_add_loop_test(tcase, errors_are_explained, 0, sizeof(explanations) / sizeof(explanations[0]));
	tcase_add_loop_test(tcase, what_is_not_varlink_is_told, 0,
	                    sizeof(not_varlink) / sizeof(not_varlink[0]));
	suite_add_tcase(suite, tcase);
	tcase_add_loop_test(replies, a_reply_is_what_jansson_reads, 0, sizeof(frames) / sizeof(*frames));
	suite_add_tcase(suite, replies);
	unit_apart();
	return unit_main(suite);
}
