/*
 * What every executor does for the core: the same tests over the local one, and over that for Slurm, whose programs are
 * links to tests/unit/cluster.
 */
#include "config.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/run/process.h"
#include "engine/task/messages.h"
#include "tests/unit/scratch.h"
#include "tests/unit/scripted_core.h"
#include "tests/unit/scripted_slurm.h"
#include "tests/unit/unit.h"

/* As a shell says it: a signal is 128 and its number. */
static int status_of(const struct subject *subject)
{
	ck_assert_msg(subject->end.known, "%s", subject->end.message);
	return subject->end.term_signal > 0 ? 128 + subject->end.term_signal : subject->end.exit_code;
}

static void pause_it(struct subject *subject)
{
	while (pid_of(subject) == 0)
		turn();
	pid_t pid = pid_of(subject);
	send_signal(subject, SIGSTOP);
	while (process_state(pid) != 'T')
		event_base_loop(base, EVLOOP_NONBLOCK);
}

static void next_server(void)
{
	scripted_close();
	scripted_open();
}

START_TEST(an_attempt_is_prepared_begins_and_ends)
{
	int64_t before = local_options.now();
	struct subject *a = prepared("a", "read x <$0; exit 7");
	ck_assert_int_eq(a->run.process.pid, 0);
	ck_assert_int_eq(pid_of(a), 0);
	go(a);
	await(a, "prepared began");
	ck_assert_int_ge(a->began.started_at, before);
	ck_assert_int_le(a->began.started_at, local_options.now());
	open_gate();
	await(a, "prepared began ended");
	ck_assert_int_eq(status_of(a), 7);
	ck_assert_uint_eq(a->end.left, 0);
	ck_assert_int_eq(seal(a), 0);
	forget(a);
}
END_TEST

START_TEST(exit_statuses_are_exact)
{
	static const struct {
		const char *code;
		int status;
	} ends[] = { { "exit 0", 0 },          { "exit 1", 1 },        { "exit 255", 255 },
		     { "kill -9 $$", 137 },    { "kill -15 $$", 143 }, { "no-such-command", 127 },
		     { "exec /no/such", 127 }, { "exec /", 126 } };
	char id[8];
	for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++) {
		snprintf(id, sizeof(id), "t%zu", i);
		struct subject *a = ended(id, ends[i].code);
		ck_assert_msg(status_of(a) == ends[i].status, "%s: %d", ends[i].code, status_of(a));
		forget(a);
	}
}
END_TEST

/* Until go, the claim may not be stored. */
START_TEST(nothing_begins_before_go)
{
	struct subject *a = prepared("a", "touch \"${0%/*}/ran\"");
	struct subject *b = ended("b", "touch \"${0%/*}/other\"");
	ck_assert(scripted_exists("other"));
	ck_assert_str_eq(a->trail, "prepared");
	ck_assert(!scripted_exists("ran"));
	forget(b);
	go(a);
	await(a, "prepared began ended");
	ck_assert(scripted_exists("ran"));
	forget(a);
}
END_TEST

START_TEST(what_was_not_stored_never_begins)
{
	struct subject *a = prepared("a", "touch \"${0%/*}/ran\"");
	forget(a);
	struct subject *b = ended("b", "true");
	forget(b);
	ck_assert_str_eq(a->trail, "prepared");
	ck_assert(!scripted_exists("ran"));
}
END_TEST

START_TEST(what_is_still_being_prepared_is_forgotten)
{
	struct subject *a = subject_new("a", "touch \"${0%/*}/ran\"");
	prepare(a);
	forget(a);
	struct subject *b = ended("b", "true");
	forget(b);
	ck_assert(strcmp(a->trail, "") == 0 || strcmp(a->trail, "prepared") == 0);
	ck_assert(!scripted_exists("ran"));
}
END_TEST

START_TEST(output_is_kept_by_streams)
{
	struct subject *a = ended("a", "echo out; echo err >&2");
	check_output(a, EXECUTOR_STDOUT, "out\n");
	check_output(a, EXECUTOR_STDERR, "err\n");
	ck_assert_int_eq(seal(a), 0);
	forget(a);
	check_output(a, EXECUTOR_STDOUT, "out\n");
	spec.merge = true;
	struct subject *b = ended("b", "echo a; echo b >&2; echo c");
	check_output(b, EXECUTOR_STDOUT, "a\nb\nc\n");
	check_output(b, EXECUTOR_STDERR, NULL);
	forget(b);
}
END_TEST

START_TEST(output_is_there_while_it_runs)
{
	struct subject *a = running("a", "echo first; read x <$0; echo second");
	await_output(a, "first\n");
	open_gate();
	await(a, "prepared began ended");
	check_output(a, EXECUTOR_STDOUT, "first\nsecond\n");
	forget(a);
}
END_TEST

