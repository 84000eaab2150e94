/* The engine through its facade: what a failed commit undoes, and how the next engine continues. */
#include "config.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine/engine.h"
#include "engine/store/hash.h"
#include "engine/store/store.h"
#include "tests/unit/gated_engine.h"
#include "tests/unit/scratch.h"
#include "tests/unit/unit.h"

START_TEST(a_failed_commit_undoes_a_creation)
{
	settle_engine();
	store_fail_commits(engine_store(engine), 0, 1);
	make("a", "true", true);
	while (failures == 0)
		turn();
	ck_assert_ptr_null(engine_find(engine, "a"));
	ck_assert_uint_eq(engine_busy(engine), 0);
	make("a", "true", true);
	until("a", TASK_COMPLETED);
}
END_TEST

START_TEST(a_failed_commit_undoes_a_start_and_a_removal)
{
	make("a", "true", false);
	make("b", "true", false);
	ck_assert_int_eq(engine_stop(engine, find("b"), &term), 0);
	settle_engine();
	store_fail_commits(engine_store(engine), 0, 1);
	ck_assert_int_eq(engine_start(engine, find("a")), 0);
	ck_assert_int_eq(engine_remove(engine, find("b")), 0);
	while (failures == 0)
		turn();
	ck_assert_int_eq(find("a")->status.state, TASK_CREATED);
	ck_assert_int_eq(find("b")->status.state, TASK_STOPPED);
	ck_assert_int_eq(engine_start(engine, find("a")), 0);
	until("a", TASK_COMPLETED);
}
END_TEST

START_TEST(an_undone_removal_leaves_relatives_as_they_were)
{
	static const char *const ids[] = { "p", "a", "b", "a1", "a2", "c", "last" };
	enum { COUNT = sizeof(ids) / sizeof(*ids) };
	for (int i = 0; i < COUNT; i++) {
		struct task *parent = i == 0 || i == COUNT - 1 ? NULL : find(strlen(ids[i]) > 1 ? "a" : "p");
		make_child(ids[i], parent);
		ck_assert_int_eq(engine_stop(engine, find(ids[i]), &term), 0);
	}
	settle_engine();
	store_fail_commits(engine_store(engine), 0, 1);
	ck_assert_int_eq(engine_remove(engine, find("p")), 0);
	ck_assert_uint_eq(engine_registry(engine)->order.count, 1);
	while (failures == 0)
		turn();
	for (size_t i = 0; i < COUNT; i++)
		ck_assert_str_eq(task_id(order_at(&engine_registry(engine)->order, i)), ids[i]);
	static const char *const children[] = { "a", "b", "c" };
	const struct task *child = task_first_child(find("p"));
	for (size_t i = 0; i < 3; i++, child = task_next_sibling(child))
		ck_assert_str_eq(task_id(child), children[i]);
	ck_assert_ptr_null(child);
	ck_assert_str_eq(task_id(task_first_child(find("a"))), "a1");
}
END_TEST

START_TEST(a_failed_commit_of_an_end_is_tried_again)
{
	make("a", "read x < $0; exit 4", true);
	until("a", TASK_RUNNING);
	settle_engine();
	store_fail_commits(engine_store(engine), 0, 2);
	open_gate();
	until("a", TASK_FAILED);
	ck_assert_uint_ge(failures, 1);
	ck_assert_int_eq(find("a")->status.exit_code, 4);
}
END_TEST

START_TEST(a_failed_commit_of_a_claim_starts_nothing)
{
	make("a", "true", false);
	settle_engine();
	store_fail_commits(engine_store(engine), 1, 1);
	ck_assert_int_eq(engine_start(engine, find("a")), 0);
	until("a", TASK_COMPLETED);
	make("b", "true", true);
	until("b", TASK_COMPLETED);
}
END_TEST

START_TEST(what_is_queued_starts_with_the_next_engine)
{
	engine_pause(engine);
	make("a", "exit 6", true);
	settle_engine();
	reopen();
	until("a", TASK_FAILED);
	ck_assert_int_eq(find("a")->status.exit_code, 6);
}
END_TEST

