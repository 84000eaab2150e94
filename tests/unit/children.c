#include "tests/unit/children.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/unit/unit.h"

pid_t make_child(void)
{
	pid_t pid = fork();

	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (;;)
			(void)pause();
	}
	return pid;
}

void end_child(pid_t pid)
{
	siginfo_t info;

	ck_assert_int_eq(kill(pid, SIGKILL), 0);
	ck_assert_int_eq(waitid(P_PID, (id_t)pid, &info, WEXITED), 0);
}

pid_t make_session(int ready)
{
	siginfo_t info;
	pid_t pid = fork(), dead;

	ck_assert_int_ge(pid, 0);
	if (pid != 0)
		return pid;
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	(void)setsid();
	(void)make_child();
	dead = fork();
	if (dead == 0)
		_exit(0);
	(void)waitid(P_PID, (id_t)dead, &info, WEXITED | WNOWAIT);
	(void)!write(ready, "", 1);
	for (;;)
		(void)pause();
}
