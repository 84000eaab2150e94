/* The local executor: output of tasks and their progress, caps, and whose the files are. */
#include "config.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/exec/local/attempt.h"
#include "engine/run/process.h"
#include "tests/unit/scratch.h"
#include "tests/unit/scripted_core.h"
#include "tests/unit/unit.h"

START_TEST(output_while_it_runs_and_after)
{
	struct executor_output output;
	struct subject *a = subject_new("a", "echo out; echo err >&2; read x <$0; cat");
	prepare(a);
	check_output(a, EXECUTOR_STDOUT, NULL);
	go(a);
	await(a, "prepared began");
	await_output(a, "out\n");
	ck_assert_int_eq(executor->verbs->output(executor, a->run.task, 1, EXECUTOR_STDERR, false, &output),
	                 0);
	ck_assert_int_eq(output.fd, -1);
	ck_assert_int_eq(access(output.path, R_OK), 0);
	open_gate();
	await(a, "prepared began ended");
	check_output(a, EXECUTOR_STDERR, "err\n");
	ck_assert_int_eq(seal(a), 0);
	/* A second time, as after a failed commit. */
	ck_assert_int_eq(seal(a), 0);
	check_output(a, EXECUTOR_STDOUT, "out\n");
	ck_assert_int_eq(executor->verbs->output(executor, a->run.task, 1, EXECUTOR_STDERR, false, &output),
	                 0);
	ck_assert_str_eq(output.path, "");
	forget(a);
	a->run.task->run = NULL;
	check_output(a, EXECUTOR_STDOUT, "out\n");
	check_output(a, EXECUTOR_STDERR, "err\n");
	executor->verbs->discard(executor, &(struct task){ .number = a->run.task->number }, 1);
	while (access(scratch_path("log/1.err"), F_OK) == 0)
		turn();
	check_output(a, EXECUTOR_STDOUT, NULL);
	check_output(a, EXECUTOR_STDERR, NULL);
}
END_TEST

START_TEST(merged_output_is_in_one_file)
{
	spec.merge = true;
	struct subject *a = start("a", "echo out; echo err >&2");
	await(a, "prepared began ended");
	ck_assert_int_eq(seal(a), 0);
	check_output(a, EXECUTOR_STDOUT, "out\nerr\n");
	check_output(a, EXECUTOR_STDERR, NULL);
	forget(a);
}
END_TEST

START_TEST(progress_comes_through_the_pipe)
{
	struct subject *a = start(
		"a", "echo 40 of it >&3; echo nonsense >&3; read x <$0; echo 41.5% >&3; echo '77%'; exit 1");
	await(a, "prepared began progress");
	ck_assert_int_eq(a->percent, 40);
	ck_assert_str_eq(a->message, "of it");
	ck_assert_int_eq(a->source, EXECUTOR_PROGRESS_REPORTED);
	open_gate();
	/*
	 * The last progress comes before the end.  Output is not searched if the task reports progress
	 * itself.
	 */
	await(a, "prepared began progress progress ended");
	ck_assert_int_eq(a->percent, 41);
	ck_assert_str_eq(a->message, "");
	forget(a);
}
END_TEST

START_TEST(progress_is_seen_in_the_output_of_a_failure)
{
	struct subject *a = start("a", "echo 77% of it; exit 1");
	await(a, "prepared began progress ended");
	ck_assert_int_eq(a->percent, 77);
	ck_assert_str_eq(a->message, "of it");
	ck_assert_int_eq(a->source, EXECUTOR_PROGRESS_SEEN);
	struct subject *b = start("b", "echo 78% >&2; kill -9 $$");
	await(b, "prepared began progress ended");
	ck_assert_int_eq(b->percent, 78);
	struct subject *c = start("c", "echo 79%");
	/* so is the output of a successful task, which is its message */
	await(c, "prepared began progress ended");
	ck_assert_int_eq(c->percent, 79);
	forget(a);
	forget(b);
	forget(c);
}
END_TEST

static blkcnt_t blocks_of(const char *name)
{
	struct stat status;
	ck_assert_int_eq(stat(scratch_path(name), &status), 0);
	return status.st_blocks;
}

START_TEST(output_is_capped_while_it_runs_and_at_the_end)
{
	spec.max_log = 65536;
	struct subject *a = start("a", "head -c 1000000 /dev/zero; read x <$0; head -c 1000000 /dev/zero");
	/* The executor looks every half second. */
	struct stat status = { 0 };
	while (status.st_size < 1000000 || status.st_blocks > 400) {
		turn();
		ck_assert_int_eq(stat(scratch_path("log/slot-0.out"), &status), 0);
	}
	open_gate();
	await(a, "prepared began ended");
	ck_assert_int_eq(seal(a), 0);
	ck_assert_int_lt(blocks_of("log/1.out"), 400);
	forget(a);
}
END_TEST

START_TEST(the_loop_makes_no_holes)
{
	spec.max_log = 65536;
	struct subject *a = start("a", "head -c 1000000 /dev/zero; echo >&2; read x <$0");
	hold_workers();
	while (!local_of(executor)->capping)
		turn();
	struct stat status = { 0 };
	while (status.st_size == 0)
		ck_assert_int_eq(stat(scratch_path("log/slot-0.err"), &status), 0);
	ck_assert_int_gt(blocks_of("log/slot-0.out"), 400);
	release_workers();
	while (local_of(executor)->capping)
		turn();
	while (blocks_of("log/slot-0.out") > 400)
		turn();
	open_gate();
	await(a, "prepared began ended");
	forget(a);
}
END_TEST

