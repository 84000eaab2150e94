/* Addresses and directories. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/task/messages.h"
#include "engine/wire/client/address.h"
#include "engine/wire/client/known.h"
#include "tests/unit/scarce.h"
#include "tests/unit/scratch.h"
#include "tests/unit/unit.h"

static const char *const variables[] = { "KRTASK_RUNTIME_DIR", "XDG_RUNTIME_DIR", "KRTASK_STATE_DIR",
	                                 "XDG_STATE_HOME",     "KRTASK_SERVER",   NULL };
static char long_text[200];

static void setup(void)
{
	for (int i = 0; variables[i]; i++)
		unsetenv(variables[i]);
	setenv("HOME", "/home/u", 1);
	scratch_make();
	memset(long_text, 'x', sizeof(long_text) - 1);
}

static struct address parse(const char *text)
{
	struct address address = { 0 };
	char *error = NULL;

	ck_assert_msg(address_parse(&address, text, &error) == 0, "%s", error);
	return address;
}

START_TEST(folders_follow_the_environment)
{
	char expected[64];
	char *path = address_runtime_directory();

	(void)snprintf(expected, sizeof(expected), "/tmp/krtask-%u", (unsigned)geteuid());
	ck_assert_str_eq(path, expected);
	free(path);
	path = address_state_directory();
	ck_assert_str_eq(path, "/home/u/.local/state/krtask");
	free(path);

	setenv("XDG_RUNTIME_DIR", "/run/user/7", 1);
	setenv("XDG_STATE_HOME", "/s", 1);
	path = address_runtime_directory();
	ck_assert_str_eq(path, "/run/user/7/krtask");
	free(path);
	path = address_state_directory();
	ck_assert_str_eq(path, "/s/krtask");
	free(path);

	setenv("KRTASK_RUNTIME_DIR", "/r//", 1);
	setenv("KRTASK_STATE_DIR", "/t", 1);
	path = address_runtime_directory();
	ck_assert_str_eq(path, "/r");
	free(path);
	path = address_state_directory();
	ck_assert_str_eq(path, "/t");
	free(path);
}
END_TEST

START_TEST(relative_xdg_folders_are_ignored_and_our_own_are_not)
{
	char expected[128];
	char *path;

	setenv("XDG_RUNTIME_DIR", "run", 1);
	setenv("XDG_STATE_HOME", "", 1);
	path = address_runtime_directory();
	ck_assert_int_eq(strncmp(path, "/tmp/krtask-", 12), 0);
	free(path);
	path = address_state_directory();
	ck_assert_str_eq(path, "/home/u/.local/state/krtask");
	free(path);
	ck_assert_int_eq(chdir(scratch_path("")), 0);
	setenv("KRTASK_STATE_DIR", "here", 1);
	path = address_state_directory();
	(void)snprintf(expected, sizeof(expected), "%s/here", scratch_path(""));
	ck_assert_str_eq(path, expected);
	free(path);
}
END_TEST

START_TEST(a_name)
{
	struct address address;

	setenv("KRTASK_RUNTIME_DIR", "/r", 1);
	setenv("KRTASK_STATE_DIR", "/s", 1);
	address = parse(NULL);
	ck_assert_int_eq(address.kind, ADDRESS_NAME);
	ck_assert_str_eq(address.text, "default");
	ck_assert_str_eq(address.name, "default");
	ck_assert_str_eq(address.socket, "/r/default.sock");
	ck_assert_str_eq(address.state, "/s/default");
	ck_assert_ptr_null(address.host);
	address_release(&address);
	address_release(&address);

	setenv("KRTASK_SERVER", "work-2", 1);
	address = parse("");
	ck_assert_str_eq(address.name, "work-2");
	address_release(&address);
	address = parse("other");
	ck_assert_str_eq(address.socket, "/r/other.sock");
	address_release(&address);
}
END_TEST

START_TEST(a_socket)
{
	struct address address = parse("unix:/a/b c");

	ck_assert_int_eq(address.kind, ADDRESS_UNIX);
	ck_assert_str_eq(address.socket, "/a/b c");
	ck_assert_ptr_null(address.name);
	ck_assert_ptr_null(address.state);
	address_release(&address);
}
END_TEST

static const struct {
	const char *text, *host, *port, *name, *label;
} hosts[] = {
	{ "ssh://box", "box", NULL, "default", "box" },
	{ "ssh://me@box.example.org/work", "me@box.example.org", NULL, "work", "box.example.org/work" },
	{ "ssh://box/", "box", NULL, "default", "box" },
	{ "ssh://10.0.0.1/a", "10.0.0.1", NULL, "a", "10.0.0.1/a" },
	{ "ssh://me@box:2222/gpu", "me@box", "2222", "gpu", "box/gpu" },
	{ "ssh://box:22", "box", "22", "default", "box" },
	{ "ssh://[::1]:22", "::1", "22", "default", "::1" },
	{ "ssh://me@[fe80::1]/a", "me@fe80::1", NULL, "a", "fe80::1/a" },
	{ "ssh://fe80::1", "fe80::1", NULL, "default", "fe80::1" },
};

static void ck_same(const char *got, const char *wanted)
{
	ck_assert_int_eq(got != NULL, wanted != NULL);
	if (wanted)
		ck_assert_str_eq(got, wanted);
}

START_TEST(a_host)
{
	struct address address = parse(hosts[_i].text);

	ck_assert_int_eq(address.kind, ADDRESS_SSH);
	ck_assert_str_eq(address.host, hosts[_i].host);
	ck_assert_str_eq(address.name, hosts[_i].name);
	ck_assert_str_eq(address.label, hosts[_i].label);
	ck_same(address.port, hosts[_i].port);
	ck_assert_ptr_null(address.program);
	ck_assert_ptr_null(address.socket);
	address_release(&address);
}
END_TEST

START_TEST(a_name_that_the_configuration_gives)
{
	struct address address, copy = { 0 };
	char *error = NULL;

	ck_assert_int_eq(known_add("gpu", "ssh://me@box:2222/work   ~/my bin/krtask"), 0);
	ck_assert_int_eq(known_add("here", "default"), 0);
	ck_assert_int_eq(known_add("here", "gpu"),
	                 0); /* the later one, which is no other name of the configuration */
	ck_assert_uint_eq(known_count(), 2);
	address = parse("gpu");
	ck_assert_int_eq(address_copy(&copy, &address), 0);
	ck_assert_str_eq(copy.text, "gpu");
	ck_assert_str_eq(copy.label, "gpu");
	ck_assert_str_eq(copy.host, "me@box");
	ck_assert_str_eq(copy.port, "2222");
	ck_assert_str_eq(copy.name, "work");
	ck_assert_str_eq(copy.program, "~/my bin/krtask");
	address_release(&address);
	address_release(&copy);
	address = parse("here");
	ck_assert_int_eq(address.kind, ADDRESS_NAME);
	ck_assert_str_eq(address.name, "gpu");
	ck_assert_str_eq(address.label, "here");
	address_release(&address);
	ck_assert_int_eq(known_add("there", "default /bin/krtask"), 0);
	ck_assert_int_eq(address_parse(&address, "there", &error), -EINVAL);
	ck_assert_str_eq(error, unit_says(MSG_SERVERS_PROGRAM, "/bin/krtask", "default"));
	free(error);
}
END_TEST

