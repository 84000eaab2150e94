/*
 * The client, against a server in a thread and against a server that it starts.  This program plays krtaskd,
 * and also ssh.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/task/messages.h"
#include "engine/wire/client/client.h"
#include "engine/wire/client/connect.h"
#include "tests/unit/fake_server.h"
#include "tests/unit/scratch.h"
#include "tests/unit/unit.h"

enum { CLIENTS = 50, STRANDED_S = 30 };

static struct fake fake;
static struct address address;

static struct address parse(const char *text)
{
	struct address parsed = { 0 };
	char *error = NULL;

	ck_assert_msg(address_parse(&parsed, text, &error) == 0, "%s", error);
	return parsed;
}

static struct client *open_client(const struct address *to, enum client_start start)
{
	struct client *client = NULL;
	char *error = NULL;

	ck_assert_msg(client_open(&client, to, start, &error) == 0, "%s", error);
	return client;
}

static void expect_not_opened(const struct address *to, enum client_start start, int code, const char *word)
{
	struct client *client = NULL;
	char *error = NULL;

	ck_assert_int_eq(client_open(&client, to, start, &error), code);
	ck_assert_ptr_null(client);
	ck_assert_msg(error && strstr(error, word), "%s has no %s", error, word);
	free(error);
}

static void setup_server(void)
{
	char text[128];

	fake_init(&fake, NULL);
	fake_thread(&fake);
	(void)snprintf(text, sizeof(text), "unix:%s", fake.path);
	address = parse(text);
}

static void teardown_server(void)
{
	fake_join(&fake);
	fake_release(&fake);
	address_release(&address);
}

/* {"i": i} */
static struct jsonw with_integer(const char *key, int64_t i)
{
	struct jsonw w = JSONW_INIT;

	jsonw_object(&w);
	jsonw_key(&w, key);
	jsonw_int(&w, i);
	jsonw_end_object(&w);
	return w;
}

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

static void send_integer(struct client *client, const char *method, const char *key, int64_t i, int flags)
{
	struct jsonw w = with_integer(key, i);

	ck_assert_int_eq(client_send(client, method, &w, flags), 0);
	jsonw_release(&w);
}

static int64_t receive_integer(struct client *client, const char *key, bool continues)
{
	struct client_reply reply = { 0 };
	int64_t value;

	ck_assert_msg(client_receive(client, &reply, -1) == 0, "%s", client_error(client));
	ck_assert_ptr_null(reply.error);
	ck_assert_int_eq(reply.continues, continues);
	value = json_integer_value(json_object_get(reply.parameters, key));
	client_reply_release(&reply);
	return value;
}