START_TEST(the_end_waits_for_the_last_cut_and_the_loop_does_not)
{
	spec.max_log = 65536;
	struct subject *a = start("a", "read x <$0; head -c 1000000 /dev/zero");
	struct local_attempt *attempt = a->run.execution;
	hold_workers();
	open_gate();
	while (attempt->stage != LOCAL_LEFT)
		turn();
	event_base_loop(base, EVLOOP_NONBLOCK);
	ck_assert_str_eq(a->trail, "prepared began");
	ck_assert_int_gt(blocks_of("log/slot-0.out"), 400);
	release_workers();
	await(a, "prepared began ended");
	ck_assert_int_lt(blocks_of("log/slot-0.out"), 400);
	forget(a);
}
END_TEST

static bool is_seven(void *ctx, uint64_t number)
{
	(void)ctx;
	return number == 7;
}

START_TEST(the_loop_removes_no_output)
{
	scratch_write("log/7.out", "large", 0600);
	hold_workers();
	executor->verbs->discard(executor, &(struct task){ .number = 7 }, 1);
	executor->verbs->discard(executor, &(struct task){ .number = 8 }, 1);
	event_base_loop(base, EVLOOP_NONBLOCK);
	ck_assert_int_eq(access(scratch_path("log/7.out"), F_OK), 0);
	release_workers();
	while (access(scratch_path("log/7.out"), F_OK) == 0)
		turn();
}
END_TEST

START_TEST(a_server_that_ends_leaves_removals_to_the_next)
{
	scratch_write("log/9.out", "large", 0600);
	hold_workers();
	executor->verbs->discard(executor, &(struct task){ .number = 9 }, 1);
	local_silence(executor);
	release_workers();
	scripted_close();
	ck_assert_int_eq(access(scratch_path("log/9.out"), F_OK), 0);
	scripted_open();
	local_sweep(executor, is_seven, NULL);
	while (access(scratch_path("log/9.out"), F_OK) == 0)
		turn();
}
END_TEST

/* Two tasks run, and others only have claims, so there are only two pairs of files. */
START_TEST(files_belong_to_what_runs)
{
	struct subject *waiting = subject_new("waiting", "echo waited");
	struct subject *b = subject_new("b", "read x <$0; echo b");
	/* Two readers of one gate would share a line. */
	struct subject *c = subject_new("c", "read x <$0.c; echo c");
	ck_assert_int_eq(mkfifo(scratch_path("gate.c"), 0600), 0);
	int gate_of_c = open(scratch_path("gate.c"), O_RDWR | O_CLOEXEC);
	prepare(waiting);
	prepare(b);
	prepare(c);
	go(b);
	await(b, "prepared began");
	go(c);
	await(c, "prepared began");
	ck_assert_int_eq(access(scratch_path("log/slot-1.err"), F_OK), 0);
	ck_assert_int_ne(access(scratch_path("log/slot-2.out"), F_OK), 0);
	open_gate();
	await(b, "prepared began ended");
	ck_assert_int_eq(seal(b), 0);
	/* The end of b is not durable yet. */
	go(waiting);
	await(waiting, "prepared began ended");
	ck_assert_int_ne(access(scratch_path("log/slot-2.out"), F_OK), 0);
	ck_assert_int_eq(seal(waiting), 0);
	ck_assert_int_eq(write(gate_of_c, "go\n", 3), 3);
	await(c, "prepared began ended");
	ck_assert_int_eq(seal(c), 0);
	check_output(waiting, EXECUTOR_STDOUT, "waited\n");
	check_output(b, EXECUTOR_STDOUT, "b\n");
	check_output(c, EXECUTOR_STDOUT, "c\n");
	forget(waiting);
	forget(b);
	forget(c);
	close(gate_of_c);
}
END_TEST

START_TEST(output_of_nobody_is_swept)
{
	scratch_write("log/7.out", "known", 0600);
	scratch_write("log/77.out", "left", 0600);
	scratch_write("log/77.err", "left", 0600);
	scratch_write("log/77.txt", "not ours", 0600);
	scratch_write("log/slot-0.out", "", 0600);
	scratch_write("log/slot-900.out", "", 0600);
	local_sweep(executor, is_seven, NULL);
	ck_assert_int_eq(access(scratch_path("log/7.out"), F_OK), 0);
	while (access(scratch_path("log/77.out"), F_OK) == 0 || access(scratch_path("log/77.err"), F_OK) == 0)
		turn();
	ck_assert_int_ne(access(scratch_path("log/slot-900.out"), F_OK), 0);
	ck_assert_int_eq(access(scratch_path("log/77.txt"), F_OK), 0);
	ck_assert_int_eq(access(scratch_path("log/slot-0.out"), F_OK), 0);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		output_while_it_runs_and_after,
		merged_output_is_in_one_file,
		progress_comes_through_the_pipe,
		progress_is_seen_in_the_output_of_a_failure,
		output_is_capped_while_it_runs_and_at_the_end,
		the_loop_makes_no_holes,
		the_end_waits_for_the_last_cut_and_the_loop_does_not,
		the_loop_removes_no_output,
		a_server_that_ends_leaves_removals_to_the_next,
		files_belong_to_what_runs,
		output_of_nobody_is_swept,
	};
	Suite *suite = suite_create("local output");
	TCase *tcase = tcase_create("local output");
	tcase_add_checked_fixture(tcase, scripted_setup, scripted_teardown);
	tcase_set_timeout(tcase, 30);
	for (size_t i = 0; i < sizeof(tests) / sizeof(*tests); i++)
		tcase_add_test(tcase, tests[i]);
	suite_add_tcase(suite, tcase);
	return unit_main(suite);
}
