/* The engine through its facade: the life of tasks. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/core/adoption.h"
#include "engine/engine.h"
#include "engine/store/store.h"
#include "engine/task/messages.h"
#include "tests/unit/gated_engine.h"
#include "tests/unit/scratch.h"
#include "tests/unit/unit.h"

START_TEST(ids_are_counted_from_one)
{
	ck_assert_str_eq(task_id(make(NULL, "true", false)), "1");
	ck_assert_str_eq(task_id(make("x", "true", false)), "x");
	ck_assert_str_eq(task_id(make(NULL, "true", false)), "2");
	ck_assert_ptr_nonnull(engine_find(engine, "X"));
}
END_TEST

START_TEST(ids_are_never_given_twice)
{
	make("2", "true", false);
	ck_assert_str_eq(task_id(make(NULL, "true", false)), "1");
	ck_assert_str_eq(task_id(make(NULL, "true", false)), "3");
	ck_assert_int_eq(engine_stop(engine, find("3"), &term), 0);
	ck_assert_int_eq(engine_remove(engine, find("3")), 0);
	settle_engine();
	reopen();
	ck_assert_str_eq(task_id(make(NULL, "true", false)), "4");
	struct task_spec spec = { .id = strdup("3"), .cwd = strdup("/") };
	struct task *task;
	char *error = NULL;
	strings_add(&spec.command, "true");
	ck_assert_int_eq(engine_create(engine, &spec, NULL, NULL, false, &task, &error), -EEXIST);
	ck_assert_str_eq(error, unit_says(MSG_ID_USED_BEFORE, "3"));
	free(error);
	task_spec_release(&spec);
}
END_TEST

START_TEST(a_task_runs_and_completes)
{
	struct task *task = make("a", "exit 0", false);
	ck_assert_int_eq(task->status.state, TASK_CREATED);
	ck_assert_int_eq(engine_start(engine, task), 0);
	ck_assert_int_eq(engine_start(engine, task), -EPERM);
	until("a", TASK_COMPLETED);
	ck_assert_int_eq(task->status.exit_code, 0);
	ck_assert_int_eq(task->status.percent, 100);
	ck_assert_int_eq(engine_start(engine, task), -EPERM);
	ck_assert_int_eq(engine_stop(engine, task, &term), -EPERM);
}
END_TEST

START_TEST(a_failure_keeps_its_status)
{
	make("a", "exit 9", true);
	make("b", "kill -9 $$", true);
	until("a", TASK_FAILED);
	until("b", TASK_FAILED);
	ck_assert_int_eq(find("a")->status.exit_code, 9);
	ck_assert_int_eq(find("b")->status.term_signal, 9);
	reopen();
	ck_assert_int_eq(find("a")->status.exit_code, 9);
	ck_assert_int_eq(find("b")->status.term_signal, 9);
	ck_assert_str_eq(find("a")->status.message, unit_says(MSG_ENDED_WITH_STATUS, "9"));
}
END_TEST

START_TEST(a_stop_before_the_start_is_at_once)
{
	struct task *task = make("a", "true", false);
	ck_assert_int_eq(engine_stop(engine, task, &term), 0);
	ck_assert_int_eq(task->status.state, TASK_STOPPED);
	ck_assert_str_eq(task->status.message, MSG_CANCELLED_BEFORE_START);
	ck_assert_int_eq(engine_stop(engine, task, &term), -EPERM);
	ck_assert_int_eq(engine_start(engine, task), -EPERM);
}
END_TEST

START_TEST(a_stop_lasts_until_the_group_is_empty)
{
	/* The leader ends at once, and its child ends when the gate is opened. */
	struct task *task =
		make("a", "trap 'exit 3' TERM; (trap '' TERM; echo ready; read x < $0) & wait", true);
	until("a", TASK_RUNNING);
	while (true) {
		char text[8];
		int fd = output_of(task, EXECUTOR_STDOUT);
		ssize_t got = fd < 0 ? -1 : read(fd, text, sizeof(text));
		close(fd);
		if (got > 0)
			break;
	}
	ck_assert_int_eq(engine_stop(engine, task, &term), 0);
	while (task->status.exit_code < 0)
		turn();
	ck_assert_int_eq(task->status.state, TASK_STOPPING);
	ck_assert_int_eq(task->status.exit_code, 3);
	open_gate();
	until("a", TASK_STOPPED);
}
END_TEST

