#include "config.h"

#include <errno.h>
#include <stdlib.h>

#include "engine/exec/local/kinship.h"
#include "engine/exec/local/marks.h"

static bool kinship_is_reaper(const struct kin *kin, pid_t pid)
{
	return pid > 0 && (pid == kin->reapers[0] || pid == kin->reapers[1]);
}

/* The run that existed when the process began, if there was only one. */
static int kinship_owner_by_default(const struct kin *kin, const struct process_info *info)
{
	int owner = KIN_NO_RUN;
	for (size_t i = 0; i < kin->run_count; i++) {
		if (!kin->runs[i].open || kin->runs[i].start > info->start)
			continue;
		if (owner >= 0)
			return KIN_NO_RUN;
		owner = (int)i;
	}
	return info->start > kin->alone_since ? owner : KIN_NO_RUN;
}

/* Sessions. */

struct kinship_leader {
	pid_t pid;
	int run;
	bool checked; /* it was checked whether the session belongs to the run */
	bool sound;   /* it does */
};

static int kinship_compare_leaders(const void *a, const void *b)
{
	const struct kinship_leader *left = a, *right = b;
	return (left->pid > right->pid) - (left->pid < right->pid);
}

/*
 * A pid is not used again while it names a session with members.  So all members have the same leader, and
 * one member tells for all.
 */
static bool kinship_left_session(struct kin *kin, int run)
{
	const struct kin_run *wanted = &kin->runs[run];
	for (int i = 0; i < kin->count; i++) {
		const struct process_info *info = &kin->processes[i];
		if (info->session == wanted->leader && info->start >= wanted->start &&
		    kin_owner_by_marks(kin, info) == run)
			return true;
	}
	return false;
}

/* No parent keeps the leader's pid for it.  So it must be checked whether the session is still the same. */
static bool kinship_keeps_session(struct kin *kin, int run)
{
	const struct kin_run *wanted = &kin->runs[run];
	int leader = kin_process(kin, wanted->leader);
	if (leader < 0)
		return kinship_left_session(kin, run);
	return kin->processes[leader].start == wanted->start &&
	       kin->processes[leader].session == wanted->leader;
}

static int kinship_owner_by_session(struct kin *kin, struct kinship_leader *leaders, size_t count,
                                    pid_t session)
{
	const struct kinship_leader key = { .pid = session };
	struct kinship_leader *leader = bsearch(&key, leaders, count, sizeof(key), kinship_compare_leaders);
	if (!leader)
		return KIN_NONE;
	if (!leader->checked)
		leader->sound = kin->runs[leader->run].held || kinship_keeps_session(kin, leader->run);
	leader->checked = true;
	return leader->sound ? leader->run : KIN_NONE;
}

/*
 * A first process that an earlier server left may lead no session yet, and have the files open that the server had.  Its
 * parent keeps its pid.
 */
static void kinship_own_leaders(struct kin *kin, const struct kinship_leader *leaders, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		int process = kin->runs[leaders[i].run].held ? kin_process(kin, leaders[i].pid) : -1;
		if (process >= 0)
			kin->owners[process] = leaders[i].run;
	}
}

static int kinship_find_sessions(struct kin *kin)
{
	size_t count = 0;
	struct kinship_leader *leaders = calloc(kin->run_count + 1, sizeof(*leaders));
	if (!leaders)
		return -ENOMEM;
	for (size_t i = 0; i < kin->run_count; i++) {
		if (kin->runs[i].leader > 1)
			leaders[count++] =
				(struct kinship_leader){ .pid = kin->runs[i].leader, .run = (int)i };
	}
	qsort(leaders, count, sizeof(*leaders), kinship_compare_leaders);
	for (int i = 0; i < kin->count; i++)
		kin->owners[i] = kinship_owner_by_session(kin, leaders, count, kin->processes[i].session);
	kinship_own_leaders(kin, leaders, count);
	free(leaders);
	return 0;
}

/* Descent. */

/*
 * The nearest ancestor that has an owner, or -1.  Stops at children of reapers, which have rules of their
 * own.  The search ends even if pids that were used again make a circle.
 */
static int kinship_owned_ancestor(const struct kin *kin, int process)
{
	for (int steps = 0; steps < kin->count && process >= 0; steps++) {
		if (kin->owners[process] != KIN_NONE)
			return process;
		pid_t parent = kin->processes[process].parent;
		process = kinship_is_reaper(kin, parent) ? -1 : kin_process(kin, parent);
	}
	return -1;
}

