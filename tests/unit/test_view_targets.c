/* An operation on several tasks: which need a question, which are sent, and the report at the end. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/unit.h"
#include "tui/view/targets.h"

static struct targets targets;

static void teardown(void)
{
	targets_release(&targets);
}

static void begin(enum confirm_operation operation, bool kill, struct confirm_options options, int count)
{
	char id[16];

	targets_init(&targets, operation, kill, &options);
	for (int i = 1; i <= count; i++) {
		snprintf(id, sizeof(id), "%d", i);
		targets_add(&targets, (uint64_t)i, id);
	}
}

static const struct confirm_options usual = { .preference = PREFERENCE_MEDIUM };

static void expect_summary(const char *expected)
{
	char *summary = targets_summary(&targets);

	if (expected)
		ck_assert_str_eq(summary, expected);
	else
		ck_assert_ptr_null(summary);
	free(summary);
}

START_TEST(start_does_not_ask)
{
	begin(OPERATION_START, false, usual, 1);
	ck_assert_int_eq(targets_step(&targets), TARGETS_SEND);
	ck_assert_uint_eq(targets_sent(&targets), 0);
	ck_assert_int_eq(targets_step(&targets), TARGETS_WAIT);
	targets_result(&targets, 0, true, NULL, NULL);
	ck_assert_int_eq(targets_step(&targets), TARGETS_DONE);
	expect_summary("Task 1: started");
}
END_TEST

static void begin_states(enum confirm_operation operation, bool kill)
{
	static const int states[] = { TASK_RUNNING, TASK_COMPLETED, -1, TASK_CREATED };
	char id[16];

	targets_init(&targets, operation, kill, &usual);
	for (int i = 0; i < 4; i++) {
		snprintf(id, sizeof(id), "%d", i + 1);
		targets_add(&targets, (uint64_t)i + 1, id);
		targets_describe(&targets, NULL, states[i]);
	}
	targets_set_aside(&targets);
}

static const struct {
	enum confirm_operation operation;
	bool kill;
	const char *left; /* the ids of the others, in order */
} asides[] = {
	{ OPERATION_START, false, "34" },   { OPERATION_CANCEL, false, "134" },
	{ OPERATION_REMOVE, false, "23" },  { OPERATION_PAUSE, false, "1234" },
	{ OPERATION_CANCEL, true, "1234" },
};

START_TEST(what_can_not_be_hit_is_not_asked_about)
{
	size_t length = strlen(asides[_i].left);

	begin_states(asides[_i].operation, asides[_i].kill);
	ck_assert_uint_eq(targets.count - targets.next, length);
	for (size_t i = 0; i < length; i++)
		ck_assert_int_eq(*targets.items[targets.next + i].id, asides[_i].left[i]);
	ck_assert_uint_eq(targets_outcome(&targets, TARGET_FALSE), 4 - length);
}
END_TEST

START_TEST(what_can_not_be_hit_is_told)
{
	targets_init(&targets, OPERATION_REMOVE, false, &usual);
	targets_add(&targets, 1, "1");
	targets_describe(&targets, NULL, TASK_RUNNING);
	targets_add(&targets, 2, "2");
	targets_describe(&targets, NULL, TASK_CREATED);
	targets_set_aside(&targets);
	ck_assert_int_eq(targets_step(&targets), TARGETS_DONE);
	expect_summary("0 removed, 2 could not be removed (Task 1: it is Running)");
}
END_TEST

START_TEST(a_server_is_named_once_by_what_could_not_be_hit_and_what_was_not)
{
	static const struct {
		const char *id, *label;
		size_t host;
		int state;
	} tasks[] = { { "1", "a", 0, TASK_RUNNING },
		      { "2", "a", 0, TASK_COMPLETED },
		      { "3", "b", 1, TASK_RUNNING },
		      { "4", "b", 1, TASK_COMPLETED } };

	targets_init(&targets, OPERATION_REMOVE, false,
	             &(const struct confirm_options){ .preference = PREFERENCE_NONE });
	for (size_t i = 0; i < 4; i++) {
		targets_add(&targets, i + 1, tasks[i].id);
		targets_of(&targets, tasks[i].host, tasks[i].label);
		targets_describe(&targets, NULL, tasks[i].state);
	}
	targets_set_aside(&targets);
	while (targets_step(&targets) == TARGETS_SEND)
		targets_result(&targets, targets_sent(&targets), false, NULL, NULL);
	expect_summary("0 removed, 4 could not be removed (Task a:1: it is Running); also on b");
}
END_TEST

