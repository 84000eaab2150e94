#include "config.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utlist.h>

#include "engine/core/core.h"
#include "engine/task/signals.h"

/*
 * Ends.  The order is: peek at the status, commit it, and only then reap: until the store has it, the kernel's
 * process table keeps it.  The leader of a task that is being stopped is not reaped before its group is empty either, so that the
 * group's number stays its own.
 */

enum { SURVIVORS_MAX = 64, NAMED_MAX = 8 };

struct survivor {
	struct survivor *prev, *next;
	struct run *run;
	int pidfd;
	struct event event;
};

/* Looked at once for all the tasks that end in one turn of the loop. */
struct orphan {
	struct process_info info;
	char id[TASK_ID_MAX + 1]; /* KRTASK_ID in its environment, or empty */
};

struct orphans {
	struct orphan *found; /* owned */
	size_t count;
};

struct survivors {
	struct process_info found[SURVIVORS_MAX];
	unsigned count;
	unsigned in_group;
};

/* 0: its status is known now; -EAGAIN: it runs; -ECHILD: nobody knows. */
static int peek(struct run *run)
{
	pid_t pid = run->process.pid;
	if (run->parent == RUN_OURS) {
		siginfo_t info = { 0 };
		if (waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT | WNOHANG))
			return -ECHILD;
		if (info.si_pid == 0)
			return -EAGAIN;
		run->exit_code = info.si_code == CLD_EXITED ? info.si_status : -1;
		run->term_signal = info.si_code == CLD_EXITED ? 0 : info.si_status;
		return 0;
	}
	if (run->parent == RUN_NOBODYS)
		return -ECHILD;
	enum line_ending ending;
	int status;
	if (line_status(run->engine->line, pid, &ending, &status) || ending == LINE_RUNNING)
		return -EAGAIN;
	run->exit_code = ending == LINE_EXITED ? status : -1;
	run->term_signal = ending == LINE_SIGNALED ? status : 0;
	return ending == LINE_NOT_MINE ? -ECHILD : 0;
}

static void reap(struct run *run)
{
	pid_t pid = run->process.pid;
	if (pid <= 0 || !run->known)
		return;
	if (run->parent == RUN_OURS)
		waitid(P_PID, (id_t)pid, NULL, WEXITED | WNOHANG);
	else if (run->parent == RUN_ANCHORS)
		line_reap(run->engine->line, pid);
}

static void note(struct survivors *survivors, const struct process_info *info, pid_t leader)
{
	if (survivors->count == SURVIVORS_MAX)
		return;
	survivors->found[survivors->count++] = *info;
	if (info->group == leader)
		survivors->in_group++;
}

static void orphans_release(struct orphans *orphans)
{
	free(orphans->found);
	*orphans = (struct orphans){ 0 };
}

/* The orphans that a subreaper has inherited; tasks that an earlier server left to the anchor are none. */
static void orphans_add(struct engine *engine, struct orphans *orphans, pid_t reaper)
{
	pid_t *pids = NULL;
	int count = process_children(reaper, &pids);
	struct orphan *found = count > 0 ? realloc(orphans->found, (orphans->count + (size_t)count) * sizeof *found) : NULL;
	if (found)
		orphans->found = found;
	for (int i = 0; found && i < count; i++) {
		struct run *task_run;
		struct orphan *orphan = &orphans->found[orphans->count];
		HASH_FIND_INT(engine->anchored, &pids[i], task_run);
		if (task_run || pids[i] == getpid() || process_read(pids[i], &orphan->info) || orphan->info.state == 'Z')
			continue;
		if (process_variable(pids[i], "KRTASK_ID", orphan->id, sizeof orphan->id))
			*orphan->id = '\0';
		orphans->count++;
	}
	free(pids);
}

/*
 * Members of its session are counted by the caller, who looks at all of them; those that made a session of their own are known by
 * the id in their environment, and noted here.
 */
