#include <string.h>

#include "engine/task/state.h"
#include "tests/unit/unit.h"

/*
 * Every cell, in the order of TASK_EVENTS:
 * START CLAIM UNCLAIM SPAWN STOP EXIT_ZERO EXIT_OTHER GROUP_EMPTY LOST
 * PAUSE RESUME OVERDUE AGAIN UNMET EXPIRED.
 */
#define NO (-1)
#define S(state) TASK_##state
static const int expected[TASK_STATE_COUNT][TASK_EVENT_COUNT] = {
	[TASK_CREATED] = { S(QUEUED), NO, NO, NO, S(STOPPED), NO, NO, NO, NO, NO, NO, NO, NO, NO, NO },
	[TASK_QUEUED] = { NO, S(CLAIMED), NO, NO, S(STOPPED), S(COMPLETED), S(FAILED), NO, S(FAILED),
	                  S(QUEUED), S(QUEUED), NO, NO, S(STOPPED), S(STOPPED) },
	[TASK_CLAIMED] = { NO, NO, S(QUEUED), S(RUNNING), S(STOPPING), NO, S(FAILED), NO, S(FAILED),
	                   S(PAUSED), NO, NO, S(QUEUED), NO, NO },
	[TASK_RUNNING] = { NO, NO, NO, S(RUNNING), S(STOPPING), S(COMPLETED), S(FAILED), NO, S(FAILED),
	                   S(PAUSED), NO, S(OVERTIME), S(QUEUED), NO, NO },
	[TASK_PAUSED] = { NO, NO, S(QUEUED), S(PAUSED), S(STOPPING), S(COMPLETED), S(FAILED), NO, S(FAILED),
	                  NO, S(RUNNING), NO, S(QUEUED), NO, NO },
	[TASK_OVERTIME] = { NO, NO, NO, S(OVERTIME), S(STOPPING), S(OVERTIME), S(OVERTIME), S(FAILED),
	                    S(FAILED), NO, NO, NO, S(QUEUED), NO, NO },
	[TASK_STOPPING] = { NO, NO, S(STOPPED), S(STOPPING), S(STOPPING), S(STOPPING), S(STOPPING),
	                    S(STOPPED), S(STOPPED), NO, NO, NO, NO, NO, NO },
	[TASK_COMPLETED] = { NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO },
	[TASK_FAILED] = { NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO },
	[TASK_STOPPED] = { NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO },
};
#undef S
#undef NO

START_TEST(every_cell_is_as_the_table_says)
{
	int state = _i / TASK_EVENT_COUNT;
	int event = _i % TASK_EVENT_COUNT;

	ck_assert_int_eq(task_state_next((enum task_state)state, (enum task_event)event),
	                 expected[state][event]);
}
END_TEST

START_TEST(what_is_no_state_or_event_is_refused)
{
	ck_assert_int_eq(task_state_next(TASK_STATE_COUNT, TASK_EVENT_START), -1);
	ck_assert_int_eq(task_state_next(TASK_CREATED, TASK_EVENT_COUNT), -1);
	ck_assert_int_eq(task_state_next((enum task_state)1000, (enum task_event)1000), -1);
	ck_assert_str_eq(task_state_name((enum task_state)1000), "Unknown");
}
END_TEST

START_TEST(a_terminal_state_is_one_without_a_way_out)
{
	for (int state = 0; state < TASK_STATE_COUNT; state++) {
		bool way_out = false;
		for (int event = 0; event < TASK_EVENT_COUNT; event++)
			way_out |= task_state_next((enum task_state)state, (enum task_event)event) >= 0;
		ck_assert_int_eq(task_state_terminal((enum task_state)state), !way_out);
	}
}
END_TEST

START_TEST(every_state_can_be_reached)
{
	bool reached[TASK_STATE_COUNT] = { [TASK_CREATED] = true };

	for (int round = 0; round < TASK_STATE_COUNT; round++)
		for (int state = 0; state < TASK_STATE_COUNT; state++)
			for (int event = 0; event < TASK_EVENT_COUNT && reached[state]; event++) {
				int next = task_state_next((enum task_state)state, (enum task_event)event);
				if (next >= 0)
					reached[next] = true;
			}
	for (int state = 0; state < TASK_STATE_COUNT; state++)
		ck_assert(reached[state]);
}
END_TEST

START_TEST(what_is_active_has_neither_ended_nor_to_be_claimed)
{
	for (int state = 0; state < TASK_STATE_COUNT; state++) {
		bool waits = state == TASK_CREATED || state == TASK_QUEUED;
		bool ended = task_state_terminal((enum task_state)state);
		ck_assert_int_eq(task_state_active((enum task_state)state), !waits && !ended);
	}
}
END_TEST

START_TEST(what_stops_ends_with_its_last_process)
{
	for (int state = 0; state < TASK_STATE_COUNT; state++) {
		bool last = task_state_next((enum task_state)state, TASK_EVENT_GROUP_EMPTY) >= 0;
		ck_assert_int_eq(task_state_stops((enum task_state)state), last);
	}
}
END_TEST

START_TEST(names_go_both_ways)
{
	for (int state = 0; state < TASK_STATE_COUNT; state++) {
		int found = task_state_parse(task_state_name((enum task_state)state));
		ck_assert_int_eq(found, (int)task_state_shown((enum task_state)state));
		ck_assert_ptr_nonnull(strstr(task_state_names(), task_state_name((enum task_state)state)));
	}
	ck_assert_str_eq(task_state_name(TASK_CLAIMED), "Queued");
	ck_assert_int_eq(task_state_parse("rUNNING"), TASK_RUNNING);
	ck_assert_str_eq(task_state_name(TASK_OVERTIME), "Stopping");
	ck_assert_int_eq(task_state_parse("Stopping"), TASK_STOPPING);
	ck_assert_int_eq(task_state_parse("paused"), TASK_PAUSED);
	ck_assert_int_eq(task_state_parse("Claimed"), -1);
	ck_assert_int_eq(task_state_parse("Overtime"), -1);
	ck_assert_int_eq(task_state_parse("Run"), -1);
	ck_assert_int_eq(task_state_parse("Running "), -1);
	ck_assert_int_eq(task_state_parse(""), -1);
}
END_TEST

START_TEST(numbers_in_the_store_never_change)
{
	static const char *const names[] = { "Created",   "Queued", "Queued",  "Running",  "Stopping",
		                             "Completed", "Failed", "Stopped", "Stopping", "Paused" };

	ck_assert_int_eq(TASK_STATE_COUNT, 10);
	for (int state = 0; state < TASK_STATE_COUNT; state++)
		ck_assert_str_eq(task_state_name((enum task_state)state), names[state]);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("state");
	TCase *tcase = tcase_create("table");

	tcase_add_loop_test(tcase, every_cell_is_as_the_table_says, 0, TASK_STATE_COUNT * TASK_EVENT_COUNT);
	tcase_add_test(tcase, what_is_no_state_or_event_is_refused);
	tcase_add_test(tcase, a_terminal_state_is_one_without_a_way_out);
	tcase_add_test(tcase, every_state_can_be_reached);
	tcase_add_test(tcase, what_is_active_has_neither_ended_nor_to_be_claimed);
	tcase_add_test(tcase, what_stops_ends_with_its_last_process);
	tcase_add_test(tcase, names_go_both_ways);
	tcase_add_test(tcase, numbers_in_the_store_never_change);
	suite_add_tcase(suite, tcase);
	return unit_main(suite);
}
