/* Which processes /proc lists. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/run/process.h"
#include "tests/unit/children.h"
#include "tests/unit/unit.h"

enum { CROWD = 700 }; /* more pids than one reading holds */

static int compare(const void *a, const void *b)
{
	pid_t left = *(const pid_t *)a, right = *(const pid_t *)b;

	return (left > right) - (left < right);
}

START_TEST(lists_children)
{
	pid_t made[3], *found;
	int i;

	ck_assert_int_eq(process_children(getpid(), &found), 0);
	free(found);
	for (i = 0; i < 3; i++)
		made[i] = make_child();
	ck_assert_int_eq(process_children(getpid(), &found), 3);
	qsort(found, 3, sizeof(*found), compare);
	qsort(made, 3, sizeof(*made), compare);
	ck_assert_mem_eq(found, made, sizeof(made));
	free(found);
	for (i = 0; i < 3; i++)
		end_child(made[i]);
	ck_assert_int_eq(process_children(made[0], &found), -ESRCH);
	ck_assert_int_eq(process_children(0, &found), -ESRCH);
}
END_TEST

START_TEST(lists_a_crowd_of_children)
{
	siginfo_t info;
	pid_t *found;
	int i;

	for (i = 0; i < CROWD; i++) {
		pid_t pid = fork();

		ck_assert_int_ge(pid, 0);
		if (pid == 0)
			_exit(0);
	}
	ck_assert_int_eq(process_children(getpid(), &found), CROWD);
	for (i = 0; i < CROWD; i++)
		ck_assert_int_eq(waitid(P_PID, (id_t)found[i], &info, WEXITED), 0);
	free(found);
	ck_assert_int_eq(waitid(P_ALL, 0, &info, WEXITED), -1);
	ck_assert_int_eq(errno, ECHILD);
}
END_TEST

START_TEST(lists_all_that_live)
{
	struct process_info *infos;
	int ends[2], i, count;
	siginfo_t info;
	pid_t leader;
	char byte;

	ck_assert_int_eq(prctl(PR_SET_CHILD_SUBREAPER, 1L), 0);
	ck_assert_int_eq(pipe2(ends, O_CLOEXEC), 0);
	leader = make_session(ends[1]);
	ck_assert_int_eq(read(ends[0], &byte, 1), 1);
	/* The list also has this process, but no zombie. */
	unsigned of_session = 0, own = 0;
	count = process_all(&infos);
	for (i = 0; i < count; i++) {
		ck_assert(i == 0 || infos[i - 1].pid < infos[i].pid);
		ck_assert(infos[i].session != leader || infos[i].pid == leader || infos[i].parent == leader);
		of_session += infos[i].session == leader;
		own += infos[i].pid == getpid();
		ck_assert(process_is_live(&infos[i]));
	}
	ck_assert_uint_eq(of_session, 2);
	ck_assert_uint_eq(own, 1);
	free(infos);
	ck_assert_int_eq(kill(-leader, SIGKILL), 0);
	while (waitid(P_ALL, 0, &info, WEXITED) == 0)
		;
}
END_TEST

static int headless_input;

static void *wait_for_a_byte(void *unused)
{
	char byte;

	(void)unused;
	(void)!read(headless_input, &byte, 1);
	/* The child must not run the rest of this test. */
	_exit(0);
}

/* The first thread of the process ends, and another thread goes on. */
static pid_t make_headless(int input)
{
	pthread_t thread;
	headless_input = input; /* the stack of the first thread goes with it */
	pid_t pid = fork();

	ck_assert_int_ge(pid, 0);
	if (pid != 0)
		return pid;
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	(void)pthread_create(&thread, NULL, wait_for_a_byte, NULL);
	pthread_exit(NULL);
}

START_TEST(whose_first_thread_has_ended_lives)
{
	struct process_info info = { .state = '?' };
	siginfo_t status;
	int ends[2];

	ck_assert_int_eq(pipe2(ends, O_CLOEXEC), 0);
	pid_t pid = make_headless(ends[0]);
	while (info.state != 'Z')
		ck_assert_int_eq(process_read(pid, &info), 0);
	ck_assert_uint_ge(info.threads, 2);
	ck_assert(process_is_live(&info));
	ck_assert_int_eq(write(ends[1], "x", 1), 1);
	ck_assert_int_eq(waitid(P_PID, (id_t)pid, &status, WEXITED | WNOWAIT), 0);
	ck_assert_int_eq(process_read(pid, &info), 0);
	ck_assert(!process_is_live(&info));
	ck_assert_int_eq(waitid(P_PID, (id_t)pid, &status, WEXITED), 0);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		lists_children,
		lists_a_crowd_of_children,
		lists_all_that_live,
		whose_first_thread_has_ended_lives,
	};

	return unit_run("process lists", NULL, NULL, tests);
}