static bool look_at_orphans(struct run *run, const struct orphans *orphans, struct survivors *survivors)
{
	pid_t leader = run->process.pid;
	bool in_session = false;
	for (size_t i = 0; i < orphans->count; i++) {
		const struct orphan *orphan = &orphans->found[i];
		if (orphan->info.session == leader || orphan->info.group == leader)
			in_session = true;
		else if (strcmp(orphan->id, task_id(run->task)) == 0)
			note(survivors, &orphan->info, leader);
	}
	return in_session;
}

static void find_survivors(struct run *run, const struct orphans *orphans, struct survivors *survivors)
{
	survivors->count = survivors->in_group = 0;
	pid_t leader = run->process.pid;
	if (leader <= 0)
		return;
	bool in_session = look_at_orphans(run, orphans, survivors);
	/* Its orphans went to nobody we know.  A group keeps its number from being given away, once its leader is gone. */
	struct process_info info;
	if (run->parent == RUN_NOBODYS)
		in_session = kill(-leader, 0) == 0 && (process_read(leader, &info) || info.state == 'Z');
	if (!in_session)
		return;
	struct process_info *infos = NULL;
	int count = process_session(leader, &infos);
	for (int i = 0; i < count; i++) {
		if (infos[i].pid != leader)
			note(survivors, &infos[i], leader);
	}
	free(infos);
}

void end_unwatch_survivors(struct run *run)
{
	struct survivor *survivor, *next;
	DL_FOREACH_SAFE(run->survivors, survivor, next)
	{
		DL_DELETE(run->survivors, survivor);
		event_del(&survivor->event);
		close(survivor->pidfd);
		free(survivor);
	}
}

static void survivor_gone(evutil_socket_t fd, short what, void *ctx)
{
	(void)fd, (void)what;
	struct survivor *survivor = ctx;
	struct run *run = survivor->run;
	DL_DELETE(run->survivors, survivor);
	close(survivor->pidfd);
	free(survivor);
	if (!run->survivors)
		end_soon(run->engine, run->task);
}

/* Those of the group: the stop is over when the last of them is gone.  False: none is there to be watched any more. */
static bool watch_survivors(struct run *run, const struct survivors *survivors)
{
	bool none_left = true;
	for (unsigned i = 0; i < survivors->count; i++) {
		const struct process_info *info = &survivors->found[i];
		if (info->group != run->process.pid)
			continue;
		int pidfd = process_pidfd(info->pid);
		none_left &= pidfd == -ESRCH;
		struct survivor *survivor = pidfd >= 0 ? calloc(1, sizeof *survivor) : NULL;
		if (!survivor) {
			if (pidfd >= 0)
				close(pidfd);
			continue;
		}
		survivor->run = run;
		survivor->pidfd = pidfd;
		event_assign(&survivor->event, run->engine->base, pidfd, EV_READ, survivor_gone, survivor);
		event_add(&survivor->event, NULL);
		DL_APPEND(run->survivors, survivor);
		none_left = false;
	}
	return !none_left;
}

static void describe_end(const struct run *run, enum task_state state, char *text, size_t size)
{
	const char *message = run->task->status.message;
	if (state == TASK_STOPPED)
		snprintf(text, size, "Cancelled");
	else if (state == TASK_COMPLETED)
		snprintf(text, size, "%s", message ? message : "");
	else if (run->failure)
		snprintf(text, size, "%s", run->failure);
	else if (run->term_signal)
		snprintf(text, size, "killed by signal %s", signal_name(run->term_signal));
	else
		snprintf(text, size, "exited with status %d", run->exit_code);
}

static void name_survivors(const struct survivors *survivors, char *text, size_t size)
{
	size_t used = strlen(text);
	for (unsigned i = 0; i < survivors->count && i < NAMED_MAX && used < size; i++) {
		const char *before = i > 0 ? ", " : used > 0 ? "; left running: " : "left running: ";
		int added = snprintf(text + used, size - used, "%s%d (%s)", before, survivors->found[i].pid,
		                     survivors->found[i].name);
		used += added > 0 ? (size_t)added : 0;
	}
	if (survivors->count > NAMED_MAX && used < size)
		snprintf(text + used, size - used, " and %u more", survivors->count - NAMED_MAX);
}

static void over(struct engine *engine, struct task *task)
{
	reap(task->run);
	run_free(task);
	life_ended(engine, task);
}