START_TEST(progress_may_come_before_the_news_that_the_command_runs)
{
	char text[4];
	ck_assert_int_eq(mkfifo(scratch_path("gate.up"), 0600), 0);
	int up = open(scratch_path("gate.up"), O_RDWR | O_CLOEXEC);
	struct task *task = make("a", "echo up >$0.up; read x < $0; exit 3", true);
	while (task->status.state < TASK_CLAIMED || !engine_settled(engine))
		turn();
	/* The command runs while the loop does not turn. */
	ck_assert_int_eq(read(up, text, 3), 3);
	ck_assert_int_eq(task->status.state, TASK_CLAIMED);
	ck_assert_int_eq(engine_progress(engine, task, 55, "from the command"), 0);
	until("a", TASK_RUNNING);
	ck_assert_int_eq(task->status.percent, 55);
	ck_assert_str_eq(task->status.message, "from the command");
	open_gate();
	until("a", TASK_FAILED);
	ck_assert_int_eq(task->status.percent, 55);
	close(up);
}
END_TEST

/* Also if the other stream has told a percentage. */
START_TEST(what_is_written_to_either_stream_is_no_silence)
{
	char text[4];
	ck_assert_int_eq(mkfifo(scratch_path("gate.up"), 0600), 0);
	int up = open(scratch_path("gate.up"), O_RDWR | O_CLOEXEC);
	struct task *task = make("a", "echo 50%; echo oops >&2; echo up >$0.up; read x < $0", true);
	until("a", TASK_RUNNING);
	ck_assert_int_eq(read(up, text, 3), 3);
	engine_refresh_progress(engine, task);
	ck_assert_int_eq(task->status.percent, 50);
	ck_assert_int_eq(task->run->written, sizeof("50%\noops\n") - 1);
	open_gate();
	until("a", TASK_COMPLETED);
	close(up);
}
END_TEST

START_TEST(slots_are_kept)
{
	slots = -1;
	ck_assert_uint_eq(engine_slots(engine), 0);
	ck_assert_int_eq(engine_set(engine, &(struct core_settings){ .slots = 2 }), 0);
	settle_engine();
	reopen();
	ck_assert_uint_eq(engine_slots(engine), 2);
	/* Another number of slots can be given, and it is stored. */
	slots = 5;
	reopen();
	slots = -1;
	reopen();
	ck_assert_uint_eq(engine_slots(engine), 5);
	/* A number that could not be stored is not used. */
	store_fail_commits(engine_store(engine), 0, 1);
	ck_assert_int_eq(engine_set(engine, &(struct core_settings){ .slots = 7 }), 0);
	while (failures == 0)
		turn();
	ck_assert_uint_eq(engine_slots(engine), 5);
}
END_TEST

START_TEST(the_next_engine_goes_on_cancelling)
{
	enum { MANY = 1500 };
	ck_assert_int_eq(engine_set_paused(engine, true), 0);
	for (int i = 0; i < MANY; i++)
		make(NULL, "exit 0", true);
	ck_assert_int_eq(engine_cancel(engine), 0);
	const uint64_t *counts = engine_registry(engine)->counts;
	while (counts[TASK_STOPPED] == 0)
		turn();
	ck_assert_uint_gt(counts[TASK_QUEUED], 0);
	reopen();
	counts = engine_registry(engine)->counts;
	ck_assert_uint_gt(counts[TASK_QUEUED], 0);
	while (engine_cancelling(engine))
		turn();
	ck_assert_uint_eq(counts[TASK_STOPPED], MANY);
	settle_engine();
	reopen();
	ck_assert(!engine_cancelling(engine));
}
END_TEST

START_TEST(the_next_engine_goes_on_pausing)
{
	const struct group_settings settings = { .paused = true, .sweep = GROUP_SWEEP_PAUSES };
	make("a", "sleep 1000", true);
	until("a", TASK_RUNNING);
	ck_assert_int_eq(engine_group_set(engine, engine_group_find(engine, "default"), &settings), 0);
	settle_engine();
	ck_assert_int_eq(find("a")->status.state, TASK_RUNNING);
	reopen();
	until("a", TASK_PAUSED);
	settle_engine();
	const struct group_settings *now = &engine_group_find(engine, "default")->settings;
	while (now->sweep)
		turn();
	ck_assert(now->paused);
	ck_assert_int_eq(engine_stop(engine, find("a"), &term), 0);
	until("a", TASK_STOPPED);
}
END_TEST

static void make_after_first(void)
{
	struct plan_after after = { .number = find("first")->number };
	struct task_plan plan = plan_default;
	struct task_spec spec = { .cwd = strdup("/") };
	struct task *task;
	char *error = NULL;
	plan.after = &after;
	plan.after_count = 1;
	spec.plan = plan_copy(&plan);
	strings_add(&spec.command, "true");
	ck_assert_int_eq(engine_create(engine, &spec, NULL, NULL, true, &task, &error), 0);
}

static void tell_nobody(void *ctx)
{
	(void)ctx;
}

