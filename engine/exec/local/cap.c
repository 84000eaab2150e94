#include "config.h"

#include <unistd.h>
#include <utlist.h>

#include "engine/core/registry.h"
#include "engine/exec/local/cap.h"
#include "engine/run/output.h"

/* How often capped files are looked at; between two looks they may outgrow the cap. */
enum { CAP_INTERVAL_MS = 500 };

static bool cap_is_due(const struct local_attempt *attempt)
{
	bool writes = attempt->stage == LOCAL_RUNNING || attempt->stage == LOCAL_LEFT;
	return writes && task_max_log(attempt->run->task) > 0;
}

static void cap_again(struct local *local)
{
	struct timeval interval = { .tv_usec = CAP_INTERVAL_MS * 1000 };
	if (!event_pending(local->cap_event, EV_TIMEOUT, NULL))
		event_add(local->cap_event, &interval);
}

void local_cap_watch(struct local_attempt *attempt)
{
	if (cap_is_due(attempt))
		cap_again(attempt->local);
}

void local_cap_apply(const struct local_attempt *attempt)
{
	const struct task *task = attempt->run->task;
	struct output *output = attempt->local->output;
	for (enum output_stream stream = OUTPUT_STDOUT; stream <= OUTPUT_STDERR; stream++) {
		int fd = output_write_open(output, task->number, attempt->entry, stream);
		if (fd < 0)
			continue;
		output_cap(fd, task_max_log(task));
		close(fd);
	}
}

void local_cap_tick(evutil_socket_t fd, short what, void *ctx)
{
	(void)fd, (void)what;
	struct local *local = ctx;
	struct local_attempt *attempt;
	DL_FOREACH(local->attempts, attempt)
	{
		if (!cap_is_due(attempt))
			continue;
		local_cap_apply(attempt);
		cap_again(local);
	}
}