static void kinship_descend(struct kin *kin)
{
	for (int i = 0; i < kin->count; i++) {
		if (kin->owners[i] != KIN_NONE || kinship_is_reaper(kin, kin->processes[i].pid))
			continue;
		int ancestor = kinship_owned_ancestor(kin, i);
		if (ancestor < 0)
			continue;
		kin->owners[i] = kin->owners[ancestor];
		kin->guessed[i] = kin->guessed[ancestor];
	}
}

/* Orphans. */

static void kinship_know_strays(struct kin *kin)
{
	for (size_t i = 0; i < kin->stray_count; i++) {
		const struct kin_stray *stray = &kin->strays[i];
		int process = kin_process(kin, stray->pid);
		if (process < 0 || kin->processes[process].start != stray->start ||
		    kin->owners[process] != KIN_NONE)
			continue;
		int run = stray->number ? kin_run(kin, stray->number) : -1;
		kin->owners[process] = run >= 0 ? run : KIN_NO_RUN;
		kin->guessed[process] = stray->guessed;
	}
}

static int kinship_owner_by_mates(const struct kin *kin, const struct process_info *info)
{
	for (int i = 0; i < kin->count; i++) {
		if (kin->processes[i].session == info->session && kin->owners[i] >= 0 && !kin->guessed[i])
			return kin->owners[i];
	}
	return KIN_NONE;
}

static bool kinship_is_orphan(const struct kin *kin, int process)
{
	const struct process_info *info = &kin->processes[process];
	int owner = kin->owners[process];
	return kinship_is_reaper(kin, info->parent) && !kinship_is_reaper(kin, info->pid) &&
	       !(owner >= 0 && kin->runs[owner].leader == info->pid);
}

/*
 * If no parent keeps the pid of a run, processes that it left may be children of any process.  So may those of a run
 * that was over before this server began.
 */
static bool kinship_is_scattered(const struct kin *kin)
{
	for (size_t i = 0; i < kin->run_count; i++) {
		const struct kin_run *run = &kin->runs[i];
		if (run->left || (run->open && run->leader > 1 && !run->held))
			return true;
	}
	return false;
}

/*
 * A child of the server that has not executed its command yet.  It has all files open that the server has, so
 * it looks as if it belonged to every run.  Its pid will tell its run.
 */
static bool kinship_is_starting(const struct kin *kin, const struct process_info *info)
{
	int server = kin_process(kin, kin->reapers[0]);
	return server >= 0 && info->stack != 0 && info->stack == kin->processes[server].stack;
}

static void kinship_find_orphan(struct kin *kin, int process)
{
	const struct process_info *info = &kin->processes[process];
	int owner = kinship_owner_by_mates(kin, info);
	if (owner == KIN_NONE)
		owner = kin_owner_by_marks(kin, info);
	if (owner == KIN_NONE) {
		owner = kinship_owner_by_default(kin, info);
		kin->guessed[process] = owner >= 0;
	}
	kin->owners[process] = owner;
}

/*
 * It leads its session, or the session has no leader.  So it does not belong to a terminal or to a shell that
 * somebody uses.
 */
static bool kinship_stands_alone(const struct kin *kin, const struct process_info *info)
{
	return info->session == info->pid || kin_process(kin, info->session) < 0;
}

static int kinship_owner_of_scattered(struct kin *kin, const struct process_info *info)
{
	int owner = kin_owner_of_scattered(kin, info, kinship_stands_alone(kin, info));
	if (owner < 0)
		return KIN_NONE;
	const struct kin_run *run = &kin->runs[owner];
	return run->left || (!run->held && run->start <= info->start) ? owner : KIN_NONE;
}

static void kinship_find_orphans(struct kin *kin)
{
	bool scattered = kinship_is_scattered(kin);
	for (int i = 0; i < kin->count; i++) {
		const struct process_info *info = &kin->processes[i];
		if (kin->owners[i] != KIN_NONE || kinship_is_reaper(kin, info->pid))
			continue;
		if (kinship_is_starting(kin, info))
			kin->owners[i] = KIN_NO_RUN;
		else if (kinship_is_orphan(kin, i))
			kinship_find_orphan(kin, i);
		else if (scattered)
			kin->owners[i] = kinship_owner_of_scattered(kin, info);
	}
}

/*
 * A process writes to the output of a run whose first process is gone, and nothing else connects it to the
 * run.  It is named, but it is not signalled, since it is unknown where it got the file from.
 */
