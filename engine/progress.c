/* Progress that is read from what tasks write. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/core/runs.h"
#include "engine/parts.h"
#include "engine/run/content.h"
#include "engine/task/progress.h"

/* What the output of a task says, and how much there is. */
struct engine_look {
	struct progress progress;
	int64_t written_at; /* milliseconds since 1970; 0: nothing yet */
	int64_t bytes;
};

static bool engine_scan(const struct engine *engine, const struct task *task, enum executor_stream stream,
                        struct engine_look *look)
{
	struct executor_output output;
	struct stat status;
	if (engine_output(engine, task, task_attempt(task), stream, true, &output) || output.fd < 0)
		return false;
	bool found = content_scan_progress(output.fd, &look->progress);
	if (fstat(output.fd, &status) == 0 && status.st_size > 0) {
		look->written_at = (int64_t)status.st_mtim.tv_sec * 1000 + status.st_mtim.tv_nsec / 1000000;
		look->bytes = status.st_size;
	}
	close(output.fd);
	return found;
}

/* The stream with a percentage; if neither has one, the first that has anything.  It was written when either was. */
static bool engine_scan_streams(const struct engine *engine, const struct task *task,
                                struct engine_look *look)
{
	struct engine_look other = { .written_at = 0 };
	bool any = engine_scan(engine, task, EXECUTOR_STDOUT, look);
	bool errors = !task_merge(task) && engine_scan(engine, task, EXECUTOR_STDERR, &other);
	if (errors && (!any || (look->progress.percent < 0 && other.progress.percent >= 0)))
		look->progress = other.progress;
	if (other.written_at > look->written_at)
		look->written_at = other.written_at;
	look->bytes += other.bytes;
	return any || errors;
}

/* True if who looks at the row must be told. */
static bool engine_note_look(struct run *run, const struct engine_look *look)
{
	const char *line = look->progress.message;
	bool changed = strcmp(run->said ? run->said : "", line) != 0;
	if (changed) {
		char *copy = *line ? strdup(line) : NULL;
		if (*line && !copy)
			return false;
		free(run->said);
		run->said = copy;
	}
	changed |= run->written_at != look->written_at || run->written != look->bytes;
	run->written_at = look->written_at;
	run->written = look->bytes;
	return changed;
}

/* True if it has changed.  Without any percentage, lines are not progress. */
static bool engine_note_progress(struct task_status *status, struct progress progress)
{
	if (progress.percent < 0) {
		if (!status->percent_known)
			return false;
		progress.percent = status->percent;
	}
	if (status->percent_known && status->percent == progress.percent &&
	    strcmp(status->message ? status->message : "", progress.message) == 0)
		return false;
	if (task_status_set_message(status, *progress.message ? progress.message : NULL))
		return false;
	status->percent = (uint8_t)progress.percent;
	status->percent_known = true;
	return true;
}

void engine_refresh_progress(struct engine *engine, struct task *task)
{
	struct engine_look look = { .written_at = 0 };
	if (task_state_terminal(task->status.state) || !engine_has_begun(task))
		return;
	if (!engine_scan_streams(engine, task, &look))
		return;
	bool told = engine_note_look(task->run, &look);
	if ((!task->reported && engine_note_progress(&task->status, look.progress)) || told)
		registry_touch(&engine->core.registry, task);
}

/* A task that failed has said why in its errors, if it has. */
bool engine_last_line(const struct engine *engine, const struct task *task, struct progress *line)
{
	bool failed = task->status.state == TASK_FAILED;
	struct engine_look look = { .written_at = 0 };
	*line->message = '\0';
	if (task->run && task->run->said)
		snprintf(line->message, sizeof(line->message), "%s", task->run->said);
	if (!task_state_terminal(task->status.state) || !task->status.started_at)
		return *line->message;
	for (int i = 0; i < 2; i++) {
		bool errors = (i == 0) == failed;
		if ((!errors || !task_merge(task)) &&
		    engine_scan(engine, task, errors ? EXECUTOR_STDERR : EXECUTOR_STDOUT, &look) &&
		    *look.progress.message) {
			*line = look.progress;
			return true;
		}
	}
	return false;
}

int64_t engine_silence(const struct task *task, int64_t now)
{
	if (task_state_terminal(task->status.state) || !engine_has_begun(task))
		return -1;
	int64_t ran = run_duration(task, now), silent = now - task->run->written_at;
	return silent < 0 ? 0 : silent < ran ? silent : ran;
}
