#include "config.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utlist.h>

#include "engine/core/leftovers.h"
#include "engine/core/registry.h"
#include "engine/exec/local/marks.h"
#include "engine/exec/local/spares.h"
#include "engine/exec/local/strays.h"
#include "engine/exec/local/variables.h"
#include "engine/run/output.h"
#include "engine/run/process.h"

/* Children are read again while some of them end meanwhile, but at most this often. */
enum { STRAYS_READINGS_MAX = 16 };

static int strays_compare(const void *a, const void *b)
{
	const struct kin_stray *left = a, *right = b;
	return (left->pid > right->pid) - (left->pid < right->pid);
}

static struct kin_stray *strays_find(const struct local *local, pid_t pid)
{
	const struct kin_stray key = { .pid = pid };
	return local->stray_count == 0
	               ? NULL
	               : bsearch(&key, local->strays, local->stray_count, sizeof(key), strays_compare);
}

/* What was there at the last census, and is not now, has ended. */
static void strays_wake_spares(struct local *local, const struct kin_stray *strays, size_t count)
{
	size_t now = 0;
	for (size_t i = 0; local->spares.count > 0 && i < local->stray_count; i++) {
		const struct kin_stray *was = &local->strays[i];
		while (now < count && strays[now].pid < was->pid)
			now++;
		if (now == count || strays[now].pid != was->pid || strays[now].start != was->start)
			local_spares_wake(local, was->number);
	}
}

void local_strays_take(struct local *local, struct kin_stray *strays, size_t count)
{
	strays_wake_spares(local, strays, count);
	if (count > 0 || local->stray_count > 0)
		local->alone_since = process_ticks();
	free(local->strays);
	local->strays = strays;
	local->stray_count = count;
}

static void strays_drop(struct local *local, struct kin_stray *stray)
{
	size_t after = local->stray_count - (size_t)(stray - local->strays) - 1;
	local_spares_wake(local, stray->number);
	memmove(stray, stray + 1, after * sizeof(*stray));
	local->stray_count--;
	local->alone_since = process_ticks();
}

bool local_strays_left_by(const struct local *local, uint64_t number)
{
	for (size_t i = 0; i < local->stray_count; i++) {
		if (local->strays[i].number == number)
			return true;
	}
	return false;
}

/*
 * (If /proc cannot list the children of a single thread, the children of workers are included.  These are
 * first processes.)
 */
static bool strays_is_leader(const struct local *local, pid_t pid)
{
	struct local_attempt *attempt;
	HASH_FIND(by_pid, local->leaders, &pid, sizeof(pid), attempt);
	return attempt != NULL;
}

static bool strays_is_unknown(const struct local *local, pid_t pid)
{
	const struct kin_stray *stray = strays_find(local, pid);
	return !stray || !stray->orphan;
}

static void strays_forget(struct local *local, pid_t pid)
{
	struct kin_stray *stray = strays_find(local, pid);
	if (stray)
		strays_drop(local, stray);
}

/*
 * Reaps it if it has ended, since nobody needs its status any more.  True: it had ended.  A child of a worker is no
 * stray, although it may not be known yet.
 */
static bool strays_wait(pid_t pid)
{
	siginfo_t info = { 0 };
	return waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | __WNOTHREAD) == 0 && info.si_pid == pid;
}

/*
 * Most servers have no orphans, and the kernel says so in one call.  Children of workers do not count.  False also
 * where it cannot be asked.
 */
static bool strays_are_none(void)
{
	siginfo_t info;
	return waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT | __WNOTHREAD | __WALL) && errno == ECHILD;
}

bool local_strays_none(const struct local *local)
{
	return local->stray_count == 0 && local->anchored == 0 && strays_are_none();
}

/* A tracer that holds a process which has ended keeps its parent from reaping it. */
static bool strays_is_dead(pid_t pid)
{
	struct process_info info;
	return process_read(pid, &info) == 0 && !process_is_live(&info);
}

/*
 * Reads the children once.  1, 0 or -errno as in strays.h. *ended: how many of them have ended, and were reaped; *held:
 * how many that are not known have ended, and are held.
 */
static int strays_reap_read(struct local *local, int *ended, int *held)
{
	pid_t *pids = NULL;
	int unknown = 0, count = strays_are_none() ? 0 : process_children(getpid(), &pids);
	*ended = *held = 0;
	/* A leader that is missing in local->leaders could be taken for a stray. */
	for (int i = 0; i < count && !local->missed; i++) {
		if (strays_is_leader(local, pids[i]))
			continue;
		if (strays_wait(pids[i])) {
			strays_forget(local, pids[i]);
			++*ended;
		} else if (strays_is_unknown(local, pids[i])) {
			bool dead = strays_is_dead(pids[i]);
			*held += dead;
			unknown |= !dead;
		}
	}
	free(pids);
	return count < 0 ? process_trouble(count) : unknown;
}

/* A process that ended after it was read may have left children that were not read. */
int local_strays_reap(struct local *local)
{
	int before = 0;
	for (int i = 0; i < STRAYS_READINGS_MAX; i++) {
		int ended, held, unknown = strays_reap_read(local, &ended, &held);
		if (unknown != 0 || (ended == 0 && held == before))
			return unknown;
		before = held;
	}
	return 1;
}