START_TEST(a_command_gets_its_surroundings)
{
	strings_add(&spec.variables, "OWN=a 'b'\n\"c\" $d");
	spec.cwd = strdup("/usr/bin");
	struct subject *a =
		ended("a", "echo \"$OWN\"; pwd; readlink /proc/self/fd/0; echo $KRTASK_ID $KRTASK_ATTEMPT "
	                   "$KRTASK_SERVER");
	check_output(a, EXECUTOR_STDOUT, "a 'b'\n\"c\" $d\n/usr/bin\n/dev/null\na 1 unix:/none\n");
	forget(a);
	spec.cwd = strdup("/no/such");
	struct subject *b = ended("b", "true");
	ck_assert_int_eq(status_of(b), 126);
	forget(b);
}
END_TEST

START_TEST(a_stop_can_be_caught)
{
	struct subject *a =
		running("a", "trap 'echo caught; exit 5' TERM; echo ready; while :; do sleep 0.01; done");
	await_output(a, "ready\n");
	send_signal(a, SIGTERM);
	await(a, "prepared began ended");
	ck_assert_int_eq(status_of(a), 5);
	check_output(a, EXECUTOR_STDOUT, "ready\ncaught\n");
	forget(a);
}
END_TEST

START_TEST(a_kill_ends_all_of_it)
{
	struct subject *a = running("a", "trap '' TERM; sleep 1000 & echo $! >\"${0%/*}/new\"; "
	                                 "mv \"${0%/*}/new\" \"${0%/*}/child\"; echo ready; wait");
	await_output(a, "ready\n");
	send_signal(a, SIGKILL);
	while (strstr(a->trail, "ended") == NULL || a->end.left > 0)
		turn();
	FILE *file = fopen(scratch_path("child"), "r");
	char text[32] = "";
	ck_assert_ptr_nonnull(file);
	ck_assert_ptr_nonnull(fgets(text, sizeof(text), file));
	ck_assert_int_eq(fclose(file), 0);
	pid_t child = (pid_t)strtol(text, NULL, 10);
	ck_assert_int_gt(child, 0);
	while (process_state(child) && process_state(child) != 'Z')
		event_base_loop(base, EVLOOP_NONBLOCK);
	forget(a);
}
END_TEST

START_TEST(a_pause_stops_it_until_it_is_resumed)
{
	struct subject *a = running("a", "echo ready; read x <$0; exit 3");
	await_output(a, "ready\n");
	pause_it(a);
	open_gate();
	ck_assert_str_eq(a->trail, "prepared began");
	send_signal(a, SIGCONT);
	await(a, "prepared began ended");
	ck_assert_int_eq(status_of(a), 3);
	forget(a);
}
END_TEST

START_TEST(what_is_paused_can_be_stopped)
{
	struct subject *a = running("a", "trap 'exit 6' TERM; echo ready; read x <$0");
	await_output(a, "ready\n");
	pause_it(a);
	send_signal(a, SIGTERM);
	await(a, "prepared began ended");
	ck_assert_int_eq(status_of(a), 6);
	forget(a);
}
END_TEST

START_TEST(a_later_server_runs_what_was_prepared)
{
	struct subject *a = prepared("a", "echo ran; exit 3");
	next_server();
	adopt(a, false);
	while (!*a->trail)
		turn();
	/* Its claim is still valid. */
	ck_assert(strcmp(a->trail, "never_began") == 0 || strcmp(a->trail, "withheld") == 0);
	size_t length = strlen(a->trail);
	go(a);
	while (!strstr(a->trail, "ended"))
		turn();
	ck_assert_str_eq(a->trail + length, " began ended");
	ck_assert_int_eq(status_of(a), 3);
	check_output(a, EXECUTOR_STDOUT, "ran\n");
	forget(a);
}
END_TEST

START_TEST(a_later_server_watches_what_runs)
{
	struct subject *a = running("a", "echo ran; read x <$0; exit 4");
	await_output(a, "ran\n");
	next_server();
	adopt(a, false);
	await(a, "began");
	open_gate();
	await(a, "began ended");
	ck_assert_int_eq(status_of(a), 4);
	check_output(a, EXECUTOR_STDOUT, "ran\n");
	forget(a);
}
END_TEST