static void expect_alive(struct client *client)
{
	send_integer(client, "Echo", "i", 42, 0);
	ck_assert_int_eq(receive_integer(client, "i", false), 42);
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

/* Starts a server. */

static void setup_start(void)
{
	char self[PATH_MAX] = { 0 };

	ck_assert_int_gt(readlink("/proc/self/exe", self, sizeof(self) - 1), 0);
	scratch_make();
	setenv("KRTASKD", self, 1);
	setenv("KRTASK_SSH", self, 1);
	setenv("KRTASK_RUNTIME_DIR", scratch_path("run"), 1);
	setenv("KRTASK_STATE_DIR", scratch_path("state"), 1);
	unsetenv("KRTASK_SERVER");
	address = parse("name");
}

static void teardown_start(void)
{
	address_release(&address);
	scratch_remove();
}

static void quit(struct client *client)
{
	struct client_reply reply = { 0 };

	ck_assert_int_eq(client_call(client, "Quit", NULL, &reply), 0);
	client_reply_release(&reply);
	ck_assert_int_eq(client_receive(client, &reply, -1), -EPIPE);
	client_close(client);
}

/* How often the program was called as krtaskd, and with which arguments. */
static unsigned starts(char line[512])
{
	FILE *file = fopen(scratch_path("starts"), "r");
	unsigned count = 0;

	while (file && fgets(line, 512, file))
		count++;
	if (file)
		fclose(file);
	return count;
}

START_TEST(no_server_and_none_is_to_be_started)
{
	struct stat status;

	expect_not_opened(&address, CLIENT_START_NEVER, -ENOENT, unit_says(MSG_SERVER_NOT_RUNNING, "name"));
	expect_not_opened(&address, CLIENT_START_EXISTING, -ENOENT,
	                  unit_says(MSG_SERVER_NOT_RUNNING, "name"));
	ck_assert_int_lt(lstat(scratch_path("run"), &status), 0);
	ck_assert_int_lt(lstat(scratch_path("state"), &status), 0);
}
END_TEST

START_TEST(a_server_is_started)
{
	struct client *client;
	char line[512], expected[512];

	client_set_start_slots(3);
	client = open_client(&address, CLIENT_START_ALWAYS);
	expect_alive(client);
	ck_assert_uint_eq(starts(line), 1);
	(void)snprintf(expected, sizeof(expected),
	               "--name name --socket %s/run/name.sock --state %s/state/name --ready-fd 3 --slots 3\n",
	               scratch_path(""), scratch_path(""));
	ck_assert_str_eq(line, expected);
	quit(client);
	client_set_start_slots(0);
	/* The state directory exists now. */
	client = open_client(&address, CLIENT_START_EXISTING);
	expect_alive(client);
	ck_assert_uint_eq(starts(line), 2);
	ck_assert_ptr_null(strstr(line, "--slots"));
	ck_assert_int_eq(client_reconnect(client, 10000), 0);
	expect_alive(client);
	quit(client);
}
END_TEST

START_TEST(fifty_at_once_start_one)
{
	pid_t pids[CLIENTS];
	int gate[2];
	char line[512], byte;

	ck_assert_int_eq(pipe(gate), 0);
	for (int i = 0; i < CLIENTS; i++) {
		pids[i] = fork();
		if (pids[i] == 0) {
			struct client *client;
			char *error = NULL;

			close(gate[1]);
			(void)!read(gate[0], &byte, 1);
			if (client_open(&client, &address, CLIENT_START_ALWAYS, &error) < 0)
				_exit(1);
			_exit(client_send(client, "Echo", NULL, 0) < 0 ||
			      client_receive(client, &(struct client_reply){ 0 }, -1) < 0);
		}
	}
	close(gate[0]);
	close(gate[1]);
	for (int i = 0; i < CLIENTS; i++) {
		int status = -1;

		ck_assert_int_eq(waitpid(pids[i], &status, 0), pids[i]);
		ck_assert_int_eq(status, 0);
	}
	ck_assert_uint_eq(starts(line), 1);
	quit(open_client(&address, CLIENT_START_NEVER));
}
END_TEST

/* If the server inherited the pipe, $(krtask new …) would never end. */
START_TEST(the_server_inherits_nothing)
{
	int ends[2];
	struct client *client;
	struct pollfd end;

	ck_assert_int_eq(pipe(ends), 0);
	ck_assert_int_ne(dup2(ends[1], 200), -1);
	client = open_client(&address, CLIENT_START_ALWAYS);
	close(ends[1]);
	close(200);
	end = (struct pollfd){ .fd = ends[0], .events = POLLIN };
	ck_assert_int_eq(poll(&end, 1, 10000), 1);
	ck_assert(end.revents & POLLHUP);
	close(ends[0]);
	quit(client);
}
END_TEST

static const struct {
	const char *how, *words;
} failures[] = {
	{ "error", "the disk is full" },
	{ "silent", MSG_KRTASKD_ENDED },
	{ "deaf", "does not answer" },
};

START_TEST(why_a_server_did_not_start_is_told)
{
	setenv("FAKE_KRTASKD", failures[_i].how, 1);
	expect_not_opened(&address, CLIENT_START_ALWAYS, _i == 2 ? -ECONNREFUSED : -ECONNABORTED,
	                  failures[_i].words);
}
END_TEST

START_TEST(the_client_follows_to_who_holds_the_state)
{
	struct client *client;
	struct address other;
	char text[256];

	fake_init(&fake, NULL);
	fake_thread(&fake);
	setenv("FAKE_KRTASKD", "held", 1);
	setenv("FAKE_HELD", fake.path, 1);
	client = open_client(&address, CLIENT_START_ALWAYS);
	expect_alive(client);
	ck_assert_uint_eq(fake.count, 0);
	client_close(client);
	(void)snprintf(text, sizeof(text), "unix:%s", fake.path);
	other = parse(text);
	client = open_client(&other, CLIENT_START_NEVER);
	expect_alive(client);
	client_close(client);
	address_release(&other);
	fake_join(&fake);
	fake_release(&fake);
}
END_TEST

START_TEST(an_installed_krtaskd_is_found)
{
	struct client *client;
	char path[PATH_MAX];

	(void)snprintf(path, sizeof(path), "%s", scratch_path("krtaskd"));
	client_set_installed(path);
	ck_assert_int_eq(symlink("/proc/self/exe", path), 0);
	unsetenv("KRTASKD");
	client = open_client(&address, CLIENT_START_ALWAYS);
	quit(client);
}
END_TEST

START_TEST(a_missing_krtaskd_is_named)
{
	setenv("KRTASKD", "/no/such/krtaskd", 1);
	expect_not_opened(&address, CLIENT_START_ALWAYS, -ENOEXEC, "/no/such/krtaskd");
	unsetenv("KRTASKD");
	setenv("PATH", "/nowhere", 1);
	expect_not_opened(&address, CLIENT_START_ALWAYS, -ENOEXEC, "krtaskd not found; tried '");
	client_set_installed("/no/such/installed");
	expect_not_opened(&address, CLIENT_START_ALWAYS, -ENOEXEC, "'/no/such/installed' and PATH");
	setenv("KRTASKD", "/etc/passwd", 1);
	expect_not_opened(&address, CLIENT_START_ALWAYS, -ENOEXEC, "/etc/passwd");
}
END_TEST

START_TEST(an_open_folder_is_refused)
{
	ck_assert_int_eq(mkdir(scratch_path("run"), 0700), 0);
	ck_assert_int_eq(chmod(scratch_path("run"), 0755), 0);
	expect_not_opened(&address, CLIENT_START_ALWAYS, -EPERM, "is open to others (mode 0755)");
	expect_not_opened(&address, CLIENT_START_NEVER, -EPERM, "is open to others");
	ck_assert_int_eq(chmod(scratch_path("run"), 0700), 0);
	ck_assert_int_eq(mkdir(scratch_path("state"), 0700), 0);
	ck_assert_int_eq(chmod(scratch_path("state"), 0777), 0);
	expect_not_opened(&address, CLIENT_START_ALWAYS, -EPERM, "state' is open to others");
}
END_TEST

START_TEST(a_server_of_another_state_directory_is_not_it)
{
	struct client *client = open_client(&address, CLIENT_START_ALWAYS);
	struct address other;

	setenv("KRTASK_STATE_DIR", scratch_path("other"), 1);
	other = parse("name");
	expect_not_opened(&other, CLIENT_START_NEVER, -EADDRINUSE, "has state directory");
	expect_not_opened(&other, CLIENT_START_ALWAYS, -EADDRINUSE, "KRTASK_RUNTIME_DIR");
	address_release(&other);
	/* The same directory by another path. */
	ck_assert_int_eq(symlink(scratch_path("state"), scratch_path("link")), 0);
	setenv("KRTASK_STATE_DIR", scratch_path("link"), 1);
	other = parse("name");
	client_close(open_client(&other, CLIENT_START_NEVER));
	address_release(&other);
	quit(client);
}
END_TEST

START_TEST(a_dead_socket_is_no_server)
{
	struct client *client;
	struct sockaddr_un name = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	ck_assert_int_eq(mkdir(scratch_path("run"), 0700), 0);
	(void)snprintf(name.sun_path, sizeof(name.sun_path), "%s", scratch_path("run/name.sock"));
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&name, sizeof(name)), 0);
	close(fd);
	expect_not_opened(&address, CLIENT_START_NEVER, -ENOENT, unit_says(MSG_SERVER_NOT_RUNNING, "name"));
	client = open_client(&address, CLIENT_START_ALWAYS);
	expect_alive(client);
	quit(client);
}
END_TEST

