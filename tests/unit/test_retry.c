#include "config.h"

#include <check.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "engine/task/messages.h"
#include "engine/task/retry.h"
#include "engine/task/task.h"
#include "tests/unit/unit.h"

static const struct retry_end ok = { .known = true, .ran = true };
static const struct retry_end one = { .known = true, .ran = true, .exit_code = 1 };
static const struct retry_end two = { .known = true, .ran = true, .exit_code = 2 };
static const struct retry_end nine = { .known = true, .ran = true, .exit_code = 9 };
static const struct retry_end killed = {
	.known = true, .ran = true, .exit_code = -1, .term_signal = SIGKILL
};
static const struct retry_end term = { .known = true, .ran = true, .exit_code = -1, .term_signal = SIGTERM };
static const struct retry_end cannot = { .known = true, .exit_code = 127 };
static const struct retry_end late = { .known = true, .ran = true, .late = true };
static const struct retry_end lost = { .exit_code = -1 };

static bool follows(const char *rule, const struct retry_end *end)
{
	struct task_plan plan = plan_default;
	plan.retry_rule = (char *)rule;
	return retry_follows(&plan, end);
}

START_TEST(failures_are_tried_again)
{
	ck_assert(!follows(NULL, &ok));
	ck_assert(follows(NULL, &one));
	ck_assert(follows(NULL, &killed));
	ck_assert(follows(NULL, &late));
	ck_assert(!follows(NULL, &cannot));
}
END_TEST

START_TEST(only_what_is_listed_is_tried_again)
{
	ck_assert(follows("on 1,SIGKILL", &one));
	ck_assert(!follows("on 1,SIGKILL", &two));
	ck_assert(follows("on 1,SIGKILL", &killed));
	ck_assert(!follows("on 1,SIGKILL", &term));
	ck_assert(!follows("on 1,SIGKILL", &late));
	ck_assert(follows("on kill", &killed));
	ck_assert(follows("on cannot-run", &cannot));
	ck_assert(!follows("on 127", &cannot));
	ck_assert(follows("on 0", &ok));
	/* A number is an exit status. */
	ck_assert(!follows("on 9", &killed));
	ck_assert(follows("on 9", &nine));
}
END_TEST

START_TEST(what_is_excepted_is_not)
{
	ck_assert(follows("not 2,TERM", &one));
	ck_assert(!follows("not 2,TERM", &two));
	ck_assert(follows("not 2,TERM", &killed));
	ck_assert(!follows("not 2,TERM", &term));
	ck_assert(!follows("not 2,TERM", &ok));
	ck_assert(!follows("not 2,TERM", &cannot));
}
END_TEST

START_TEST(what_nobody_saw_has_a_switch_of_its_own)
{
	struct task_plan plan = plan_default;
	char rule[] = "on 1";
	ck_assert(!retry_follows(&plan, &lost));
	plan.retry_lost = true;
	ck_assert(retry_follows(&plan, &lost));
	plan.retry_rule = rule;
	ck_assert(retry_follows(&plan, &lost));
}
END_TEST

START_TEST(a_rule_is_checked)
{
	static const char *const wrong[] = {
		"",        "1",       "on",         "on ",   "or 1",    "on 256",        "on -1",
		"on 1,,2", "on none", "on SIGNONE", "on 1,", "on 0001", "not cannotrun", "on 1 2"
	};
	ck_assert(retry_rule_valid(NULL));
	ck_assert(retry_rule_valid("on 0,255,SIGKILL,term,cannot-run,RTMIN+1"));
	ck_assert(retry_rule_valid("not 2"));
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++)
		ck_assert_msg(!retry_rule_valid(wrong[i]), "%s", wrong[i]);
	ck_assert_ptr_null(retry_wrong_item("1,KILL"));
	ck_assert_str_eq(retry_wrong_item("1,KILLED,2"), "KILLED,2");
	char *longest = unit_room(RETRY_RULE_MAX + 4);
	memcpy(longest, "on 1", 4);
	for (size_t i = 4; i < RETRY_RULE_MAX; i += 2)
		memcpy(longest + i, ",1", 3);
	ck_assert(retry_rule_valid(longest));
	memcpy(longest + strlen(longest), ",1", 3);
	ck_assert(!retry_rule_valid(longest));
	free(longest);
}
END_TEST

