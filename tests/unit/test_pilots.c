/* Groups with pilots: what becomes of tasks when a pilot dies, is taken for dead, or has not enough time. */
#include "config.h"

#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/core/executor.h"
#include "engine/task/messages.h"
#include "tests/unit/scratch.h"
#include "tests/unit/scripted_core.h"
#include "tests/unit/scripted_slurm.h"
#include "tests/unit/unit.h"

static void await_file(const char *name)
{
	while (!scripted_exists(name))
		event_base_loop(base, EVLOOP_NONBLOCK);
}

static void withhold(struct subject *subject)
{
	struct run *run = &subject->run;
	executor->verbs->withhold(executor, &run, 1);
}

static void set_state(int job, const char *state)
{
	char path[64];
	snprintf(path, sizeof(path), "jobs/%d/state", job);
	scratch_write(path, state, 0600);
}

/* Of pilots: suffix "": their directories; ".slurm": what Slurm says of them. */
static int count_files(const char *suffix)
{
	int count = 0;
	DIR *opened = opendir(scratch_path("shared/pilots.default"));
	const struct dirent *entry;
	while (opened && (entry = readdir(opened)))
		count += entry->d_name[0] == 'p' &&
		         strcmp(entry->d_name + strcspn(entry->d_name, "."), suffix) == 0;
	if (opened)
		closedir(opened);
	return count;
}

START_TEST(what_a_dead_pilot_ran_is_lost)
{
	struct subject *a = running("a", "echo ran; read x <$0");
	await_output(a, "ran\n");
	signal_pilot(1, SIGKILL);
	await(a, "prepared began ended");
	check_lost(a, "COMPLETED");
	ck_assert(a->end.ran);
	forget(a);
	/* The next task has another pilot. */
	struct subject *b = ended("b", "exit 3");
	ck_assert_int_eq(b->end.exit_code, 3);
	ck_assert(scripted_exists("jobs/2"));
	check_output(a, EXECUTOR_STDOUT, "ran\n");
	forget(b);
	open_gate();
}
END_TEST

/* As Slurm ends a job: its processes get SIGTERM, and the pilot is not the first. */
START_TEST(what_the_end_of_its_job_ends_is_lost)
{
	struct subject *a = running("a", "echo ready; read x <$0");
	struct subject *b = running("b", "trap 'exit 9' TERM; echo ready; while :; do sleep 0.01; done");
	struct subject *c = running("c", "trap 'exit 0' TERM; echo ready; while :; do sleep 0.01; done");
	struct subject *all[] = { a, b, c };
	for (int i = 0; i < 3; i++)
		await_output(all[i], "ready\n");
	pid_t pid = pid_of(a);
	ck_assert_int_eq(kill(-pid, SIGTERM), 0);
	/* The pilot has seen it. */
	while (process_state(pid))
		event_base_loop(base, EVLOOP_NONBLOCK);
	signal_pilot(1, SIGTERM);
	for (int i = 0; i < 3; i++)
		await(all[i], "prepared began ended");
	check_lost(a, "COMPLETED");
	check_lost(b, "COMPLETED");
	ck_assert(c->end.known);
	ck_assert_int_eq(c->end.exit_code, 0);
	for (int i = 0; i < 3; i++)
		forget(all[i]);
}
END_TEST

START_TEST(a_pilot_says_how_long_a_task_ran)
{
	int64_t before = local_options.now();
	struct subject *a = running("a", "read x <$0; exit 3");
	open_gate();
	await(a, "prepared began ended");
	ck_assert_int_gt(a->end.lasted, 0);
	ck_assert_int_le(a->end.lasted, local_options.now() - before);
	forget(a);
}
END_TEST

/* From here, before its job ends. */
START_TEST(what_was_stopped_is_not_lost_with_its_pilot)
{
	struct subject *a = running("a", "trap 'echo caught; trap \"exit 9\" TERM' TERM; echo ready; "
	                                 "while :; do sleep 0.01; done");
	await_output(a, "ready\n");
	send_signal(a, SIGTERM);
	await_output(a, "ready\ncaught\n");
	signal_pilot(1, SIGTERM);
	await(a, "prepared began ended");
	ck_assert(a->end.known);
	ck_assert_int_eq(a->end.exit_code, 9);
	forget(a);
}
END_TEST

START_TEST(what_waits_is_not_lost_with_a_pilot)
{
	enum { SLOTS = 8, ALL = 12 };
	struct subject *all[ALL];
	char id[16];
	/* Two pilots of four slots: the others wait. */
	for (int i = 0; i < ALL; i++) {
		snprintf(id, sizeof(id), "t%d", i);
		all[i] = released(id, "echo ran; read x <$0; exit 2");
	}
	for (int i = 0; i < SLOTS; i++)
		await(all[i], "prepared began");
	for (int i = 0; i < SLOTS; i++)
		await_output(all[i], "ran\n");
	signal_pilot(1, SIGKILL);
	signal_pilot(2, SIGKILL);
	for (int i = 0; i < SLOTS; i++) {
		await(all[i], "prepared began ended");
		check_lost(all[i], "COMPLETED");
	}
	for (int i = 0; i < ALL; i++)
		open_gate();
	for (int i = SLOTS; i < ALL; i++) {
		await(all[i], "prepared began ended");
		ck_assert_int_eq(all[i]->end.exit_code, 2);
	}
	for (int i = 0; i < ALL; i++) {
		check_output(all[i], EXECUTOR_STDOUT, "ran\n");
		forget(all[i]);
	}
}
END_TEST