START_TEST(over_ssh)
{
	struct address remote = parse("ssh://me@box/name");
	struct client *client = open_client(&remote, CLIENT_START_NEVER);
	const char *hash = "?";

	ck_assert(client_is_remote(client));
	ck_assert_int_eq(client_environment(client, &hash), 0);
	ck_assert_ptr_null(hash);
	for (int i = 0; i < 20000; i++)
		send_integer(client, "Echo", "i", i, 0);
	for (int i = 0; i < 20000; i++)
		ck_assert_int_eq(receive_integer(client, "i", false), i);
	ck_assert_int_eq(client_send(client, "Hold", NULL, 0), 0);
	client_close(client); /* returns without the answer */
	client = open_client(&remote, CLIENT_START_NEVER);
	quit(client);
	address_release(&remote);
}
END_TEST

START_TEST(an_ssh_that_fails_is_told)
{
	struct address remote = parse("ssh://me@box");

	setenv("FAKE_SSH", "fails", 1);
	expect_not_opened(&remote, CLIENT_START_ALWAYS, -EPIPE, unit_says(MSG_SSH_ENDED, "me@box"));
	setenv("KRTASK_SSH", "/no/such/ssh", 1);
	expect_not_opened(&remote, CLIENT_START_ALWAYS, -EPIPE, unit_says(MSG_SSH_ENDED, "me@box"));
	address_release(&remote);
}
END_TEST

