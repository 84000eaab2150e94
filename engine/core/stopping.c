#include "config.h"

#include <signal.h>

#include "engine/core/queue.h"
#include "engine/core/runs.h"
#include "engine/core/stopping.h"

static void stopping_kill(struct timer *timer)
{
	struct run *run = (struct run *)((char *)timer - offsetof(struct run, kill));
	run->executor->verbs->signal(run->executor, &run, 1, SIGKILL);
}

bool stopping_reaches(const struct run *run)
{
	return run->phase == RUN_RUNNING || (run->phase == RUN_ENDED && run->end.left > 0);
}

static void stopping_withhold(struct run *run)
{
	enum run_phase phase = run->phase;
	const struct executor_verbs *verbs = run->executor->verbs;
	bool begins = phase == RUN_STARTING_STOPPED || phase == RUN_STARTING_PAUSED ||
	              phase == RUN_ADOPTING_STOPPED || phase == RUN_ADOPTING_PAUSED;
	if (begins && verbs->withhold)
		verbs->withhold(run->executor, &run, 1);
}

void stopping_signal(struct core *core, struct run *run)
{
	stopping_withhold(run);
	if (stopping_reaches(run) && run->stop.signal > 0)
		run->executor->verbs->signal(run->executor, &run, 1, run->stop.signal);
	stopping_set_deadline(core, run);
}

void stopping_set_deadline(struct core *core, struct run *run)
{
	/* A later stop may leave the deadline as it is. */
	if (!stopping_reaches(run) || (timer_is_set(&run->kill) && run->kill_at == run->stop.kill_at))
		return;
	/* The delay from now stays the same, even if the clock is set meanwhile. */
	int64_t tick = core_ticks(core) + run->stop.kill_at - core_now(core);
	run->kill.fire = stopping_kill;
	run->kill_at = run->stop.kill_at;
	if (run->stop.kill_at == 0)
		timers_clear(&core->timers, &run->kill);
	else if (timers_set(&core->timers, &run->kill, tick))
		stopping_kill(&run->kill); /* out of memory: too early is better than never */
}

void stopping_recorded(struct core *core, struct task *task, const struct task_process *asked)
{
	struct run *run = task->run;
	if (!run)
		return;
	run->stop = (struct run_stop){ .signal = asked->stop_signal, .kill_at = asked->kill_at };
	if (run_step(run, RUN_EVENT_STOP_DURABLE))
		stopping_signal(core, run);
}

void stopping_kept(struct core *core, struct task *task, const struct task_process *asked)
{
	struct run *run = task->run;
	if (!run)
		return;
	run->stop = (struct run_stop){ .signal = asked->stop_signal, .kill_at = asked->kill_at };
	if (run_step(run, RUN_EVENT_STOP_DURABLE)) {
		stopping_withhold(run);
		stopping_set_deadline(core, run);
	}
}

void stopping_undone(struct core *core, struct task *task)
{
	struct run *run = task->run;
	if (!run || task_state_stops(task->status.state))
		return;
	if (run->phase == RUN_VOID) {
		queue_drop_run(core, run);
		run_step(run, RUN_EVENT_RESTORE);
	} else if (run->phase == RUN_ENDED) {
		queue_unfinished(core, run);
		core_need(core, CORE_DUE_ENDINGS);
	}
}

void stopping_pause(struct core *core, struct run *run, bool pause)
{
	(void)core;
	if (pause)
		stopping_withhold(run);
	if (stopping_reaches(run))
		run->executor->verbs->signal(run->executor, &run, 1, pause ? SIGSTOP : SIGCONT);
}
