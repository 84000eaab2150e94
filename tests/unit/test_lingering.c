/* Waiting for what an attempt has left, before the next one: the local executor with real processes. */
#include "config.h"

#include <check.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/unit/scripted_core.h"
#include "tests/unit/unit.h"

static void setup_lingering(void)
{
	scripted_setup();
	left_gone = 0;
}

static void await_pids(const struct subject *subject, pid_t pids[2])
{
	int count = 0;
	while (count < 2) {
		char text[64] = "";
		struct executor_output output;
		event_base_loop(base, EVLOOP_NONBLOCK);
		if (executor->verbs->output(executor, subject->run.task, 1, EXECUTOR_STDOUT, true, &output))
			continue;
		ck_assert_int_ge(read(output.fd, text, sizeof(text) - 1), 0);
		close(output.fd);
		char *rest = text;
		bool whole = text[0] && text[strlen(text) - 1] == '\n';
		for (count = 0; whole && count < 2; count++) {
			pids[count] = (pid_t)strtol(rest, &rest, 10);
			whole = pids[count] > 0;
		}
		count = whole ? count : 0;
	}
}

/* One process in the session, and one that left it. */
static struct subject *leave_two(pid_t pids[2])
{
	struct subject *a =
		start("a", "sh -c 'echo $$; kill -STOP $$' & setsid sh -c 'echo $$; kill -STOP $$' & "
	                   "read x <$0; exit 3");
	await_pids(a, pids);
	open_gate();
	await(a, "prepared began ended");
	ck_assert(a->end.lingers);
	ck_assert_uint_eq(strings_count(&a->end.processes), 2);
	ck_assert_int_eq(seal(a), 0);
	forget(a);
	a->run.task->run = NULL;
	return a;
}

/* One process in the session. */
static struct subject *leave_one(const char *id, pid_t *pid)
{
	struct subject *subject = start(id, "sh -c 'echo $$; echo 1; kill -STOP $$' & read x <$0; exit 3");
	pid_t pids[2];
	await_pids(subject, pids);
	open_gate();
	await(subject, "prepared began ended");
	ck_assert_int_eq(seal(subject), 0);
	forget(subject);
	subject->run.task->run = NULL;
	*pid = pids[0];
	return subject;
}

/* Each of these ends after a census, since an orphan is there. */
static void take_censuses(void)
{
	static unsigned made;
	for (int i = 0; i < 3; i++) {
		char id[16];
		snprintf(id, sizeof(id), "c%u", made++);
		struct subject *other = start(id, "exit 0");
		await(other, "prepared began ended");
		forget(other);
	}
}

static bool is_gone(pid_t pid)
{
	char state = process_state(pid);
	return state == 0 || state == 'Z';
}

/*
 * In any order; also if there was no memory for the list of them, and for the next server, which has it from the
 * store.
 */
START_TEST(all_that_is_left_is_waited_for)
{
	pid_t pids[2];
	struct subject *a = leave_two(pids);
	static const struct strings none = STRINGS_INIT;
	bool listed = _i & 1, later = _i & 2;
	int first = _i & 4 ? 1 : 0;
	if (later) {
		scripted_close();
		scripted_open();
	}
	ck_assert_int_eq(
		executor->verbs->watch_left(executor, a->run.task, listed ? &a->end.processes : &none), 0);
	take_censuses();
	ck_assert_uint_eq(left_gone, 0);
	kill(pids[first], SIGKILL);
	take_censuses();
	ck_assert_uint_eq(left_gone, 0);
	kill(pids[1 - first], SIGKILL);
	while (!left_gone)
		turn();
	ck_assert_uint_eq(left_gone, a->run.task->number);
	ck_assert(is_gone(pids[0]) && is_gone(pids[1]));
}
END_TEST

/* A child that was born since is waited for, too. */
START_TEST(a_child_of_what_is_left_is_waited_for)
{
	struct subject *a =
		start("a", "(read x <$0; setsid sh -c 'echo $$; kill -STOP $$' & echo 1) & exit 3");
	pid_t pids[2];
	await(a, "prepared began ended");
	ck_assert_int_eq(seal(a), 0);
	forget(a);
	a->run.task->run = NULL;
	ck_assert_int_eq(executor->verbs->watch_left(executor, a->run.task, &a->end.processes), 0);
	open_gate();
	await_pids(a, pids);
	pid_t child = pids[0] == 1 ? pids[1] : pids[0];
	take_censuses();
	ck_assert_uint_eq(left_gone, 0);
	kill(child, SIGKILL);
	while (!left_gone)
		turn();
	ck_assert(is_gone(child));
}
END_TEST

START_TEST(another_process_with_its_number_is_not_waited_for)
{
	struct subject *a = start("a", "exit 3");
	struct strings processes = STRINGS_INIT;
	struct plan_left other = { .pid = getpid(), .start = 1, .name = "x" };
	await(a, "prepared began ended");
	ck_assert(!a->end.lingers);
	forget(a);
	a->run.task->run = NULL;
	ck_assert_int_eq(plan_add_left(&processes, &other), 0);
	ck_assert_int_eq(executor->verbs->watch_left(executor, a->run.task, &processes), 0);
	while (!left_gone)
		turn();
	strings_release(&processes);
}
END_TEST

