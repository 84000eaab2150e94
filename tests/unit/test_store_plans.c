/* What was put of plans comes back: what few tasks have. */
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "engine/store/store.h"
#include "tests/unit/stored.h"
#include "tests/unit/unit.h"

static void put_dependencies(uint64_t number)
{
	const struct plan_after after[] = {
		{ .number = 9, .condition = PLAN_AFTER_ANY },
		{ .number = 3, .condition = PLAN_AFTER_OK },
		{ .number = 5, .condition = PLAN_AFTER_FAIL, .unmet = true },
	};
	struct store_batch batch = STORE_BATCH_INIT, other = STORE_BATCH_INIT;
	uint64_t sequence;

	for (size_t i = 0; i < 3; i++)
		store_batch_dependency(&batch, number, &after[i]);
	store_batch_forget_dependency(&other, number, 3);
	store_batch_append(&batch, &other);
	ck_assert_ptr_null(other.first);
	ck_assert_int_eq(store_put(store, &batch, true, &sequence), 0);
}

START_TEST(what_is_kept_comes_back)
{
	const struct keep keep = { .ended = 5, .failed = 6, .size = INT64_MAX };
	struct store_batch batch = STORE_BATCH_INIT;
	uint64_t sequence;

	open_and_start();
	ck_assert(!keep_is_set(&seen.keep));
	store_batch_keep(&batch, &keep);
	ck_assert_int_eq(store_put(store, &batch, true, &sequence), 0);
	reopen();
	ck_assert_mem_eq(&seen.keep, &keep, sizeof(keep));
}
END_TEST

START_TEST(what_a_task_waits_for_comes_back)
{
	struct store_batch batch = STORE_BATCH_INIT;
	uint64_t sequence;

	open_and_start();
	for (uint64_t number = 1; number <= 3; number++)
		create(number);
	put_dependencies(1);
	put_dependencies(2);
	put_dependencies(3);
	store_batch_forget_dependencies(&batch, 2);
	store_batch_remove(&batch, 3);
	ck_assert_int_eq(store_put(store, &batch, true, &sequence), 0);
	reopen();
	ck_assert_uint_eq(seen.tasks, 2);
	const struct task_plan *plan = seen.task[0].spec.plan;
	ck_assert_uint_eq(plan->after_count, 2);
	ck_assert_uint_eq(plan->weight, plan_default.weight);
	ck_assert(plan->after[0].number == 5 && plan->after[0].condition == PLAN_AFTER_FAIL &&
	          plan->after[0].unmet);
	ck_assert(plan->after[1].number == 9 && plan->after[1].condition == PLAN_AFTER_ANY &&
	          !plan->after[1].unmet);
	ck_assert_ptr_null(seen.task[1].spec.plan);
	/* Its number is not used again, but what is left of it would be found. */
	close_store();
	execute("INSERT INTO tasks SELECT 3, 'c', NULL, NULL, NULL, 0, 5, x'2f', x'4100', NULL, NULL, 0, 0, NULL");
	open_and_start();
	ck_assert_ptr_null(seen.task[2].spec.plan);
}
END_TEST

START_TEST(what_follows_an_end_comes_back)
{
	struct store_batch batch = STORE_BATCH_INIT;
	struct plan_hooks asked = { .on_end = (char *)"e",
		                    .on_ok = (char *)"o",
		                    .webhook = (char *)"http://w/" },
			  hook = { .target = 1, .input = (char *)"{}\n" };
	uint64_t sequence;

	open_and_start();
	for (uint64_t number = 1; number <= 3; number++) {
		create(number);
		store_batch_plan(&batch, number, &plan_default);
		store_batch_hooks(&batch, number, number == 2 ? &hook : &asked);
	}
	store_batch_remove(&batch, 3);
	ck_assert_int_eq(store_put(store, &batch, true, &sequence), 0);
	reopen();
	const struct plan_hooks *first = seen.task[0].spec.plan->hooks,
				*second = seen.task[1].spec.plan->hooks;
	ck_assert_str_eq(first->on_end, "e");
	ck_assert_ptr_null(first->on_fail);
	ck_assert_str_eq(first->on_ok, "o");
	ck_assert_str_eq(first->webhook, "http://w/");
	ck_assert_uint_eq(first->target, 0);
	ck_assert_ptr_null(second->on_end);
	ck_assert_uint_eq(second->target, 1);
	ck_assert_str_eq(second->input, "{}\n");
	/* What belonged to the one that was removed is gone. */
	close_store();
	execute("INSERT INTO tasks SELECT 3, 'c', NULL, NULL, NULL, 0, 5, x'2f', x'4100', NULL, NULL, 0, 0, NULL");
	execute("UPDATE plans SET number = 3 WHERE number = 1");
	open_and_start();
	ck_assert_ptr_null(seen.task[2].spec.plan->hooks);
	/* Without its plan it has none either. */
	ck_assert_ptr_null(seen.task[0].spec.plan);
}
END_TEST