/* The first that was made for another. */
static void remove_adopted(void)
{
	const struct order *order = &engine_registry(engine)->order;
	struct task *task = order_at(order, 0);
	while (task->status.state != TASK_QUEUED)
		task = order_next(order, task);
	ck_assert_int_eq(engine_stop(engine, task, &term), 0);
	ck_assert_int_eq(engine_remove(engine, task), 0);
}

/* It makes none again that somebody has removed. */
START_TEST(the_next_engine_goes_on_adopting)
{
	enum { MANY = ADOPTION_MOST + ADOPTION_SLICE };
	struct task_spec spec = { .id = strdup("again"), .cwd = strdup("/") };
	struct core_asker asker = { .over = tell_nobody };
	struct task *task;
	char *error = NULL;
	make("first", "exit 1", true);
	until("first", TASK_FAILED);
	for (int i = 0; i < MANY; i++)
		make_after_first();
	const uint64_t *counts = engine_registry(engine)->counts;
	while (counts[TASK_STOPPED] < MANY)
		turn();
	strings_add(&spec.command, "true");
	ck_assert_int_eq(engine_adopt(engine, find("first"), &spec, NULL, false, &task, &error), 0);
	while (counts[TASK_QUEUED] == 0)
		turn();
	remove_adopted();
	reopen();
	counts = engine_registry(engine)->counts;
	ck_assert_uint_lt(counts[TASK_QUEUED], MANY);
	ck_assert_int_eq(find("again")->status.state, TASK_CREATED);
	ck_assert(engine_adoption_await(engine, find("again")->number, &asker));
	askers_disown(&asker);
	while (counts[TASK_QUEUED] < MANY - 1 ||
	       engine_adoption_await(engine, find("again")->number, &asker)) {
		askers_disown(&asker);
		turn();
	}
	settle_engine();
	reopen();
	ck_assert(!engine_adoption_await(engine, find("again")->number, &asker));
	ck_assert_uint_eq(engine_registry(engine)->counts[TASK_QUEUED], MANY - 1);
}
END_TEST

START_TEST(slots_bound_how_many_run)
{
	engine_set(engine, &(struct core_settings){ .slots = 1 });
	make("a", "read x < $0; exit 0", true);
	make("b", "exit 0", true);
	until("a", TASK_RUNNING);
	settle_engine();
	ck_assert_str_eq(task_state_name(find("b")->status.state), "Queued");
	ck_assert_int_eq(engine_stop(engine, find("a"), &term), 0);
	until("a", TASK_STOPPED);
	until("b", TASK_COMPLETED);
}
END_TEST

START_TEST(a_queued_task_can_be_stopped)
{
	engine_set(engine, &(struct core_settings){ .slots = 1 });
	make("a", "read x < $0", true);
	make("b", "exit 0", true);
	until("a", TASK_RUNNING);
	settle_engine();
	ck_assert_int_eq(engine_stop(engine, find("b"), &term), 0);
	until("b", TASK_STOPPED);
	ck_assert_str_eq(find("b")->status.message, MSG_CANCELLED_BEFORE_START);
	ck_assert_int_eq(engine_pid(find("b")), 0);
	ck_assert_int_eq(engine_stop(engine, find("a"), &term), 0);
	until("a", TASK_STOPPED);
}
END_TEST

START_TEST(a_nonce_makes_one_task)
{
	struct task *first = NULL, *second = NULL;
	for (int i = 0; i < 2; i++) {
		struct task_spec spec = { .cwd = strdup("/"), .has_nonce = true, .nonce = "abcdefghijklmno" };
		char *error = NULL;
		strings_add(&spec.command, "true");
		ck_assert_int_eq(
			engine_create(engine, &spec, NULL, NULL, false, i ? &second : &first, &error), 0);
	}
	ck_assert_ptr_eq(first, second);
	ck_assert_uint_eq(engine_registry(engine)->order.count, 1);
}
END_TEST

START_TEST(children_go_with_their_parent)
{
	struct task *parent = make("p", "true", false), *child = NULL;
	struct task_spec spec = { .id = strdup("c"), .cwd = strdup("/") };
	char *error = NULL;
	strings_add(&spec.command, "true");
	ck_assert_int_eq(engine_create(engine, &spec, NULL, parent, false, &child, &error), 0);
	ck_assert_int_eq(engine_stop(engine, parent, &term), 0);
	ck_assert_int_eq(engine_remove(engine, parent), -EPERM);
	reopen();
	parent = find("p");
	child = find("c");
	ck_assert_ptr_eq(task_parent(child), parent);
	ck_assert_ptr_eq(task_first_child(parent), child);
	ck_assert_int_eq(engine_stop(engine, child, &term), 0);
	ck_assert_int_eq(engine_remove(engine, parent), 0);
	ck_assert_ptr_null(engine_find(engine, "c"));
	settle_engine();
	reopen();
	ck_assert_uint_eq(engine_registry(engine)->order.count, 0);
}
END_TEST

