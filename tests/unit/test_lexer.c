/* Lines of a batch: words, quotes, variables, and the place of each error. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/unit.h"
#include "tui/batch/foreign.h"
#include "tui/batch/script.h"
#include "tui/text/messages.h"

static struct statement statement;
static const char *error;
static unsigned column;

static int parse(const char *line)
{
	return statement_parse(&statement, line, strlen(line), &error, &column);
}

static void teardown(void)
{
	statement_release(&statement);
}

/* The tokens written out: words in <>, variables as $(name), the operator as |. */
static const char *shown(void)
{
	static char text[1024];
	const struct lexed *lexed = &statement.lexed;
	size_t used = 0;

	text[0] = '\0';
	for (size_t i = 0; i < lexed->token_count; i++) {
		const struct token *token = &lexed->tokens[i];

		used += (size_t)snprintf(text + used, sizeof(text) - used, "%s", token->pipe ? "|" : "<");
		for (size_t k = 0; k < token->count; k++) {
			const struct piece *piece = &lexed->pieces[token->first + k];

			used += (size_t)snprintf(text + used, sizeof(text) - used,
			                         piece->variable ? "$(%s)" : "%s", lexed_text(lexed, piece));
		}
		used += (size_t)snprintf(text + used, sizeof(text) - used, "%s", token->pipe ? "" : ">");
	}
	return text;
}

static const struct {
	const char *line, *tokens;
} good[] = {
	{ "", "" },
	{ "   \t ", "" },
	{ "# all of it", "" },
	{ "new -- make -j4", "<new><--><make><-j4>" },
	{ "  a\tb\r", "<a><b>" },
	{ "a # b", "<a>" },
	{ "$? ${?} a$?b \"$?\" '$?' \\$?", "<$(?)><$(?)><a$(?)b><$(?)><$?><$?>" },
	{ "a\xc3\xa9|b", "<a\xc3\xa9>|<b>" },
	{ "a#b", "<a#b>" },
	{ "'a b' \"c d\"", "<a b><c d>" },
	{ "a'b c'd", "<ab cd>" },
	{ "''", "<>" },
	{ "Stop-KrTask \xe2\x80\x93Id \xe2\x80\x9c"
	  "15\xe2\x80\x9d\xc2\xa0\xe2\x80\x93\xe2\x80\x93",
	  "<Stop-KrTask><-Id><15><\xe2\x80\x93\xe2\x80\x93>" },
	{ "\v\fStop-KrTask\v-Id\f9\xe2\x80\xa8-x\xe2\x80\xa9-y \"\v\" `\v",
	  "<Stop-KrTask><-Id><9><-x><-y><\v><\v>" },
	{ "stop 9\v-x \xe2\x80\xa8", "<stop><9\v-x><\xe2\x80\xa8>" },
	{ "stop \xe2\x80\x93"
	  "7 a'b'\"c\"",
	  "<stop><\xe2\x80\x93"
	  "7><abc>" },
	{ "x | Stop-KrTask \xe2\x80\x98"
	  "7\xe2\x80\x99",
	  "<x>|<Stop-KrTask><7>" },
	{ "Stop-KrTask a{b}(c)@d \"$x.y [\"", "<Stop-KrTask><a{b}(c)@d><$(x).y [>" },
	{ "\"\"", "<>" },
	{ "'$x \\ \"'", "<$x \\ \">" },
	{ "\"a\\\"b\\\\c\\$d\\`e\\nf\"", "<a\"b\\c$d`e\\nf>" },
	{ "a\\ b\\#\\$x\\'", "<a b#$x'>" },
	{ "$x", "<$(x)>" },
	{ "${x}y", "<$(x)y>" },
	{ "a$x-$y_2.z", "<a$(x)-$(y_2).z>" },
	{ "\"$x $y\"", "<$(x) $(y)>" },
	{ "-Confirm:$false", "<-Confirm:$(false)>" },
	{ "$ $5 a$", "<$><$5><a$>" },
	{ "\"$\"", "<$>" },
	{ "unix:/a | stop 7", "<unix:/a>|<stop><7>" },
	{ "a|b", "<a>|<b>" },
	{ "'a|b'", "<a|b>" },
	{ "'a;b' \"<>\" \\&", "<a;b><<>><&>" },
	{ "\xc3\xa9 \xff", "<\xc3\xa9><\xff>" },
	{ "Stop-KrTask 1`2 \"a`\"b`$x`tc\" 'd`e' `-Id", "<Stop-KrTask><12><a\"b$x\tc><d`e><-Id>" },
	{ "stop 1`2 \"`\"", "<stop><1`2><`>" },
	{ "stop <# a | 'b\n#> 7 <##> 8", "<stop><7><8>" },
	{ "get |\nstop 7", "<get>|<stop><7>" },
	{ "get | # all\n \n  stop 7", "<get>|<stop><7>" },
	{ "<# nothing #>", "" },
	{ "<# this: #> Stop-KrTask a`tb", "<Stop-KrTask><a\tb>" },
	{ "Get-KrTask -State 'a','b' -x \"c\",d", "<Get-KrTask><-State><a,b><-x><c,d>" },
	{ "$x = -5", "<-5>" },
	{ "$x = 'a'$y # b", "<a$(y)>" },
	{ "$x = Get-KrTask | <# these #> Stop-KrTask", "<Get-KrTask>|<Stop-KrTask>" },
};

