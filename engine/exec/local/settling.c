#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "engine/exec/local/census.h"
#include "engine/exec/local/settling.h"

enum {
	SETTLING_MS = 20,        /* from a look to the next */
	SETTLING_LOOKS_MAX = 5,  /* of what never rests */
	SETTLING_MISSES_MAX = 2, /* looks for what forks and ends all the time, and may not be found again */
};

struct local_settling {
	struct event *event;
	unsigned looks;
	char names[TASK_MESSAGE_MAX]; /* of the last look */
};

static void settling_look(evutil_socket_t fd, short what, void *ctx)
{
	(void)fd, (void)what;
	local_census_look(ctx);
}

/* NULL: out of memory. */
static struct local_settling *settling_new(struct local_attempt *attempt)
{
	struct local_settling *settling = calloc(1, sizeof(*settling));
	if (!settling)
		return NULL;
	settling->event = event_new(attempt->local->base, -1, 0, settling_look, attempt);
	if (settling->event)
		return settling;
	free(settling);
	return NULL;
}

/* If there is no memory, the first look is as good as it gets. */
static bool settling_again(struct local_attempt *attempt, const char *names)
{
	static const struct timeval moment = { .tv_usec = SETTLING_MS * 1000 };
	struct local_settling *settling = attempt->settling;
	if (!settling)
		settling = attempt->settling = settling_new(attempt);
	if (!settling || strcmp(settling->names, names) == 0 || ++settling->looks >= SETTLING_LOOKS_MAX)
		return false;
	memcpy(settling->names, names, sizeof(settling->names));
	return event_add(settling->event, &moment) == 0;
}

bool local_settling_waits(struct local_attempt *attempt, const struct local_survivors *survivors)
{
	char names[TASK_MESSAGE_MAX] = "";
	if (attempt->told)
		return false;
	if (attempt->looks <= SETTLING_MISSES_MAX &&
	    local_survivors_describe(survivors, names, sizeof(names)) && settling_again(attempt, names))
		return true;
	local_settling_stop(attempt);
	return false;
}

void local_settling_stop(struct local_attempt *attempt)
{
	if (attempt->settling)
		event_free(attempt->settling->event);
	free(attempt->settling);
	attempt->settling = NULL;
}