static void to_unfinished(struct engine *engine, struct task *task)
{
	if (task->run->waiting)
		return;
	task->run->waiting = true;
	DL_APPEND(engine->unfinished, task);
}

static void wait_and_retry(struct engine *engine, struct task *task)
{
	to_unfinished(engine, task);
	schedule_retry(engine);
}

void end_soon(struct engine *engine, struct task *task)
{
	to_unfinished(engine, task);
	event_active(engine->finish_event, EV_TIMEOUT, 0);
}

/* The leader of a task that is being stopped is gone, others of its group are not. */
static void stop_goes_on(struct engine *engine, struct task *task, const struct survivors *survivors)
{
	struct run *run = task->run;
	if (task->status.exit_code != run->exit_code || task->status.term_signal != run->term_signal) {
		struct task_status before;
		if (task_status_copy(&before, &task->status)) {
			wait_and_retry(engine, task);
			return;
		}
		life_apply(engine, task, run->exit_code == 0 ? TASK_EVENT_EXIT_ZERO : TASK_EVENT_EXIT_OTHER);
		task->status.exit_code = (int16_t)run->exit_code;
		task->status.term_signal = (uint8_t)run->term_signal;
		change_status(engine, task, &before, false, NULL);
	}
	if (!watch_survivors(run, survivors))
		wait_and_retry(engine, task);
}

static void set_ended(struct engine *engine, struct task *task, const struct survivors *survivors)
{
	struct run *run = task->run;
	char text[TASK_MESSAGE_MAX] = "";
	describe_end(run, task->status.state, text, sizeof text);
	name_survivors(survivors, text, sizeof text);
	task_status_set_message(&task->status, *text ? text : NULL);
	task->status.exit_code = (int16_t)run->exit_code;
	task->status.term_signal = (uint8_t)run->term_signal;
	task->status.ended_at = engine_now(engine);
	if (task->status.state == TASK_COMPLETED) {
		task->status.percent = 100;
		task->status.percent_known = true;
	}
}

static void finish(struct engine *engine, struct task *task, const struct orphans *orphans)
{
	struct run *run = task->run;
	if (run->never_began) {
		end_never_began(engine, task);
		return;
	}
	struct survivors survivors;
	find_survivors(run, orphans, &survivors);
	bool stopping = task->status.state == TASK_STOPPING;
	if (stopping && survivors.in_group > 0) {
		stop_goes_on(engine, task, &survivors);
		return;
	}
	if (!run->known) {
		char text[TASK_MESSAGE_MAX] = "it ended while no server watched it; its exit status is not known";
		name_survivors(&survivors, text, sizeof text);
		end_lost(engine, task, text);
		return;
	}
	bool zero = run->exit_code == 0;
	if (!zero)
		engine_refresh_progress(engine, task);
	if (task_max_log(task) > 0)
		cap_task(engine, task, run->process.entry);
	struct task_status before;
	if (task_status_copy(&before, &task->status) ||
	    output_finish(engine->output, run->process.entry, task->number, survivors.count == 0)) {
		wait_and_retry(engine, task);
		return;
	}
	life_apply(engine, task, stopping ? TASK_EVENT_GROUP_EMPTY : zero ? TASK_EVENT_EXIT_ZERO : TASK_EVENT_EXIT_OTHER);
	set_ended(engine, task, &survivors);
	if (change_status(engine, task, &before, task->waiters > 0 || engine->active == 0, over))
		wait_and_retry(engine, task);
	life_touched(engine);
}

/* All that have ended since the last turn of the loop: their orphans are with us, or with the anchor, by now. */
void end_finish_all(evutil_socket_t fd, short what, void *ctx)
{
	(void)fd, (void)what;
	struct engine *engine = ctx;
	struct task *task, *next, *list = engine->unfinished;
	struct orphans orphans = { 0 };
	if (!list || engine->troubled)
		return;
	engine->unfinished = NULL;
	orphans_add(engine, &orphans, getpid());
	if (engine->anchored)
		orphans_add(engine, &orphans, engine->line->anchor);
	DL_FOREACH_SAFE(list, task, next)
	{
		DL_DELETE(list, task);
		task->prev = task->next = NULL;
		task->run->waiting = false;
		finish(engine, task, &orphans);
	}
	orphans_release(&orphans);
	schedule(engine);
	life_touched(engine);
}