/* What belongs to one line, though it has several. */
static const struct {
	const char *text;
	bool goes_on;
} lines_of_several[] = {
	{ "get |", true },
	{ "get | # all of them", true },
	{ "get | stop", false },
	{ "new -- echo 'a |", false },
	{ "new -- echo \\|", false },
	{ "# get |", false },
	{ "set 1 --name @'", true },
	{ "set 1 --name @'\nstop 2", true },
	{ "set 1 --name @'\nstop 2\n'@", false },
	{ "set 1 --name a@'b'", false },
	{ "stop <# 1", true },
	{ "stop <# 1\nstop 2 #> 3", false },
	{ "stop '<#' 1", false },
	{ "if ($x) {", true },
	{ "if ($x) {\nstop 1\n}", false },
	{ "if ($x) { stop 1 } else {", true },
	{ "if ($x)", true },
	{ "if ($x)\n{", true },
	{ "if ($x)\nstop 1", false },
	{ "$x = foreach ($t in 1, 2) {\n# it's {\n", true },
	{ "$x = foreach ($t in 1, 2) {\n# it's {\n}", false },
	{ "try {\n\"}\"", true },
	{ "switch 1 2", false },
	{ "Get-KrTask | ForEach-Object {", true },
	{ "Get-KrTask | % { \nStop-KrTask -Id $_ }", false },
	{ "Stop-KrTask -Id (", true },
	{ "Stop-KrTask -Id @(1,", true },
	{ "Stop-KrTask -Id @(1,\n2)", false },
	{ "$x = @{", true },
	{ "Set-KrTaskName -Id 1 -Name ':('", false },
	{ "Set-KrTaskName -Id 1 -Name a(b", false },
	{ "New-KrTask -Language sh -ScriptBlock { f() { (; }; # }", false },
	{ "new -- echo {", false },
	{ "new -c '{ (' --name '@'", false },
	{ "stop 1 (", false },
	{ "$x = 1; foreach ($i in $x) {", true },
	{ "$x = 1; foreach ($i in $x) {\nstop 1\n}", false },
	{ "$x = 1; $y = if ($x) {", true },
	{ "stop 1; do", true },
	{ "stop 1 && icm {", true },
	{ "stop ';' if {", false },
	{ "foreach ($i in get | stop) {", true },
	{ ":outer foreach ($i in 1) {", true },
	{ ":outer\nforeach", false },
	{ "$x = do", true },
	{ "data {", true },
	{ "configuration C {", true },
	{ "icm -ComputerName a {", true },
	{ "get | where{", true },
	{ "get | where { 1 }", false },
	{ "ls --name {", false },
	{ "server set {", false },
	{ "New-KrTask -ScriptBlock 'echo a", true },
	{ "New-KrTask -ScriptBlock 'echo a\nstop 1\n", true },
	{ "New-KrTask -ScriptBlock 'echo a\nstop 1\n'", false },
	{ "Set-KrTaskName 1 -Name \"a`\"", true },
	{ "Set-KrTaskName 1 -Name \"a\\\"", true },
	{ "Set-KrTaskName 1 -Name \xe2\x80\x9cit's\xe2\x80\x9d", false },
	{ "Set-KrTaskName 1 -Name \xe2\x80\x98it", true },
	{ "Set-KrTaskName 1 -Name a # it's", false },
	{ "get | Stop-KrTask -Id 'a", true },
	{ "Get-KrTask | stop 'a", false },
	{ "New-KrTask -Language sh -ScriptBlock\v{", true },
	{ "New-KrTask -Language sh -ScriptBlock\xe3\x80\x80{", true },
	{ "New-KrTask -Language sh -ScriptBlock x\xe3\x80\x81{", false },
	{ "Write-Host \"a\nstop 1", true },
	{ "Write-Host \"C:\\\"", false },
	{ "foreach ($i in 1) {\n\"C:\\\"\n\"}\"", true },
	{ "$x = 'echo a", true },
	{ "$x = 'echo a\nstop 1'", false },
	{ "$x = \"`\"", false },
	{ "$x = new --name it's", false },
	{ "new -c 'echo a", false },
	{ "echo 'a", false },
	{ "'", false },
};

