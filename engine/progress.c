/* Progress that is read from what tasks write. */
#include "config.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "engine/parts.h"
#include "engine/run/content.h"
#include "engine/task/progress.h"

static bool engine_scan(struct engine *engine, const struct task *task, enum executor_stream stream,
                        struct progress *progress)
{
	struct executor_output output;
	if (engine_output(engine, task, task_attempt(task), stream, true, &output) || output.fd < 0)
		return false;
	bool found = content_scan_progress(output.fd, progress);
	close(output.fd);
	return found;
}

/* The stream with a percentage; if neither has one, the first that has anything. */
static bool engine_scan_streams(struct engine *engine, const struct task *task, struct progress *progress)
{
	struct progress other;
	bool any = engine_scan(engine, task, EXECUTOR_STDOUT, progress);
	if ((any && progress->percent >= 0) || task_merge(task) ||
	    !engine_scan(engine, task, EXECUTOR_STDERR, &other))
		return any;
	if (!any || other.percent >= 0)
		*progress = other;
	return true;
}

void engine_refresh_progress(struct engine *engine, struct task *task)
{
	struct task_status *status = &task->status;
	struct progress progress;
	if (task_state_terminal(status->state) || task->reported || !engine_has_begun(task))
		return;
	if (!engine_scan_streams(engine, task, &progress))
		return;
	if (progress.percent < 0) {
		if (!status->percent_known)
			return;
		progress.percent = status->percent;
	}
	if (status->percent_known && status->percent == progress.percent &&
	    strcmp(status->message ? status->message : "", progress.message) == 0)
		return;
	if (task_status_set_message(status, *progress.message ? progress.message : NULL))
		return;
	status->percent = (uint8_t)progress.percent;
	status->percent_known = true;
	registry_touch(&engine->core.registry, task);
}
