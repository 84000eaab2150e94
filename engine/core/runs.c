#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine/core/groups.h"
#include "engine/core/holdings.h"
#include "engine/core/queue.h"
#include "engine/core/runs.h"

/* Two clocks are read one after the other, so their readings may differ by less than this. */
enum { CLOCK_STEP_MS = 250 };

struct run *run_new(struct core *core, struct task *task, enum run_phase phase)
{
	bool limited = task_plan(task)->time_limit > 0;
	struct run *run = calloc(1, sizeof(*run));
	if (!run || (limited && timers_reserve(&core->limits, core->limited + 1))) {
		free(run);
		return NULL;
	}
	run->limited = limited;
	core->limited += limited;
	run->core = core;
	run->task = task;
	run->executor = core_executor(core, task->standing->group);
	run->phase = phase;
	run->uncounted = -1;
	run->process = (struct task_process)TASK_PROCESS_INIT;
	run->end = (struct run_end){ .exit_code = -1 };
	run->holding = (struct run_holding)RUN_HOLDING_INIT;
	task->run = run;
	core->phases[phase]++;
	groups_weigh(core, run);
	queue_follow(core, task);
	return run;
}

static void run_end_release(struct run_end *end)
{
	free(end->message);
	free(end->survivors);
	strings_release(&end->processes);
}

void run_free(struct run *run)
{
	struct core *core = run->core;
	timers_clear(&core->timers, &run->kill);
	timers_clear(&core->limits, &run->limit);
	core->limited -= run->limited;
	core->phases[run->phase]--;
	groups_release(core, run);
	core_touch(core, run->task->standing->group);
	run->task->run = NULL;
	run_end_release(&run->end);
	free(run->said);
	free(run);
}

/* A claim that is being given back is freed once that is durable. */
void run_abandon(struct core *core, struct task *task)
{
	struct run *run = task->run;
	if (!run || run->phase != RUN_PREPARING)
		return;
	run->executor->verbs->forget(run->executor, &run, 1);
	run_free(run);
	core_need(core, CORE_DUE_SCHEDULE);
}

int64_t run_started_at(const struct task *task, int64_t now)
{
	const struct run *run = task->run;
	int64_t started_at = task->status.started_at;
	if (!started_at || task->status.ended_at || !run || !run->began)
		return started_at;
	int64_t at = now - (core_ticks(run->core) - run->began), step = at - started_at;
	return step > -CLOCK_STEP_MS && step < CLOCK_STEP_MS ? started_at : at;
}

int64_t run_ended_at(const struct run *run, int64_t now)
{
	int64_t started_at = run_started_at(run->task, now), lasted = run->end.lasted;
	return started_at && lasted > 0 && lasted < now - started_at ? started_at + lasted : now;
}

int64_t run_duration(const struct task *task, int64_t now)
{
	struct task_status status = task->status;
	status.started_at = run_started_at(task, now);
	return task_duration(&status, now);
}

int run_set_end(struct run *run, const struct run_end *end)
{
	struct run_end copy = *end;
	copy.message = end->message ? strdup(end->message) : NULL;
	copy.survivors = end->survivors ? strdup(end->survivors) : NULL;
	copy.processes = (struct strings)STRINGS_INIT;
	if ((end->message && !copy.message) || (end->survivors && !copy.survivors) ||
	    strings_copy(&copy.processes, end->processes.block, end->processes.length)) {
		run_end_release(&copy);
		return -ENOMEM;
	}
	run_end_release(&run->end);
	run->end = copy;
	return 0;
}

bool run_step(struct run *run, enum run_event event)
{
	int next = run_phase_next(run->phase, event);
	if (next < 0) {
		const struct core_hooks *hooks = &run->core->hooks;
		if (hooks->impossible)
			hooks->impossible(hooks->ctx, run->task, run_phase_name(run->phase),
			                  run_event_name(event));
		return false;
	}
	run->core->phases[run->phase]--;
	run->phase = (enum run_phase)next;
	run->core->phases[next]++;
	groups_weigh(run->core, run);
	queue_follow(run->core, run->task);
	return true;
}
