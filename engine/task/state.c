#include "engine/task/state.h"

#include <assert.h>
#include <stddef.h>
#include <strings.h>

/* Cells hold the next state plus one.  So a cell that is not named is 0, and refuses. */
#define TO(state) (TASK_##state + 1)

static const unsigned char next_state[TASK_STATE_COUNT][TASK_EVENT_COUNT] = {
	[TASK_CREATED] = {
		[TASK_EVENT_START] = TO(QUEUED),
		[TASK_EVENT_STOP] = TO(STOPPED),
	},
	[TASK_QUEUED] = {
		[TASK_EVENT_CLAIM] = TO(CLAIMED),
		[TASK_EVENT_STOP] = TO(STOPPED),
		[TASK_EVENT_LOST] = TO(FAILED),
		/* no attempt follows the last one any more */
		[TASK_EVENT_EXIT_ZERO] = TO(COMPLETED),
		[TASK_EVENT_EXIT_OTHER] = TO(FAILED),
		/* it is held, or no longer held */
		[TASK_EVENT_PAUSE] = TO(QUEUED),
		[TASK_EVENT_RESUME] = TO(QUEUED),
		[TASK_EVENT_UNMET] = TO(STOPPED),
		[TASK_EVENT_EXPIRED] = TO(STOPPED),
	},
	[TASK_CLAIMED] = {
		[TASK_EVENT_SPAWN] = TO(RUNNING),
		[TASK_EVENT_UNCLAIM] = TO(QUEUED),
		[TASK_EVENT_STOP] = TO(STOPPING),
		/* no child could be made */
		[TASK_EVENT_EXIT_OTHER] = TO(FAILED),
		[TASK_EVENT_LOST] = TO(FAILED),
		/* a worker has the claim; otherwise the claim is given back first */
		[TASK_EVENT_PAUSE] = TO(PAUSED),
		[TASK_EVENT_AGAIN] = TO(QUEUED),
	},
	[TASK_RUNNING] = {
		/* found by a new server, which knew it */
		[TASK_EVENT_SPAWN] = TO(RUNNING),
		[TASK_EVENT_STOP] = TO(STOPPING),
		[TASK_EVENT_EXIT_ZERO] = TO(COMPLETED),
		[TASK_EVENT_EXIT_OTHER] = TO(FAILED),
		[TASK_EVENT_LOST] = TO(FAILED),
		[TASK_EVENT_PAUSE] = TO(PAUSED),
		[TASK_EVENT_OVERDUE] = TO(OVERTIME),
		[TASK_EVENT_AGAIN] = TO(QUEUED),
	},
	[TASK_PAUSED] = {
		[TASK_EVENT_RESUME] = TO(RUNNING),
		[TASK_EVENT_AGAIN] = TO(QUEUED),
		[TASK_EVENT_STOP] = TO(STOPPING),
		/* it was paused while its process was being started */
		[TASK_EVENT_SPAWN] = TO(PAUSED),
		[TASK_EVENT_UNCLAIM] = TO(QUEUED),
		/* somebody else continued or killed it */
		[TASK_EVENT_EXIT_ZERO] = TO(COMPLETED),
		[TASK_EVENT_EXIT_OTHER] = TO(FAILED),
		[TASK_EVENT_LOST] = TO(FAILED),
	},
	[TASK_OVERTIME] = {
		[TASK_EVENT_AGAIN] = TO(QUEUED),
		/* a user's stop wins */
		[TASK_EVENT_STOP] = TO(STOPPING),
		[TASK_EVENT_SPAWN] = TO(OVERTIME),
		[TASK_EVENT_EXIT_ZERO] = TO(OVERTIME),
		[TASK_EVENT_EXIT_OTHER] = TO(OVERTIME),
		[TASK_EVENT_GROUP_EMPTY] = TO(FAILED),
		[TASK_EVENT_LOST] = TO(FAILED),
	},
	[TASK_STOPPING] = {
		/* the stop came during the claim, and the child was already on its way */
		[TASK_EVENT_SPAWN] = TO(STOPPING),
		[TASK_EVENT_UNCLAIM] = TO(STOPPED),
		[TASK_EVENT_STOP] = TO(STOPPING),
		/* the stop ends when the last process is gone, whatever the exit status is */
		[TASK_EVENT_EXIT_ZERO] = TO(STOPPING),
		[TASK_EVENT_EXIT_OTHER] = TO(STOPPING),
		[TASK_EVENT_GROUP_EMPTY] = TO(STOPPED),
		[TASK_EVENT_LOST] = TO(STOPPED),
	},
	/* nothing leads out of COMPLETED, FAILED and STOPPED */
};

static const char *const names[] = {
#define X(identifier, number, name) [number] = (name),
	TASK_STATES(X)
#undef X
};

static_assert(sizeof(names) / sizeof(names[0]) == TASK_STATE_COUNT, "every state has a name");

int task_state_next(enum task_state state, enum task_event event)
{
	if ((unsigned)state >= TASK_STATE_COUNT || (unsigned)event >= TASK_EVENT_COUNT)
		return -1;
	return (int)next_state[state][event] - 1;
}

const char *task_state_name(enum task_state state)
{
	return (unsigned)state < TASK_STATE_COUNT ? names[state] : "Unknown";
}

enum task_state task_state_shown(enum task_state state)
{
	return state == TASK_CLAIMED ? TASK_QUEUED : state == TASK_OVERTIME ? TASK_STOPPING : state;
}

int task_state_parse(const char *name)
{
	for (int state = 0; state < TASK_STATE_COUNT; state++)
		if (task_state_shown((enum task_state)state) == (enum task_state)state &&
		    strcasecmp(name, names[state]) == 0)
			return state;
	return -1;
}

bool task_state_terminal(enum task_state state)
{
	return state == TASK_COMPLETED || state == TASK_FAILED || state == TASK_STOPPED;
}

bool task_state_active(enum task_state state)
{
	return state == TASK_CLAIMED || state == TASK_RUNNING || state == TASK_PAUSED ||
	       state == TASK_OVERTIME || state == TASK_STOPPING;
}

bool task_state_stops(enum task_state state)
{
	return state == TASK_OVERTIME || state == TASK_STOPPING;
}

const char *task_state_names(void)
{
	return "Created, Queued, Running, Paused, Stopping, Completed, Failed, Stopped";
}
