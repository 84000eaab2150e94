/* Command lines in both syntaxes: what they mean. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/unit/parsed_line.h"
#include "tests/unit/unit.h"
#include "tui/cli/context.h"

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
	parse_well("stop 1 --kill", "stop"); /* an exact name, though --kill-after begins with it */
	ck_assert(inv.args.kill);
}
END_TEST

/* A new option must not change what an abbreviation in a script means. */
START_TEST(an_abbreviation_stays_what_it_was)
{
	parse_well("get --r --a", "get");
	ck_assert(inv.args.reverse && inv.args.all);
	parse_well("stop 7 --all=no", "stop");
	parse_well("get 7 --serv x", "get"); /* --server-timeout came later */
	ck_assert_str_eq(inv.args.servers.items[0].text, "x");
	parse_well("--se x get 7 --server-t 3", "get");
	ck_assert_str_eq(inv.args.servers.items[0].text, "x");
	ck_assert_double_eq(inv.args.server_timeout, 3);
	parse_well("log 1 --st", "log");
	ck_assert(inv.args.error_stream);
	parse_well("watch -n 3", "watch");
	ck_assert_int_eq(inv.args.count, 3);
	parse_well("run -n x --e A=1 --a B=2 --d text --i 7 --p 6 true", "run");
	ck_assert_str_eq(inv.args.name, "x");
	ck_assert_str_eq(inv.args.description, "text");
	ck_assert_uint_eq(inv.args.env.count, 1);
	ck_assert_uint_eq(inv.args.arg.count, 1);
	ck_assert_str_eq(inv.args.parent, "6");
}
END_TEST

START_TEST(durations_have_units_and_seconds_need_none)
{
	parse_well("stop 7 --kill-after 2m30s", "stop");
	ck_assert_double_eq(inv.args.kill_after, 150);
	parse_well("wait 7 --timeout 01:00:00", "wait");
	ck_assert_double_eq(inv.args.timeout, 3600);
	parse_well("watch -d 0.5s", "watch");
	ck_assert_double_eq(inv.args.delay, 0.5);
	parse_well("Stop-KrTask 7 -KillAfter 1h", "stop");
	ck_assert_double_eq(inv.args.kill_after, 3600);
}
END_TEST

START_TEST(each_command_has_a_cmdlet)
{
	parse_well("progress -5 --json -.5", "progress");
	ck_assert_uint_eq(inv.args.operands.count, 2);
	ck_assert_str_eq(inv.args.operands.items[0].text, "-5");
	ck_assert_str_eq(inv.args.operands.items[1].text, "-.5");
	ck_assert(inv.args.json);
	parse_well("progress -- -5", "progress");
	ck_assert_str_eq(inv.args.operands.items[0].text, "-5");
	parse_well("Write-KrTaskProgress 40", "progress");
	ck_assert_str_eq(inv.args.operands.items[0].text, "40");
	ck_assert_ptr_null(inv.args.message);
	parse_well("write-krtaskprogress 40 half", "progress");
	ck_assert_str_eq(inv.args.operands.items[0].text, "40");
	ck_assert_str_eq(inv.args.message, "half");
	parse_well("Write-KrTaskProgress -Status half -Percent 40", "progress");
	ck_assert_str_eq(inv.args.operands.items[0].text, "40");
	ck_assert_str_eq(inv.args.message, "half");
	parse_well("Write-KrTaskProgress -Message half 40", "progress");
	ck_assert_str_eq(inv.args.operands.items[0].text, "40");
	parse_well("Test-KrTaskCancelled", "cancelled");
	parse_well("Watch-KrTask default -Count 2 -Delay 1m -State Running", "watch");
	ck_assert_int_eq(inv.args.count, 2);
	ck_assert_double_eq(inv.args.delay, 60);
	ck_assert_str_eq(inv.args.server, "default");
}
END_TEST

START_TEST(new_cmdlets_take_several_ids)
{
	parse_well("Wait-KrTask -Id 1,2 -Any", "wait");
	ck_assert_uint_eq(inv.args.operands.count, 2);
	ck_assert(inv.args.any);
	parse_well("Wait-KrTask 7 -Timeout 1m", "wait");
	ck_assert_str_eq(inv.args.operands.items[0].text, "7");
	parse_well("Suspend-KrTask 7, 8 -WhatIf", "pause");
	ck_assert_uint_eq(inv.args.operands.count, 2);
	ck_assert(inv.args.what_if);
	parse_well("Suspend-KrTask -WhatIf -- 7, 8,9", "pause");
	ck_assert_uint_eq(inv.args.operands.count, 3);
	parse_well("Get-KrTaskLog 7,8 -Wait -Tail 3", "log");
	ck_assert_uint_eq(inv.args.operands.count, 2);
	ck_assert(inv.args.follow);
	ck_assert_int_eq(inv.args.tail, 3);
}
END_TEST

