/*
 * The list of the screen while tasks come, go and move, the user moves, sorts and resizes, and every reply is late: the
 * selected task is the one that the user went to, as long as it exists, and is never another.
 */
#include <stdlib.h>
#include <string.h>

#include "tests/unit/served_list.h"
#include "tests/unit/unit.h"

enum { STEPS = 400, QUEUE = 64, TASKS = 60 };

/* What is on its way to the list, in order. */
static json_t *replies[QUEUE];
static int reply_count;
/* What is on its way to the server: another part of the list, or another list. */
static json_t *calls[QUEUE];
static bool calls_anew[QUEUE];
static int call_count;

static bool asked;     /* where a task is */
static bool placed;    /* the server has said where, which is on its way */
static uint64_t about; /* that task; 0: in a list that is not shown any more */
static int place;

static int wanted; /* the task that the user went to; 0: the one at a place that is not known yet */

static uint64_t seed;

static int any(void)
{
	seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (int)(seed >> 33);
}

static void send_reply(bool anew)
{
	ck_assert_int_lt(reply_count, QUEUE);
	replies[reply_count++] = reply_of(anew);
}

static void send_call(struct jsonw *params, bool anew)
{
	ck_assert_int_lt(call_count, QUEUE);
	calls_anew[call_count] = anew;
	calls[call_count++] = json_loadb(params->data, params->length, 0, NULL);
	jsonw_release(params);
}

/* A window there is, which no other call is about to replace. */
static bool served(void)
{
	return server.rows > 0 && !(call_count && calls_anew[call_count - 1]);
}

static void forget_replies(void)
{
	while (reply_count > 0)
		json_decref(replies[--reply_count]);
}

/* --- what the server does */

static void serve_call(void)
{
	if (!call_count)
		return;
	if (calls_anew[0])
		forget_replies();
	server.offset = json_integer_value(json_object_get(calls[0], "offset"));
	server.rows = json_integer_value(json_object_get(calls[0], "rows"));
	json_decref(calls[0]);
	call_count--;
	memmove(calls, calls + 1, (size_t)call_count * sizeof(*calls));
	memmove(calls_anew, calls_anew + 1, (size_t)call_count * sizeof(*calls_anew));
	send_reply(true);
}

static void serve_place(void)
{
	if (!asked || placed)
		return;
	placed = true;
	place = position_of((int)labs((long)about));
}

static void swap_tasks(int a, int b)
{
	int task = server.tasks[a];

	server.tasks[a] = server.tasks[b];
	server.tasks[b] = task;
}

/* Tasks come, go and move; those who watch are told. */
static void change(void)
{
	int at = server.count ? any() % server.count : 0;

	if (server.count < 3 || (server.count < TASKS && any() % 3 == 0))
		create(1);
	else if (any() % 2)
		swap_tasks(at, any() % server.count);
	else
		drop(at, 1);
	if (any() % 2 && server.count)
		swap_tasks(0, server.count - 1);
	if (served() && reply_count < QUEUE / 2)
		send_reply(false);
}

/* --- what the screen does */

static void take_reply(void)
{
	if (!reply_count)
		return;
	ck_assert_int_ge(list_apply(&list, replies[0]), 0);
	json_decref(replies[0]);
	reply_count--;
	memmove(replies, replies + 1, (size_t)reply_count * sizeof(*replies));
}

static void take_place(void)
{
	uint64_t task = about;

	if (!placed)
		return;
	asked = placed = false;
	if (task)
		list_found(&list, task, place);
}

static void ask(void)
{
	struct jsonw params = JSONW_INIT;

	if (list.window.id < 0)
		return;
	if (list_lost(&list) && !asked) {
		asked = true;
		about = list.selected;
	}
	if (list_scroll(&list, &params))
		send_call(&params, false);
}

/* --- what the user does */

static void choose(void)
{
	const struct window_row *found = list_selected(&list);

	wanted = found && !list.pin ? (int)found->number : 0;
}

static void move(void)
{
	static const int64_t rows[] = { -1, 1, 1, 2, -HEIGHT, HEIGHT, INT64_MIN, INT64_MAX };

	list_move(&list, rows[any() % 8]);
	choose();
}

static void click(void)
{
	list_select_line(&list, any() % HEIGHT);
	choose();
}

static void resize(void)
{
	list_resize(&list, 1 + any() % HEIGHT);
}

