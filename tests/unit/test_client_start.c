/* The client, against a server that it starts.  This program plays krtaskd, and also ssh. */
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
#include "tests/unit/clients.h"
#include "tests/unit/fake_server.h"
#include "tests/unit/scratch.h"
#include "tests/unit/unit.h"

enum { CLIENTS = 50, STRANDED_S = 30 };

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

	expect_not_opened(&address, CLIENT_START_NEVER, -ENOENT,
	                  unit_says(MSG_SERVER_NOT_RUNNING_NAMED, "name", "name"));
	expect_not_opened(&address, CLIENT_START_EXISTING, -ENOENT,
	                  unit_says(MSG_SERVER_NOT_RUNNING_NAMED, "name", "name"));
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
	expect_not_opened(&address, CLIENT_START_NEVER, -ENOENT,
	                  unit_says(MSG_SERVER_NOT_RUNNING_NAMED, "name", "name"));
	client = open_client(&address, CLIENT_START_ALWAYS);
	expect_alive(client);
	quit(client);
}
END_TEST

START_TEST(over_ssh)
{
	struct address remote = parse("ssh://me@box:2222/name");
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
	expect_not_opened(&remote, CLIENT_START_ALWAYS, -EPIPE,
	                  unit_says(MSG_SSH_ENDED, "me@box", "", "NAME", remote.text));
	setenv("KRTASK_SSH", "/no/such/ssh", 1);
	expect_not_opened(&remote, CLIENT_START_ALWAYS, -EPIPE,
	                  unit_says(MSG_SSH_SAID, "me@box", "/no/such/ssh: No such file or directory",
	                            "to see why: ssh me@box"));
	address_release(&remote);
}
END_TEST

static char asking[1024];

static void keep_words(const char *const *words)
{
	asking[0] = '\0';
	for (size_t i = 1, length = 0; words[i]; i++, length = strlen(asking))
		(void)snprintf(asking + length, sizeof(asking) - length, "%s ", words[i]);
}

START_TEST(an_ssh_that_asks_is_shared)
{
	struct address remote = parse("ssh://box");

	setenv("KRTASK_RUNTIME_DIR", scratch_path("run"), 1);
	client_ask(&remote, keep_words);
	ck_assert_msg(strstr(asking, "ServerAliveInterval=15 ") && strstr(asking, "ControlPath=") &&
	                      strstr(asking, "/run/ssh-box- box true"),
	              "%s", asking);
	setenv("KRTASK_RUNTIME_DIR", scratch_path("%h"), 1);
	client_ask(&remote, keep_words);
	ck_assert_msg(!strstr(asking, "Control"), "%s", asking);
	address_release(&remote);
}
END_TEST

START_TEST(what_is_shared_must_be_ours)
{
	struct address remote = parse("ssh://box");
	FILE *file;

	setenv("FAKE_SSH", "says", 1);
	ck_assert_int_eq(mkdir(scratch_path("run"), 0700), 0);
	file = fopen(scratch_path("run/ssh-box-"), "w");
	ck_assert_ptr_nonnull(file);
	fclose(file);
	expect_not_opened(&remote, CLIENT_START_NEVER, -EPIPE,
	                  unit_says(MSG_SSH_SAID, "box", "shared", "to see why: ssh box"));
	ck_assert_int_eq(chmod(scratch_path("run"), 0750), 0);
	expect_not_opened(&remote, CLIENT_START_NEVER, -EPIPE,
	                  unit_says(MSG_SSH_SAID, "box", "alone", "to see why: ssh box"));
	address_release(&remote);
}
END_TEST

/* This program as krtaskd. */
static int be_krtaskd(int argc, char **argv)
{
	const char *how = getenv("FAKE_KRTASKD"), *state = getenv("KRTASK_STATE_DIR");
	char path[PATH_MAX];
	FILE *file, *ready = fdopen(3, "w");

	setsid();
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

static bool is_ignored(int number)
{
	struct sigaction action;

	return sigaction(number, NULL, &action) == 0 && action.sa_handler == SIG_IGN;
}

/* This program called as ssh: it is the remote end itself. */
static int be_ssh(int argc, char **argv)
{
	static const char *const expected[] = { "-o",       "BatchMode=yes",
		                                "-o",       "ConnectTimeout=15",
		                                "-o",       "ServerAliveInterval=15",
		                                "-p",       "2222",
		                                "me@box",   "krtask",
		                                "--server", "name",
		                                "server",   "bridge",
		                                "never" };
	struct address local;
	char *error = NULL;

	const char *says = getenv("FAKE_SSH");
	if (says && strcmp(says, "says") == 0)
		(void)fputs(argc > 8 && strncmp(argv[8], "ControlPath=", 12) == 0 ? "shared\n" : "alone\n",
		            stderr);
	if (says || argc != 16 || !is_ignored(SIGINT) || !is_ignored(SIGQUIT) || !is_ignored(SIGTSTP) ||
	    is_ignored(SIGTERM))
		return 255;
	for (int i = 0; i < 15; i++)
		if (strcmp(argv[i + 1], expected[i]) != 0)
			return 255;
	if (address_parse(&local, argv[12], &error) < 0 ||
	    client_bridge(&local, CLIENT_START_ALWAYS, &error) < 0)
		return 1;
	address_release(&local);
	return 0;
}

int main(int argc, char **argv)
{
	if (argc > 1 && strcmp(argv[1], "--name") == 0)
		return be_krtaskd(argc, argv);
	if (argc > 1 && strcmp(argv[1], "-o") == 0)
		return be_ssh(argc, argv);
	Suite *suite = suite_create("client start");
	TCase *tcase = tcase_create("starting");
	tcase_add_checked_fixture(tcase, setup_start, teardown_start);
	tcase_add_test(tcase, no_server_and_none_is_to_be_started);
	tcase_add_test(tcase, a_server_is_started);
	tcase_add_test(tcase, fifty_at_once_start_one);
	tcase_add_test(tcase, the_server_inherits_nothing);
	tcase_add_loop_test(tcase, why_a_server_did_not_start_is_told, 0,
	                    sizeof(failures) / sizeof(failures[0]));
	tcase_add_test(tcase, the_client_follows_to_who_holds_the_state);
	tcase_add_test(tcase, an_installed_krtaskd_is_found);
	tcase_add_test(tcase, a_missing_krtaskd_is_named);
	tcase_add_test(tcase, an_open_folder_is_refused);
	tcase_add_test(tcase, a_server_of_another_state_directory_is_not_it);
	tcase_add_test(tcase, a_dead_socket_is_no_server);
	tcase_add_test(tcase, over_ssh);
	tcase_add_test(tcase, an_ssh_that_fails_is_told);
	tcase_add_test(tcase, an_ssh_that_asks_is_shared);
	tcase_add_test(tcase, what_is_shared_must_be_ours);
	suite_add_tcase(suite, tcase);
	unit_apart();
	return unit_main(suite);
}