START_TEST(lines_of_powershell_go_on)
{
	const char *text = lines_of_several[_i].text;

	ck_assert_int_eq(foreign_continues(text, strlen(text)), lines_of_several[_i].goes_on);
}
END_TEST

START_TEST(lines_become_words)
{
	ck_assert_int_eq(parse(good[_i].line), 0);
	ck_assert_str_eq(shown(), good[_i].tokens);
}
END_TEST

static const struct {
	const char *line;
	unsigned column;
	const char *says;
} bad[] = {
	{ "Stop-KrTask -Id 'it''s'", 21, MSG_QUOTE_TWICE },
	{ "Stop-KrTask -Id (19)", 17, MSG_EXPRESSION },
	{ "New-KrTask -ScriptBlock:{date}", 12, MSG_SCRIPT_BLOCK },
	{ "New-KrTask -ScriptBlock { date", 25, MSG_BLOCK_OPEN },
	{ "Stop-KrTask @id", 13, MSG_SPLATTING },
	{ "Stop-KrTask \"$($t)\"", 14, MSG_EXPRESSION },
	{ "state 'abc", 7, MSG_QUOTE_OPEN },
	{ "state a\"bc", 8, MSG_QUOTE_OPEN },
	{ "\xc3\xa9\xc3\xa9 'x", 4, MSG_QUOTE_OPEN },
	{ "$x = 'x", 6, MSG_QUOTE_OPEN },
	{ "state 1\nry", 8, MSG_LINE_ENDS },
	{ "\nstate 1", 1, MSG_LINE_ENDS },
	{ "state 1 \\\nry", 10, MSG_LINE_ENDS },
	{ "state 1 # é\nry", 12, MSG_LINE_ENDS },
	{ "icm {\n x\n}", 5, MSG_BLOCK_LINES },
	{ "a | % { \t\n x\n}", 7, MSG_BLOCK_LINES },
	{ "@(\n1)", 2, MSG_BLOCK_LINES },
	{ "a {b\n}", 5, MSG_LINE_ENDS },
	{ "a \\", 3, MSG_BACKSLASH_LAST },
	{ "a ${", 3, MSG_BRACE_OPEN },
	{ "a ${}", 3, MSG_BRACE_OPEN },
	{ "a ${x", 3, MSG_BRACE_OPEN },
	{ "a ${x-y}", 3, MSG_BRACE_OPEN },
	{ "a \"$x ${\"", 7, MSG_BRACE_OPEN },
	{ "| a", 1, MSG_PIPE_FIRST },
	{ "a |", 3, MSG_PIPE_LAST },
	{ "a | b | c", 7, MSG_PIPE_TWICE },
	{ "a || b", 4, MSG_PIPE_TWICE },
	{ "start 1; start 2", 8, MSG_OPERATOR_UNKNOWN },
	{ "new -- make > log", 13, MSG_OPERATOR_UNKNOWN },
	{ "$x =", 4, MSG_ASSIGN_NOTHING },
	{ "$x = # nothing", 4, MSG_ASSIGN_NOTHING },
	{ "Stop-KrTask -Id 7`0", 18, MSG_TICK },
	{ "Stop-KrTask -Id 7`", 18, MSG_TICK },
	{ "Stop-KrTask \"a`u{7}\"", 15, MSG_TICK },
	{ "Stop-KrTask 7 <# a", 15, MSG_COMMENT_OPEN },
	{ "Set-KrTaskName -Name @'\nstop 1\n'@", 22, MSG_HERE_STRING },
	{ "Set-KrTaskName -Name:@\"\nstop 1\n\"@", 16, MSG_HERE_STRING },
	{ "new -- echo @\" \nstop 1\n\"@", 13, MSG_HERE_STRING },
	{ "if ($x) {\n\tstop 1\n}", 1, MSG_STATEMENT },
	{ "  else\n{ stop 1 }", 3, MSG_STATEMENT },
	{ "$x = foreach ($a in $b) { stop 1 }", 6, MSG_STATEMENT },
	{ "function f {", 1, MSG_STATEMENT },
	{ "$x += 1", 4, MSG_EXPRESSION },
	{ "$x++", 3, MSG_EXPRESSION },
	{ "$x = 1, 2", 6, MSG_EXPRESSION },
	{ "$x = 1..3", 6, MSG_EXPRESSION },
	{ "$x = @(1)", 6, MSG_EXPRESSION },
	{ "$x = 'a','b'", 6, MSG_EXPRESSION },
	{ "$x = \"a\" + \"b\"", 6, MSG_EXPRESSION },
	{ "$x = [int]5", 6, MSG_EXPRESSION },
	{ "$x = 'a'+'b'", 6, MSG_EXPRESSION },
	{ "$x = \"a\".Length", 6, MSG_EXPRESSION },
	{ "$x = 5; $x", 7, MSG_OPERATOR_UNKNOWN },
	{ "$Env:x = 5", 1, MSG_ASSIGN_ENVIRONMENT },
	{ "Stop-KrTask \"a\"b", 16, MSG_QUOTE_TEXT },
	{ "Stop-KrTask 'a'$b", 16, MSG_QUOTE_TEXT },
};