/* Who ends meanwhile leaves nothing open. */
START_TEST(a_server_ends_while_it_waits)
{
	pid_t pids[2];
	struct subject *a = leave_two(pids);
	ck_assert_int_eq(executor->verbs->watch_left(executor, a->run.task, &a->end.processes), 0);
	take_censuses();
	ck_assert_uint_eq(left_gone, 0);
	kill(pids[0], SIGKILL);
	kill(pids[1], SIGKILL);
}
END_TEST

/* Nothing waits: one descriptor at a time is held. */
START_TEST(what_an_ended_task_left_is_watched_sparingly)
{
	pid_t pids[2];
	struct subject *a = leave_two(pids);
	ck_assert_int_eq(executor->verbs->watch_left(executor, a->run.task, NULL), 0);
	take_censuses();
	kill(pids[_i], SIGKILL);
	take_censuses();
	ck_assert_uint_eq(left_gone, 0);
	kill(pids[1 - _i], SIGKILL);
	while (!left_gone)
		turn();
	ck_assert_uint_eq(left_gone, a->run.task->number);
	ck_assert(is_gone(pids[0]) && is_gone(pids[1]));
}
END_TEST

/* In its session or not; also by the next server. */
START_TEST(what_a_paused_task_left_is_continued)
{
	pid_t pids[2];
	const struct subject *a = leave_two(pids);
	if (_i == 1) {
		scripted_close();
		scripted_open();
	}
	ck_assert_int_eq(executor->verbs->continue_left(executor, a->run.task), 0);
	while (!is_gone(pids[0]) || !is_gone(pids[1]))
		turn();
}
END_TEST

/* The next server knows them only by what they carry. */
START_TEST(what_is_of_another_task_is_left_alone)
{
	pid_t pids[2];
	const struct subject *left = leave_two(pids);
	struct task other = *left->run.task;
	other.created_at++;
	scripted_close();
	scripted_open();
	ck_assert_int_eq(executor->verbs->continue_left(executor, &other), 0);
	take_censuses();
	for (int i = 0; i < 2; i++) {
		ck_assert_int_eq(process_state(pids[i]), 'T');
		kill(pids[i], SIGKILL);
	}
}
END_TEST

/* What has no descriptor is looked at when something of it ends; and it gets one when another is given back. */
START_TEST(what_many_ended_tasks_left_is_watched)
{
	static const char *const ids[] = { "a", "b", "c" };
	struct subject *subjects[3];
	pid_t pids[3];
	scripted_close();
	local_options.descriptors = 8;
	scripted_open();
	for (int i = 0; i < 3; i++) {
		subjects[i] = leave_one(ids[i], &pids[i]);
		ck_assert_int_eq(executor->verbs->watch_left(executor, subjects[i]->run.task, NULL), 0);
		take_censuses();
	}
	for (int i = 0; i < 3; i++) {
		int at = (_i + i) % 3;
		ck_assert_uint_eq(left_gone, 0);
		kill(pids[at], SIGKILL);
		while (!left_gone)
			turn();
		ck_assert_uint_eq(left_gone, subjects[at]->run.task->number);
		left_gone = 0;
		take_censuses();
	}
}
END_TEST

START_TEST(without_descriptors_it_looks_again)
{
	pid_t pids[2];
	struct subject *a = leave_two(pids);
	leave_descriptors(0);
	ck_assert_int_eq(executor->verbs->watch_left(executor, a->run.task, &a->end.processes), 0);
	event_base_loop(base, EVLOOP_NONBLOCK);
	ck_assert_uint_eq(left_gone, 0);
	leave_descriptors(-1);
	executor->verbs->retry(executor);
	take_censuses();
	ck_assert_uint_eq(left_gone, 0);
	kill(pids[0], SIGKILL);
	kill(pids[1], SIGKILL);
	while (!left_gone)
		turn();
	ck_assert(is_gone(pids[0]) && is_gone(pids[1]));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("lingering");
	TCase *tcase = tcase_create("lingering");
	tcase_add_checked_fixture(tcase, setup_lingering, scripted_teardown);
	tcase_set_timeout(tcase, 60);
	tcase_add_loop_test(tcase, all_that_is_left_is_waited_for, 0, 8);
	tcase_add_test(tcase, a_child_of_what_is_left_is_waited_for);
	tcase_add_test(tcase, another_process_with_its_number_is_not_waited_for);
	tcase_add_loop_test(tcase, what_an_ended_task_left_is_watched_sparingly, 0, 2);
	tcase_add_loop_test(tcase, what_a_paused_task_left_is_continued, 0, 2);
	tcase_add_test(tcase, what_is_of_another_task_is_left_alone);
	tcase_add_test(tcase, a_server_ends_while_it_waits);
	tcase_add_loop_test(tcase, what_many_ended_tasks_left_is_watched, 0, 3);
	tcase_add_test(tcase, without_descriptors_it_looks_again);
	suite_add_tcase(suite, tcase);
	return unit_main(suite);
}