/* Slurm says that its node failed, and it goes on. */
START_TEST(a_pilot_that_is_taken_for_dead_claims_nothing_more)
{
	struct subject *a = running("a", "echo ran; read x <$0");
	await_output(a, "ran\n");
	set_state(1, "NODE_FAIL\n");
	await(a, "prepared began ended");
	check_lost(a, "NODE_FAIL");
	struct subject *b = ended("b", "echo $SLURM_JOB_ID");
	check_output(b, EXECUTOR_STDOUT, "2\n");
	open_gate();
	forget(a);
	forget(b);
}
END_TEST

/* As where a network filesystem remembers the name that its directory had. */
START_TEST(what_is_claimed_after_the_pilot_was_taken_for_dead_does_not_begin_there)
{
	char path[512] = "", kept[600];
	struct subject *a = running("a", "echo ran; read x <$0");
	await_output(a, "ran\n");
	DIR *opened = opendir(scratch_path("shared/pilots.default"));
	const struct dirent *entry;
	ck_assert_ptr_nonnull(opened);
	while ((entry = readdir(opened))) {
		if (entry->d_name[0] == 'p' && !strchr(entry->d_name, '.'))
			snprintf(path, sizeof(path), "shared/pilots.default/%s", entry->d_name);
	}
	closedir(opened);
	/* It cannot be removed, so the pilot can put there what it claims. */
	snprintf(kept, sizeof(kept), "%s/kept", path);
	ck_assert_int_eq(mkdir(scratch_path(kept), 0700), 0);
	set_state(1, "NODE_FAIL\n");
	await(a, "prepared began ended");
	forget(a);
	struct subject *b = ended("b", "echo $SLURM_JOB_ID");
	check_output(b, EXECUTOR_STDOUT, "2\n");
	open_gate();
	forget(b);
	snprintf(kept, sizeof(kept), "%s.over/kept", path);
	ck_assert_int_eq(rmdir(scratch_path(kept)), 0);
}
END_TEST

START_TEST(a_later_server_finds_what_a_dead_pilot_ran)
{
	struct subject *a = running("a", "echo ran; read x <$0");
	struct subject *b = ended("b", "exit 4");
	await_output(a, "ran\n");
	scripted_close();
	signal_pilot(1, SIGKILL);
	scripted_open();
	adopt(a, false);
	adopt(b, false);
	await(b, "began ended");
	ck_assert_int_eq(b->end.exit_code, 4);
	await(a, "began ended");
	ck_assert(!a->end.known);
	check_output(a, EXECUTOR_STDOUT, "ran\n");
	forget(a);
	forget(b);
	open_gate();
}
END_TEST

START_TEST(what_no_pilot_has_claimed_is_withheld)
{
	scratch_write("refused", SILENT_SLURM, 0600);
	struct subject *a = released("a", "echo ran");
	/* Its ticket is in the queue, and no pilot comes. */
	while (!scripted_exists("calls"))
		event_base_loop(base, EVLOOP_NONBLOCK);
	withhold(a);
	await(a, "prepared withheld");
	ck_assert_int_eq(unlink(scratch_path("refused")), 0);
	struct subject *b = ended("b", "exit 1");
	forget(b);
	ck_assert_str_eq(a->trail, "prepared withheld");
	go(a);
	await(a, "prepared withheld began ended");
	check_output(a, EXECUTOR_STDOUT, "ran\n");
	forget(a);
}
END_TEST

START_TEST(what_was_withheld_runs_under_a_later_server)
{
	scratch_write("refused", SILENT_SLURM, 0600);
	struct subject *a = released("a", "echo ran");
	await_file("calls");
	scripted_close();
	ck_assert_int_eq(unlink(scratch_path("refused")), 0);
	scripted_open();
	a->run.phase = RUN_ADOPTING_STOPPED;
	adopt(a, false);
	await(a, "withheld");
	struct subject *b = ended("b", "exit 1");
	ck_assert_str_eq(a->trail, "withheld");
	check_output(a, EXECUTOR_STDOUT, NULL);
	forget(a);
	forget(b);
}
END_TEST

/* Of the next subject, in milliseconds. */
static void limit(int64_t time)
{
	spec.plan = malloc(sizeof(*spec.plan));
	ck_assert_ptr_nonnull(spec.plan);
	*spec.plan = plan_default;
	spec.plan->time_limit = time;
}

