/* What tells a screen that the list of groups has changed. */
#include "config.h"

#include "engine/engine.h"
#include "engine/service/service.h"
#include "tests/unit/gated_engine.h"
#include "tests/unit/unit.h"

static struct service service;
static uint64_t former;

static bool is_told(void)
{
	uint64_t hash = groups_hash(&service);
	bool told = hash != former;
	former = hash;
	return told;
}

START_TEST(whatever_the_list_says_is_told)
{
	static char devices[] = "GPU=a,b";
	struct group_settings settings = { .slots = 2, .devices = devices };
	service.engine = engine;
	former = groups_hash(&service);
	ck_assert_int_eq(engine_group_add(engine, "gpu", &settings), 0);
	ck_assert(is_told());
	ck_assert(!is_told());
	struct task_group *group = engine_group_find(engine, "gpu");
	settings.has_niceness = true;
	ck_assert_int_eq(engine_group_set(engine, group, &settings), 0);
	ck_assert(is_told());
	settings.niceness = -5;
	ck_assert_int_eq(engine_group_set(engine, group, &settings), 0);
	ck_assert(is_told());
	settings.pause_on_fail = true;
	ck_assert_int_eq(engine_group_set(engine, group, &settings), 0);
	ck_assert(is_told());
	group->devices[1].task = make("a", "true", false);
	ck_assert(is_told());
	group->devices[1].task = NULL;
	ck_assert(is_told());
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("groups of the service");
	TCase *tcase = tcase_create("groups");
	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, whatever_the_list_says_is_told);
	suite_add_tcase(suite, tcase);
	return unit_main(suite);
}