START_TEST(a_later_server_finds_an_end)
{
	ck_assert_int_eq(mkfifo(scratch_path("over"), 0600), 0);
	struct subject *a = running("a", "read x <$0; echo over >\"${0%/*}/over\"; exit 5");
	scripted_close();
	open_gate();
	int over = open(scratch_path("over"), O_RDONLY | O_CLOEXEC);
	char word[8] = "";
	ck_assert_int_eq(read(over, word, sizeof(word) - 1), 5);
	ck_assert_str_eq(word, "over\n");
	close(over);
	scripted_open();
	adopt(a, false);
	while (!strstr(a->trail, "ended"))
		turn();
	ck_assert(strcmp(a->trail, "began ended") == 0 || strcmp(a->trail, "ended") == 0);
	ck_assert_int_eq(status_of(a), 5);
	forget(a);
}
END_TEST

/* go, and the server is gone: the next one has only the claim. */
START_TEST(what_was_let_go_runs_once)
{
	struct subject *a = prepared("a", "echo ran; exit 6");
	go(a);
	next_server();
	adopt(a, false);
	while (!*a->trail)
		turn();
	if (strcmp(a->trail, "never_began") == 0 || strcmp(a->trail, "withheld") == 0)
		go(a);
	while (!strstr(a->trail, "ended"))
		turn();
	ck_assert_int_eq(status_of(a), 6);
	check_output(a, EXECUTOR_STDOUT, "ran\n");
	forget(a);
}
END_TEST

START_TEST(many_run_at_once)
{
	enum { MANY = 20 };
	struct subject *all[MANY];
	struct run *runs[MANY];
	subjects_new(all, runs, MANY);
	executor->verbs->prepare(executor, runs, MANY);
	for (int i = 0; i < MANY; i++)
		await(all[i], "prepared");
	executor->verbs->go(executor, runs, MANY);
	subjects_end(all, MANY);
}
END_TEST

/* --- Slurm only */

START_TEST(sbatch_is_not_asked_for_ever)
{
	scratch_write("chatty", "Submitted batch job 77\n", 0600);
	struct subject *a = prepared("a", "true");
	ck_assert_int_eq(count_calls("sbatch"), 3);
	go(a);
	await(a, "prepared began ended");
	ck_assert_int_eq(a->end.exit_code, -1);
	unit_expect(a->end.message, MSG_SLURM_ANSWER, "Submitted batch job 77");
	forget(a);
	ck_assert_int_eq(unlink(scratch_path("chatty")), 0);
	struct subject *b = ended("b", "exit 2");
	ck_assert_int_eq(status_of(b), 2);
	forget(b);
}
END_TEST

START_TEST(a_job_is_held_until_go)
{
	struct subject *a = prepared("a", "true");
	struct subject *b = prepared("b", "true");
	ck_assert_int_eq(count_calls("scontrol"), 0);
	go(b);
	await(b, "prepared began ended");
	ck_assert_int_eq(count_calls("scontrol"), 1);
	forget(b);
	forget(a);
	while (count_calls("scancel") == 0)
		event_base_loop(base, EVLOOP_NONBLOCK);
}
END_TEST

static TCase *case_of(const char *name, SFun setup, const TTest *const *tests, size_t count)
{
	TCase *tcase = tcase_create(name);
	tcase_add_checked_fixture(tcase, setup, scripted_slurm_teardown);
	tcase_set_timeout(tcase, 30);
	for (size_t i = 0; i < count; i++)
		tcase_add_test(tcase, tests[i]);
	return tcase;
}

int main(void)
{
	const TTest *const all[] = {
		an_attempt_is_prepared_begins_and_ends,
		exit_statuses_are_exact,
		nothing_begins_before_go,
		what_was_not_stored_never_begins,
		what_is_still_being_prepared_is_forgotten,
		output_is_kept_by_streams,
		output_is_there_while_it_runs,
		a_command_gets_its_surroundings,
		a_stop_can_be_caught,
		a_kill_ends_all_of_it,
		a_pause_stops_it_until_it_is_resumed,
		what_is_paused_can_be_stopped,
		a_later_server_runs_what_was_prepared,
		a_later_server_watches_what_runs,
		a_later_server_finds_an_end,
		what_was_let_go_runs_once,
		many_run_at_once,
	};
	const TTest *const slurm[] = { sbatch_is_not_asked_for_ever, a_job_is_held_until_go };
	Suite *suite = suite_create("executors");
	suite_add_tcase(suite, case_of("local", scripted_local_setup, all, sizeof(all) / sizeof(*all)));
	suite_add_tcase(suite, case_of("slurm", scripted_slurm_setup, all, sizeof(all) / sizeof(*all)));
	suite_add_tcase(suite, case_of("pilots", scripted_pilots_setup, all, sizeof(all) / sizeof(*all)));
	suite_add_tcase(suite,
	                case_of("only slurm", scripted_slurm_setup, slurm, sizeof(slurm) / sizeof(*slurm)));
	return unit_main(suite);
}
