#include "config.h"

#include <assert.h>

#include "engine/core/phase.h"

/* Cells hold the next phase plus one.  So a cell that is not named is 0, and refuses. */
#define TO(phase) (RUN_##phase + 1)

static const unsigned char next_phase[RUN_PHASE_COUNT][RUN_EVENT_COUNT] = {
	[RUN_PREPARING] = {
		[RUN_EVENT_PREPARED] = TO(CLAIMING),
	},
	[RUN_CLAIMING] = {
		[RUN_EVENT_CLAIMED] = TO(READY),
		[RUN_EVENT_RECALL] = TO(RECALLING_EARLY),
	},
	[RUN_READY] = {
		[RUN_EVENT_RECALL] = TO(RECALLING),
		/* it was being started when they were put */
		[RUN_EVENT_PAUSE_DURABLE] = TO(READY),
		[RUN_EVENT_RESUME_DURABLE] = TO(READY),
		[RUN_EVENT_GO] = TO(STARTING),
		[RUN_EVENT_WITHDRAW] = TO(VOID),
	},
	[RUN_STARTING] = {
		[RUN_EVENT_STOP_DURABLE] = TO(STARTING_STOPPED),
		[RUN_EVENT_PAUSE_DURABLE] = TO(STARTING_PAUSED),
		[RUN_EVENT_RESUME_DURABLE] = TO(STARTING),
		[RUN_EVENT_POSTPONED] = TO(READY),
		[RUN_EVENT_BEGAN] = TO(RUNNING),
	},
	[RUN_STARTING_PAUSED] = {
		[RUN_EVENT_STOP_DURABLE] = TO(STARTING_STOPPED),
		[RUN_EVENT_PAUSE_DURABLE] = TO(STARTING_PAUSED),
		[RUN_EVENT_RESUME_DURABLE] = TO(STARTING),
		[RUN_EVENT_POSTPONED] = TO(READY),
		[RUN_EVENT_BEGAN] = TO(RUNNING),
	},
	[RUN_STARTING_STOPPED] = {
		[RUN_EVENT_PAUSE_DURABLE] = TO(STARTING_STOPPED),
		[RUN_EVENT_RESUME_DURABLE] = TO(STARTING_STOPPED),
		[RUN_EVENT_STOP_DURABLE] = TO(STARTING_STOPPED),
		[RUN_EVENT_POSTPONED] = TO(READY),
		[RUN_EVENT_BEGAN] = TO(RUNNING),
	},
	[RUN_ADOPTING_PAUSED] = {
		[RUN_EVENT_STOP_DURABLE] = TO(ADOPTING_STOPPED),
		[RUN_EVENT_PAUSE_DURABLE] = TO(ADOPTING_PAUSED),
		[RUN_EVENT_RESUME_DURABLE] = TO(ADOPTING),
		[RUN_EVENT_BEGAN] = TO(RUNNING),
		[RUN_EVENT_NEVER_BEGAN] = TO(READY),
		[RUN_EVENT_EXITED] = TO(ENDED),
	},
	[RUN_ADOPTING] = {
		[RUN_EVENT_STOP_DURABLE] = TO(ADOPTING_STOPPED),
		[RUN_EVENT_PAUSE_DURABLE] = TO(ADOPTING_PAUSED),
		[RUN_EVENT_RESUME_DURABLE] = TO(ADOPTING),
		[RUN_EVENT_BEGAN] = TO(RUNNING),
		/* the claim is still valid */
		[RUN_EVENT_NEVER_BEGAN] = TO(READY),
		[RUN_EVENT_EXITED] = TO(ENDED),
	},
	[RUN_ADOPTING_STOPPED] = {
		[RUN_EVENT_PAUSE_DURABLE] = TO(ADOPTING_STOPPED),
		[RUN_EVENT_RESUME_DURABLE] = TO(ADOPTING_STOPPED),
		[RUN_EVENT_STOP_DURABLE] = TO(ADOPTING_STOPPED),
		[RUN_EVENT_BEGAN] = TO(RUNNING),
		[RUN_EVENT_NEVER_BEGAN] = TO(READY),
		[RUN_EVENT_EXITED] = TO(ENDED),
	},
	[RUN_RUNNING] = {
		[RUN_EVENT_STOP_DURABLE] = TO(RUNNING),
		[RUN_EVENT_PAUSE_DURABLE] = TO(RUNNING),
		[RUN_EVENT_RESUME_DURABLE] = TO(RUNNING),
		[RUN_EVENT_EXITED] = TO(ENDED),
	},
	[RUN_ENDED] = {
		/* the first process has ended, others of its session have not: a stop still reaches them */
		[RUN_EVENT_STOP_DURABLE] = TO(ENDED),
		[RUN_EVENT_PAUSE_DURABLE] = TO(ENDED),
		[RUN_EVENT_RESUME_DURABLE] = TO(ENDED),
		[RUN_EVENT_EXITED] = TO(ENDED),
		[RUN_EVENT_CLOSE] = TO(CLOSING),
	},
	[RUN_CLOSING] = {
		[RUN_EVENT_STOP_DURABLE] = TO(CLOSING),
		[RUN_EVENT_PAUSE_DURABLE] = TO(CLOSING),
		[RUN_EVENT_RESUME_DURABLE] = TO(CLOSING),
		/* the last surviving process has ended */
		[RUN_EVENT_EXITED] = TO(CLOSING),
		[RUN_EVENT_REOPEN] = TO(ENDED),
	},
	[RUN_VOID] = {
		[RUN_EVENT_PAUSE_DURABLE] = TO(VOID),
		[RUN_EVENT_RESUME_DURABLE] = TO(VOID),
		[RUN_EVENT_STOP_DURABLE] = TO(VOID),
		[RUN_EVENT_RESTORE] = TO(READY),
		[RUN_EVENT_UNCLAIM] = TO(UNCLAIMING),
	},
	[RUN_UNCLAIMING] = {
		[RUN_EVENT_PAUSE_DURABLE] = TO(UNCLAIMING),
		[RUN_EVENT_RESUME_DURABLE] = TO(UNCLAIMING),
		[RUN_EVENT_STOP_DURABLE] = TO(UNCLAIMING),
		[RUN_EVENT_VOID_AGAIN] = TO(VOID),
	},
	[RUN_RECALLING_EARLY] = {
		[RUN_EVENT_CLAIMED] = TO(RECALLING),
		[RUN_EVENT_RECALL_UNDONE] = TO(CLAIMING),
	},
	[RUN_RECALLING] = {
		[RUN_EVENT_PAUSE_DURABLE] = TO(RECALLING),
		[RUN_EVENT_RESUME_DURABLE] = TO(RECALLING),
		[RUN_EVENT_RECALL_UNDONE] = TO(READY),
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

bool run_phase_is_adopting(enum run_phase phase)
{
	return phase == RUN_ADOPTING || phase == RUN_ADOPTING_PAUSED || phase == RUN_ADOPTING_STOPPED;
}

const char *run_phase_name(enum run_phase phase)
{
	return (unsigned)phase < RUN_PHASE_COUNT ? phase_names[phase] : "?";
}

const char *run_event_name(enum run_event event)
{
	return (unsigned)event < RUN_EVENT_COUNT ? event_names[event] : "?";
}