START_TEST(a_task_that_is_longer_than_any_pilot_is_refused)
{
	scratch_write("left", "1:00\n", 0600);
	limit(61000);
	struct subject *a = ended("a", "echo ran");
	ck_assert_str_eq(a->end.message, MSG_PILOT_SHORT);
	check_output(a, EXECUTOR_STDOUT, NULL);
	forget(a);
	limit(30000);
	struct subject *b = ended("b", "exit 5");
	ck_assert_int_eq(b->end.exit_code, 5);
	forget(b);
}
END_TEST

START_TEST(a_pilot_that_is_refused_fails_its_tasks)
{
	scratch_write("refused", "sbatch: error: Batch job submission failed: no\n", 0600);
	struct subject *a = ended("a", "echo ran");
	unit_expect(a->end.message, MSG_SLURM_REFUSED, "Batch job submission failed: no");
	forget(a);
}
END_TEST

START_TEST(pilots_that_never_begin_are_told)
{
	/* As on nodes that cannot run the program. */
	scripted_pilot_program("/dev/null");
	struct subject *a = ended("a", "echo ran");
	ck_assert_ptr_nonnull(strstr(a->end.message, "pilots end before they begin"));
	ck_assert(!scripted_exists("jobs/4"));
	/* Where the message sends its reader. */
	ck_assert_int_gt(count_files(".slurm"), 0);
	forget(a);
}
END_TEST

START_TEST(a_silent_slurm_fails_nothing)
{
	scratch_write("refused", SILENT_SLURM, 0600);
	struct subject *a = released("a", "exit 6");
	/* Asked more often than a pilot that never begins would be. */
	while (count_calls("sbatch") < 5)
		event_base_loop(base, EVLOOP_NONBLOCK);
	ck_assert_str_eq(a->trail, "prepared");
	ck_assert_int_eq(unlink(scratch_path("refused")), 0);
	await(a, "prepared began ended");
	ck_assert_int_eq(a->end.exit_code, 6);
	forget(a);
}
END_TEST

START_TEST(sbatch_is_not_asked_for_pilots_for_ever)
{
	scratch_write("chatty", "no number\n", 0600);
	struct subject *a = ended("a", "true");
	ck_assert_int_eq(a->end.exit_code, -1);
	ck_assert_ptr_nonnull(a->end.message);
	/* The next one is asked for while the third is taken away. */
	ck_assert_int_ge(count_calls("sbatch"), 3);
	ck_assert_int_le(count_calls("sbatch"), 4);
	forget(a);
}
END_TEST

START_TEST(a_directory_of_another_server_is_a_reason)
{
	scratch_write("shared/krtask.server", "another\n", 0600);
	struct subject *a = subject_new("a", "exit 6");
	const char *reason;
	prepare(a);
	while (!(reason = executor->verbs->reason(executor, &a->run)))
		turn();
	unit_expect(reason, MSG_SLURM_DIRECTORY_OTHER, scratch_path("shared"));
	ck_assert_int_eq(unlink(scratch_path("shared/krtask.server")), 0);
	await(a, "prepared");
	go(a);
	await(a, "prepared began ended");
	ck_assert_int_eq(a->end.exit_code, 6);
	forget(a);
}
END_TEST

START_TEST(a_pilot_without_a_task_ends)
{
	struct subject *a = ended("a", "exit 1");
	forget(a);
	ck_assert_int_eq(count_files(""), 1);
	ck_assert_int_eq(count_files(".slurm"), 1);
	while (count_files("") + count_files(".slurm") > 0)
		turn();
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		what_a_dead_pilot_ran_is_lost,
		a_pilot_says_how_long_a_task_ran,
		what_the_end_of_its_job_ends_is_lost,
		what_was_stopped_is_not_lost_with_its_pilot,
		what_waits_is_not_lost_with_a_pilot,
		a_pilot_that_is_taken_for_dead_claims_nothing_more,
		what_is_claimed_after_the_pilot_was_taken_for_dead_does_not_begin_there,
		a_later_server_finds_what_a_dead_pilot_ran,
		what_no_pilot_has_claimed_is_withheld,
		what_was_withheld_runs_under_a_later_server,
		a_task_that_is_longer_than_any_pilot_is_refused,
		a_pilot_that_is_refused_fails_its_tasks,
		pilots_that_never_begin_are_told,
		a_silent_slurm_fails_nothing,
		sbatch_is_not_asked_for_pilots_for_ever,
		a_directory_of_another_server_is_a_reason,
		a_pilot_without_a_task_ends,
	};
	Suite *suite = suite_create("pilots");
	TCase *tcase = tcase_create("pilots");
	tcase_add_checked_fixture(tcase, scripted_pilots_setup, scripted_slurm_teardown);
	tcase_set_timeout(tcase, 30);
	for (size_t i = 0; i < sizeof(tests) / sizeof(*tests); i++)
		tcase_add_test(tcase, tests[i]);
	suite_add_tcase(suite, tcase);
	return unit_main(suite);
}
