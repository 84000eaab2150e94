/*
 * Command lines in both syntaxes: what they mean, and what is said about those that mean nothing.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/unit/unit.h"
#include "tui/cli/configuration.h"
#include "tui/cli/context.h"

static struct context context;
static struct invocation inv;
static struct words words;
static char *error;

static void setup(void)
{
	context_init(&context);
	invocation_init(&inv, &context);
}

static void teardown(void)
{
	free(error);
	error = NULL;
	words_release(&words);
	invocation_release(&inv);
	arguments_release(&context.defaults);
}

/* Words are separated by blanks; "_" is the empty word. */
static int parse(const char *line)
{
	static char copy[512];
	char *rest = copy, *word;
	size_t at;

	snprintf(copy, sizeof(copy), "%s", line);
	words_clear(&words);
	while ((word = strsep(&rest, " ")))
		words_add_text(&words, strcmp(word, "_") == 0 ? "" : word);
	return invocation_parse(&inv, words.items, words.count, &error, &at);
}

static void parse_well(const char *line, const char *name)
{
	int result = parse(line);

	ck_assert_msg(result == 0, "%s: %s", line, error ? error : "");
	ck_assert_ptr_nonnull(inv.command);
	ck_assert_str_eq(inv.command->name, name);
}

START_TEST(options_and_operands_mix)
{
	parse_well("--json stop 7 --kill-after 2.5 8 --signal=INT --what-if", "stop");
	ck_assert_uint_eq(inv.args.operands.count, 2);
	ck_assert_str_eq(inv.args.operands.items[1].text, "8");
	ck_assert_double_eq(inv.args.kill_after, 2.5);
	ck_assert_str_eq(inv.args.signal, "INT");
	ck_assert(inv.args.what_if && inv.args.json && !inv.args.kill);
	ck_assert(arguments_given(&inv.args, OPT_KILL_AFTER) && !arguments_given(&inv.args, OPT_KILL));
}
END_TEST

START_TEST(long_options_may_be_shortened)
{
	parse_well("get --no-h --rev --lim 3", "get");
	ck_assert(inv.args.no_headers && inv.args.reverse);
	ck_assert_int_eq(inv.args.limit, 3);
	parse_well("stop 1 --kill", "stop"); /* exact, though --kill-after begins so too */
	ck_assert(inv.args.kill);
}
END_TEST

START_TEST(letters_may_be_joined)
{
	parse_well("new -sother -c true", "new");
	ck_assert_str_eq(inv.args.server, "other");
	ck_assert_str_eq(inv.args.code, "true");
	parse_well("watch -d0.5 -n 3", "watch");
	ck_assert_double_eq(inv.args.delay, 0.5);
	ck_assert_int_eq(inv.args.count, 3);
}
END_TEST

START_TEST(two_dashes_end_the_options)
{
	parse_well("new --name a -- make -j4 --json", "new");
	ck_assert_uint_eq(inv.args.dashes, 0);
	ck_assert_uint_eq(inv.args.operands.count, 3);
	ck_assert_str_eq(inv.args.operands.items[1].text, "-j4");
	ck_assert(!inv.args.json);
	parse_well("start -- -x", "start");
	ck_assert_str_eq(inv.args.operands.items[0].text, "-x");
}
END_TEST

START_TEST(confirm_takes_a_truth_value)
{
	parse_well("stop 1", "stop");
	ck_assert_int_eq(inv.args.confirm, CONFIRM_UNSET);
	parse_well("stop 1 --confirm", "stop");
	ck_assert_int_eq(inv.args.confirm, CONFIRM_TRUE);
	parse_well("stop --confirm=no 1", "stop");
	ck_assert_int_eq(inv.args.confirm, CONFIRM_FALSE);
	parse_well("stop --confirm=True --confirm-preference low 1", "stop");
	ck_assert_int_eq(inv.args.confirm, CONFIRM_TRUE);
	ck_assert_int_eq(inv.args.confirm_preference, PREFERENCE_LOW);
}
END_TEST

START_TEST(lists_by_commas_and_repetition)
{
	parse_well("list --state Running,Queued --state failed --columns ID,NAME", "list");
	ck_assert_uint_eq(inv.args.states.count, 3);
	ck_assert_str_eq(inv.args.states.items[1].text, "Queued");
	ck_assert_uint_eq(inv.args.columns.count, 2);
	parse_well("new --env A=1,2 --env B=2 -- x", "new");
	ck_assert_uint_eq(inv.args.env.count, 2);
	ck_assert_str_eq(inv.args.env.items[0].text, "A=1,2");
}
END_TEST

