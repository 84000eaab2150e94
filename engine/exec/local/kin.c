#include "config.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine/exec/local/kin.h"
#include "engine/exec/local/variables.h"
#include "engine/run/output.h"

static int kin_compare_runs(const void *a, const void *b)
{
	const struct kin_run *left = a, *right = b;
	return (left->number > right->number) - (left->number < right->number);
}

int kin_run(const struct kin *kin, uint64_t number)
{
	const struct kin_run key = { .number = number };
	const struct kin_run *run =
		kin->run_count == 0 ? NULL
				    : bsearch(&key, kin->runs, kin->run_count, sizeof(key), kin_compare_runs);
	return run ? (int)(run - kin->runs) : -1;
}

static int kin_compare_processes(const void *a, const void *b)
{
	const struct process_info *left = a, *right = b;
	return (left->pid > right->pid) - (left->pid < right->pid);
}

int kin_process(const struct kin *kin, pid_t pid)
{
	const struct process_info key = { .pid = pid };
	const struct process_info *info =
		bsearch(&key, kin->processes, (size_t)kin->count, sizeof(key), kin_compare_processes);
	return info ? (int)(info - kin->processes) : -1;
}

bool kin_in_session(const struct kin *kin, int process)
{
	int owner = kin->owners[process];
	return owner >= 0 && kin->processes[process].session == kin->runs[owner].leader;
}

static bool kin_is_reaper(const struct kin *kin, pid_t pid)
{
	return pid > 0 && (pid == kin->reapers[0] || pid == kin->reapers[1]);
}

/* Evidence that a process belongs to a run. */

struct kin_evidence {
	const struct kin *kin;
	int owner;
};

/*
 * "N.out" and "N-2.out" in the directory of output files belong to task N. "slot-N.out" belongs to the run that has this
 * pair now.
 */
static int kin_owner_of_file(const struct kin *kin, const char *target)
{
	size_t length = strlen(kin->directory);
	if (length == 0 || strncmp(target, kin->directory, length) != 0 || target[length] != '/')
		return KIN_NONE;
	struct output_owner owner;
	int files;
	if (!output_parse_name(target + length + 1, &owner, &files))
		return KIN_NONE;
	if (files < 0)
		return kin_run(kin, owner.number);
	for (size_t i = 0; i < kin->run_count; i++) {
		if (kin->runs[i].files == files)
			return (int)i;
	}
	return KIN_NONE;
}

static int kin_owner_of_pipe(const struct kin *kin, const char *target)
{
	static const char prefix[] = "pipe:[";
	if (strncmp(target, prefix, sizeof(prefix) - 1) != 0)
		return KIN_NONE;
	ino_t inode = strtoull(target + sizeof(prefix) - 1, NULL, 10);
	for (size_t i = 0; i < kin->run_count; i++) {
		if (kin->runs[i].pipe != 0 && kin->runs[i].pipe == inode)
			return (int)i;
	}
	return KIN_NONE;
}

static bool kin_is_evidence(void *ctx, const char *target)
{
	struct kin_evidence *evidence = ctx;
	evidence->owner = kin_owner_of_file(evidence->kin, target);
	if (evidence->owner < 0)
		evidence->owner = kin_owner_of_pipe(evidence->kin, target);
	return evidence->owner >= 0;
}

/* KIN_NO_RUN: it has a token, but not that of a run here. */
static int kin_owner_by_token(const struct kin *kin, const struct process_info *info)
{
	char token[LOCAL_TOKEN_SIZE];
	uint64_t number;
	int64_t created_at;
	if (process_variable(info->pid, LOCAL_TOKEN, token, sizeof(token)) ||
	    !local_token_parse(token, kin->identity, &number, &created_at))
		return KIN_NONE;
	int run = kin_run(kin, number);
	return run >= 0 && kin->runs[run].created_at == created_at ? run : KIN_NO_RUN;
}

/* Finds the owner by the token and the open files of the process. */
static int kin_owner_by_marks(const struct kin *kin, const struct process_info *info)
{
	struct kin_evidence evidence = { .kin = kin, .owner = kin_owner_by_token(kin, info) };
	if (evidence.owner == KIN_NONE && !process_writes(info->pid, kin_is_evidence, &evidence))
		evidence.owner = KIN_NONE;
	return evidence.owner;
}

/* The run that existed when the process began, if there was only one. */
static int kin_owner_by_default(const struct kin *kin, const struct process_info *info)
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

struct kin_leader {
	pid_t pid;
	int run;
	bool checked; /* it was checked whether the session belongs to the run */
	bool sound;   /* it does */
};

static int kin_compare_leaders(const void *a, const void *b)
{
	const struct kin_leader *left = a, *right = b;
	return (left->pid > right->pid) - (left->pid < right->pid);
}

/*
 * A pid is not used again while it names a session with members.  So all members have the same leader, and
 * one member tells for all.
 */