static const struct {
	const char *line;
	unsigned column;
	const char *written;
} members[] = {
	{ "Stop-KrTask $t.Id", 13, "$t.Id" },
	{ "Stop-KrTask -Id $t[0] -WhatIf", 17, "$t[0]" },
	{ "$args[1]", 1, "$args[1]" },
	{ "$args.Count", 1, "$args.Count" },
	{ "new --name $args[0]", 12, "$args[0]" },
	{ "new --name $args.Count x", 12, "$args.Count" },
	{ "$x = $ids[-1]", 6, "$ids[-1]" },
	{ "$ids[0] | Stop-KrTask", 1, "$ids[0]" },
};

START_TEST(a_variable_has_no_members)
{
	ck_assert_int_eq(parse(members[_i].line), -EINVAL);
	ck_assert_uint_eq(column, members[_i].column);
	ck_assert_str_eq(error, unit_says(MSG_MEMBER, members[_i].written));
}
END_TEST

START_TEST(a_point_behind_a_variable_is_a_character_in_a_command)
{
	ck_assert_int_eq(parse("new -- cat $name.txt \"$args[0]\""), 0);
}
END_TEST

START_TEST(what_is_wrong_is_found_where_it_stands)
{
	ck_assert_int_eq(parse(bad[_i].line), -EINVAL);
	ck_assert_uint_eq(column, bad[_i].column);
	ck_assert_str_eq(error, bad[_i].says);
}
END_TEST

START_TEST(nul_is_refused)
{
	ck_assert_int_eq(statement_parse(&statement, "a \0b", 4, &error, &column), -EINVAL);
	ck_assert_uint_eq(column, 3);
}
END_TEST

START_TEST(columns_count_characters)
{
	ck_assert_int_eq(parse("$y=\xc3\xa9t\xc3\xa9  b"), 0);
	ck_assert_uint_eq(statement.lexed.tokens[0].column, 4);
	ck_assert_uint_eq(statement.lexed.tokens[1].column, 9);
}
END_TEST

