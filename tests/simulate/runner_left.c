#include <errno.h>

#include "tests/simulate/causes.h"
#include "tests/simulate/chance.h"
#include "tests/simulate/machine.h"
#include "tests/simulate/report.h"
#include "tests/simulate/runner.h"
#include "tests/simulate/server.h"
#include "tests/simulate/users.h"

bool runner_kill_left(struct executor *executor, const struct task *task)
{
	struct machine_fate *fate = &machine_fates[task->number];
	(void)executor;
	if (!server_reaches_world())
		return false;
	must(users_kill, "those that task %llu left are killed, and nobody has asked for it",
	     (unsigned long long)task->number);
	bool any = fate->left > 0;
	fate->left = 0;
	return any;
}

int runner_continue_left(struct executor *executor, const struct task *task)
{
	(void)executor;
	if (!server_reaches_world())
		return 0;
	bool failing = chance_once_in(machine_fates[task->number].left_stopped ? 2 : 10);
	tell("        task %llu: what is left is %scontinued", (unsigned long long)task->number,
	     failing ? "not " : "");
	if (failing)
		return -ENOMEM;
	runner_check_continue(task->number);
	machine_fates[task->number].left_stopped = false;
	return 0;
}

int runner_watch_those_left(struct executor *executor, const struct task *task,
                            const struct strings *processes)
{
	(void)executor;
	causes_watched(task->number);
	/* Those of a task that is over are asked for once. */
	if (!processes)
		machine_fates[task->number].looked = server_generation;
	if (!server_reaches_world() || (!processes && chance_draw(2)))
		return 0;
	if (chance_once_in(2))
		return -ENOMEM;
	machine_fates[task->number].looked = server_generation;
	machine_fates[task->number].watched = true;
	return 0;
}
