/* The stack of views: the order of views, and which view is called.  No terminal is opened. */
#include <stdio.h>
#include <string.h>

#include "tests/unit/unit.h"
#include "tui/screen/app.h"
#include "tui/text/alloc.h"

static struct app app;
static char told[64]; /* the names of the views that were called, in order */

struct named_view {
	struct view view;
	char name;
};

static void note(struct view *view)
{
	size_t length = strlen(told);

	snprintf(told + length, sizeof(told) - length, "%c", ((struct named_view *)view)->name);
}

static int ten(const struct view *view)
{
	(void)view;
	return 10;
}

static const struct key no_keys[] = { { { 0 }, NULL, NULL, NULL, NULL, false } };
static const struct view_class page = { .keys = no_keys, .turn = note, .resize = note, .release = note };
static const struct view_class clock_page = { .keys = no_keys, .news = note, .wait = ten, .release = note };
static const struct view_class box = { .keys = no_keys, .overlay = true, .turn = note, .release = note };

static struct view *open_view(char name, const struct view_class *class)
{
	struct named_view *named = alloc_zero(1, sizeof(*named));

	named->name = name;
	app_open(&app, &named->view, class);
	return &named->view;
}

static void setup(void)
{
	told[0] = '\0';
	open_view('t', &clock_page);
}

static void teardown(void)
{
	app_release_views(&app);
}

static void expect_order(const char *wanted)
{
	char names[16] = "";

	for (const struct view *view = app.top; view; view = view->below)
		snprintf(names + strlen(names), sizeof(names) - strlen(names), "%c",
		         ((const struct named_view *)view)->name);
	ck_assert_str_eq(names, wanted);
}

START_TEST(overlays_stay_above_what_is_opened_later)
{
	struct view *a = open_view('a', &page);

	ck_assert_ptr_eq(app_view(&app), a);
	open_view('p', &box);
	ck_assert_ptr_eq(app_view(&app), a);
	struct view *b = open_view('b', &page);
	open_view('q', &box);
	expect_order("qpbat");
	ck_assert_ptr_eq(app_view(&app), b);
}
END_TEST

START_TEST(a_view_leaves_from_wherever_it_is)
{
	struct view *a = open_view('a', &page), *p = open_view('p', &box);

	open_view('b', &page);
	app_close(p);
	expect_order("bat");
	app_close(a);
	expect_order("bt");
	ck_assert_str_eq(told, "pa"); /* each view was released */
	app_release_views(&app);
	ck_assert_str_eq(told, "pabt"); /* the top view comes first */
}
END_TEST

START_TEST(the_highest_of_a_class_is_found)
{
	struct view *p = open_view('p', &box);

	ck_assert_ptr_null(app_find(&app, &page));
	open_view('a', &page);
	struct view *b = open_view('b', &page);
	ck_assert_ptr_eq(app_find(&app, &page), b);
	ck_assert_ptr_eq(app_find(&app, &box), p);
}
END_TEST

START_TEST(all_are_told_that_have_something_to_do)
{
	open_view('a', &page);
	open_view('p', &box);
	app_turn(&app);
	app_news(&app);
	app_resize(&app);
	ck_assert_str_eq(told, "pata");
}
END_TEST

START_TEST(the_clock_is_that_of_the_view_that_is_open)
{
	ck_assert_int_eq(app_wait(&app), 10);
	open_view('p', &box);
	ck_assert_int_eq(app_wait(&app), 10); /* the view below is still visible */
	open_view('a', &page);
	ck_assert_int_eq(app_wait(&app), -1);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("app");
	TCase *tcase = tcase_create("app");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, overlays_stay_above_what_is_opened_later);
	tcase_add_test(tcase, a_view_leaves_from_wherever_it_is);
	tcase_add_test(tcase, the_highest_of_a_class_is_found);
	tcase_add_test(tcase, all_are_told_that_have_something_to_do);
	tcase_add_test(tcase, the_clock_is_that_of_the_view_that_is_open);
	suite_add_tcase(suite, tcase);
	return unit_main(suite);
}