static void exited(struct run *run)
{
	struct engine *engine = run->engine;
	struct task *task = run->task;
	int error = peek(run);
	if (error == -EAGAIN) {
		if (run->pidfd >= 0)
			event_add(&run->exit_event, NULL);
		return;
	}
	for (int i = 0; i < 16; i++)
		run_read_progress(run); /* what it said last: a pipe holds 16 buffers */
	run->known = error == 0;
	run->exited = true;
	if (!run->known) {
		run->exit_code = -1;
		run->term_signal = 0;
	}
	if (run->pidfd >= 0) {
		event_del(&run->exit_event);
		close(run->pidfd);
		run->pidfd = -1;
	}
	if (run->unwatched)
		DL_DELETE(engine->unwatched, task);
	run->unwatched = false;
	engine->active--;
	end_soon(engine, task);
	schedule(engine);
}

void end_exited(evutil_socket_t fd, short what, void *ctx)
{
	(void)fd, (void)what;
	exited(ctx);
}

void end_look_again(struct engine *engine)
{
	struct task *task, *next, *list = engine->unwatched;
	engine->unwatched = NULL;
	DL_FOREACH_SAFE(list, task, next)
	{
		DL_DELETE(list, task);
		task->run->unwatched = false;
		run_watch_exit(task->run);
		if (task->run->unwatched)
			exited(task->run);
	}
}

void end_never_began(struct engine *engine, struct task *task)
{
	struct run *run = task->run;
	struct task_status before;
	run->never_began = run->exited = true;
	if (task_status_copy(&before, &task->status)) {
		wait_and_retry(engine, task);
		return;
	}
	life_apply(engine, task, TASK_EVENT_UNCLAIM);
	task->status.ended_at = engine_now(engine);
	task_status_set_message(&task->status, CANCELLED_BEFORE_START);
	if (change_status(engine, task, &before, true, over))
		wait_and_retry(engine, task);
}

void end_lost(struct engine *engine, struct task *task, const char *message)
{
	struct run *run = task->run;
	struct task_status before;
	run->exited = true;
	if (task_status_copy(&before, &task->status) || output_finish(engine->output, run->process.entry, task->number, false)) {
		wait_and_retry(engine, task);
		return;
	}
	life_apply(engine, task, TASK_EVENT_LOST);
	task->status.ended_at = engine_now(engine);
	task_status_set_message(&task->status, message);
	if (change_status(engine, task, &before, false, over))
		wait_and_retry(engine, task);
}

/* SIGCHLD.  The main thread spawns no task: what dies as its child is an orphan that it inherited. */
void end_reap_strays(evutil_socket_t fd, short what, void *ctx)
{
	(void)fd, (void)what;
	struct engine *engine = ctx;
	pid_t *pids = NULL;
	int count = process_children(getpid(), &pids);
	for (int i = 0; i < count; i++)
		waitid(P_PID, (id_t)pids[i], NULL, WEXITED | WNOHANG);
	free(pids);
	if (engine->unwatched)
		end_look_again(engine);
}

/* At most once a second: many of its children may be ours to know, and every look costs all of them. */
void engine_anchor_child(struct engine *engine)
{
	struct timeval soon = { .tv_sec = 1 };
	if (engine->line && !event_pending(engine->strays_event, EV_TIMEOUT, NULL))
		event_add(engine->strays_event, &soon);
}

void end_reap_anchors_strays(evutil_socket_t fd, short what, void *ctx)
{
	(void)fd, (void)what;
	struct engine *engine = ctx;
	pid_t *pids = NULL;
	int count = process_children(engine->line->anchor, &pids);
	for (int i = 0; i < count; i++) {
		struct run *run;
		HASH_FIND_INT(engine->anchored, &pids[i], run);
		if (!run && pids[i] != getpid())
			line_reap(engine->line, pids[i]);
	}
	free(pids);
}
