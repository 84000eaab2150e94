/* Wrong command lines in both syntaxes: what is said of them. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/unit/parsed_line.h"
#include "tests/unit/unit.h"
#include "tui/cli/context.h"
#include "tui/text/messages.h"

/* An parse_error names a GNU option and a parameter each in its own syntax. */
START_TEST(what_is_wrong_is_said_in_its_own_syntax)
{
	ck_assert_int_eq(parse("Stop-KrTask 7 --json=perhaps"), -EINVAL);
	ck_assert_str_eq(parse_error, "value 'perhaps' of --json " MSG_MUST_BE_BOOL);
	free(parse_error);
	ck_assert_int_eq(parse("Stop-KrTask 7 -OutBuffer x"), -EINVAL);
	ck_assert_str_eq(parse_error, "value 'x' of -OutBuffer " MSG_MUST_BE_COUNT);
}
END_TEST

static const struct {
	const char *line;
	size_t at;
} places[] = {
	{ "frob", 0 },
	{ "start", 0 },
	{ "start 7 --bogus", 2 },
	{ "start 7 --bogus=5 8", 2 },
	{ "stop 7 --kill-after soon 8", 3 },
	{ "stop 7 --kill-after", 2 },
	{ "stop 7 -Qv 8", 2 },
	{ "state 1 2 --json", 2 },
	{ "list --json 7", 2 },
	{ "stop --all 7 --kill", 2 },
	{ "Stop-KrTask", 0 },
	{ "--json Stop-KrTask", 1 },
	{ "Stop-KrTask -Id 7 -Bogus -WhatIf", 3 },
	{ "Stop-KrTask -Id 7 -ea Maybe -WhatIf", 4 },
	{ "Stop-KrTask a b -WhatIf c", 4 },
	{ "Stop-KrTask -Id 1 -Id 2", 3 },
};

START_TEST(the_word_that_is_wrong_is_known)
{
	static char copy[512];
	char *rest = copy, *word;
	size_t at = 99;

	snprintf(copy, sizeof(copy), "%s", places[_i].line);
	words_clear(&words);
	while ((word = strsep(&rest, " ")))
		words_add_text(&words, word);
	ck_assert_int_eq(invocation_parse(&inv, words.items, words.count, &parse_error, &at), -EINVAL);
	ck_assert_msg(at == places[_i].at, "%s: word %zu", places[_i].line, at);
}
END_TEST