/* A server of whose tasks some were sent, and some were answered. */
START_TEST(what_a_server_has_not_answered_is_given_up)
{
	targets_init(&targets, OPERATION_START, false, &usual);
	for (int i = 1; i <= 6; i++) {
		targets_add(&targets, (uint64_t)i, "x");
		targets_of(&targets, i % 3 == 0, i % 3 == 0 ? "b" : "a");
	}
	targets_sort(&targets);
	for (int i = 0; i < 5; i++)
		ck_assert_int_eq(targets_step(&targets), TARGETS_SEND);
	ck_assert(targets_awaits(&targets, 1));
	ck_assert(!targets_awaits(&targets, 2));
	targets_result(&targets, 0, true, NULL, NULL);
	targets_give_up(&targets, 0, "late");
	ck_assert(!targets_awaits(&targets, 0));
	ck_assert(targets_awaits(&targets, 1));
	ck_assert_uint_eq(targets_outcome(&targets, TARGET_UNKNOWN), 3);
	ck_assert_uint_eq(targets_outcome(&targets, TARGET_SENT), 1);
	ck_assert_str_eq(targets.items[1].reason, "late");
	ck_assert_int_eq(targets_step(&targets), TARGETS_SEND);
	expect_summary("1 started, 3 with unknown outcome (Task a:x: late)");
	targets_give_up(&targets, 1, "late");
	ck_assert_int_eq(targets_step(&targets), TARGETS_DONE);
	expect_summary("1 started, 5 with unknown outcome (Task a:x: late); also on b");
}
END_TEST

START_TEST(without_a_reply_the_outcome_is_not_known)
{
	begin(OPERATION_START, false, usual, 1);
	targets_step(&targets);
	targets_lost(&targets, 0, "the connection was lost");
	ck_assert_int_eq(targets_step(&targets), TARGETS_DONE);
	expect_summary("Task 1: outcome unknown (the connection was lost)");
}
END_TEST

START_TEST(a_server_is_left_out)
{
	targets_init(&targets, OPERATION_START, false, &usual);
	for (int i = 1; i <= 6; i++) {
		targets_add(&targets, (uint64_t)i, "x");
		targets_of(&targets, i % 3 == 0, NULL);
	}
	targets_drop(&targets, 0);
	ck_assert_uint_eq(targets.count, 2);
	ck_assert_uint_eq(targets.items[0].number, 3);
	ck_assert_uint_eq(targets.items[1].number, 6);
	targets_drop(&targets, 1);
	ck_assert_int_eq(targets_step(&targets), TARGETS_DONE);
	expect_summary(NULL);
}
END_TEST

START_TEST(a_failure_says_why)
{
	begin(OPERATION_START, false, usual, 1);
	targets_step(&targets);
	targets_result(&targets, 0, false, "it is Running", NULL);
	expect_summary("Task 1 could not be started (it is Running)");
}
END_TEST

START_TEST(cancel_and_remove_ask)
{
	begin(_i ? OPERATION_REMOVE : OPERATION_CANCEL, false, usual, 1);
	ck_assert_int_eq(targets_step(&targets), TARGETS_ASK);
	ck_assert_int_eq(targets_step(&targets), TARGETS_ASK); /* the same question until it is answered */
	ck_assert_str_eq(targets_next(&targets)->id, "1");
	ck_assert_int_eq(targets_answer(&targets, CHOICE_YES), CONFIRM_DO);
	ck_assert_int_eq(targets_step(&targets), TARGETS_SEND);
	ck_assert_int_eq(targets_step(&targets), TARGETS_WAIT);
	targets_result(&targets, 0, true, NULL, NULL);
	expect_summary(_i ? "Task 1: removed" : "Task 1: cancellation requested");
}
END_TEST

START_TEST(no_skips_and_says_nothing)
{
	begin(OPERATION_CANCEL, false, usual, 1);
	targets_step(&targets);
	ck_assert_int_eq(targets_answer(&targets, CHOICE_NO), CONFIRM_SKIP);
	ck_assert_int_eq(targets_step(&targets), TARGETS_DONE);
	expect_summary(NULL);
}
END_TEST