START_TEST(commands_of_two_words)
{
	parse_well("server status", "server status");
	parse_well("server start --slots 4", "server start");
	ck_assert_int_eq(inv.args.slots, 4);
}
END_TEST

START_TEST(cmdlet_parameters_are_the_same_arguments)
{
	parse_well("Stop-KrTask -Id 7 -WhatIf", "stop");
	ck_assert(inv.cmdlet && inv.args.what_if);
	ck_assert_str_eq(inv.args.operands.items[0].text, "7");
	parse_well("START-KRTASK -server:other -i 7 -cf:$FALSE -vb", "start");
	ck_assert_str_eq(inv.args.server, "other");
	ck_assert_int_eq(inv.args.confirm, CONFIRM_FALSE);
	ck_assert(inv.args.verbose);
	parse_well("New-KrTask -ScriptBlock true -AutoStart -Arguments A=1,B=2 -Name:x", "new");
	ck_assert(inv.args.start);
	ck_assert_uint_eq(inv.args.arg.count, 2);
	ck_assert_str_eq(inv.args.arg.items[1].text, "B=2");
	parse_well("Get-KrTask -Id 7 --json --no-headers", "get");
	ck_assert(inv.args.json && inv.args.no_headers);
	parse_well("Add-KrTasksService -MaxRunspaces 3", "server start");
	ck_assert_int_eq(inv.args.slots, 3);
}
END_TEST

START_TEST(values_by_position)
{
	parse_well("Start-KrTask 7", "start");
	ck_assert_str_eq(inv.args.operands.items[0].text, "7");
	ck_assert_ptr_null(inv.args.server);
	parse_well("Start-KrTask other 7 -Verbose", "start");
	ck_assert_str_eq(inv.args.server, "other");
	ck_assert_str_eq(inv.args.operands.items[0].text, "7");
	parse_well("Start-KrTask -Id 7 other", "start");
	ck_assert_str_eq(inv.args.server, "other");
	parse_well("Start-KrTask -Server other 7", "start");
	ck_assert_str_eq(inv.args.operands.items[0].text, "7");
}
END_TEST

START_TEST(common_parameters_are_taken)
{
	parse_well("Stop-KrTask -Id 7 -Debug -ErrorAction Stop -ev e -ov o -WarningAction:Continue -InformationAction Ignore "
	           "-ProgressAction Continue -WarningVariable w -iv i -OutBuffer 5 -pv p",
	           "stop");
	ck_assert_int_eq(inv.args.error_action, ACTION_STOP);
	ck_assert_str_eq(inv.args.out_variable, "o");
}
END_TEST

static const struct {
	const char *line, *says;
} bad[] = {
	{ "frob", "'frob'" },
	{ "server", "'server'" },
	{ "server frob", "'server'" },
	{ "start", "ID... is missing" },
	{ "state 1 2", "'2'" },
	{ "list 7", "'7'" },
	{ "start 7 --bogus", "'--bogus'" },
	{ "start 7 -q", "'-q'" },
	{ "start 7 --kill", "'--kill'" },
	{ "stop 7 --con", "ambiguous: --confirm, --confirm-preference" },
	{ "stop 7 --kill-after", "needs a value" },
	{ "stop 7 --kill-after soon", "'soon'" },
	{ "stop 7 --kill-after -1", "'-1'" },
	{ "stop 7 --kill-after nan", "'nan'" },
	{ "stop 7 --confirm=maybe", "'maybe'" },
	{ "stop 7 --confirm-preference often", "'often'" },
	{ "list --limit x", "'x'" },
	{ "list --limit 99999999999999999999", "'99999999999999999999'" },
	{ "new --max-log 9Q -- x", "'9Q'" },
	{ "--what-if get", "'--what-if'" },
	{ "--check get", "'--check'" },
	{ "Start-KrTask", "-Id is missing" },
	{ "Start-KrTask a b c", "'c'" },
	{ "Start-KrTask -Id 1 -Id 2", "twice" },
	{ "Start-KrTask -Id 1 -Server a b", "'b'" },
	{ "Start-KrTask -Id", "needs a value" },
	{ "Start-KrTask -Id -WhatIf", "needs a value" },
	{ "Start-KrTask -Id 7 -Bogus", "'-Bogus'" },
	{ "Start-KrTask -Id 7 --what-if", "'--what-if'" },
	{ "Stop-KrTask -Id 7 --kill", "'--kill'" },
	{ "Stop-KrTask -Id 7 -Confirm:", "'-Confirm:$false'" },
	{ "Stop-KrTask -Id 7 -Confirm:x", "'x'" },
	{ "Stop-KrTask -Id 7 -War Stop", "ambiguous" },
	{ "Stop-KrTask -Id 7 -K", "ambiguous: -KillAfter, -Kill" },
	{ "Stop-KrTask -Id 7 -ErrorAction Maybe", "'Maybe'" },
};

