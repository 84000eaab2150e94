/* Programs of Slurm that hang, leave others behind or answer something else: what is said, and what must go on all the same. */
#include "config.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/core/executor.h"
#include "engine/exec/slurm/program.h"
#include "engine/run/process.h"
#include "engine/task/messages.h"
#include "tests/unit/scratch.h"
#include "tests/unit/scripted_core.h"
#include "tests/unit/scripted_slurm.h"
#include "tests/unit/unit.h"

enum { SOON_MS = 1500 };

/* --- one program */

/* Runs a script as sbatch. */
static enum program_result run_script(struct program *program, const char *code, int timeout_ms)
{
	static char directory[256];
	char text[512];
	snprintf(directory, sizeof(directory), "%s", scratch_path("wrapped"));
	ck_assert_int_eq(mkdir(directory, 0700), 0);
	snprintf(text, sizeof(text), "#!/bin/sh\ncd %s\n%s\n", directory, code);
	scratch_write("wrapped/sbatch", text, 0700);
	ck_assert_int_eq(mkfifo(scratch_path("wrapped/fifo"), 0600), 0);
	int stop = eventfd(0, EFD_CLOEXEC);
	*program = (struct program){ .directory = directory, .stop = stop, .timeout_ms = timeout_ms };
	ck_assert_int_eq(strings_add(&program->arguments, "sbatch"), 0);
	enum program_result result = program_run(program);
	close(stop);
	return result;
}

START_TEST(what_a_program_leaves_behind_is_not_waited_for)
{
	struct program program;
	/* It holds both outputs, as an ssh does whose connection others share. */
	ck_assert_int_eq(run_script(&program, "cat fifo &\necho 7\n", 20000), PROGRAM_DONE);
	ck_assert_str_eq(program.output, "7\n");
	program_release(&program);
	int fd = open(scratch_path("wrapped/fifo"), O_WRONLY);
	ck_assert_int_ge(fd, 0);
	close(fd);
}
END_TEST

START_TEST(a_wrapper_that_hangs_is_killed_with_what_it_began)
{
	struct program program;
	ck_assert_int_eq(run_script(&program, "sh -c 'echo $$; exec cat fifo'\n", 100), PROGRAM_SILENT);
	ck_assert_ptr_nonnull(program.output);
	pid_t pid = (pid_t)strtol(program.output, NULL, 10);
	ck_assert_int_gt(pid, 1);
	program_release(&program);
	while (process_state(pid) != 0 && process_state(pid) != 'Z')
		continue;
}
END_TEST

START_TEST(what_hangs_is_killed_even_if_it_writes_no_more)
{
	struct program program;
	ck_assert_int_eq(run_script(&program, "exec >&- 2>&-\nread x <fifo\n", 100), PROGRAM_SILENT);
	program_release(&program);
}
END_TEST

/* --- all of them */

static void reopen(int program_ms)
{
	scripted_close();
	scripted_program_ms = program_ms;
	scripted_open();
}

static void check_reason(const struct subject *subject, const char *reason)
{
	const char *said;
	while (!(said = executor->verbs->reason(executor, &subject->run)) || strcmp(said, reason) != 0)
		turn();
}

/* The programs answer again. */
static void mend(const char *name)
{
	ck_assert_int_eq(unlink(scratch_path(name)), 0);
}

START_TEST(a_stop_waits_for_one_sbatch_that_hangs)
{
	reopen(SOON_MS);
	struct subject *a = running("a", "trap 'exit 5' TERM; echo ready; while :; do sleep 0.05; done");
	struct subject *hung[3];
	char id[8];
	await_output(a, "ready\n");
	int before = count_calls("sbatch");
	ck_assert_int_eq(mkfifo(scratch_path("hung"), 0600), 0);
	for (int i = 0; i < 3; i++) {
		snprintf(id, sizeof(id), "h%d", i);
		hung[i] = subject_new(id, "true");
		prepare(hung[i]);
	}
	check_reason(hung[2], MSG_SLURM_SILENT);
	/* Before it is given up. */
	ck_assert_int_le(count_calls("sbatch"), before + 1);
	send_signal(a, SIGTERM);
	await(a, "prepared began ended");
	ck_assert_int_eq(a->end.exit_code, 5);
	ck_assert_int_le(count_calls("sbatch"), before + 2);
	check_reason(hung[2], MSG_SLURM_SILENT);
	forget(a);
	/* The worker has not got to it. */
	forget(hung[2]);
	mend("hung");
	for (int i = 0; i < 2; i++) {
		await(hung[i], "prepared");
		go(hung[i]);
		await(hung[i], "prepared began ended");
		forget(hung[i]);
	}
	ck_assert(!scripted_exists("shared/4.job"));
}
END_TEST

START_TEST(a_directory_that_hangs_is_said)
{
	reopen(SOON_MS);
	struct subject *a = subject_new("a", "exit 4");
	ck_assert_int_eq(mkfifo(scratch_path("shared/1.job"), 0600), 0);
	prepare(a);
	check_reason(a, MSG_SLURM_SILENT);
	check_reason(a, MSG_SLURM_STUCK);
	int fd = open(scratch_path("shared/1.job"), O_RDONLY | O_NONBLOCK);
	ck_assert_int_ge(fd, 0);
	await(a, "prepared");
	close(fd);
	go(a);
	await(a, "prepared began ended");
	ck_assert_int_eq(a->end.exit_code, 4);
	forget(a);
}
END_TEST