static const struct {
	const char *line;
	const char *says, *values[4]; /* the message or a part of it, and its values */
} bad[] = {
	{ "start 7 --wat-if", "unknown option '--wat-if' (nearest: --what-if, ", { NULL } },
	{ "start 7 --wat-if", "; see krtask start --help)", { NULL } },
	{ "start 7 -x", "unknown option '-x' (nearest: --", { NULL } },
	{ "start 7 -vx", "unknown option '-x' in '-vx' (nearest: --", { NULL } },
	{ "strat 7", "unknown command 'strat' (nearest: start, ", { NULL } },
	{ "Strat-KrTask 7", "(nearest: Start-KrTask, ", { NULL } },
	{ "kill 7", MSG_COMMAND_FOREIGN, { "kill", "stop --kill" } },
	{ "server foo",
	  MSG_SUBCOMMAND_UNKNOWN,
	  { "server", "foo", "start, stop, restart, pause, resume, status, set" } },
	{ "stop --all=no", MSG_OPERAND_MISSING, { "ID...", MSG_OPERAND_SELECTORS } },
	{ "stop 7 --all=no --state Running", MSG_SELECTOR_AND_ID, { "7", "state" } },
	{ "stop 7 --s", "ambiguous: --server, --server-timeout, --signal", { NULL } },
	{ "stop 7 --kill-after", MSG_OPTION_NEEDS_VALUE, { "--kill-after", "SECONDS" } },
	{ "Stop-KrTask --what-if 11", "unknown option '--what-if' (nearest: -WhatIf, ", { NULL } },
	{ "Stop-KrTask --id 11", "unknown option '--id' (nearest: -Id, ", { NULL } },
	{ "Stop-KrTask --jsn 11", "unknown option '--jsn' (nearest: --json, ", { NULL } },
	{ "Stop-KrTask --srver x", "unknown option '--srver' (nearest: -Server, ", { NULL } },
	{ "Start-KrTask -Id 7 -Wati", "unknown parameter '-Wati' (nearest: -WhatIf, ", { NULL } },
	{ "start-krtask -Id 7 -Wati", "; see krtask Start-KrTask --help)", { NULL } },
	{ "Start-KrTask -Id 7 -E x", "ambiguous: -ErrorAction, -ErrorVariable", { NULL } },
	{ "Start-KrTask -Id 7 -O x", "ambiguous: -OutVariable, -OutBuffer", { NULL } },
	{ "Start-KrTask -Id 7 -P x", "ambiguous: -ProgressAction, -PipelineVariable", { NULL } },
	{ "Start-KrTask -Id 7 -War x", "ambiguous: -WarningAction, -WarningVariable", { NULL } },
	{ "Start-KrTask -Id 7 -In x", "ambiguous: -InformationAction, -InformationVariable", { NULL } },
	{ "New-KrTask -C x", "ambiguous: -ScriptBlock, -CodeFilePath", { NULL } },
	{ "Start-KrTask -wii 7", "'-wii'", { NULL } },
	{ "Start-KrTask 7, 8", MSG_ID_ARRAY, { "Id", "Start-KrTask" } },
	{ "Start-KrTask default 7, 8", MSG_ID_ARRAY, { "Id", "Start-KrTask" } },
	{ "Start-KrTask 7, 8 9", MSG_PARAMETER_ARRAY, { "Server" } },
	{ "Suspend-KrTask -Id 7, -WhatIf", MSG_PARAMETER_VALUE, { "7,", "Id", MSG_MUST_NOT_LACK_ID } },
	{ "Suspend-KrTask 7, -WhatIf", MSG_PARAMETER_VALUE, { "7,", "Id", MSG_MUST_NOT_LACK_ID } },
	{ "Start-KrTask -Id", MSG_PARAMETER_NEEDS_VALUE, { "Id", "ID" } },
	{ "Start-KrTask -Id:", MSG_PARAMETER_NEEDS_VALUE, { "Id", "ID" } },
	{ "Start-KrTask -Server a", MSG_PARAMETER_MISSING, { "Id" } },
	{ "Start-KrTask a b c", MSG_POSITIONAL_TWO, { "c", "Server", "Id" } },
	{ "Start-KrTask 7 -WhatIf: 8", MSG_PARAMETER_EMPTY, { "WhatIf", "WhatIf" } },
	{ "Stop-KrTask 7 -ea S", MSG_PARAMETER_VALUE, { "S", "ErrorAction", MSG_MUST_BE_ACTION } },
	{ "Stop-KrTask 7 -ea 7", MSG_PARAMETER_VALUE, { "7", "ErrorAction", MSG_MUST_BE_ACTION } },
	{ "Stop-KrTask 7 -wa _", MSG_PARAMETER_VALUE, { "", "WarningAction", MSG_MUST_BE_ACTION } },
	{ "Stop-KrTask 7 -infa x", MSG_PARAMETER_VALUE, { "x", "InformationAction", MSG_MUST_BE_ACTION } },
	{ "Stop-KrTask 7 -proga x", MSG_PARAMETER_VALUE, { "x", "ProgressAction", MSG_MUST_BE_ACTION } },
	{ "Stop-KrTask 7 -ov 1x", MSG_PARAMETER_VALUE, { "1x", "OutVariable", MSG_MUST_BE_VARIABLE } },
	{ "Stop-KrTask 7 -ev +", MSG_PARAMETER_VALUE, { "+", "ErrorVariable", MSG_MUST_BE_VARIABLE } },
	{ "Stop-KrTask 7 -pv a-b", MSG_PARAMETER_VALUE, { "a-b", "PipelineVariable", MSG_MUST_BE_VARIABLE } },
	{ "Stop-KrTask 7 -ov True",
	  MSG_PARAMETER_VALUE,
	  { "True", "OutVariable", MSG_MUST_NOT_BE_CONSTANT } },
	{ "Stop-KrTask 7 -ob -1", MSG_PARAMETER_VALUE, { "-1", "OutBuffer", MSG_MUST_BE_COUNT } },
	{ "Stop-KrTask 7 -ob 3000000000",
	  MSG_PARAMETER_VALUE,
	  { "3000000000", "OutBuffer", MSG_MUST_BE_INT32 } },
	{ "Stop-KrTask 7 -ob 2gb", MSG_PARAMETER_VALUE, { "2gb", "OutBuffer", MSG_MUST_BE_INT32 } },
	{ "Stop-KrTask 7 -ob 4kbb", MSG_PARAMETER_VALUE, { "4kbb", "OutBuffer", MSG_MUST_BE_COUNT } },
	{ "Stop-KrTask 7 -ob 0x", MSG_PARAMETER_VALUE, { "0x", "OutBuffer", MSG_MUST_BE_COUNT } },
	{ "Wait-KrTask 7,,8", MSG_PARAMETER_VALUE, { "7,,8", "Id", MSG_MUST_NOT_LACK_ID } },
	{ "New-KrTask -Priority 0x80000000 -- x",
	  MSG_PARAMETER_VALUE,
	  { "0x80000000", "Priority", MSG_MUST_BE_INTEGER } },
	/* A parameter that has two names is called as it was typed. */
	{ "New-KrTaskGroup g -Slots x", MSG_PARAMETER_VALUE, { "x", "Slots", MSG_MUST_BE_SLOTS } },
	{ "New-KrTaskGroup g -sl x", MSG_PARAMETER_VALUE, { "x", "Slots", MSG_MUST_BE_SLOTS } },
	{ "New-KrTaskGroup g -MaxRunspaces x",
	  MSG_PARAMETER_VALUE,
	  { "x", "MaxRunspaces", MSG_MUST_BE_SLOTS } },
	{ "New-KrTaskGroup g -Slots", MSG_PARAMETER_NEEDS_VALUE, { "Slots", "N" } },
	{ "New-KrTaskGroup g -MaxRunspaces 1 -Slots 2", MSG_PARAMETER_TWICE, { "Slots" } },
	{ "Set-KrTaskName -Name x", MSG_PARAMETER_MISSING, { "Id" } },
	{ "Get-KrTask -State", MSG_STATE_ALONE, { NULL } },
	{ "Get-KrTask -Id 7 -State:", MSG_PARAMETER_NEEDS_VALUE, { "State", "STATE" } },
	{ "New-KrTask a b", MSG_POSITIONAL_ONE, { "b", "Server" } },
	{ "frob", "'frob'", { NULL } },
	{ "server",
	  MSG_SUBCOMMAND_MISSING,
	  { "server", "start, stop, restart, pause, resume, status, set" } },
	{ "server frob",
	  MSG_SUBCOMMAND_UNKNOWN,
	  { "server", "frob", "start, stop, restart, pause, resume, status, set" } },
	{ "start", MSG_OPERAND_MISSING, { "ID...", MSG_OPERAND_SELECTORS } },
	{ "state 1 2", "'2'", { NULL } },
	{ "list 7", "'7'", { NULL } },
	{ "start 7 --bogus", "'--bogus'", { NULL } },
	{ "start 7 -Q", "'-Q'", { NULL } },
	{ "start 7 --kill", "'--kill'", { NULL } },
	{ "stop 7 --con", "ambiguous: --confirm, --confirm-preference", { NULL } },
	{ "stop 7 --signal", MSG_OPTION_NEEDS_VALUE, { "--signal", "NAME" } },
	{ "stop 7 --kill-after 1h30", MSG_OPTION_VALUE, { "1h30", "kill-after", MSG_MUST_BE_SECONDS } },
	{ "stop 7 --kill-after soon", MSG_OPTION_VALUE, { "soon", "kill-after", MSG_MUST_BE_SECONDS } },
	{ "stop 7 --kill-after -1", "'-1'", { NULL } },
	{ "stop 7 --kill-after nan", "'nan'", { NULL } },
	{ "stop 7 --confirm=maybe", MSG_OPTION_VALUE, { "maybe", "confirm", MSG_MUST_BE_BOOL } },
	{ "stop 7 --confirm-preference often",
	  MSG_OPTION_VALUE,
	  { "often", "confirm-preference", MSG_MUST_BE_PREFERENCE } },
	{ "list --limit x", MSG_OPTION_VALUE, { "x", "limit", MSG_MUST_BE_COUNT } },
	{ "list --limit 99999999999999999999", "'99999999999999999999'", { NULL } },
	{ "new --max-log 9Q -- x", MSG_OPTION_VALUE, { "9Q", "max-log", MSG_MUST_BE_BYTES } },
	{ "new --max-log 9999999999G -- x",
	  MSG_OPTION_VALUE,
	  { "9999999999G", "max-log", MSG_MUST_BE_FEWER_BYTES } },
	{ "--what-if get", MSG_OPTION_NOT_FOR, { "what-if", "get" } },
	{ "--check get", "'--check'", { NULL } },
	{ "Start-KrTask", MSG_PARAMETER_MISSING, { "Id" } },
	{ "New-KrTaskGroup", MSG_PARAMETER_MISSING, { "Name" } },
	{ "Write-KrTaskProgress -StatusMessage x", MSG_PARAMETER_MISSING, { "PercentComplete" } },
	{ "Start-KrTask -Id 1 -Id 2", MSG_PARAMETER_TWICE, { "Id" } },
	{ "Start-KrTask -Id 1 -Server a b", "'b'", { NULL } },
	{ "Start-KrTask -Id -WhatIf", MSG_PARAMETER_NEEDS_VALUE, { "Id", "ID" } },
	{ "Start-KrTask -Id 7 -Bogus", "'-Bogus'", { NULL } },
	{ "Start-KrTask -Id 7 --what-if", "'--what-if'", { NULL } },
	{ "Stop-KrTask -Id 7 --kill", "'--kill'", { NULL } },
	{ "Stop-KrTask -Id 7 -Confirm:", "'-Confirm:$false'", { NULL } },
	{ "Stop-KrTask -Id 7 -Confirm:x", "'x'", { NULL } },
	{ "Stop-KrTask -Id 7 -War Stop", "ambiguous", { NULL } },
	{ "Stop-KrTask -Id 7 -K", "ambiguous: -KillAfter, -Kill", { NULL } },
	{ "Stop-KrTask -Id 7 -ErrorAction Maybe", "'Maybe'", { NULL } },
};

START_TEST(what_is_wrong_is_named)
{
	const char *says = unit_message(bad[_i].says, bad[_i].values);

	ck_assert_msg(parse(bad[_i].line) == -EINVAL, "%s", bad[_i].line);
	ck_assert_msg(strstr(parse_error, says), "%s: %s", bad[_i].line, parse_error);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("options errors");
	TCase *tcase = tcase_create("options errors");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_loop_test(tcase, the_word_that_is_wrong_is_known, 0, sizeof(places) / sizeof(*places));
	tcase_add_test(tcase, what_is_wrong_is_said_in_its_own_syntax);
	tcase_add_loop_test(tcase, what_is_wrong_is_named, 0, sizeof(bad) / sizeof(*bad));
	suite_add_tcase(suite, tcase);
	return unit_main(suite);
}