static void kinship_find_writers(struct kin *kin)
{
	bool any = false;
	for (size_t i = 0; i < kin->run_count && !any; i++)
		any = kin->runs[i].written;
	for (int i = 0; any && i < kin->count; i++) {
		const struct process_info *info = &kin->processes[i];
		if (kin->owners[i] >= 0 || kinship_is_reaper(kin, info->pid))
			continue;
		int owner = kin_owner_by_files(kin, info);
		if (owner < 0 || !kin->runs[owner].written)
			continue;
		kin->owners[i] = owner;
		kin->guessed[i] = true;
	}
}

/* Lists the processes of each run, one run after the other. */

static int kinship_gather_members(struct kin *kin)
{
	kin->members = calloc((size_t)kin->count + 1, sizeof(*kin->members));
	kin->first = calloc(kin->run_count + 2, sizeof(*kin->first));
	if (!kin->members || !kin->first)
		return -ENOMEM;
	/*
	 * Counts the members of each run first.  Then computes where each run ends, and fills in the members
	 * backwards from there.
	 */
	for (int i = 0; i < kin->count; i++) {
		if (kin->owners[i] >= 0)
			kin->first[kin->owners[i]]++;
	}
	for (size_t i = 0; i < kin->run_count; i++)
		kin->first[i + 1] += kin->first[i];
	for (int i = kin->count; i-- > 0;) {
		if (kin->owners[i] >= 0)
			kin->members[--kin->first[kin->owners[i]]] = i;
	}
	return 0;
}

/* A run that is over is known only by its strays. */
static int kinship_prepare_runs(struct kin *kin)
{
	if (kin->run_count > 0)
		kin_sort_runs(kin);
	size_t added = 0, room = kin->run_count + kin->stray_count + 1;
	struct kin_run *runs = realloc(kin->runs, room * sizeof(*runs));
	if (!runs)
		return -ENOMEM;
	kin->runs = runs;
	for (size_t i = 0; i < kin->stray_count; i++) {
		const struct kin_stray *stray = &kin->strays[i];
		if (stray->number == 0 || kin_run(kin, stray->number) >= 0)
			continue;
		runs[kin->run_count + added++] = (struct kin_run){
			.number = stray->number,
			.created_at = stray->created_at,
			.files = -1,
		};
	}
	kin->run_count += added;
	if (added > 0)
		kin_sort_runs(kin);
	return 0;
}

static int kinship_find_owners(struct kin *kin)
{
	kin->owners = calloc((size_t)kin->count + 1, sizeof(*kin->owners));
	kin->guessed = calloc((size_t)kin->count + 1, sizeof(*kin->guessed));
	if (!kin->owners || !kin->guessed || kinship_prepare_runs(kin) || kinship_find_sessions(kin))
		return -ENOMEM;
	kinship_know_strays(kin);
	kinship_descend(kin);
	kinship_find_orphans(kin);
	kinship_descend(kin);
	kinship_find_writers(kin);
	/* Who bears no mark is of no run.  That must not be said of somebody who was not looked at. */
	return kin->trouble ? kin->trouble : kinship_gather_members(kin);
}

int kinship_find(struct kin *kin)
{
	kin_forget_processes(kin);
	int count = process_all(&kin->processes);
	if (count < 0)
		return count;
	kin->count = count;
	kin->trouble = 0;
	int error = kinship_find_owners(kin);
	if (error)
		kin_forget_processes(kin);
	return error;
}

static bool kinship_is_stray(const struct kin *kin, int process)
{
	int owner = kin->owners[process];
	if (owner == KIN_NONE)
		return false;
	return owner == KIN_NO_RUN || kinship_is_orphan(kin, process) || !kin_in_session(kin, process) ||
	       kin_process(kin, kin->runs[owner].leader) < 0;
}

int kinship_list_strays(const struct kin *kin, struct kin_stray **result, size_t *result_count)
{
	size_t count = 0;
	for (int i = 0; i < kin->count; i++)
		count += kinship_is_stray(kin, i);
	struct kin_stray *strays = calloc(count + 1, sizeof(*strays));
	if (!strays)
		return -ENOMEM;
	count = 0;
	for (int i = 0; i < kin->count; i++) {
		if (!kinship_is_stray(kin, i))
			continue;
		int owner = kin->owners[i];
		strays[count++] = (struct kin_stray){
			.pid = kin->processes[i].pid,
			.start = kin->processes[i].start,
			.number = owner >= 0 ? kin->runs[owner].number : 0,
			.created_at = owner >= 0 ? kin->runs[owner].created_at : 0,
			.orphan = kinship_is_orphan(kin, i),
			.guessed = kin->guessed[i],
		};
	}
	*result = strays;
	*result_count = count;
	return 0;
}