START_TEST(what_was_set_comes_back)
{
	const struct group_settings settings = { .on_empty = (char *)"empty" };
	struct store_batch batch = STORE_BATCH_INIT;
	uint64_t sequence;

	open_and_start();
	ck_assert_int_eq(seen.hook_limit, 0);
	store_batch_hook_limit(&batch, 1500);
	store_batch_seen(&batch, 7, 3);
	store_batch_seen(&batch, 8, 5);
	store_batch_seen(&batch, 7, 4);
	store_batch_group(&batch, "g", &settings);
	ck_assert_int_eq(store_put(store, &batch, true, &sequence), 0);
	reopen();
	ck_assert_int_eq(seen.hook_limit, 1500);
	ck_assert_str_eq(seen.cursors, "7 4; 8 5; ");
	ck_assert_str_eq(seen.on_empty, "empty");
	close_store();
	execute("UPDATE meta SET value = 'x' WHERE key = 'hook_limit'");
	open_and_start();
	ck_assert_int_eq(seen.hook_limit, 0);
}
END_TEST

static void put_attempt(uint64_t number, uint32_t ordinal, const char *message)
{
	struct store_batch batch = STORE_BATCH_INIT;
	struct plan_attempt attempt = { .ordinal = ordinal,
		                        .started_at = 5,
		                        .ended_at = 6,
		                        .exit_code = -1,
		                        .term_signal = SIGKILL,
		                        .message = (char *)message };
	uint64_t sequence;

	if (!message)
		ck_assert_int_eq(strings_add(&attempt.left, "12 34 sleep"), 0);
	store_batch_attempt(&batch, number, &attempt);
	ck_assert_int_eq(store_put(store, &batch, true, &sequence), 0);
	strings_release(&attempt.left);
}

START_TEST(attempts_come_back_in_order)
{
	struct store_batch batch = STORE_BATCH_INIT;
	uint64_t sequence;

	open_and_start();
	for (uint64_t number = 1; number <= 2; number++) {
		create(number);
		put_attempt(number, 2, NULL);
		put_attempt(number, 1, "killed");
	}
	store_batch_remove(&batch, 1);
	ck_assert_int_eq(store_put(store, &batch, true, &sequence), 0);
	close_store();
	/* A list that nobody wrote is none. */
	execute("UPDATE attempts SET survivors = x'4142' WHERE attempt = 1");
	open_and_start();
	ck_assert_uint_eq(seen.attempts, 2);
	ck_assert_str_eq(seen.attempt, "2.1 5 6 -1 9 killed (); 2.2 5 6 -1 9 - (12 34 sleep); ");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("store plans");
	TCase *tcase = tcase_create("store");

	tcase_add_checked_fixture(tcase, make_directory, remove_directory);
	tcase_add_test(tcase, what_a_task_waits_for_comes_back);
	tcase_add_test(tcase, what_is_kept_comes_back);
	tcase_add_test(tcase, attempts_come_back_in_order);
	tcase_add_test(tcase, what_follows_an_end_comes_back);
	tcase_add_test(tcase, what_was_set_comes_back);
	suite_add_tcase(suite, tcase);
	return unit_main(suite);
}
