/*
 * The engine through its facade, on a loop of its own, without a socket or an anchor: the life of tasks, what
 * a failed commit undoes, and how the next engine continues.
 */
#include "config.h"

#include <check.h>
#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/engine.h"
#include "engine/store/hash.h"
#include "engine/store/store.h"
#include "engine/task/messages.h"
#include "tests/unit/scratch.h"
#include "tests/unit/unit.h"

static struct event_base *base;
static struct engine *engine;
static int slots;
static unsigned failures; /* how many failed commits the hooks reported */
static int gate;          /* a FIFO, held open: a task that reads a line of it waits until open_gate() */

static void failed(void *ctx, uint64_t sequence, const char *reason)
{
	(void)ctx, (void)sequence;
	ck_assert_ptr_nonnull(reason);
	failures++;
}

static void open_engine(void)
{
	char *error = NULL;
	struct engine_options options = {
		.base = base,
		.directory = scratch_path("."),
		.address = "unix:/none",
		.slots = slots,
	};
	int code = engine_open(&engine, &options, &error);
	ck_assert_msg(code == 0, "%s", error ? error : "?");
	struct engine_hooks hooks = { .failed = failed };
	engine_set_hooks(engine, &hooks);
}

static void setup(void)
{
	scratch_make();
	ck_assert_int_eq(mkfifo(scratch_path("gate"), 0600), 0);
	gate = open(scratch_path("gate"), O_RDWR | O_CLOEXEC);
	ck_assert_int_ge(gate, 0);
	base = event_base_new();
	slots = 0;
	failures = 0;
	open_engine();
}

static void teardown(void)
{
	engine_close(engine);
	event_base_free(base);
	close(gate);
	scratch_remove();
}

static void open_gate(void)
{
	ck_assert_int_eq(write(gate, "go\n", 3), 3);
}

/* Closes the engine and opens the next one on the same directory. */
static void reopen(void)
{
	engine_close(engine);
	open_engine();
}

static void turn(void)
{
	event_base_loop(base, EVLOOP_ONCE);
}

/* A worker removes the directory. */
static void await_removal(const char *name)
{
	while (access(scratch_path(name), F_OK) == 0)
		turn();
}

static struct task *make(const char *id, const char *code, bool start)
{
	struct task_spec spec = { .id = id ? strdup(id) : NULL, .cwd = strdup("/") };
	struct task *task = NULL;
	char *error = NULL;
	strings_add(&spec.command, "sh");
	strings_add(&spec.command, "-c");
	strings_add(&spec.command, code);
	strings_add(&spec.command, scratch_path("gate")); /* $0 of the shell */
	int result = engine_create(engine, &spec, NULL, NULL, start, &task, &error);
	ck_assert_msg(result == 0, "%s", error ? error : "?");
	return task;
}

static struct task *find(const char *id)
{
	struct task *task = engine_find(engine, id);
	ck_assert_ptr_nonnull(task);
	return task;
}

/* Turns the loop until the task is in this state and all is reported.  Check's time-out limits the wait. */
static void until(const char *id, enum task_state state)
{
	while (find(id)->status.state != state || !engine_settled(engine))
		turn();
}

static void settle_core(void)
{
	while (!engine_settled(engine))
		turn();
}

/* Returns a descriptor of the task's output, or -errno. */
static int output_of(const struct task *task, enum executor_stream stream)
{
	struct executor_output output;
	int error = engine_output(engine, task, 1, stream, true, &output);
	return error ? error : output.fd;
}

static const struct stop_options term = { .signal = SIGTERM, .kill_after = -1 };

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
	settle_core();
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

START_TEST(slots_are_kept)
{
	slots = -1;
	ck_assert_uint_eq(engine_slots(engine), 0);
	ck_assert_int_eq(engine_set_slots(engine, 2), 0);
	settle_core();
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
	ck_assert_int_eq(engine_set_slots(engine, 7), 0);
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
	settle_core();
	reopen();
	ck_assert(!engine_cancelling(engine));
}
END_TEST