/* Reads the children once, with the same result.  *ended: how many that are not known have ended. */
static int strays_read_of_anchor(const struct local *local, int *ended)
{
	pid_t *pids = NULL;
	int unknown = 0, count = process_children(local->anchor->pid, &pids);
	*ended = 0;
	for (int i = 0; i < count && !unknown; i++) {
		struct process_info info;
		if (pids[i] == getpid() || strays_is_leader(local, pids[i]) ||
		    !strays_is_unknown(local, pids[i]))
			continue;
		int error = process_read(pids[i], &info);
		if (error == 0 && process_is_live(&info))
			unknown = 1;
		else if (process_trouble(error))
			unknown = error;
		else
			++*ended;
	}
	free(pids);
	return count < 0 ? process_trouble(count) : unknown;
}

/*
 * The anchor keeps children that have ended.  While their number grows, they may have left children
 * meanwhile.
 */
int local_strays_of_anchor(const struct local *local)
{
	int before = 0;
	for (int i = 0; i < STRAYS_READINGS_MAX; i++) {
		int ended, unknown = strays_read_of_anchor(local, &ended);
		if (unknown != 0 || ended == before)
			return unknown;
		before = ended;
	}
	return 1;
}

static void strays_reap_of_anchor(struct local *local, pid_t pid)
{
	struct process_info info;
	if (process_read(pid, &info) || process_is_live(&info))
		return;
	strays_forget(local, pid);
	local->anchor->reap(local->anchor->ctx, pid);
}

static bool strays_carries_token(const struct local *local, pid_t pid, uint64_t number, int64_t created_at)
{
	char token[LOCAL_TOKEN_SIZE];
	uint64_t its_number;
	int64_t its_created_at;
	return process_variable(pid, LOCAL_TOKEN, token, sizeof(token)) == 0 &&
	       local_token_parse(token, local->identity, &its_number, &its_created_at) &&
	       its_number == number && its_created_at == created_at;
}

static bool strays_known_of(const struct local *local, uint64_t number, int64_t created_at)
{
	for (size_t i = 0; i < local->stray_count; i++) {
		const struct kin_stray *stray = &local->strays[i];
		struct process_info info;
		if (stray->number == number && stray->created_at == created_at && !stray->guessed &&
		    process_read(stray->pid, &info) == 0 && info.start == stray->start &&
		    process_is_live(&info))
			return true;
	}
	return false;
}

static bool strays_has_child_of(const struct local *local, pid_t parent, uint64_t number, int64_t created_at)
{
	pid_t *pids = NULL;
	int count = process_children(parent, &pids);
	bool found = false;
	for (int i = 0; i < count && !found; i++)
		found = pids[i] != getpid() && !strays_is_leader(local, pids[i]) &&
		        strays_carries_token(local, pids[i], number, created_at);
	free(pids);
	return found;
}

static bool strays_bears_marks(struct kin *kin, pid_t pid)
{
	struct process_info info, leader;
	if (process_read(pid, &info) || !process_is_live(&info) || pid == kin->reapers[0] ||
	    pid == kin->reapers[1])
		return false;
	bool alone = info.session == pid || process_read(info.session, &leader) != 0;
	return kin_owner_of_scattered(kin, &info, alone) >= 0;
}

/*
 * Whose children they are tells nothing once their server and its anchor are gone.  The message names them, and its
 * numbers are only where to look: what counts is what these processes bear.
 */
static bool strays_are_named(const struct local *local, const struct task *task)
{
	static const char digits[] = "0123456789";
	struct kin_run run = { .number = task->number, .created_at = task->created_at, .files = -1 };
	struct kin *kin = kin_of_run(&run, output_dirfd(local->output));
	const char *at = leftovers_place(task->status.message);
	bool found = false;
	if (!kin)
		return false;
	kin->identity = local->identity;
	kin->reapers[0] = getpid();
	kin->reapers[1] = local->anchor ? local->anchor->pid : 0;
	while (at && *(at += strcspn(at, digits)) && !found) {
		long pid = strtol(at, NULL, 10);
		found = pid > 1 && pid < INT_MAX && strays_bears_marks(kin, (pid_t)pid);
		at += strspn(at, digits);
	}
	free(kin);
	return found;
}

bool local_strays_of(const struct local *local, const struct task *task)
{
	uint64_t number = task->number;
	int64_t created_at = task->created_at;
	return strays_known_of(local, number, created_at) ||
	       strays_has_child_of(local, getpid(), number, created_at) ||
	       (local->anchor && strays_has_child_of(local, local->anchor->pid, number, created_at)) ||
	       strays_are_named(local, task);
}

void local_strays_reap_anchor(struct local *local)
{
	pid_t *pids = NULL;
	/* If it is not adopted yet, its exit status would be lost. */
	bool all_known = !local->missed && !local->unadopted;
	int count = all_known ? process_children(local->anchor->pid, &pids) : 0;
	for (int i = 0; i < count; i++) {
		if (pids[i] != getpid() && !strays_is_leader(local, pids[i]))
			strays_reap_of_anchor(local, pids[i]);
	}
	free(pids);
}
