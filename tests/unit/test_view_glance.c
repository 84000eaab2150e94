/* What of the selection the user has seen: whether a key is for the task that is selected now. */
#include "tests/unit/unit.h"
#include "tui/view/glance.h"

static struct glance glance;

static void setup(void)
{
	glance_init(&glance);
}

static struct glance_at task(uint64_t number)
{
	return (struct glance_at){ .number = number };
}

/* A frame that has come to the terminal. */
static void see(uint64_t number)
{
	glance_draw(&glance, task(number));
	glance_show(&glance);
}

/* The table begins, and shows this task. */
static void begin_with(uint64_t number)
{
	glance_settle(&glance, task(number));
	see(number);
}

START_TEST(a_key_before_the_first_frame_is_for_the_first_task)
{
	ck_assert(glance_knows(&glance, task(0)));
	glance_settle(&glance, task(1));
	ck_assert(glance_knows(&glance, task(1)));
	ck_assert(!glance_knows(&glance, task(2)));
}
END_TEST

START_TEST(no_key_is_for_a_task_that_took_the_place_of_another)
{
	begin_with(1);
	ck_assert(!glance_knows(&glance, task(2)));
	ck_assert(!glance_knows(&glance, (struct glance_at){ .host = 1, .number = 1 }));
}
END_TEST

START_TEST(until_the_terminal_has_shown_it)
{
	begin_with(1);
	glance_draw(&glance, task(2));
	ck_assert(!glance_knows(&glance, task(2)));
	ck_assert(glance_knows(&glance, task(1))); /* it has come back */
	glance_show(&glance);
	ck_assert(glance_knows(&glance, task(2)));
	ck_assert(!glance_knows(&glance, task(1)));
}
END_TEST

START_TEST(what_a_key_has_selected_need_not_be_seen)
{
	begin_with(1);
	glance_choose(&glance, task(2));
	ck_assert(glance_knows(&glance, task(2)));
	ck_assert(!glance_knows(&glance, task(3)));
	glance_draw(&glance, task(2));
	ck_assert(glance_knows(&glance, task(2)));
}
END_TEST

START_TEST(what_was_lost_since_is_not_chosen_any_more)
{
	begin_with(1);
	glance_choose(&glance, task(2));
	see(3);
	ck_assert(!glance_knows(&glance, task(2)));
	ck_assert(glance_knows(&glance, task(3)));
}
END_TEST

START_TEST(it_may_be_drawn_before_its_place_is_known)
{
	begin_with(1);
	glance_choose(&glance, task(2));
	see(0);
	ck_assert(glance_knows(&glance, task(2)));
	see(3);
	see(0);
	ck_assert(glance_knows(&glance, task(3)));
	ck_assert(!glance_knows(&glance, task(2)));
}
END_TEST

START_TEST(a_place_that_is_not_known_yet_is_chosen_once)
{
	begin_with(1);
	glance_choose(&glance, task(0));
	ck_assert(glance_knows(&glance, task(5)));
	glance_settle(&glance, task(5));
	glance_settle(&glance, task(6));
	ck_assert(glance_knows(&glance, task(5)));
	ck_assert(!glance_knows(&glance, task(6)));
}
END_TEST

START_TEST(so_is_what_another_list_selects)
{
	begin_with(1);
	glance_await(&glance);
	glance_settle(&glance, task(4));
	ck_assert(glance_knows(&glance, task(4)));
	ck_assert(!glance_knows(&glance, task(2)));
}
END_TEST

START_TEST(an_empty_list_is_known_and_its_first_task_is_not)
{
	glance_settle(&glance, task(0));
	ck_assert(glance_knows(&glance, task(0)));
	ck_assert(!glance_knows(&glance, task(1)));
	see(1);
	ck_assert(glance_knows(&glance, task(1)));
}
END_TEST

START_TEST(without_the_tagged_tasks_a_key_would_be_for_another)
{
	begin_with(1);
	glance_tag(&glance, true);
	ck_assert(glance_knows(&glance, (struct glance_at){ .number = 1, .tags = true }));
	ck_assert(!glance_knows(&glance, task(1))); /* they were removed */
	see(1);
	ck_assert(glance_knows(&glance, task(1)));
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		a_key_before_the_first_frame_is_for_the_first_task,
		no_key_is_for_a_task_that_took_the_place_of_another,
		until_the_terminal_has_shown_it,
		what_a_key_has_selected_need_not_be_seen,
		what_was_lost_since_is_not_chosen_any_more,
		it_may_be_drawn_before_its_place_is_known,
		a_place_that_is_not_known_yet_is_chosen_once,
		so_is_what_another_list_selects,
		an_empty_list_is_known_and_its_first_task_is_not,
		without_the_tagged_tasks_a_key_would_be_for_another,
	};

	return unit_run("glance", setup, NULL, tests);
}