START_TEST(assignments)
{
	ck_assert_int_eq(parse("$id = new --name b -- make"), 0);
	ck_assert(statement.assigns && !statement.literal);
	ck_assert_str_eq(statement.assigned, "id");
	ck_assert_uint_eq(statement.right_count, 5);
	ck_assert_int_eq(parse("$id='x'"), 0);
	ck_assert(statement.assigns && statement.literal);
	ck_assert_int_eq(parse("$n = 7"), 0);
	ck_assert(statement.literal);
	ck_assert_int_eq(parse("$n = $id"), 0);
	ck_assert(statement.literal);
	ck_assert_int_eq(parse("$n = list"), 0);
	ck_assert(!statement.literal);
	ck_assert_int_eq(parse("$confirmpreference = Low"), 0);
	ck_assert(statement.literal);
	ck_assert_int_eq(parse("${id} = 7"), 0);
	ck_assert(statement.assigns && statement.literal);
	ck_assert_str_eq(statement.assigned, "id");
	ck_assert_int_eq(parse("${other}=new -- make"), 0);
	ck_assert(statement.assigns && !statement.literal);
	ck_assert_str_eq(statement.assigned, "other");
	ck_assert_int_eq(parse("${id}"), 0);
	ck_assert(!statement.assigns);
	ck_assert_int_ne(parse("${id = 7"), 0);
	ck_assert(!statement.assigns);
	ck_assert_int_ne(parse("${id} += 7"), 0);
	ck_assert_int_eq(parse("$id 7"), 0);
	ck_assert(!statement.assigns);
	ck_assert_int_eq(parse("$id == 7"), 0);
	ck_assert(statement.assigns); /* a command named "=", which is unknown */
}
END_TEST

START_TEST(pipelines_have_two_sides)
{
	ck_assert_int_eq(parse("$r = unix:/a | stop $id"), 0);
	ck_assert(statement.assigns);
	ck_assert_uint_eq(statement.left_count, 1);
	ck_assert_uint_eq(statement.right, 2);
	ck_assert_uint_eq(statement.right_count, 2);
}
END_TEST

/* Any bytes get an answer, and no read is out of bounds (the sanitizers check this). */
START_TEST(no_bytes_do_harm)
{
	static const char alphabet[] = "a $x{}'\"\\#|=\t\n\xc3\xa9\xff-";
	unsigned seed = (unsigned)_i * 2654435761U + 1;

	for (int round = 0; round < 2000; round++) {
		char line[24] = { 0 };
		size_t length = (seed >> 16) % sizeof(line);

		for (size_t i = 0; i < length; i++) {
			seed = seed * 1103515245U + 12345U;
			line[i] = alphabet[(seed >> 16) % sizeof(alphabet)];
		}
		if (statement_parse(&statement, line, length, &error, &column) == 0)
			continue;
		ck_assert_uint_ge(column, 1);
		ck_assert_uint_le(column, length + 1);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("lexer");
	TCase *tcase = tcase_create("lines");

	tcase_add_checked_fixture(tcase, NULL, teardown);
	tcase_add_loop_test(tcase, lines_become_words, 0, sizeof(good) / sizeof(*good));
	tcase_add_loop_test(tcase, a_variable_has_no_members, 0, sizeof(members) / sizeof(*members));
	tcase_add_loop_test(tcase, lines_of_powershell_go_on, 0,
	                    sizeof(lines_of_several) / sizeof(*lines_of_several));
	tcase_add_test(tcase, a_point_behind_a_variable_is_a_character_in_a_command);
	tcase_add_loop_test(tcase, what_is_wrong_is_found_where_it_stands, 0, sizeof(bad) / sizeof(*bad));
	tcase_add_test(tcase, nul_is_refused);
	tcase_add_test(tcase, columns_count_characters);
	tcase_add_test(tcase, assignments);
	tcase_add_test(tcase, pipelines_have_two_sides);
	tcase_add_loop_test(tcase, no_bytes_do_harm, 0, 20);
	suite_add_tcase(suite, tcase);
	return unit_main(suite);
}
