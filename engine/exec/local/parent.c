#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "engine/exec/local/marks.h"
#include "engine/exec/local/parent.h"
#include "engine/exec/local/variables.h"
#include "engine/run/output.h"
#include "engine/run/pool.h"
#include "engine/run/process.h"

enum parent_token {
	PARENT_TOKEN_NONE,    /* there is none, or the command has not been executed yet */
	PARENT_TOKEN_OWN,     /* that of the run */
	PARENT_TOKEN_FOREIGN, /* that of another */
};

/* An enum parent_token, or -errno: it cannot be found out now. */
static int parent_token(const struct local_attempt *attempt, pid_t pid)
{
	char token[LOCAL_TOKEN_SIZE];
	uint64_t number;
	int64_t created_at;
	int error = process_variable(pid, LOCAL_TOKEN, token, sizeof(token));
	if (error)
		return process_trouble(error);
	if (!local_token_parse(token, attempt->local->identity, &number, &created_at))
		return PARENT_TOKEN_NONE;
	return number == attempt->number && created_at == attempt->created_at ? PARENT_TOKEN_OWN
	                                                                      : PARENT_TOKEN_FOREIGN;
}

/*
 * 1, 0, or -errno: it cannot be found out now.  An answer that was lost is not a no: the exit status would be
 * lost with it.
 */
static int parent_is_anchor(const struct local *local, pid_t pid)
{
	enum local_ending ending = LOCAL_NOT_MINE;
	struct task_usage usage;
	int status, error = 0;
	if (local->anchor)
		error = local->anchor->status(local->anchor->ctx, pid, &ending, &status, &usage);
	return error ? error : ending != LOCAL_NOT_MINE;
}

/* A process that was spawned here already leads a session when its start is known. */
static bool parent_is_leader(const struct process_info *info, uint64_t start)
{
	return info->start == start && info->session == info->pid;
}

/* 1, 0, or -errno: it cannot be found out now.  One that threw its environment away still has its output open. */
static int parent_writes(const struct local_attempt *attempt, const struct process_info *info)
{
	struct kin_run run = { .number = attempt->number,
		               .created_at = attempt->created_at,
		               .files = attempt->files };
	struct kin *kin = kin_of_run(&run, output_dirfd(attempt->local->output));
	if (!kin)
		return -ENOMEM;
	bool found = kin_owner_by_files(kin, info) == 0;
	int trouble = kin->trouble;
	free(kin);
	return trouble ? trouble : found;
}

/*
 * The process has the pid of the run, and no anchor to say that it is its child.  One that has not executed its command yet
 * has neither session nor token, and tells later.
 */
static int parent_is_lone(const struct local_attempt *attempt, const struct process_info *info,
                          enum parent_token token)
{
	if (token == PARENT_TOKEN_FOREIGN || !process_is_live(info))
		return 0;
	if (strcmp(info->name, POOL_THREAD_NAME) == 0)
		return -EAGAIN;
	if (info->session != info->pid)
		return 0;
	return token == PARENT_TOKEN_OWN ? 1 : parent_writes(attempt, info);
}

/*
 * Checks whether the process with this pid is still ours.  start 0: an earlier server died before it could
 * record the start.  If another server found the process then, that one recorded it, maybe before the process
 * led a session.  1, 0, or -errno: it cannot be found out now.
 */
static int parent_is_same(const struct local_attempt *attempt, const struct process_info *info,
                          uint64_t start, bool anchored)
{
	if (start != 0 && info->start != start)
		return 0;
	if (start != 0 && (anchored || info->session == info->pid))
		return 1;
	int token = parent_token(attempt, info->pid);
	if (token < 0)
		return token;
	return anchored ? token != PARENT_TOKEN_FOREIGN
	                : parent_is_lone(attempt, info, (enum parent_token)token);
}

int local_parent_find(struct local_attempt *attempt, pid_t pid, uint64_t start)
{
	struct process_info info;
	int error = process_read(pid, &info);
	if (error && error != -ESRCH)
		return error;
	int anchored = error ? 0 : parent_is_anchor(attempt->local, pid);
	if (anchored < 0)
		return anchored;
	int same = error ? 0 : parent_is_same(attempt, &info, start, anchored);
	if (same < 0)
		return same;
	if (same && anchored && local_attempt_lead(attempt, pid, LOCAL_PARENT_ANCHOR))
		return -ENOMEM;
	attempt->pid = pid;
	attempt->start = same ? info.start : start;
	if (!same || !anchored)
		attempt->parent = LOCAL_PARENT_NOBODY;
	return same;
}

static int parent_peek_child(struct local_attempt *attempt)
{
	siginfo_t info = { 0 };
	if (process_wait(attempt->pid, &info, WEXITED | WNOWAIT | WNOHANG, &attempt->usage)) {
		local_attempt_lose_parent(attempt);
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
	int status, error = anchor->status(anchor->ctx, attempt->pid, &ending, &status, &attempt->usage);
	if (error || ending == LOCAL_RUNS)
		return error ? error : -EAGAIN;
	if (ending == LOCAL_NOT_MINE) {
		local_attempt_lose_parent(attempt);
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
		return error == -ESRCH ? -ECHILD : error;
	return parent_is_leader(&info, attempt->start) && process_is_live(&info) ? -EBUSY : -ECHILD;
}

/* Its parent is another process, but the kernel may still tell how it ended. */
static int parent_ask_kernel(struct local_attempt *attempt)
{
	const struct process_info info = { .pid = attempt->pid, .start = attempt->start };
	int status, error = parent_look(attempt);
	if (error != -ECHILD)
		return error;
	int unread = process_status(attempt->sure ? attempt->pidfd : -1, &info, &status);
	if (unread)
		return unread == -ENODATA ? error : unread;
	attempt->exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
	attempt->term_signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
	return 0;
}

int local_parent_peek(struct local_attempt *attempt)
{
	switch (attempt->parent) {
	case LOCAL_PARENT_SERVER:
		return parent_peek_child(attempt);
	case LOCAL_PARENT_ANCHOR:
		return parent_ask_anchor(attempt);
	default:
		return parent_ask_kernel(attempt);
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