/* This program as krtaskd. */
static int be_krtaskd(int argc, char **argv)
{
	const char *how = getenv("FAKE_KRTASKD"), *state = getenv("KRTASK_STATE_DIR");
	char path[PATH_MAX];
	FILE *file, *ready = fdopen(3, "w");

	(void)snprintf(path, sizeof(path), "%s/../starts", state);
	file = fopen(path, "a");
	if (!ready || !file)
		_exit(1);
	for (int i = 1; i < argc; i++)
		(void)fprintf(file, "%s%s", argv[i], i + 1 < argc ? " " : "\n");
	fclose(file);
	if (how && strcmp(how, "error") == 0)
		(void)fputs("error the disk is full\n", ready);
	else if (how && strcmp(how, "held") == 0)
		(void)fprintf(ready, "held %s\n", getenv("FAKE_HELD"));
	else if (how && strcmp(how, "deaf") == 0)
		(void)fputs("ready\n", ready);
	if (how) {
		fclose(ready);
		return 0;
	}
	if (fork() != 0)
		_exit(0);
	alarm(STRANDED_S);
	unlink(argv[4]);
	fake_init(&fake, argv[4]);
	fake.state = argv[6];
	(void)fputs("ready\n", ready);
	fclose(ready);
	event_base_dispatch(fake.base);
	fake_release(&fake);
	return 0;
}

/* This program called as ssh: it is the remote end itself. */
static int be_ssh(int argc, char **argv)
{
	static const char *const expected[] = { "-T",   "--",     "me@box", "krtask", "--server",
		                                "name", "server", "bridge", "never" };
	struct address local;
	char *error = NULL;

	if (getenv("FAKE_SSH") || argc != 10)
		return 255;
	for (int i = 0; i < 9; i++)
		if (strcmp(argv[i + 1], expected[i]) != 0)
			return 255;
	if (address_parse(&local, argv[6], &error) < 0 ||
	    client_bridge(&local, CLIENT_START_ALWAYS, &error) < 0)
		return 1;
	address_release(&local);
	return 0;
}

int main(int argc, char **argv)
{
	Suite *suite;
	TCase *calls, *starting;

	if (argc > 1 && strcmp(argv[1], "--name") == 0)
		return be_krtaskd(argc, argv);
	if (argc > 1 && strcmp(argv[1], "-T") == 0)
		return be_ssh(argc, argv);
	suite = suite_create("client");
	calls = tcase_create("calls");
	starting = tcase_create("starting");
	tcase_add_checked_fixture(calls, setup_server, teardown_server);
	tcase_add_test(calls, a_call);
	tcase_add_test(calls, calls_are_pipelined_without_reading_between);
	tcase_add_test(calls, big_both_ways);
	tcase_add_test(calls, a_stream_is_one_call);
	tcase_add_test(calls, receiving_has_a_time_limit);
	tcase_add_test(calls, a_server_without_a_sign_of_life_is_given_up);
	tcase_add_test(calls, a_server_that_lives_is_waited_for);
	tcase_add_test(calls, every_call_of_a_row_is_waited_for);
	tcase_add_test(calls, a_signal_ends_the_wait);
	tcase_add_test(calls, oneway_calls_are_carried_out_before_the_close);
	tcase_add_test(calls, the_environment_is_sent_once_a_connection);
	tcase_add_test(calls, an_environment_that_is_refused_is_an_error);
	tcase_add_test(calls, too_large_a_call_says_so);
	tcase_add_test(calls, a_lost_server_is_told_and_waited_for);
	tcase_add_test(calls, reconnecting_has_a_time_limit);
	tcase_add_loop_test(calls, errors_are_explained, 0, sizeof(explanations) / sizeof(explanations[0]));
	tcase_add_loop_test(calls, what_is_not_varlink_is_told, 0,
	                    sizeof(not_varlink) / sizeof(not_varlink[0]));
	suite_add_tcase(suite, calls);
	tcase_add_checked_fixture(starting, setup_start, teardown_start);
	tcase_add_test(starting, no_server_and_none_is_to_be_started);
	tcase_add_test(starting, a_server_is_started);
	tcase_add_test(starting, fifty_at_once_start_one);
	tcase_add_test(starting, the_server_inherits_nothing);
	tcase_add_loop_test(starting, why_a_server_did_not_start_is_told, 0,
	                    sizeof(failures) / sizeof(failures[0]));
	tcase_add_test(starting, the_client_follows_to_who_holds_the_state);
	tcase_add_test(starting, an_installed_krtaskd_is_found);
	tcase_add_test(starting, a_missing_krtaskd_is_named);
	tcase_add_test(starting, an_open_folder_is_refused);
	tcase_add_test(starting, a_server_of_another_state_directory_is_not_it);
	tcase_add_test(starting, a_dead_socket_is_no_server);
	tcase_add_test(starting, over_ssh);
	tcase_add_test(starting, an_ssh_that_fails_is_told);
	suite_add_tcase(suite, starting);
	return unit_main(suite);
}
