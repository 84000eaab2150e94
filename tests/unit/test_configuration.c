/* The configuration file: the defaults that it sets, and the errors for wrong lines. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/unit/parsed_line.h"
#include "tests/unit/unit.h"
#include "tui/cli/configuration.h"
#include "tui/cli/context.h"
#include "tui/text/messages.h"

static int load(const char *text)
{
	char path[] = "/tmp/krtask-test-XXXXXX";
	int fd = mkstemp(path), result;

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
	result = config_load_file(&context.defaults, path, &parse_error);
	unlink(path);
	return result;
}

START_TEST(the_configuration_sets_defaults)
{
	ck_assert_int_eq(
		load("# mine\nserver = work\njson = yes\n\nconfirm-preference = low\ncolumns = id,state\n"),
		0);
	parse_well("stop 7", "stop");
	ck_assert_str_eq(inv.args.server, "work");
	ck_assert(inv.args.json);
	ck_assert_int_eq(inv.args.confirm_preference, PREFERENCE_LOW);
	ck_assert_uint_eq(inv.args.columns.count, 2);
	ck_assert(!arguments_given(&inv.args, OPT_JSON));
	parse_well("list --columns name --json=no", "list");
	ck_assert_uint_eq(inv.args.columns.count, 1);
	ck_assert(!inv.args.json);
	ck_assert_int_eq(config_load_file(&context.defaults, "/nonexistent/krtask/config", &parse_error), 0);
}
END_TEST

START_TEST(the_configuration_has_options_of_new_and_run)
{
	static const char configured[] = "json = yes\n[run]\nwebhook = http://a/\non-end = a; b ; # c\n"
					 "env = A=1\nenv = B=2\nweight = 3\nwait = yes\n";
	ck_assert_int_eq(load(configured), 0);
	parse_well("run --env A=9 --webhook http://b/ true", "run");
	ck_assert_str_eq(inv.args.on_end, "a; b ; # c");
	ck_assert_str_eq(inv.args.webhook, "http://b/");
	ck_assert_uint_eq(inv.args.env.count, 2);
	ck_assert_str_eq(inv.args.env.items[0].text, "A=9");
	ck_assert_str_eq(inv.args.env.items[1].text, "B=2");
	ck_assert_int_eq(inv.args.weight, 3);
	ck_assert(arguments_given(&inv.args, OPT_WEIGHT));
	ck_assert(inv.args.wait);
	parse_well("new true", "new");
	ck_assert_str_eq(inv.args.webhook, "http://a/");
	ck_assert(!inv.args.wait);
	parse_well("again 7", "again");
	ck_assert_ptr_null(inv.args.webhook);
	parse_well("stop 7", "stop");
	ck_assert(!arguments_given(&inv.args, OPT_WEIGHT));
}
END_TEST

static void assert_refused(const char *text, const char *message)
{
	ck_assert_int_eq(load(text), -EINVAL);
	ck_assert_ptr_nonnull(strstr(parse_error, message));
	free(parse_error);
	parse_error = NULL;
}

START_TEST(a_bad_configuration_is_refused_by_line)
{
	assert_refused("json = yes\n\ncolour = red\n", ":3: unknown key 'colour' (known: server");
	assert_refused("json = perhaps\n", ":1: value 'perhaps' of --json");
	assert_refused("json\n", ":1: ");
	assert_refused("[run]\nid = 7\n", ":2: unknown key 'id' (known: ");
	assert_refused("[run]\nweight = x\n", ":2: value 'x' of --weight");
	assert_refused("[walk]\nweight = 1\n", ":2: unknown section '[walk]' (known: [run], [servers])");
	assert_refused("[servers]\nall = default\n", ":2: name 'all' in [servers]");
	assert_refused("[servers]\na b = default\n", ":2: name 'a b' in [servers]");
	assert_refused("[servers]\nbox = ssh://box:x\n", ":2: port 'x' of server address 'box'");
}
END_TEST

/* A directory can be opened, but not read. */
START_TEST(a_configuration_that_cannot_be_read_is_refused)
{
	ck_assert_int_eq(config_load_file(&context.defaults, "/tmp", &parse_error), -EISDIR);
	ck_assert_str_eq(parse_error, unit_says(MSG_FILE_UNREADABLE, "/tmp", strerror(EISDIR)));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("configuration");
	TCase *tcase = tcase_create("configuration");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, the_configuration_sets_defaults);
	tcase_add_test(tcase, the_configuration_has_options_of_new_and_run);
	tcase_add_test(tcase, a_bad_configuration_is_refused_by_line);
	tcase_add_test(tcase, a_configuration_that_cannot_be_read_is_refused);
	suite_add_tcase(suite, tcase);
	return unit_main(suite);
}