static bool kin_left_session(const struct kin *kin, int run)
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
static bool kin_keeps_session(const struct kin *kin, int run)
{
	const struct kin_run *wanted = &kin->runs[run];
	int leader = kin_process(kin, wanted->leader);
	if (leader < 0)
		return kin_left_session(kin, run);
	return kin->processes[leader].start == wanted->start &&
	       kin->processes[leader].session == wanted->leader;
}

static int kin_owner_by_session(const struct kin *kin, struct kin_leader *leaders, size_t count,
                                pid_t session)
{
	const struct kin_leader key = { .pid = session };
	struct kin_leader *leader = bsearch(&key, leaders, count, sizeof(key), kin_compare_leaders);
	if (!leader)
		return KIN_NONE;
	if (!leader->checked)
		leader->sound = kin->runs[leader->run].held || kin_keeps_session(kin, leader->run);
	leader->checked = true;
	return leader->sound ? leader->run : KIN_NONE;
}

static int kin_find_sessions(struct kin *kin)
{
	size_t count = 0;
	struct kin_leader *leaders = calloc(kin->run_count + 1, sizeof(*leaders));
	if (!leaders)
		return -ENOMEM;
	for (size_t i = 0; i < kin->run_count; i++) {
		if (kin->runs[i].leader > 1)
			leaders[count++] = (struct kin_leader){ .pid = kin->runs[i].leader, .run = (int)i };
	}
	qsort(leaders, count, sizeof(*leaders), kin_compare_leaders);
	for (int i = 0; i < kin->count; i++)
		kin->owners[i] = kin_owner_by_session(kin, leaders, count, kin->processes[i].session);
	free(leaders);
	return 0;
}

/* Descent. */

/*
 * The nearest ancestor that has an owner, or -1.  Stops at children of reapers, which have rules of their
 * own.  The search ends even if pids that were used again make a circle.
 */
static int kin_owned_ancestor(const struct kin *kin, int process)
{
	for (int steps = 0; steps < kin->count && process >= 0; steps++) {
		if (kin->owners[process] != KIN_NONE)
			return process;
		pid_t parent = kin->processes[process].parent;
		process = kin_is_reaper(kin, parent) ? -1 : kin_process(kin, parent);
	}
	return -1;
}

static void kin_descend(struct kin *kin)
{
	for (int i = 0; i < kin->count; i++) {
		if (kin->owners[i] != KIN_NONE || kin_is_reaper(kin, kin->processes[i].pid))
			continue;
		int ancestor = kin_owned_ancestor(kin, i);
		if (ancestor < 0)
			continue;
		kin->owners[i] = kin->owners[ancestor];
		kin->guessed[i] = kin->guessed[ancestor];
	}
}

/* Orphans. */

static void kin_know_strays(struct kin *kin)
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

static int kin_owner_by_mates(const struct kin *kin, const struct process_info *info)
{
	for (int i = 0; i < kin->count; i++) {
		if (kin->processes[i].session == info->session && kin->owners[i] >= 0 && !kin->guessed[i])
			return kin->owners[i];
	}
	return KIN_NONE;
}

static bool kin_is_orphan(const struct kin *kin, int process)
{
	const struct process_info *info = &kin->processes[process];
	int owner = kin->owners[process];
	return kin_is_reaper(kin, info->parent) && !kin_is_reaper(kin, info->pid) &&
	       !(owner >= 0 && kin->runs[owner].leader == info->pid);
}

/* If no parent keeps the pid of a run, processes that it left may be children of any process. */
static bool kin_is_scattered(const struct kin *kin)
{
	for (size_t i = 0; i < kin->run_count; i++) {
		if (kin->runs[i].open && kin->runs[i].leader > 1 && !kin->runs[i].held)
			return true;
	}
	return false;
}

/*
 * A child of the server that has not executed its command yet.  It has all files open that the server has, so
 * it looks as if it belonged to every run.  Its pid will tell its run.
 */
static bool kin_is_starting(const struct kin *kin, const struct process_info *info)
{
	int server = kin_process(kin, kin->reapers[0]);
	return server >= 0 && info->stack != 0 && info->stack == kin->processes[server].stack;
}

static void kin_find_orphan(struct kin *kin, int process)
{
	const struct process_info *info = &kin->processes[process];
	int owner = kin_owner_by_mates(kin, info);
	if (owner == KIN_NONE)
		owner = kin_owner_by_marks(kin, info);
	if (owner == KIN_NONE) {
		owner = kin_owner_by_default(kin, info);
		kin->guessed[process] = owner >= 0;
	}
	kin->owners[process] = owner;
}

/*
 * It leads its session, or the session has no leader.  So it does not belong to a terminal or to a shell that
 * somebody uses.
 */
static bool kin_stands_alone(const struct kin *kin, const struct process_info *info)
{
	return info->session == info->pid || kin_process(kin, info->session) < 0;
}

/*
 * Anybody may open a file, so an open file alone proves nothing.  A process that is no orphan is recognized
 * by its token, or because it is a daemon that writes to the output.
 */
static int kin_owner_of_scattered(const struct kin *kin, const struct process_info *info)
{
	int owner =
		kin_stands_alone(kin, info) ? kin_owner_by_marks(kin, info) : kin_owner_by_token(kin, info);
	return owner >= 0 && !kin->runs[owner].held && kin->runs[owner].start <= info->start ? owner
	                                                                                     : KIN_NONE;
}