START_TEST(yes_and_no_are_for_one_each)
{
	begin(OPERATION_CANCEL, false, usual, 3);
	targets_step(&targets);
	targets_answer(&targets, CHOICE_YES);
	ck_assert_int_eq(targets_step(&targets), TARGETS_SEND);
	ck_assert_int_eq(targets_step(&targets), TARGETS_ASK);
	ck_assert_str_eq(targets_next(&targets)->id, "2");
	targets_answer(&targets, CHOICE_NO);
	ck_assert_int_eq(targets_step(&targets), TARGETS_ASK);
	ck_assert_str_eq(targets_next(&targets)->id, "3");
	targets_answer(&targets, CHOICE_YES);
	ck_assert_int_eq(targets_step(&targets), TARGETS_SEND);
	targets_result(&targets, 2, false, "it is Stopped", NULL); /* answers in any order */
	ck_assert_int_eq(targets_step(&targets), TARGETS_WAIT);
	targets_result(&targets, 0, true, NULL, NULL);
	ck_assert_int_eq(targets_step(&targets), TARGETS_DONE);
	expect_summary(
		"1 cancellation requested, 1 could not be cancelled (Task 3: it is Stopped), 1 skipped");
}
END_TEST

START_TEST(yes_to_all_covers_the_rest)
{
	begin(OPERATION_REMOVE, false, usual, 3);
	targets_step(&targets);
	targets_answer(&targets, CHOICE_NO);
	ck_assert_int_eq(targets_step(&targets), TARGETS_ASK);
	targets_answer(&targets, CHOICE_YES_ALL);
	ck_assert_int_eq(targets_step(&targets), TARGETS_SEND);
	ck_assert_uint_eq(targets_sent(&targets), 1);
	ck_assert_int_eq(targets_step(&targets), TARGETS_SEND);
	ck_assert_uint_eq(targets_sent(&targets), 2);
	ck_assert_int_eq(targets_step(&targets), TARGETS_WAIT);
	ck_assert_uint_eq(targets_outcome(&targets, TARGET_SKIPPED), 1);
}
END_TEST

START_TEST(servers_that_failed_are_named)
{
	static const char *const labels[] = { "d", "b", "a", "b" };

	targets_init(&targets, OPERATION_START, false, &usual);
	for (size_t i = 0; i < 4; i++) {
		targets_add(&targets, i + 1, "7");
		targets_of(&targets, (size_t)(labels[i][0] - 'a'), labels[i]);
	}
	targets_sort(&targets);
	ck_assert_uint_eq(targets_hosts(&targets), 3);
	ck_assert_str_eq(targets.items[0].id, "a:7");
	ck_assert_str_eq(target_own_id(&targets.items[0]), "7");
	for (size_t i = 0; i < 4; i++)
		ck_assert_int_eq(targets_step(&targets), TARGETS_SEND);
	targets_result(&targets, 0, true, NULL, NULL);
	for (size_t i = 1; i < 4; i++)
		targets_result(&targets, i, false, NULL, "no");
	expect_summary("1 started, 3 could not be started (Task b:7: no); also on d");
}
END_TEST

START_TEST(of_several_servers_stop_asks_unless_nobody_wants_that)
{
	struct confirm_options options = { .preference = PREFERENCE_HIGH };

	begin(OPERATION_CANCEL, false, options, 1);
	targets_ask_anyway(&targets);
	ck_assert_int_eq(targets_step(&targets), TARGETS_ASK);
	targets_release(&targets);
	options.confirm = CONFIRM_FALSE;
	begin(OPERATION_CANCEL, false, options, 1);
	targets_ask_anyway(&targets);
	ck_assert_int_eq(targets_step(&targets), TARGETS_SEND);
}
END_TEST

START_TEST(no_to_all_covers_the_rest)
{
	begin(OPERATION_REMOVE, false, usual, 3);
	targets_step(&targets);
	targets_answer(&targets, CHOICE_NO_ALL);
	ck_assert_int_eq(targets_step(&targets), TARGETS_DONE);
	ck_assert_uint_eq(targets_outcome(&targets, TARGET_SKIPPED), 3);
	expect_summary(NULL);
}
END_TEST