static const char *const wrong[] = {
	"unix:",
	"unix:relative",
	"unix:./x",
	"ssh://",
	"ssh:///name",
	"ssh://-oProxyCommand=x",
	"ssh://me@-o/x",
	"ssh://@box",
	"ssh://a b",
	"ssh://a/b c",
	"ssh://a/b/c",
	"ssh://a/../b",
	"ssh://a;reboot",
	"ssh://a:0",
	"ssh://a:65536",
	"ssh://a:",
	"ssh://a:ssh/x",
	"ssh://:22",
	"ssh://$(id)",
	"../x",
	"a/b",
	"-a",
	".hidden",
	"a b",
	"tcp:host:1",
	"\xff",
	"ssh://a\nb",
	"_a",
};

START_TEST(what_is_no_address_is_refused_by_name)
{
	struct address address = { .text = (char *)"untouched" };
	const char *value = strncmp(wrong[_i], "ssh://a/", 8) == 0 ? wrong[_i] + 8 : wrong[_i];
	char *error = NULL;

	ck_assert_int_eq(address_parse(&address, wrong[_i], &error), -EINVAL);
	ck_assert_ptr_nonnull(strstr(error, value));
	ck_assert_str_eq(address.text, "untouched");
	free(error);
}
END_TEST

START_TEST(names_have_at_most_64_bytes)
{
	struct address address;
	char *error = NULL;

	setenv("KRTASK_RUNTIME_DIR", "/r", 1);
	long_text[65] = '\0';
	ck_assert_int_eq(address_parse(&address, long_text, &error), -EINVAL);
	free(error);
	long_text[64] = '\0';
	address = parse(long_text);
	address_release(&address);
}
END_TEST

START_TEST(a_socket_path_must_fit)
{
	struct address address;
	char text[256];
	char *error = NULL;

	(void)snprintf(text, sizeof(text), "unix:/%.106s", long_text);
	address = parse(text);
	ck_assert_uint_eq(strlen(address.socket), 107);
	address_release(&address);
	(void)snprintf(text, sizeof(text), "unix:/%.107s", long_text);
	ck_assert_int_eq(address_parse(&address, text, &error), -ENAMETOOLONG);
	ck_assert_ptr_nonnull(strstr(error, "107"));
	free(error);
	error = NULL;
	(void)snprintf(text, sizeof(text), "/%.100s", long_text);
	setenv("KRTASK_RUNTIME_DIR", text, 1);
	ck_assert_int_eq(address_parse(&address, "name", &error), -ENAMETOOLONG);
	free(error);
}
END_TEST