static void kin_find_orphans(struct kin *kin)
{
	bool scattered = kin_is_scattered(kin);
	for (int i = 0; i < kin->count; i++) {
		const struct process_info *info = &kin->processes[i];
		if (kin->owners[i] != KIN_NONE || kin_is_reaper(kin, info->pid))
			continue;
		if (kin_is_starting(kin, info))
			kin->owners[i] = KIN_NO_RUN;
		else if (kin_is_orphan(kin, i))
			kin_find_orphan(kin, i);
		else if (scattered)
			kin->owners[i] = kin_owner_of_scattered(kin, info);
	}
}

/*
 * A process writes to the output of a run whose first process is gone, and nothing else connects it to the
 * run.  It is named, but it is not signalled, since it is unknown where it got the file from.
 */
static void kin_find_writers(struct kin *kin)
{
	bool any = false;
	for (size_t i = 0; i < kin->run_count && !any; i++)
		any = kin->runs[i].written;
	for (int i = 0; any && i < kin->count; i++) {
		struct kin_evidence evidence = { .kin = kin, .owner = KIN_NONE };
		const struct process_info *info = &kin->processes[i];
		if (kin->owners[i] >= 0 || kin_is_reaper(kin, info->pid) ||
		    !process_writes(info->pid, kin_is_evidence, &evidence) ||
		    !kin->runs[evidence.owner].written)
			continue;
		kin->owners[i] = evidence.owner;
		kin->guessed[i] = true;
	}
}

/* Lists the processes of each run, one run after the other. */

static int kin_gather_members(struct kin *kin)
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

const int *kin_members(const struct kin *kin, int run, int *count)
{
	*count = kin->first[run + 1] - kin->first[run];
	return kin->members + kin->first[run];
}

static void kin_forget_processes(struct kin *kin)
{
	free(kin->processes);
	free(kin->owners);
	free(kin->guessed);
	free(kin->members);
	free(kin->first);
	kin->processes = NULL;
	kin->owners = kin->members = kin->first = NULL;
	kin->guessed = NULL;
	kin->count = 0;
}

static void kin_sort_runs(struct kin *kin)
{
	size_t count = 0;
	qsort(kin->runs, kin->run_count, sizeof(*kin->runs), kin_compare_runs);
	for (size_t i = 0; i < kin->run_count; i++) {
		if (count == 0 || kin->runs[count - 1].number != kin->runs[i].number)
			kin->runs[count++] = kin->runs[i];
	}
	kin->run_count = count;
}

/* A run that is over is known only by its strays. */
static int kin_prepare_runs(struct kin *kin)
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

static int kin_find_owners(struct kin *kin)
{
	kin->owners = calloc((size_t)kin->count + 1, sizeof(*kin->owners));
	kin->guessed = calloc((size_t)kin->count + 1, sizeof(*kin->guessed));
	if (!kin->owners || !kin->guessed || kin_prepare_runs(kin) || kin_find_sessions(kin))
		return -ENOMEM;
	kin_know_strays(kin);
	kin_descend(kin);
	kin_find_orphans(kin);
	kin_descend(kin);
	kin_find_writers(kin);
	return kin_gather_members(kin);
}

int kin_find(struct kin *kin)
{
	kin_forget_processes(kin);
	int count = process_all(&kin->processes);
	if (count < 0)
		return count;
	kin->count = count;
	int error = kin_find_owners(kin);
	if (error)
		kin_forget_processes(kin);
	return error;
}

void kin_release(struct kin *kin)
{
	kin_forget_processes(kin);
	free(kin->runs);
	free(kin->strays);
}

static bool kin_is_stray(const struct kin *kin, int process)
{
	int owner = kin->owners[process];
	if (owner == KIN_NONE)
		return false;
	return owner == KIN_NO_RUN || kin_is_orphan(kin, process) || !kin_in_session(kin, process) ||
	       kin_process(kin, kin->runs[owner].leader) < 0;
}

int kin_list_strays(const struct kin *kin, struct kin_stray **result, size_t *result_count)
{
	size_t count = 0;
	for (int i = 0; i < kin->count; i++)
		count += kin_is_stray(kin, i);
	struct kin_stray *strays = calloc(count + 1, sizeof(*strays));
	if (!strays)
		return -ENOMEM;
	count = 0;
	for (int i = 0; i < kin->count; i++) {
		if (!kin_is_stray(kin, i))
			continue;
		int owner = kin->owners[i];
		strays[count++] = (struct kin_stray){
			.pid = kin->processes[i].pid,
			.start = kin->processes[i].start,
			.number = owner >= 0 ? kin->runs[owner].number : 0,
			.created_at = owner >= 0 ? kin->runs[owner].created_at : 0,
			.orphan = kin_is_orphan(kin, i),
			.guessed = kin->guessed[i],
		};
	}
	*result = strays;
	*result_count = count;
	return 0;
}