START_TEST(slots_bound_how_many_run)
{
	engine_set_slots(engine, 1);
	make("a", "read x < $0; exit 0", true);
	make("b", "exit 0", true);
	until("a", TASK_RUNNING);
	settle_core();
	ck_assert_str_eq(task_state_name(find("b")->status.state), "Queued");
	ck_assert_int_eq(engine_stop(engine, find("a"), &term), 0);
	until("a", TASK_STOPPED);
	until("b", TASK_COMPLETED);
}
END_TEST

START_TEST(a_queued_task_can_be_stopped)
{
	engine_set_slots(engine, 1);
	make("a", "read x < $0", true);
	make("b", "exit 0", true);
	until("a", TASK_RUNNING);
	settle_core();
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
	settle_core();
	reopen();
	ck_assert_uint_eq(engine_registry(engine)->order.count, 0);
}
END_TEST

START_TEST(a_failed_commit_undoes_a_creation)
{
	settle_core();
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
	settle_core();
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

static struct task *make_child(const char *id, struct task *parent)
{
	struct task_spec spec = { .id = id ? strdup(id) : NULL, .cwd = strdup("/") };
	struct task *task = NULL;
	char *error = NULL;
	strings_add(&spec.command, "true");
	ck_assert_int_eq(engine_create(engine, &spec, NULL, parent, false, &task, &error), 0);
	return task;
}

START_TEST(an_undone_removal_leaves_relatives_as_they_were)
{
	static const char *const ids[] = { "p", "a", "b", "a1", "a2", "c", "last" };
	enum { COUNT = sizeof(ids) / sizeof(*ids) };
	for (int i = 0; i < COUNT; i++) {
		struct task *parent = i == 0 || i == COUNT - 1 ? NULL : find(strlen(ids[i]) > 1 ? "a" : "p");
		make_child(ids[i], parent);
		ck_assert_int_eq(engine_stop(engine, find(ids[i]), &term), 0);
	}
	settle_core();
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
	settle_core();
	ck_assert_int_eq(setrlimit(RLIMIT_STACK, &limit), 0);
	store_fail_commits(engine_store(engine), 0, 1);
	ck_assert_int_eq(remove_all(top), -EIO);
	ck_assert_uint_eq(engine_registry(engine)->order.count, DEEP);
	ck_assert_int_eq(remove_all(find("top")), 0);
	settle_core();
	ck_assert_uint_eq(engine_registry(engine)->order.count, 0);
}
END_TEST

START_TEST(a_failed_commit_of_an_end_is_tried_again)
{
	make("a", "read x < $0; exit 4", true);
	until("a", TASK_RUNNING);
	settle_core();
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
	settle_core();
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
	settle_core();
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
	engine_set_slots(engine, 1);
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
	settle_core();
	store_fail_commits(engine_store(engine), 0, 1);
	make("2", "true", false);
	while (failures == 0)
		turn();
	ck_assert_ptr_null(engine_find(engine, "2"));
	make("2", "true", false);
	settle_core();
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
	char *block, *error = NULL, hash[ENVIRONMENT_HASH_SIZE];
	size_t length;
	ck_assert_int_eq(strings_add(&mine.variables, "A=1"), 0);
	ck_assert_int_eq(environment_pack(&mine, &block, &length), 0);
	hash_make(block, length, hash);
	settle_core();
	store_fail_commits(engine_store(engine), 0, 1);
	ck_assert_int_eq(engine_take_environment(engine, hash, block, length, &shared), 0);
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
	settle_core();
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
	settle_core();
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
		slots_are_kept,
		the_next_engine_goes_on_cancelling,
		slots_bound_how_many_run,
		a_queued_task_can_be_stopped,
		a_nonce_makes_one_task,
		children_go_with_their_parent,
		a_failed_commit_undoes_a_creation,
		a_failed_commit_undoes_a_start_and_a_removal,
		an_undone_removal_leaves_relatives_as_they_were,
		a_deep_tree_is_removed,
		a_failed_commit_of_an_end_is_tried_again,
		a_failed_commit_of_a_claim_starts_nothing,
		what_is_queued_starts_with_the_next_engine,
		a_running_task_outlives_the_engine,
		a_claim_that_is_taken_back_can_be_stopped,
		a_refused_creation_reserves_its_id_all_the_same,
		an_environment_outlives_no_failed_commit,
		files_of_forgotten_tasks_are_swept,
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
