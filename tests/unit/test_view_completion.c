/* What Tab completes, and what C-r finds. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/unit.h"
#include "tui/view/completion.h"
#include "tui/view/recall.h"

static struct edit line;
static struct completion completion;

static void setup(void)
{
	line = (struct edit)EDIT_INIT;
}

static void teardown(void)
{
	edit_release(&line);
	completion_release(&completion);
}

static void type_line(const char *text)
{
	completion_release(&completion);
	edit_set(&line, text);
	completion_of_line(&completion, edit_text(&line), line.cursor);
}

/* Tab makes this of that. */
static void completes(const char *text, const char *wanted)
{
	type_line(text);
	ck_assert_str_eq(completion.kind, "");
	completion_apply(&completion, &line, true);
	ck_assert_str_eq(edit_text(&line), wanted);
}

static void asks_for(const char *text, const char *kind, const char *word)
{
	type_line(text);
	ck_assert_str_eq(completion.kind, kind);
	ck_assert_str_eq(completion.word, word);
}

START_TEST(commands_and_options_are_those_of_the_tables)
{
	completes("rem", "remove ");
	completes("Stop-KrTask -Wh", "Stop-KrTask -WhatIf ");
	completes("server re", "server res");
	completes("server rest", "server restart ");
	completes("stop --what", "stop --what-if ");
	completes("help gro", "help group ");
	completes("help group a", "help group add ");
	completes("get --state Comp", "get --state Completed");
	completes("get --state Running,comp", "get --state Running,Completed");
	completes("get --state=Comp", "get --state=Completed");
	completes("$id = wat", "$id = watch ");
	completes("qui", "quit ");
	completes("canc", "cancel"); /* or cancelled */
	completes("tai", "tail ");
	completes("cancel --kil", "cancel --kill");
	completes("susp", "Suspend-KrTask"); /* or Suspend-KrTaskGroup */
	completes("Suspend-KrTaskG", "Suspend-KrTaskGroup ");
	completes("nothing like it", "nothing like it");
	completes("new --language py", "new --language python3 ");
}
END_TEST

START_TEST(what_the_server_or_a_directory_has_is_asked_for)
{
	asks_for("start ", "@id:Created", "");
	asks_for("wait on", "@id:", "on");
	asks_for("get | stop --what-if x", "@id:Created,Queued,Running,Stopping,Paused", "x");
	asks_for("new --group g", "@group", "g");
	asks_for("new --cwd '/a b/c", "@directory", "/a b/c");
	asks_for("new ma", "@command", "ma");
	asks_for("new --name x make fi", "@file", "fi");
	asks_for("new -- make fi", "@file", "fi");
	asks_for("new --after 7,8", "@id:", "8");
	asks_for("stop --name gr", "@name", "gr");
	asks_for("Start-KrTask -Id o", "@id:Created", "o");
	asks_for("group set g", "@group", "g");
	asks_for("new --name x", "", "x");
}
END_TEST

START_TEST(what_all_candidates_have_in_common_is_put_in)
{
	type_line("wait b");
	completion_offer(&completion, "build-1");
	completion_offer(&completion, "build-2");
	completion_offer(&completion, "other");
	completion_offer(&completion, "build-1");
	ck_assert_uint_eq(completion.count, 2);
	ck_assert(completion_apply(&completion, &line, true));
	ck_assert_str_eq(edit_text(&line), "wait build-");

	type_line("new -- cat /t --stays");
	line.cursor = strlen("new -- cat /t");
	completion_release(&completion);
	completion_of_line(&completion, edit_text(&line), line.cursor);
	completion_offer(&completion, "/two words/");
	ck_assert(completion_apply(&completion, &line, true));
	ck_assert_str_eq(edit_text(&line), "new -- cat '/two words/' --stays");
	ck_assert_uint_eq(line.cursor, strlen("new -- cat '/two words/'"));

	type_line("wait nightly");
	completion_offer_instead(&completion, "17");
	ck_assert(completion_apply(&completion, &line, true));
	ck_assert_str_eq(edit_text(&line), "wait 17 ");
}
END_TEST

START_TEST(earlier_lines_are_found_from_the_newest)
{
	struct history history = { 0 };
	struct recall recall;

	history_add(&history, "stop one");
	history_add(&history, "start two");
	history_add(&history, "stop three");
	edit_set(&line, "mine");
	recall_begin(&recall, &line);
	recall_update(&recall, &history, &line);
	ck_assert_str_eq(edit_text(&line), "mine");
	edit_set(&recall.text, "stop");
	recall_update(&recall, &history, &line);
	ck_assert_str_eq(edit_text(&line), "stop three");
	recall_older(&recall, &history, &line);
	ck_assert_str_eq(edit_text(&line), "stop one");
	recall_older(&recall, &history, &line);
	ck_assert(recall.failed);
	ck_assert_str_eq(edit_text(&line), "stop one");
	edit_set(&recall.text, "two");
	recall_update(&recall, &history, &line);
	ck_assert(!recall.failed);
	ck_assert_str_eq(edit_text(&line), "start two");
	recall_cancel(&recall, &line);
	ck_assert_str_eq(edit_text(&line), "mine");
	history_release(&history);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = { commands_and_options_are_those_of_the_tables,
		                       what_the_server_or_a_directory_has_is_asked_for,
		                       what_all_candidates_have_in_common_is_put_in,
		                       earlier_lines_are_found_from_the_newest };

	return unit_run("completion", setup, teardown, tests);
}