/* The stack is so small that recursion through all parents would overflow it. */
static void hear_removal(void *ctx, int error)
{
	*(int *)ctx = error;
}

static int remove_all(struct task *top)
{
	int heard = 1;
	const struct removal_asker asker = { &heard, hear_removal };
	ck_assert_int_eq(engine_remove(engine, top), -E2BIG);
	ck_assert_int_eq(engine_remove_subtree(engine, top, &asker), 0);
	while (heard > 0)
		turn();
	return heard;
}

START_TEST(a_deep_tree_is_removed)
{
	enum { DEEP = 20000, STACK = 512 * 1024 };
	const struct rlimit limit = { STACK, STACK };
	struct task *top = make_child("top", NULL), *task = top;
	ck_assert_int_eq(engine_stop(engine, top, &term), 0);
	for (int i = 1; i < DEEP; i++) {
		task = make_child(NULL, task);
		ck_assert_int_eq(engine_stop(engine, task, &term), 0);
	}
	settle_engine();
	ck_assert_int_eq(setrlimit(RLIMIT_STACK, &limit), 0);
	store_fail_commits(engine_store(engine), 0, 1);
	ck_assert_int_eq(remove_all(top), -EIO);
	ck_assert_uint_eq(engine_registry(engine)->order.count, DEEP);
	ck_assert_int_eq(remove_all(find("top")), 0);
	settle_engine();
	ck_assert_uint_eq(engine_registry(engine)->order.count, 0);
}
END_TEST

START_TEST(text_can_be_set)
{
	struct task *task = make("a", "true", false);
	char *error = NULL;
	struct editing edit = {
		.task = task,
		.fields = EDITING_NAME | EDITING_DESCRIPTION,
		.spec = { .name = (char *)"new name", .description = (char *)"what it does" },
	};
	ck_assert_int_eq(engine_edit(engine, &edit, 1, &error), 0);
	edit.spec.name = (char *)" ";
	ck_assert_int_eq(engine_edit(engine, &edit, 1, &error), -EINVAL);
	ck_assert_ptr_nonnull(error);
	free(error);
	settle_engine();
	reopen();
	ck_assert_str_eq(task_given_name(find("a")), "new name");
	ck_assert_str_eq(task_description(find("a")), "what it does");
}
END_TEST

START_TEST(output_is_kept_by_number)
{
	struct task *task = make("a", "echo out; echo err >&2", true);
	uint64_t number = task->number;
	until("a", TASK_COMPLETED);
	char text[8] = "";
	int fd = output_of(task, EXECUTOR_STDERR);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(read(fd, text, sizeof(text) - 1), 4);
	close(fd);
	ck_assert_str_eq(text, "err\n");
	ck_assert_int_eq(engine_remove(engine, task), 0);
	settle_engine();
	char name[64];
	snprintf(name, sizeof(name), "log/%llu.err", (unsigned long long)number);
	await_removal(name);
}
END_TEST

START_TEST(survivors_are_named)
{
	make("a", "(read x < $0) & exit 0", true);
	until("a", TASK_COMPLETED);
	ck_assert_ptr_nonnull(find("a")->status.message);
	ck_assert_ptr_nonnull(strstr(find("a")->status.message, MSG_LEFT_RUNNING));
	open_gate();
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		ids_are_counted_from_one,
		ids_are_never_given_twice,
		a_task_runs_and_completes,
		a_failure_keeps_its_status,
		a_stop_before_the_start_is_at_once,
		a_stop_lasts_until_the_group_is_empty,
		progress_may_come_before_the_news_that_the_command_runs,
		what_is_written_to_either_stream_is_no_silence,
		slots_are_kept,
		the_next_engine_goes_on_cancelling,
		the_next_engine_goes_on_pausing,
		the_next_engine_goes_on_adopting,
		slots_bound_how_many_run,
		a_queued_task_can_be_stopped,
		a_nonce_makes_one_task,
		children_go_with_their_parent,
		a_deep_tree_is_removed,
		text_can_be_set,
		output_is_kept_by_number,
		survivors_are_named,
	};
	Suite *suite = suite_create("engine");
	TCase *tc = tcase_create("engine");
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 30);
	for (size_t i = 0; i < sizeof(tests) / sizeof(*tests); i++)
		tcase_add_test(tc, tests[i]);
	suite_add_tcase(suite, tc);
	return unit_main(suite);
}
