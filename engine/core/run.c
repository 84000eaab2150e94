#include "config.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine/core/core.h"
#include "engine/core/run.h"

/* Cells hold the next phase plus one, so that a cell which is not named is 0 and refuses. */
#define TO(phase) (RUN_##phase + 1)

static const unsigned char next_phase[RUN_PHASE_COUNT][RUN_EVENT_COUNT] = {
	[RUN_PREPARING] = {
		[RUN_EVENT_PREPARED] = TO(CLAIMING),
	},
	[RUN_CLAIMING] = {
		[RUN_EVENT_CLAIMED] = TO(READY),
	},
	[RUN_READY] = {
		[RUN_EVENT_GO] = TO(STARTING),
		[RUN_EVENT_WITHDRAW] = TO(VOID),
	},
	[RUN_STARTING] = {
		[RUN_EVENT_STOP_DURABLE] = TO(STARTING_STOPPED),
		[RUN_EVENT_POSTPONED] = TO(READY),
		[RUN_EVENT_BEGAN] = TO(RUNNING),
	},
	[RUN_STARTING_STOPPED] = {
		[RUN_EVENT_STOP_DURABLE] = TO(STARTING_STOPPED),
		[RUN_EVENT_POSTPONED] = TO(READY),
		[RUN_EVENT_BEGAN] = TO(RUNNING),
	},
	[RUN_ADOPTING] = {
		[RUN_EVENT_STOP_DURABLE] = TO(ADOPTING),
		[RUN_EVENT_BEGAN] = TO(RUNNING),
		/* the claim is as good as it was */
		[RUN_EVENT_NEVER_BEGAN] = TO(READY),
		[RUN_EVENT_EXITED] = TO(ENDED),
	},
	[RUN_RUNNING] = {
		[RUN_EVENT_STOP_DURABLE] = TO(RUNNING),
		[RUN_EVENT_EXITED] = TO(ENDED),
	},
	[RUN_ENDED] = {
		/* the leader is gone, others of the session are not: a stop still reaches those */
		[RUN_EVENT_STOP_DURABLE] = TO(ENDED),
		[RUN_EVENT_EXITED] = TO(ENDED),
		[RUN_EVENT_CLOSE] = TO(CLOSING),
	},
	[RUN_CLOSING] = {
		[RUN_EVENT_STOP_DURABLE] = TO(CLOSING),
		/* the last of the processes that it left is gone */
		[RUN_EVENT_EXITED] = TO(CLOSING),
		[RUN_EVENT_REOPEN] = TO(ENDED),
	},
	[RUN_VOID] = {
		[RUN_EVENT_STOP_DURABLE] = TO(VOID),
		[RUN_EVENT_RESTORE] = TO(READY),
		[RUN_EVENT_UNCLAIM] = TO(UNCLAIMING),
	},
	[RUN_UNCLAIMING] = {
		[RUN_EVENT_STOP_DURABLE] = TO(UNCLAIMING),
		[RUN_EVENT_VOID_AGAIN] = TO(VOID),
	},
};

static const char *const phase_names[] = {
#define X(identifier, text) [RUN_##identifier] = #identifier,
	RUN_PHASES(X)
#undef X
};
static const char *const event_names[] = {
#define X(identifier, text) [RUN_EVENT_##identifier] = #identifier,
	RUN_EVENTS(X)
#undef X
};
static_assert(sizeof(phase_names) / sizeof(phase_names[0]) == RUN_PHASE_COUNT, "every phase has a name");
static_assert(sizeof(event_names) / sizeof(event_names[0]) == RUN_EVENT_COUNT, "every event has a name");

int run_phase_next(enum run_phase phase, enum run_event event)
{
	if ((unsigned)phase >= RUN_PHASE_COUNT || (unsigned)event >= RUN_EVENT_COUNT)
		return -1;
	return (int)next_phase[phase][event] - 1;
}

const char *run_phase_name(enum run_phase phase)
{
	return (unsigned)phase < RUN_PHASE_COUNT ? phase_names[phase] : "?";
}

const char *run_event_name(enum run_event event)
{
	return (unsigned)event < RUN_EVENT_COUNT ? event_names[event] : "?";
}

struct run *run_new(struct core *core, struct task *task, enum run_phase phase)
{
	struct run *run = calloc(1, sizeof(*run));
	if (!run)
		return NULL;
	run->core = core;
	run->task = task;
	run->phase = phase;
	run->process = (struct task_process)TASK_PROCESS_INIT;
	run->end = (struct run_end){ .exit_code = -1 };
	task->run = run;
	core->phases[phase]++;
	return run;
}

static void run_end_release(struct run_end *end)
{
	free(end->message);
	free(end->survivors);
}

void run_free(struct run *run)
{
	struct core *core = run->core;
	timers_clear(&core->timers, &run->kill);
	core->phases[run->phase]--;
	run->task->run = NULL;
	run_end_release(&run->end);
	free(run);
}

int run_set_end(struct run *run, const struct run_end *end)
{
	struct run_end copy = *end;
	copy.message = end->message ? strdup(end->message) : NULL;
	copy.survivors = end->survivors ? strdup(end->survivors) : NULL;
	if ((end->message && !copy.message) || (end->survivors && !copy.survivors)) {
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
			hooks->impossible(hooks->ctx, run->task, run_phase_name(run->phase), run_event_name(event));
		return false;
	}
	run->core->phases[run->phase]--;
	run->phase = (enum run_phase)next;
	run->core->phases[next]++;
	return true;
}
