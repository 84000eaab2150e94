#include "config.h"

#include <unistd.h>
#include <utlist.h>

#include "engine/core/core.h"

/* How often capped files are looked at; between two looks they may outgrow the cap. */
enum { CAP_INTERVAL_MS = 500 };

static void again(struct engine *engine)
{
	struct timeval interval = { .tv_usec = CAP_INTERVAL_MS * 1000 };
	event_add(engine->cap_event, &interval);
}

void cap_watch(struct run *run)
{
	if (!run->engine->capped)
		again(run->engine);
	DL_APPEND(run->engine->capped, run);
	run->in_capped = true;
}

void cap_unwatch(struct run *run)
{
	if (!run->in_capped)
		return;
	DL_DELETE(run->engine->capped, run);
	run->in_capped = false;
}

void cap_task(struct engine *engine, const struct task *task, int slot)
{
	for (enum output_stream stream = OUTPUT_STDOUT; stream <= OUTPUT_STDERR; stream++) {
		int fd = output_write_open(engine->output, task->number, slot, stream);
		if (fd < 0)
			continue;
		output_cap(fd, task_max_log(task));
		close(fd);
	}
}

void cap_tick(evutil_socket_t fd, short what, void *ctx)
{
	(void)fd, (void)what;
	struct engine *engine = ctx;
	struct run *run;
	DL_FOREACH(engine->capped, run)
		cap_task(engine, run->task, run->process.entry);
	if (engine->capped)
		again(engine);
}