/* All tasks in another order; what still comes is of the list before. */
static void sort(void)
{
	struct jsonw params = JSONW_INIT;

	for (int i = 0; i < server.count; i++)
		swap_tasks(i, any() % server.count);
	for (int i = 0; i < call_count; i++)
		json_decref(calls[i]);
	call_count = 0;
	forget_replies();
	list_let_go(&list);
	about = 0;
	list_request(&list, &params);
	send_call(&params, true);
}

/* --- what must be true at any time */

/* Another task than the one that was wanted is selected only if that has gone. */
static void check(void)
{
	const struct window_row *found = list_selected(&list), *at = list_row_at(&list, list.cursor);

	if (list.pin)
		return; /* keys wait for the list that comes */
	if (found && (!wanted || position_of(wanted) < 0))
		wanted = (int)found->number;
	if (found)
		ck_assert_int_eq((int)found->number, wanted);
	/* The row that is highlighted is the one that a key acts on, or keys wait. */
	if (found && at && !list.lost)
		ck_assert_uint_eq(at->number, found->number);
}

static void step(void)
{
	switch (any() % 12) {
	case 0:
		move();
		break;
	case 1:
		if (any() % 2)
			click();
		else
			resize();
		break;
	case 2:
		if (any() % 8 == 0)
			sort();
		break;
	case 3:
	case 4:
		change();
		break;
	case 5:
	case 6:
		serve_call();
		break;
	case 7:
		serve_place();
		break;
	case 8:
		take_place();
		break;
	default:
		take_reply();
	}
	check();
	ask();
}

/* All that is on its way comes, and nothing changes any more. */
static void come_to_rest(void)
{
	for (int turn = 0; turn < 40; turn++) {
		serve_call();
		serve_place();
		while (reply_count) {
			take_reply();
			check();
		}
		take_place();
		check();
		ask();
	}
	ck_assert(!asked && !call_count);
	check_visible();
}

START_TEST(the_task_that_was_chosen_is_selected)
{
	seed = (uint64_t)_i;
	reply_count = call_count = 0;
	asked = placed = false;
	begin(30);
	choose();
	for (int i = 0; i < STEPS; i++)
		step();
	come_to_rest();
	forget_replies();
}
END_TEST

/* The user sorts by another column and goes to the top at once. */
START_TEST(an_end_is_that_of_the_list_that_was_asked_for)
{
	begin(15); /* so that all are known, as they were */
	list_move(&list, 7);
	settle_list();
	reply_count = call_count = 0;
	asked = placed = false;
	for (int last = 0; last < 2; last++) {
		sort();
		list_move(&list, last ? INT64_MAX : INT64_MIN);
		wanted = server.tasks[last ? server.count - 1 : 0];
		come_to_rest();
		ck_assert_int_eq(selected(), wanted);
		/* Where it then goes, it is followed. */
		sort();
		come_to_rest();
		ck_assert_int_eq(selected(), wanted);
	}
}
END_TEST

/* Where a task was is not where another is. */
START_TEST(the_place_of_another_task_means_nothing)
{
	begin(1000);
	list_select(&list, 500, "t500");
	list_found(&list, 1, 0);
	ck_assert_int_eq(list.cursor, 0);
	ck_assert_str_eq(list_lost(&list), "t500");
	list_found(&list, 1, -1);
	ck_assert_str_eq(list_lost(&list), "t500");
	settle_list();
	ck_assert_int_eq(selected(), 500);
}
END_TEST

/* It has moved since: the row that stands there is not highlighted in its place. */
START_TEST(a_place_that_another_task_has_is_asked_for_again)
{
	begin(1000);
	list_select(&list, 500, "t500");
	list_found(&list, 500, 2);
	ck_assert_str_eq(list_lost(&list), "t500");
	settle_list();
	ck_assert_int_eq(selected(), 500);
	check_visible();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("list model");
	TCase *tcase = tcase_create("list model");

	tcase_add_checked_fixture(tcase, NULL, teardown);
	tcase_add_loop_test(tcase, the_task_that_was_chosen_is_selected, 0, 300);
	tcase_add_test(tcase, an_end_is_that_of_the_list_that_was_asked_for);
	tcase_add_test(tcase, the_place_of_another_task_means_nothing);
	tcase_add_test(tcase, a_place_that_another_task_has_is_asked_for_again);
	suite_add_tcase(suite, tcase);
	return unit_main(suite);
}
