/* Lists of devices, and the names that a task gets. */
#include "engine/task/devices.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/task/group.h"
#include "engine/task/messages.h"
#include "tests/unit/unit.h"

static char *parse(const char *text)
{
	char *list = NULL, *error = NULL;

	ck_assert_msg(devices_parse(text, &list, &error) == 0, "%s", error ? error : text);
	return list;
}

static void check_list(const char *text, const char *expected, unsigned count)
{
	char *list = parse(text);

	ck_assert_str_eq(list, expected);
	ck_assert_uint_eq(devices_count(list), count);
	free(list);
}

START_TEST(a_range_is_a_name_for_each_number)
{
	check_list("GPU=a", "GPU=a", 1);
	check_list("GPU=a,b,a", "GPU=a,b,a", 3);
	check_list("_g2=0-3", "_g2=0,1,2,3", 4);
	check_list("GPU=7,0-1,9-9", "GPU=7,0,1,9", 4);
	char *ports = parse("PORT=8000-8255");
	ck_assert_uint_eq(devices_count(ports), DEVICES_MAX);
	free(ports);
	check_list("GPU=GPU-5f-3,a-b,1-,-1,1-2-3", "GPU=GPU-5f-3,a-b,1-,-1,1-2-3", 5);
	ck_assert_uint_eq(devices_count(NULL), 0);
}
END_TEST

START_TEST(every_other_text_is_refused)
{
	static const char *const texts[] = {
		"",       "GPU",   "GPU=",    "=a",      "GPU=a,",        "GPU=,a",  "GPU=a,,b", "1G=a",
		"G PU=a", "G-U=a", "GPU=a b", "GPU=a\n", "KRTASK_SLOT=0", "GPU=3-1", "GPU=\xff", "GPU=0-256",
	};
	char *list = NULL, *error, expected[200];

	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		error = NULL;
		ck_assert_int_eq(devices_parse(texts[i], &list, &error), -EINVAL);
		snprintf(expected, sizeof(expected), MSG_DEVICES_INVALID, texts[i], DEVICES_MAX);
		ck_assert_str_eq(error, expected);
		free(error);
	}
	ck_assert_ptr_null(list);
}
END_TEST

START_TEST(a_list_that_is_too_long_is_refused)
{
	char *text = malloc(2 * DEVICES_TEXT_MAX), *list = NULL;

	ck_assert_ptr_nonnull(text);
	memset(text, 'a', 2 * DEVICES_TEXT_MAX);
	memcpy(text, "GPU=", 4);
	text[2 * DEVICES_TEXT_MAX - 1] = '\0';
	ck_assert_int_eq(devices_parse(text, &list, NULL), -EINVAL);
	text[DEVICES_TEXT_MAX] = '=';
	memset(text, 'a', DEVICES_TEXT_MAX);
	ck_assert_int_eq(devices_parse(text, &list, NULL), -EINVAL);
	free(text);
}
END_TEST

static struct device_set places(unsigned first, unsigned second)
{
	struct device_set set = { { 0 } };

	device_set_add(&set, first);
	device_set_add(&set, second);
	return set;
}

static void check_same(const struct device_set *set, const struct device_set *expected)
{
	for (int i = 0; i < DEVICES_WORDS; i++)
		ck_assert_uint_eq(set->words[i], expected->words[i]);
}

START_TEST(a_task_gets_the_names_of_its_places)
{
	static const char list[] = "GPU=a,b,c,b";
	const struct device_set sets[] = { places(0, 2), places(1, 3), { { 0 } } };
	static const char *const expected[] = { "GPU=a,c", "GPU=b,b", "GPU=" };
	size_t length;

	for (size_t i = 0; i < sizeof(sets) / sizeof(*sets); i++) {
		char *assigned = devices_assign(list, &sets[i]);
		struct device_set back = { { 0 } };
		ck_assert_str_eq(assigned, expected[i]);
		devices_match(list, assigned + 4, &back);
		check_same(&back, &sets[i]);
		ck_assert_int_eq(device_set_empty(&back), i == 2);
		free(assigned);
	}
	ck_assert_mem_eq(devices_name(list, 2, &length), "c", 1);
	ck_assert_uint_eq(length, 1);
	ck_assert_ptr_null(devices_name(list, 4, &length));
	ck_assert_uint_eq(devices_variable(list), 3);
}
END_TEST

START_TEST(names_that_are_not_in_the_list_are_passed_by)
{
	struct device_set set, expected = places(255, 255);
	char *list = parse("P=0-255");

	devices_match(list, "255,x,,256", &set);
	check_same(&set, &expected);
	free(list);
}
END_TEST

START_TEST(settings_of_a_group_are_copied_whole)
{
	static char list[] = "GPU=a";
	const struct group_settings from = {
		.slots = 1, .devices = list, .has_niceness = true, .niceness = 7
	};
	struct group_settings to;

	ck_assert_int_eq(group_settings_copy(&to, &from), 0);
	ck_assert_str_eq(to.devices, list);
	ck_assert_ptr_ne(to.devices, list);
	ck_assert_int_eq(to.niceness, 7);
	group_settings_release(&to);
	ck_assert_ptr_null(to.devices);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		a_range_is_a_name_for_each_number,
		every_other_text_is_refused,
		a_list_that_is_too_long_is_refused,
		a_task_gets_the_names_of_its_places,
		names_that_are_not_in_the_list_are_passed_by,
		settings_of_a_group_are_copied_whole,
	};
	return unit_run("devices", NULL, NULL, tests);
}