/* Within a tenth of what it is without the spread. */
static void check_delay(const struct task_plan *plan, uint32_t nth, uint64_t number, int64_t expected)
{
	int64_t delay = retry_delay(plan, nth, number);
	ck_assert_int_ge(delay, expected - expected / 10);
	ck_assert_int_le(delay, expected + expected / 10);
	ck_assert_int_eq(retry_delay(plan, nth, number), delay);
}

START_TEST(the_delay_doubles_up_to_its_maximum)
{
	struct task_plan plan = plan_default;
	bool differ = false;
	for (uint64_t number = 1; number < 500; number++) {
		check_delay(&plan, 1, number, 10000);
		check_delay(&plan, 2, number, 20000);
		check_delay(&plan, 6, number, 320000);
		check_delay(&plan, 7, number, 600000);
		check_delay(&plan, UINT32_MAX, number, 600000);
		differ |= retry_delay(&plan, 1, number) != retry_delay(&plan, 1, number + 1);
	}
	ck_assert(differ);
	plan.retry_delay = 0;
	ck_assert_int_eq(retry_delay(&plan, UINT32_MAX, 7), 0);
	plan.retry_delay = plan.retry_max = INT64_C(30) * 366 * 86400 * 1000;
	check_delay(&plan, UINT32_MAX, 7, plan.retry_max);
	plan.retry_delay = 5000;
	plan.retry_max = 1000;
	check_delay(&plan, 1, 7, 1000);
}
END_TEST

static void check_told(int exit_code, int signal, const char *message, const char *expected)
{
	const struct plan_attempt attempt = { .exit_code = (int16_t)exit_code,
		                              .term_signal = (uint8_t)signal,
		                              .message = (char *)message };
	char text[TASK_MESSAGE_MAX];
	retry_describe(&attempt, text, sizeof(text));
	ck_assert_str_eq(text, expected);
}

START_TEST(how_an_attempt_ended_is_said)
{
	check_told(0, 0, NULL, unit_says(MSG_ENDED_WITH_STATUS, "0"));
	check_told(0, 0, "", unit_says(MSG_ENDED_WITH_STATUS, "0"));
	check_told(0, 0, "50 of 50", unit_says(MSG_ENDED_WITH_STATUS "; 50 of 50", "0"));
	check_told(0, 0, "time limit of 2h reached", unit_says(MSG_TIME_LIMIT_REACHED, "2h"));
	check_told(3, 0, "why", "why");
	check_told(-1, SIGKILL, "killed", "killed");
}
END_TEST

START_TEST(a_copy_has_the_attempts)
{
	struct task_plan *plan = plan_copy(NULL), *copy;
	struct plan_attempt attempt = { .ordinal = 1, .exit_code = 3, .message = (char *)"why" };
	struct plan_left process = { .pid = 12, .start = 34, .name = "a b" }, read;
	ck_assert_int_eq(strings_add(&attempt.left, "boot"), 0);
	ck_assert_int_eq(plan_add_left(&attempt.left, &process), 0);
	ck_assert_int_eq(plan_add_attempt(plan, &attempt), 0);
	strings_release(&attempt.left);
	copy = plan_copy(plan);
	plan_free(plan);
	const struct plan_attempt *last = plan_last_attempt(copy);
	ck_assert_uint_eq(copy->attempt_count, 1);
	ck_assert_str_eq(last->message, "why");
	ck_assert(plan_parse_left(strings_next(&last->left, last->left.block), &read));
	ck_assert(read.pid == 12 && read.start == 34);
	ck_assert_str_eq(read.name, "a b");
	ck_assert(!plan_parse_left("boot", &read) && !plan_parse_left("0 1 x", &read));
	plan_drop_attempt(copy);
	ck_assert_ptr_null(plan_last_attempt(copy));
	plan_free(copy);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		failures_are_tried_again, only_what_is_listed_is_tried_again,
		what_is_excepted_is_not,  what_nobody_saw_has_a_switch_of_its_own,
		a_rule_is_checked,        the_delay_doubles_up_to_its_maximum,
		a_copy_has_the_attempts,  how_an_attempt_ended_is_said,
	};
	return unit_run("retry", NULL, NULL, tests);
}
