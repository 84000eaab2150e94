#include "engine/task/state.h"

#include <assert.h>
#include <stddef.h>
#include <strings.h>

/*
 * Cells hold the next state plus one, so that a cell which is not named is 0
 * and refuses.
 */
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
	},
	[TASK_CLAIMED] = {
		[TASK_EVENT_SPAWN] = TO(RUNNING),
		[TASK_EVENT_UNCLAIM] = TO(QUEUED),
		[TASK_EVENT_STOP] = TO(STOPPING),
		/* no child could be made */
		[TASK_EVENT_EXIT_OTHER] = TO(FAILED),
		[TASK_EVENT_LOST] = TO(FAILED),
	},
	[TASK_RUNNING] = {
		[TASK_EVENT_STOP] = TO(STOPPING),
		[TASK_EVENT_EXIT_ZERO] = TO(COMPLETED),
		[TASK_EVENT_EXIT_OTHER] = TO(FAILED),
		[TASK_EVENT_LOST] = TO(FAILED),
	},
	[TASK_STOPPING] = {
		/* the stop came during the claim, and the child was already on its way */
		[TASK_EVENT_SPAWN] = TO(STOPPING),
		[TASK_EVENT_UNCLAIM] = TO(STOPPED),
		[TASK_EVENT_STOP] = TO(STOPPING),
		/* whatever it returned: the stop is over when its last process is gone */
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

int task_state_parse(const char *name)
{
	for (int state = 0; state < TASK_STATE_COUNT; state++)
		if (state != TASK_CLAIMED && strcasecmp(name, names[state]) == 0)
			return state;
	return -1;
}

bool task_state_terminal(enum task_state state)
{
	return state == TASK_COMPLETED || state == TASK_FAILED || state == TASK_STOPPED;
}

bool task_state_active(enum task_state state)
{
	return state == TASK_CLAIMED || state == TASK_RUNNING || state == TASK_STOPPING;
}

const char *task_state_names(void)
{
	return "Created, Queued, Running, Stopping, Completed, Failed, Stopped";
}