/* So many squeues that a job would be lost that is in none of them. */
static void looks(void)
{
	int before = count_calls("squeue");
	while (count_calls("squeue") < before + 15)
		turn();
}

START_TEST(what_is_no_list_of_jobs_says_nothing_of_them)
{
	struct subject *a = running("a", "read x <$0; exit 6");
	struct subject *b = prepared("b", "exit 2");
	char said[128];
	scratch_write("list", "Welcome\nLast login: today\n", 0600);
	go(b);
	snprintf(said, sizeof(said), MSG_SLURM_SQUEUE_ANSWER, "Welcome");
	check_reason(b, said);
	looks();
	ck_assert_str_eq(a->trail, "prepared began");
	/* One that was cut off. */
	scratch_write("list", "1|N/A|1|RUNN", 0600);
	check_reason(b, MSG_SLURM_SILENT);
	looks();
	ck_assert_str_eq(a->trail, "prepared began");
	mend("list");
	await(b, "prepared began ended");
	open_gate();
	await(a, "prepared began ended");
	ck_assert_int_eq(a->end.exit_code, 6);
	forget(a);
	forget(b);
}
END_TEST

START_TEST(why_squeue_fails_is_said)
{
	struct subject *a = prepared("a", "exit 2");
	char said[128];
	scratch_write("broken", "squeue: unrecognized option '--me'\n", 0600);
	go(a);
	snprintf(said, sizeof(said), MSG_SLURM_SQUEUE, "unrecognized option '--me'");
	check_reason(a, said);
	scratch_write("broken",
	              "slurm_load_jobs error: Unable to contact slurm controller (connect failure)\n", 0600);
	check_reason(a, MSG_SLURM_SILENT);
	mend("broken");
	await(a, "prepared began ended");
	forget(a);
}
END_TEST

START_TEST(a_number_that_another_job_has_now_gets_no_signal)
{
	struct subject *a = running("a", "read x <$0");
	scratch_write("broken", "squeue: error: no\n", 0600);
	/* The controller has forgotten all, and begins its numbers anew. */
	ck_assert_int_eq(rename(scratch_path("jobs"), scratch_path("forgotten")), 0);
	scratch_write("last", "0\n", 0600);
	struct subject *b = prepared("b", "exit 2");
	ck_assert_uint_eq(b->run.process.pid_start, a->run.process.pid_start);
	send_signal(a, SIGTERM);
	go(b);
	while (count_calls("scontrol") < 2)
		turn();
	ck_assert_int_eq(count_calls("scancel"), 0);
	mend("broken");
	await(b, "prepared began ended");
	ck_assert_int_eq(b->end.exit_code, 2);
	open_gate();
	await(a, "prepared began ended");
	forget(a);
	forget(b);
}
END_TEST

static off_t size_of(const char *name)
{
	struct stat status;
	return stat(scratch_path(name), &status) == 0 ? status.st_size : -1;
}

START_TEST(an_end_has_its_room_before_the_command_begins)
{
	struct subject *a = running("a", "read x <$0; exit 6");
	while (!scripted_exists("shared/1.beg"))
		turn();
	off_t room = size_of("shared/1.end.new");
	ck_assert_int_ge(room, 64);
	open_gate();
	await(a, "prepared began ended");
	ck_assert_int_eq(a->end.exit_code, 6);
	/* It was never made shorter, so it needed no other. */
	ck_assert_int_eq(size_of("shared/1.end"), room);
	forget(a);
}
END_TEST

/* A process that stops all of the job again and again, until it is gone. */
static pid_t stop_again(int job)
{
	pid_t group = job_group(job), pid = fork();
	ck_assert_int_ge(pid, 0);
	while (pid == 0) {
		if (kill(-group, SIGTERM))
			_exit(0);
	}
	return pid;
}

START_TEST(a_stop_that_comes_again_takes_no_end_away)
{
	static const char *const ids[] = { "a", "b", "c", "d" };
	for (int i = 0; i < 4; i++) {
		int status = -1;
		struct subject *a = running(ids[i], "trap '' TERM; echo ready; read x <$0; exit 6");
		await_output(a, "ready\n");
		pid_t pid = stop_again(i + 1);
		open_gate();
		await(a, "prepared began ended");
		ck_assert_msg(a->end.known, "%s", a->end.message);
		ck_assert_int_eq(a->end.exit_code, 6);
		ck_assert_int_eq(waitpid(pid, &status, 0), pid);
		ck_assert_int_eq(status, 0);
		forget(a);
	}
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		what_a_program_leaves_behind_is_not_waited_for,
		a_wrapper_that_hangs_is_killed_with_what_it_began,
		what_hangs_is_killed_even_if_it_writes_no_more,
		a_stop_waits_for_one_sbatch_that_hangs,
		a_directory_that_hangs_is_said,
		what_is_no_list_of_jobs_says_nothing_of_them,
		why_squeue_fails_is_said,
		a_number_that_another_job_has_now_gets_no_signal,
		an_end_has_its_room_before_the_command_begins,
		a_stop_that_comes_again_takes_no_end_away,
	};
	Suite *suite = suite_create("slurm troubles");
	TCase *tcase = tcase_create("slurm");
	tcase_add_checked_fixture(tcase, scripted_slurm_setup, scripted_slurm_teardown);
	tcase_set_timeout(tcase, 30);
	for (size_t i = 0; i < sizeof(tests) / sizeof(*tests); i++)
		tcase_add_test(tcase, tests[i]);
	suite_add_tcase(suite, tcase);
	return unit_main(suite);
}