static void expect_refused(const char *path, int code, const char *word)
{
	char *error = NULL;

	ck_assert_int_eq(address_secure_directory(path, &error), code);
	ck_assert_ptr_nonnull(error);
	ck_assert_msg(strstr(error, word) && strstr(error, path), "%s", error);
	free(error);
}

START_TEST(a_folder_is_made_closed)
{
	struct stat status;
	char *error = NULL;

	umask(0777);
	ck_assert_msg(address_secure_directory(scratch_path("a/b/c/"), &error) == 0, "%s", error);
	umask(022);
	ck_assert_int_eq(lstat(scratch_path("a/b/c"), &status), 0);
	ck_assert_uint_eq(status.st_mode & 07777, 0700);
	ck_assert_int_eq(lstat(scratch_path("a"), &status), 0);
	ck_assert_uint_eq(status.st_mode & 07777, 0700);
	ck_assert_int_eq(address_secure_directory(scratch_path("a/b/c"), &error), 0);
}
END_TEST

START_TEST(a_folder_open_to_others_is_refused)
{
	ck_assert_int_eq(mkdir(scratch_path("open"), 0700), 0);
	ck_assert_int_eq(chmod(scratch_path("open"), 0710), 0);
	expect_refused(scratch_path("open"), -EPERM,
	               unit_says(MSG_DIRECTORY_OPEN, scratch_path("open"), "0710"));
}
END_TEST

START_TEST(a_link_is_refused)
{
	ck_assert_int_eq(mkdir(scratch_path("target"), 0700), 0);
	ck_assert_int_eq(symlink(scratch_path("target"), scratch_path("link")), 0);
	expect_refused(scratch_path("link"), -ENOTDIR, "link");
}
END_TEST

START_TEST(a_file_is_refused)
{
	char *error = NULL;

	scratch_write("file", "", 0600);
	expect_refused(scratch_path("file"), -ENOTDIR, unit_says(MSG_DIRECTORY_IS_NOT, scratch_path("file")));
	ck_assert_int_eq(address_secure_directory(scratch_path("file/below"), &error), -ENOTDIR);
	ck_assert_ptr_nonnull(strstr(error, "file"));
	free(error);
}
END_TEST

START_TEST(a_folder_of_another_is_refused)
{
	if (geteuid() != 0)
		return;
	ck_assert_int_eq(mkdir(scratch_path("other"), 0700), 0);
	ck_assert_int_eq(chown(scratch_path("other"), 7, 7), 0);
	expect_refused(scratch_path("other"), -EPERM,
	               unit_says(MSG_DIRECTORY_FOREIGN, scratch_path("other"), "7", "0"));
}
END_TEST

/* Each allocation fails in turn. */
START_TEST(without_memory_no_home_is_missed)
{
	bool failed = true;

	if (_i)
		setenv("KRTASK_STATE_DIR", "/var/tasks", 1);
	for (long count = 0; failed; count++) {
		struct address address = { 0 };
		char *error = NULL;

		scarce_after(count);
		int result = address_parse(&address, "default", &error);
		failed = scarce_end();
		ck_assert_int_eq(result, failed ? -ENOMEM : 0);
		if (error)
			ck_assert_str_eq(error, strerror(ENOMEM));
		free(error);
		address_release(&address);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("address");
	TCase *text = tcase_create("text"), *directories = tcase_create("directories");

	tcase_add_checked_fixture(text, setup, scratch_remove);
	tcase_add_test(text, folders_follow_the_environment);
	tcase_add_test(text, relative_xdg_folders_are_ignored_and_our_own_are_not);
	tcase_add_test(text, a_name);
	tcase_add_test(text, a_socket);
	tcase_add_test(text, a_name_that_the_configuration_gives);
	tcase_add_loop_test(text, a_host, 0, sizeof(hosts) / sizeof(hosts[0]));
	tcase_add_loop_test(text, what_is_no_address_is_refused_by_name, 0, sizeof(wrong) / sizeof(wrong[0]));
	tcase_add_test(text, names_have_at_most_64_bytes);
	tcase_add_test(text, a_socket_path_must_fit);
	tcase_add_loop_test(text, without_memory_no_home_is_missed, 0, 2);
	suite_add_tcase(suite, text);
	tcase_add_checked_fixture(directories, setup, scratch_remove);
	tcase_add_test(directories, a_folder_is_made_closed);
	tcase_add_test(directories, a_folder_open_to_others_is_refused);
	tcase_add_test(directories, a_link_is_refused);
	tcase_add_test(directories, a_file_is_refused);
	tcase_add_test(directories, a_folder_of_another_is_refused);
	suite_add_tcase(suite, directories);
	return unit_main(suite);
}