START_TEST(what_is_wrong_is_named)
{
	ck_assert_msg(parse(bad[_i].line) == -EINVAL, "%s", bad[_i].line);
	ck_assert_msg(strstr(error, bad[_i].says), "%s: %s", bad[_i].line, error);
}
END_TEST

START_TEST(quoted_words_and_values_are_no_parameters)
{
	struct word line[] = { { .text = "Start-KrTask" }, { .text = "-Id", .quoted = true } };
	struct word other[] = { { .text = "start" }, { .text = "--what-if", .value = true } };
	size_t at;

	ck_assert_int_eq(invocation_parse(&inv, line, 2, &error, &at), 0);
	ck_assert_str_eq(inv.args.operands.items[0].text, "-Id");
	ck_assert_int_eq(invocation_parse(&inv, other, 2, &error, &at), 0);
	ck_assert_str_eq(inv.args.operands.items[0].text, "--what-if");
	ck_assert(!inv.args.what_if);
}
END_TEST

/* Every option has a row that can be parsed: names are unlike, kinds and values agree. */
START_TEST(the_table_is_sound)
{
	for (int id = 0; id < OPTION_TOTAL; id++) {
		const struct option_info *info = &option_table[id];

		ck_assert(*info->name || *info->parameter);
		ck_assert_int_eq(*info->value != '\0', option_takes_value((enum option_id)id));
		for (int other = 0; other < id; other++) {
			if (*info->name)
				ck_assert_str_ne(info->name, option_table[other].name);
		}
	}
	for (const struct command *command = command_table; command->name; command++) {
		ck_assert_msg(command->run || (command->send && command->receive), "%s", command->name);
		ck_assert_msg(command->summary && command->operands, "%s", command->name);
	}
}
END_TEST

static int load(const char *text)
{
	char path[] = "/tmp/krtask-test-XXXXXX";
	int fd = mkstemp(path), result;

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
	result = config_load_file(&context.defaults, path, &error);
	unlink(path);
	return result;
}

START_TEST(the_configuration_sets_defaults)
{
	ck_assert_int_eq(load("# mine\nserver = work\njson = yes\n\nconfirm-preference = low\ncolumns = id,state\n"), 0);
	parse_well("stop 7", "stop");
	ck_assert_str_eq(inv.args.server, "work");
	ck_assert(inv.args.json);
	ck_assert_int_eq(inv.args.confirm_preference, PREFERENCE_LOW);
	ck_assert_uint_eq(inv.args.columns.count, 2);
	ck_assert(!arguments_given(&inv.args, OPT_JSON));
	parse_well("list --columns name --json=no", "list");
	ck_assert_uint_eq(inv.args.columns.count, 1);
	ck_assert(!inv.args.json);
	ck_assert_int_eq(config_load_file(&context.defaults, "/nonexistent/krtask/config", &error), 0);
}
END_TEST

static void assert_refused(const char *text, const char *message)
{
	ck_assert_int_eq(load(text), -EINVAL);
	ck_assert_ptr_nonnull(strstr(error, message));
	free(error);
	error = NULL;
}

START_TEST(a_bad_configuration_is_refused_by_line)
{
	assert_refused("json = yes\n\ncolour = red\n", ":3: unknown key 'colour' (known: server");
	assert_refused("json = perhaps\n", ":1: value 'perhaps' of --json");
	assert_refused("json\n", ":1: ");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("options");
	TCase *tcase = tcase_create("both syntaxes");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, options_and_operands_mix);
	tcase_add_test(tcase, long_options_may_be_shortened);
	tcase_add_test(tcase, letters_may_be_joined);
	tcase_add_test(tcase, two_dashes_end_the_options);
	tcase_add_test(tcase, confirm_takes_a_truth_value);
	tcase_add_test(tcase, lists_by_commas_and_repetition);
	tcase_add_test(tcase, commands_of_two_words);
	tcase_add_test(tcase, cmdlet_parameters_are_the_same_arguments);
	tcase_add_test(tcase, values_by_position);
	tcase_add_test(tcase, common_parameters_are_taken);
	tcase_add_loop_test(tcase, what_is_wrong_is_named, 0, sizeof(bad) / sizeof(*bad));
	tcase_add_test(tcase, quoted_words_and_values_are_no_parameters);
	tcase_add_test(tcase, the_table_is_sound);
	tcase_add_test(tcase, the_configuration_sets_defaults);
	tcase_add_test(tcase, a_bad_configuration_is_refused_by_line);
	suite_add_tcase(suite, tcase);
	return unit_main(suite);
}