START_TEST(letters_have_the_values_that_they_name)
{
	parse_well("run -gG -n N -eA=1 -C/ true", "run");
	ck_assert_str_eq(inv.args.group, "G");
	ck_assert_str_eq(inv.args.name, "N");
	ck_assert_str_eq(inv.args.env.items[0].text, "A=1");
	ck_assert_str_eq(inv.args.cwd, "/");
	parse_well("stop -n x*", "stop");
	ck_assert_str_eq(inv.args.name, "x*");
	ck_assert_uint_eq(inv.args.operands.count, 0);
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

START_TEST(the_first_word_begins_the_command_of_a_task)
{
	parse_well("run --name a rsync -a --json /a -- /b", "run");
	ck_assert_uint_eq(inv.args.operands.count, 6);
	ck_assert_str_eq(inv.args.operands.items[0].text, "rsync");
	ck_assert_str_eq(inv.args.operands.items[4].text, "--");
	ck_assert(!inv.args.json);
	parse_well("start 1 --json", "start");
	ck_assert(inv.args.json);
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
	parse_well("Get-KrTask -State Running,Queued", "get");
	ck_assert_uint_eq(inv.args.states.count, 2);
	parse_well("Get-KrTask -Id 7 -State", "state");
	ck_assert_str_eq(inv.args.operands.items[0].text, "7");
	parse_well("Get-KrTask -State -Id 7", "state");
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
	parse_well("Start-KrTask -Id 7 default", "start");
	ck_assert_str_eq(inv.args.server, "default");
	parse_well("Start-KrTask -Server other 7", "start");
	ck_assert_str_eq(inv.args.operands.items[0].text, "7");
}
END_TEST

START_TEST(common_parameters_are_taken)
{
	parse_well(
		"Stop-KrTask -Id 7 -Debug -ErrorAction Stop -ev e -ov o -WarningAction:Continue -InformationAction Ignore "
		"-ProgressAction Continue -WarningVariable w -iv i -OutBuffer 5 -pv p",
		"stop");
	ck_assert_int_eq(inv.args.error_action, ACTION_STOP);
	ck_assert_str_eq(inv.args.out_variable, "o");
}
END_TEST

/* Cmdlets take the numbers of PowerShell, and other commands take digits. */
static const struct {
	const char *text;
	long long value;
} numbers[] = {
	{ "5", 5 },     { "0x10", 16 }, { "-0x10", -16 }, { "1kb", 1024 }, { "2MB", 2 << 20 },
	{ "1e2", 100 }, { "+3", 3 },    { "2.5", 2 },     { "-1", -1 },    { ".5kb", 512 },
};

START_TEST(cmdlets_take_the_numbers_of_powershell)
{
	char line[64];

	snprintf(line, sizeof(line), "New-KrTask -Priority %s -- x", numbers[_i].text);
	parse_well(line, "new");
	ck_assert_int_eq(inv.args.priority, numbers[_i].value);
}
END_TEST

/* Returns what the cmdlet got, in words: id, server, switches, then the common parameters. */
static const char *given(void)
{
	static const char *const actions[] = { "silent", "stop",    "continue", "inquire",
		                               "ignore", "suspend", "break" };
	static char text[512];
	const struct arguments *args = &inv.args;
	size_t used = 0;

	text[0] = '\0';
#define ADD(condition, ...)                                                                              \
	do {                                                                                             \
		if (condition)                                                                           \
			used += (size_t)snprintf(text + used, sizeof(text) - used, __VA_ARGS__);         \
	} while (0)
	ADD(args->operands.count, "id=%s", args->operands.items[0].text);
	ADD(args->server, " server=%s", args->server);
	ADD(args->what_if, " what-if");
	ADD(args->confirm != CONFIRM_UNSET, " confirm=%s", args->confirm == CONFIRM_TRUE ? "yes" : "no");
	ADD(args->verbose, " verbose");
	ADD(args->debug, " debug");
	ADD(args->kill, " kill");
	ADD(args->error_action != ACTION_UNSET, " ea=%s", actions[args->error_action]);
	ADD(args->warning_action != ACTION_UNSET, " wa=%s", actions[args->warning_action]);
	ADD(args->information_action != ACTION_UNSET, " infa=%s", actions[args->information_action]);
	ADD(args->progress_action != ACTION_UNSET, " proga=%s", actions[args->progress_action]);
	ADD(args->error_variable, " ev=%s", args->error_variable);
	ADD(args->warning_variable, " wv=%s", args->warning_variable);
	ADD(args->information_variable, " iv=%s", args->information_variable);
	ADD(args->out_variable, " ov=%s", args->out_variable);
	ADD(args->pipeline_variable, " pv=%s", args->pipeline_variable);
	ADD(arguments_given(args, OPT_OUT_BUFFER), " ob=%d", (int)args->out_buffer);
#undef ADD
	return text;
}

static const struct {
	const char *line, *given;
} rules[] = {
	/* names in any case, values behind a blank or a colon */
	{ "Stop-KrTask -Id 7", "id=7" },
	{ "sToP-kRtAsK -iD 7", "id=7" },
	{ "STOP-KRTASK -ID:7 -SERVER:a", "id=7 server=a" },
	{ "Stop-KrTask -Id: 7", "id=7" },
	{ "Stop-KrTask -Server unix:/a:b -Id a:b", "id=a:b server=unix:/a:b" },
	{ "Stop-KrTask -Id:a:b", "id=a:b" },
	/* a prefix of the command's own parameters */
	{ "Stop-KrTask -i 7", "id=7" },
	{ "Stop-KrTask -Se x -I 7", "id=7 server=x" },
	{ "Stop-KrTask 7 -W", "id=7 what-if" },
	{ "Stop-KrTask 7 -What", "id=7 what-if" },
	{ "Stop-KrTask 7 -C", "id=7 confirm=yes" },
	/* documented parameters win over those of krtask */
	{ "Stop-KrTask -S x -Id 7", "id=7 server=x" },
	/* an exact name wins over a longer one */
	{ "Stop-KrTask 7 -Kill", "id=7 kill" },
	/* a prefix of a common parameter */
	{ "Stop-KrTask 7 -V -D", "id=7 verbose debug" },
	{ "Stop-KrTask 7 -ErrorA Stop -OutV x -P:y", "" },
	{ "Stop-KrTask 7 -ErrorA Stop -OutV x -Pip:y", "id=7 ea=stop ov=x pv=y" },
	/* aliases match exactly */
	{ "Stop-KrTask 7 -wi -cf -vb -db", "id=7 what-if confirm=yes verbose debug" },
	{ "Stop-KrTask 7 -ea Stop -wa Continue -infa Ignore -proga Inquire",
	  "id=7 ea=stop wa=continue infa=ignore proga=inquire" },
	{ "Stop-KrTask 7 -ev e -wv w -iv i -ov o -pv p -ob 3", "id=7 ev=e wv=w iv=i ov=o pv=p ob=3" },
	{ "Stop-KrTask 7 -EV +e -OV +_o1", "id=7 ev=+e ov=+_o1" },
	/* switches */
	{ "Stop-KrTask 7 -WhatIf:$true", "id=7 what-if" },
	{ "Stop-KrTask 7 -WhatIf:$false -cf:$False", "id=7 confirm=no" },
	{ "Stop-KrTask 7 -Confirm:$TRUE -vb:$false", "id=7 confirm=yes" },
	{ "Stop-KrTask 7 -Verbose:True -Debug:0", "id=7 verbose" },
	/* a switch takes no following word */
	{ "Stop-KrTask -WhatIf 7", "id=7 what-if" },
	{ "Stop-KrTask -Confirm a 7", "id=7 server=a confirm=yes" },
	/* by position: server, id; a single word is the id */
	{ "Stop-KrTask 7", "id=7" },
	{ "Stop-KrTask a 7", "id=7 server=a" },
	{ "Stop-KrTask a -wi 7", "id=7 server=a what-if" },
	{ "Stop-KrTask default -Id 7", "id=7 server=default" },
	{ "Stop-KrTask -Server a 7", "id=7 server=a" },
	{ "Stop-KrTask _ 7", "id=7 server=" },
	{ "Stop-KrTask -5", "id=-5" },
	{ "Stop-KrTask -", "id=-" },
	/* actions: any case, numbers, a unique prefix */
	{ "Stop-KrTask 7 -ea silentlycontinue", "id=7 ea=silent" },
	{ "Stop-KrTask 7 -ea 0 -wa 1 -infa 4", "id=7 ea=silent wa=stop infa=ignore" },
	{ "Stop-KrTask 7 -ea si -wa Inq", "id=7 ea=silent wa=inquire" },
	{ "Stop-KrTask 7 -ea Suspend -wa Break", "id=7 ea=suspend wa=break" },
	/* the other cmdlets take actions too */
	{ "Start-KrTask a 7 -cf:$false -ov o", "id=7 server=a confirm=no ov=o" },
	{ "Remove-KrTask -i 7 -wi -ea 1", "id=7 what-if ea=stop" },
	{ "Get-KrTask a 7 -ov o", "id=7 server=a ov=o" },
	{ "Get-KrTask -Server a -ov o", " server=a ov=o" },
	{ "Get-KrTaskState a 7 -ev e", "id=7 server=a ev=e" },
	{ "Get-KrTaskResult 7 -wv w -Verbose", "id=7 verbose wv=w" },
	{ "Set-KrTaskName a 7 -N n -De d -db", "id=7 server=a debug" },
	{ "New-KrTask a -Scr x -ov id", " server=a ov=id" },
	{ "Add-KrTasksService a -Max 3 -vb", " server=a verbose" },
};

START_TEST(parameters_are_bound_by_powershells_rules)
{
	int result = parse(rules[_i].line);

	if (!*rules[_i].given) {
		ck_assert_int_eq(result, -EINVAL);
		return;
	}
	ck_assert_msg(result == 0, "%s: %s", rules[_i].line, parse_error ? parse_error : "");
	ck_assert_msg(strcmp(given(), rules[_i].given) == 0, "%s: %s", rules[_i].line, given());
}
END_TEST

START_TEST(quoted_words_and_values_are_no_parameters)
{
	struct word line[] = { { .text = "Start-KrTask" }, { .text = "-Id", .quoted = true } };
	struct word other[] = { { .text = "start" }, { .text = "--what-if", .value = true } };
	size_t at;

	ck_assert_int_eq(invocation_parse(&inv, line, 2, &parse_error, &at), 0);
	ck_assert_str_eq(inv.args.operands.items[0].text, "-Id");
	ck_assert_int_eq(invocation_parse(&inv, other, 2, &parse_error, &at), 0);
	ck_assert_str_eq(inv.args.operands.items[0].text, "--what-if");
	ck_assert(!inv.args.what_if);
}
END_TEST

/* Every row of the options can be parsed: names differ, and kinds agree with values. */
START_TEST(the_table_is_sound)
{
	for (int id = 0; id < OPTION_TOTAL; id++) {
		const struct option_info *info = &option_table[id];

		ck_assert(*info->name || *info->parameter);
		ck_assert_int_eq(*info->value != '\0', option_takes_value((enum option_id)id));
		for (int other = 0; other < id; other++) {
			/* The configuration file knows only the first --delay, which is that of watch. */
			if (*info->name && id != OPT_PUT_OFF)
				ck_assert_str_ne(info->name, option_table[other].name);
		}
	}
	for (const struct command *command = command_table; command->name; command++) {
		ck_assert_msg(command->run || (command->send && command->receive), "%s", command->name);
		ck_assert_msg(command->summary && command->operands, "%s", command->name);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("options");
	TCase *tcase = tcase_create("both syntaxes");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, options_and_operands_mix);
	tcase_add_test(tcase, long_options_may_be_shortened);
	tcase_add_test(tcase, an_abbreviation_stays_what_it_was);
	tcase_add_test(tcase, letters_have_the_values_that_they_name);
	tcase_add_test(tcase, durations_have_units_and_seconds_need_none);
	tcase_add_test(tcase, new_cmdlets_take_several_ids);
	tcase_add_test(tcase, each_command_has_a_cmdlet);
	tcase_add_test(tcase, letters_may_be_joined);
	tcase_add_test(tcase, two_dashes_end_the_options);
	tcase_add_test(tcase, the_first_word_begins_the_command_of_a_task);
	tcase_add_test(tcase, confirm_takes_a_truth_value);
	tcase_add_test(tcase, lists_by_commas_and_repetition);
	tcase_add_test(tcase, commands_of_two_words);
	tcase_add_test(tcase, cmdlet_parameters_are_the_same_arguments);
	tcase_add_test(tcase, values_by_position);
	tcase_add_test(tcase, common_parameters_are_taken);
	tcase_add_loop_test(tcase, cmdlets_take_the_numbers_of_powershell, 0,
	                    sizeof(numbers) / sizeof(*numbers));
	tcase_add_loop_test(tcase, parameters_are_bound_by_powershells_rules, 0,
	                    sizeof(rules) / sizeof(*rules));
	tcase_add_test(tcase, quoted_words_and_values_are_no_parameters);
	tcase_add_test(tcase, the_table_is_sound);
	suite_add_tcase(suite, tcase);
	return unit_main(suite);
}
