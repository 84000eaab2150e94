#include "config.h"

#include <signal.h>

#include "engine/core/stopping.h"

static void stopping_kill(struct timer *timer)
{
	struct run *run = (struct run *)((char *)timer - offsetof(struct run, kill));
	run->core->executor->verbs->signal(run->core->executor, &run, 1, SIGKILL);
}

bool stopping_reaches(const struct run *run)
{
	return run->phase == RUN_RUNNING || (run->phase == RUN_ENDED && run->end.left > 0);
}

void stopping_signal(struct core *core, struct run *run)
{
	if (stopping_reaches(run) && run->stop.signal > 0)
		core->executor->verbs->signal(core->executor, &run, 1, run->stop.signal);
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

void stopping_pause(struct core *core, struct run *run, bool pause)
{
	if (stopping_reaches(run))
		core->executor->verbs->signal(core->executor, &run, 1, pause ? SIGSTOP : SIGCONT);
}
