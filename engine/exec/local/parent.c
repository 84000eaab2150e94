#define HASH_NONFATAL_OOM 1

#include "config.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "engine/core/registry.h"
#include "engine/exec/local/parent.h"
#include "engine/run/process.h"

/* 1, 0, or -errno: that cannot be found out now. */
static int parent_carries_id(const struct local_attempt *attempt, pid_t pid)
{
	char id[TASK_ID_MAX + 1];
	int error = process_variable(pid, "KRTASK_ID", id, sizeof(id));
	if (error)
		return process_trouble(error);
	return strcmp(id, task_id(attempt->run->task)) == 0;
}

static bool parent_is_anchor(const struct local *local, pid_t pid)
{
	enum local_ending ending = LOCAL_NOT_MINE;
	int status;
	return local->anchor && local->anchor->status(local->anchor->ctx, pid, &ending, &status) == 0 &&
	       ending != LOCAL_NOT_MINE;
}

/* A process that was spawned here leads a session by the time its start is known. */
static bool parent_is_leader(const struct process_info *info, uint64_t start)
{
	return info->start == start && info->session == info->pid;
}

/*
 * Is what has this pid now still our process?  start 0: an earlier server died before it could write that
 * down.  1, 0, or -errno: that cannot be found out now.
 */
static int parent_is_same(const struct local_attempt *attempt, const struct process_info *info,
                          uint64_t start, bool anchored)
{
	if (start != 0)
		return parent_is_leader(info, start);
	if (anchored)
		return 1;
	return info->session == info->pid && info->state != 'Z' ? parent_carries_id(attempt, info->pid) : 0;
}

/* 0 or -ENOMEM. */
static int parent_add_anchored(struct local_attempt *attempt, pid_t pid)
{
	attempt->pid = pid;
	HASH_ADD(by_pid, attempt->local->anchored, pid, sizeof(attempt->pid), attempt);
	if (attempt->by_pid.tbl)
		return 0;
	attempt->pid = 0;
	return -ENOMEM;
}

int local_parent_find(struct local_attempt *attempt, pid_t pid, uint64_t start)
{
	struct process_info info;
	int error = process_read(pid, &info);
	if (error && error != -ESRCH)
		return error;
	bool anchored = !error && parent_is_anchor(attempt->local, pid);
	int same = error ? 0 : parent_is_same(attempt, &info, start, anchored);
	if (same < 0)
		return same;
	if (same && anchored && parent_add_anchored(attempt, pid))
		return -ENOMEM;
	attempt->pid = pid;
	attempt->start = same ? info.start : start;
	attempt->parent = same && anchored ? LOCAL_PARENT_ANCHOR : LOCAL_PARENT_NOBODY;
	return same;
}

static int parent_peek_child(struct local_attempt *attempt)
{
	siginfo_t info = { 0 };
	if (waitid(P_PID, (id_t)attempt->pid, &info, WEXITED | WNOWAIT | WNOHANG)) {
		attempt->parent = LOCAL_PARENT_NOBODY;
		return -ECHILD;
	}
	if (info.si_pid == 0)
		return -EAGAIN;
	attempt->exit_code = info.si_code == CLD_EXITED ? info.si_status : -1;
	attempt->term_signal = info.si_code == CLD_EXITED ? 0 : info.si_status;
	return 0;
}

static int parent_ask_anchor(struct local_attempt *attempt)
{
	const struct local_anchor *anchor = attempt->local->anchor;
	enum local_ending ending;
	int status;
	if (anchor->status(anchor->ctx, attempt->pid, &ending, &status) || ending == LOCAL_RUNS)
		return -EAGAIN;
	if (ending == LOCAL_NOT_MINE) {
		HASH_DELETE(by_pid, attempt->local->anchored, attempt);
		attempt->parent = LOCAL_PARENT_NOBODY;
		return -ECHILD;
	}
	attempt->exit_code = ending == LOCAL_EXITED ? status : -1;
	attempt->term_signal = ending == LOCAL_SIGNALED ? status : 0;
	return 0;
}

static int parent_look(const struct local_attempt *attempt)
{
	struct process_info info;
	int error = process_read(attempt->pid, &info);
	if (error)
		return error == -ESRCH ? -ECHILD : -EAGAIN;
	bool runs = parent_is_leader(&info, attempt->start) && info.state != 'Z' && info.state != 'X';
	return runs ? -EAGAIN : -ECHILD;
}

int local_parent_peek(struct local_attempt *attempt)
{
	switch (attempt->parent) {
	case LOCAL_PARENT_SERVER:
		return parent_peek_child(attempt);
	case LOCAL_PARENT_ANCHOR:
		return parent_ask_anchor(attempt);
	default:
		return parent_look(attempt);
	}
}

void local_parent_reap(struct local_attempt *attempt)
{
	const struct local_anchor *anchor = attempt->local->anchor;
	if (!attempt->known)
		return;
	if (attempt->parent == LOCAL_PARENT_SERVER)
		waitid(P_PID, (id_t)attempt->pid, NULL, WEXITED | WNOHANG);
	else if (attempt->parent == LOCAL_PARENT_ANCHOR)
		anchor->reap(anchor->ctx, attempt->pid);
}

/*
 * All members of a session have one leader, since its number is not given away while it has members: that one
 * of them is of the task says it of all.
 */
static int parent_left_session(const struct local_attempt *attempt)
{
	struct process_info *infos = NULL;
	int found = 0, count = process_session(attempt->pid, &infos);
	if (count < 0)
		return process_trouble(count);
	for (int i = 0; i < count && found == 0; i++)
		found = infos[i].start >= attempt->start ? parent_carries_id(attempt, infos[i].pid) : 0;
	free(infos);
	return found;
}

int local_parent_keeps_group(const struct local_attempt *attempt)
{
	struct process_info info;
	if (attempt->pid <= 1)
		return 0;
	if (attempt->parent != LOCAL_PARENT_NOBODY)
		return 1;
	int error = process_read(attempt->pid, &info);
	if (error == 0)
		return parent_is_leader(&info, attempt->start);
	if (error != -ESRCH)
		return process_trouble(error);
	return kill(-attempt->pid, 0) == 0 ? parent_left_session(attempt) : 0;
}

int local_parent_signal(const struct local_attempt *attempt, int signal)
{
	int keeps = signal > 0 ? local_parent_keeps_group(attempt) : 0;
	if (keeps <= 0)
		return keeps;
	kill(-attempt->pid, signal);
	/* A stopped process takes no SIGTERM until it is continued. */
	if (signal != SIGKILL && signal != SIGSTOP)
		kill(-attempt->pid, SIGCONT);
	return 0;
}