START_TEST(suspend_and_help_leave_the_question_open)
{
	begin(OPERATION_CANCEL, false, usual, 1);
	targets_step(&targets);
	ck_assert_int_eq(targets_answer(&targets, CHOICE_SUSPEND), CONFIRM_SUSPEND);
	ck_assert_int_eq(targets_step(&targets), TARGETS_ASK);
	ck_assert_int_eq(targets_answer(&targets, CHOICE_HELP), CONFIRM_EXPLAIN);
	ck_assert_int_eq(targets_step(&targets), TARGETS_ASK);
}
END_TEST

START_TEST(a_kill_always_asks)
{
	struct confirm_options never = { .preference = PREFERENCE_NONE, .confirm = CONFIRM_FALSE };

	begin(OPERATION_CANCEL, true, never, 1);
	ck_assert_int_eq(targets_step(&targets), TARGETS_ASK);
	targets_answer(&targets, CHOICE_YES);
	ck_assert_int_eq(targets_step(&targets), TARGETS_SEND);
	targets_result(&targets, 0, true, NULL, NULL);
	expect_summary("Task 1: killed");
}
END_TEST

START_TEST(the_preference_decides)
{
	begin(OPERATION_START, false, (struct confirm_options){ .preference = PREFERENCE_LOW }, 1);
	ck_assert_int_eq(targets_step(&targets), TARGETS_ASK);
	targets_release(&targets);
	begin(OPERATION_REMOVE, false, (struct confirm_options){ .preference = PREFERENCE_HIGH }, 1);
	ck_assert_int_eq(targets_step(&targets), TARGETS_SEND);
}
END_TEST

START_TEST(what_if_does_nothing_not_even_ask)
{
	char *line;

	begin(OPERATION_CANCEL, true,
	      (struct confirm_options){ .what_if = true, .preference = PREFERENCE_LOW }, 2);
	ck_assert_int_eq(targets_step(&targets), TARGETS_DONE);
	ck_assert_uint_eq(targets_outcome(&targets, TARGET_WHAT_IF), 2);
	line = targets_what_if(&targets, 1);
	ck_assert_str_eq(line, "What if: Performing the operation \"Cancel\" on target \"Task 2\".");
	free(line);
	expect_summary(NULL);
}
END_TEST

START_TEST(an_error_is_told)
{
	begin(OPERATION_REMOVE, false, (struct confirm_options){ .confirm = CONFIRM_FALSE }, 1);
	targets_step(&targets);
	targets_result(&targets, 0, false, NULL, "the disk is full");
	expect_summary("Task 1 could not be removed (the disk is full)");
}
END_TEST

START_TEST(nothing_to_do_is_done)
{
	begin(OPERATION_REMOVE, false, usual, 0);
	ck_assert_int_eq(targets_step(&targets), TARGETS_DONE);
	expect_summary(NULL);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("view targets");
	TCase *tcase = tcase_create("targets");

	tcase_add_checked_fixture(tcase, NULL, teardown);
	tcase_add_test(tcase, start_does_not_ask);
	tcase_add_test(tcase, a_failure_says_why);
	tcase_add_loop_test(tcase, what_can_not_be_hit_is_not_asked_about, 0,
	                    sizeof(asides) / sizeof(*asides));
	tcase_add_test(tcase, what_can_not_be_hit_is_told);
	tcase_add_test(tcase, a_server_is_named_once_by_what_could_not_be_hit_and_what_was_not);
	tcase_add_test(tcase, what_a_server_has_not_answered_is_given_up);
	tcase_add_test(tcase, without_a_reply_the_outcome_is_not_known);
	tcase_add_test(tcase, a_server_is_left_out);
	tcase_add_loop_test(tcase, cancel_and_remove_ask, 0, 2);
	tcase_add_test(tcase, no_skips_and_says_nothing);
	tcase_add_test(tcase, yes_and_no_are_for_one_each);
	tcase_add_test(tcase, yes_to_all_covers_the_rest);
	tcase_add_test(tcase, no_to_all_covers_the_rest);
	tcase_add_test(tcase, servers_that_failed_are_named);
	tcase_add_test(tcase, of_several_servers_stop_asks_unless_nobody_wants_that);
	tcase_add_test(tcase, suspend_and_help_leave_the_question_open);
	tcase_add_test(tcase, a_kill_always_asks);
	tcase_add_test(tcase, the_preference_decides);
	tcase_add_test(tcase, what_if_does_nothing_not_even_ask);
	tcase_add_test(tcase, an_error_is_told);
	tcase_add_test(tcase, nothing_to_do_is_done);
	suite_add_tcase(suite, tcase);
	return unit_main(suite);
}