START_TEST(a_running_task_outlives_the_engine)
{
	make("a", "read x < $0; exit 6", true);
	until("a", TASK_RUNNING);
	pid_t pid = engine_pid(find("a"));
	reopen();
	ck_assert_int_eq(find("a")->status.state, TASK_RUNNING);
	ck_assert_int_eq(engine_pid(find("a")), pid);
	open_gate();
	/*
	 * There is no anchor, and the process is not a child that can be waited for.  The kernel tells the
	 * status.
	 */
	until("a", TASK_FAILED);
	ck_assert_int_eq(find("a")->status.exit_code, 6);
}
END_TEST

START_TEST(a_claim_that_is_taken_back_can_be_stopped)
{
	slots = 1;
	engine_set(engine, &(struct core_settings){ .slots = 1 });
	make("a", "read x < $0; exit 6", true);
	make("b", "true", true);
	until("a", TASK_RUNNING);
	while (find("b")->status.state != TASK_CLAIMED || !engine_settled(engine))
		turn();
	reopen();
	ck_assert_int_eq(engine_stop(engine, find("b"), &term), 0);
	until("b", TASK_STOPPED);
	make("c", "true", true);
	open_gate();
	until("a", TASK_FAILED);
	until("c", TASK_COMPLETED);
	ck_assert_int_eq(engine_pid(find("b")), 0);
}
END_TEST

START_TEST(a_refused_creation_reserves_its_id_all_the_same)
{
	settle_engine();
	store_fail_commits(engine_store(engine), 0, 1);
	make("2", "true", false);
	while (failures == 0)
		turn();
	ck_assert_ptr_null(engine_find(engine, "2"));
	make("2", "true", false);
	settle_engine();
	reopen();
	ck_assert_str_eq(task_id(make(NULL, "true", false)), "1");
	ck_assert_str_eq(task_id(make(NULL, "true", false)), "3");
}
END_TEST

START_TEST(an_environment_outlives_no_failed_commit)
{
	struct environment mine = { 0 };
	struct shared_environment *shared;
	struct task_spec spec = { .id = strdup("a"), .cwd = strdup("/") };
	struct task *task;
	struct environments_parcel parcel;
	char *block, *error = NULL;
	size_t length;
	ck_assert_int_eq(strings_add(&mine.variables, "A=1"), 0);
	ck_assert_int_eq(environment_pack(&mine, &block, &length), 0);
	ck_assert_int_eq(environments_make_parcel(&parcel, block, length), 0);
	settle_engine();
	store_fail_commits(engine_store(engine), 0, 1);
	ck_assert_int_eq(engine_take_environment(engine, &parcel, &shared), 0);
	environments_release_parcel(&parcel);
	strings_add(&spec.command, "true");
	ck_assert_int_eq(engine_create(engine, &spec, shared, NULL, false, &task, &error), 0);
	engine_release_environment(engine, shared);
	while (failures == 0)
		turn();
	ck_assert_ptr_null(engine_find(engine, "a"));
	free(block);
	environment_release(&mine);
}
END_TEST

START_TEST(files_of_forgotten_tasks_are_swept)
{
	make("a", "echo x", true);
	until("a", TASK_COMPLETED);
	scratch_write("log/77.out", "left behind", 0600);
	reopen();
	await_removal("log/77.out");
	ck_assert_int_eq(access(scratch_path("log/1.out"), F_OK), 0);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		a_failed_commit_undoes_a_creation,
		a_failed_commit_undoes_a_start_and_a_removal,
		an_undone_removal_leaves_relatives_as_they_were,
		a_failed_commit_of_an_end_is_tried_again,
		a_failed_commit_of_a_claim_starts_nothing,
		what_is_queued_starts_with_the_next_engine,
		a_running_task_outlives_the_engine,
		a_claim_that_is_taken_back_can_be_stopped,
		a_refused_creation_reserves_its_id_all_the_same,
		an_environment_outlives_no_failed_commit,
		files_of_forgotten_tasks_are_swept,
	};
	Suite *suite = suite_create("engine failure");
	TCase *tc = tcase_create("engine failure");
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 30);
	for (size_t i = 0; i < sizeof(tests) / sizeof(*tests); i++)
		tcase_add_test(tc, tests[i]);
	suite_add_tcase(suite, tc);
	return unit_main(suite);
}
