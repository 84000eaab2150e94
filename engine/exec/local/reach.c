#include "config.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine/exec/local/kinship.h"
#include "engine/exec/local/reach.h"

/* How many looks in a row SIGKILL gets before other runs have their turn. */
enum { ROUNDS_MAX = 8 };

/* The result of this round for a process. */
enum reach_mark { REACH_NOT, REACH_ALONE, REACH_WITH_GROUP };

void reach_signals_add(struct reach_signals *signals, int number)
{
	if (signals->count == REACH_SIGNALS)
		signals->count--;
	if (signals->group_had > signals->count)
		signals->group_had = signals->count;
	signals->numbers[signals->count++] = number;
}

/* A stopped process takes no SIGTERM until it is continued. */
static bool reach_continues(int signal)
{
	return signal != SIGKILL && signal != SIGSTOP;
}

static int reach_by_pidfd(int pidfd, int signal, bool group)
{
	int (*send)(int, int) = group ? process_signal_group : process_signal;
	int error = send(pidfd, signal);
	if (!error && reach_continues(signal))
		send(pidfd, SIGCONT);
	return error;
}

/*
 * Signals the group that it leads.  0; -ESRCH: it is gone; -EINVAL: this kernel cannot signal groups by
 * pidfd; -errno.
 */
static int reach_group(const struct process_info *info, int signal)
{
	int pidfd = process_pidfd_of(info);
	if (pidfd < 0)
		return pidfd;
	int error = reach_by_pidfd(pidfd, signal, true);
	close(pidfd);
	return error;
}

static void reach_process(const struct process_info *info, int signal)
{
	struct process_info now;
	int pidfd = process_pidfd_of(info);
	if (pidfd >= 0) {
		reach_by_pidfd(pidfd, signal, false);
		close(pidfd);
	} else if (pidfd != -ESRCH && process_read(info->pid, &now) == 0 && now.start == info->start) {
		/* No descriptor is left.  A check before the signal is the best that is possible then. */
		kill(info->pid, signal);
		if (reach_continues(signal))
			kill(info->pid, SIGCONT);
	}
}

static void reach_group_by_number(pid_t leader, int signal)
{
	kill(-leader, signal);
	if (reach_continues(signal))
		kill(-leader, SIGCONT);
}

void reach_group_of(pid_t leader, struct reach_signals *signals)
{
	for (; signals->group_had < signals->count; signals->group_had++)
		reach_group_by_number(leader, signals->numbers[signals->group_had]);
}

/* Dead or alive, the leader has a parent that keeps its pid.  So the number of the group is kept too. */
static void reach_held_group(pid_t leader, int signal)
{
	int pidfd = process_pidfd(leader);
	if (pidfd < 0 || reach_by_pidfd(pidfd, signal, true) == -EINVAL)
		reach_group_by_number(leader, signal);
	if (pidfd >= 0)
		close(pidfd);
}

/*
 * What it gets of a signal, 0 for nothing.  Who left the session may have been stopped by a pause: whatever
 * makes the session go on does the same for it.
 */
static int reach_share(const struct kin *kin, int process, int signal)
{
	if (kin_in_session(kin, process))
		return signal;
	if (kin->guessed[process])
		return 0;
	return reach_continues(signal) ? SIGCONT : signal;
}

static void reach_groups(const struct kin *kin, const int *members, int count, int signal,
                         enum reach_mark *marks)
{
	for (int i = 0; i < count; i++) {
		const struct process_info *info = &kin->processes[members[i]];
		int share = reach_share(kin, members[i], signal);
		if (marks[members[i]] == REACH_NOT && info->group == info->pid && share &&
		    reach_group(info, share) == 0)
			marks[members[i]] = REACH_WITH_GROUP;
	}
}

static bool reach_has_group(const struct kin *kin, int process, const enum reach_mark *marks)
{
	int leader = kin_process(kin, kin->processes[process].group);
	return leader >= 0 && kin->owners[leader] == kin->owners[process] &&
	       marks[leader] == REACH_WITH_GROUP;
}

static void reach_others(const struct kin *kin, const int *members, int count, int signal,
                         enum reach_mark *marks)
{
	for (int i = 0; i < count; i++) {
		int process = members[i], share = reach_share(kin, process, signal);
		if (marks[process] != REACH_NOT || !share)
			continue;
		if (reach_has_group(kin, process, marks)) {
			marks[process] = REACH_WITH_GROUP;
			continue;
		}
		reach_process(&kin->processes[process], share);
		marks[process] = REACH_ALONE;
	}
}

/* A process that has left the group since it was seen there may have missed the signal. */
static void reach_moved(const struct kin *kin, int process, int signal)
{
	const struct process_info *info = &kin->processes[process];
	struct process_info now;
	if (process_read(info->pid, &now) == 0 && now.start == info->start && now.group != info->group &&
	    process_is_live(&now))
		reach_process(info, signal);
}

static void reach_run(const struct kin *kin, int run, int signal, bool group_had_it, enum reach_mark *marks)
{
	const struct kin_run *wanted = &kin->runs[run];
	int count;
	const int *members = kin_members(kin, run, &count);
	for (int i = 0; i < count; i++) {
		/* Processes that are marked have received the previous signal. */
		marks[members[i]] = REACH_NOT;
	}
	if (wanted->held && wanted->leader > 1) {
		if (!group_had_it)
			reach_held_group(wanted->leader, signal);
		for (int i = 0; i < count; i++) {
			if (kin->processes[members[i]].group == wanted->leader)
				marks[members[i]] = REACH_WITH_GROUP;
		}
	}
	reach_groups(kin, members, count, signal, marks);
	reach_others(kin, members, count, signal, marks);
	for (int i = 0; i < count; i++) {
		if (marks[members[i]] == REACH_WITH_GROUP)
			reach_moved(kin, members[i], reach_share(kin, members[i], signal));
	}
}

/* SIGKILL. */

struct reach_killed {
	struct process_info *processes; /* owned; those that were there in the last round, in order of pid */
	int count;
};

/*
 * True if it was not there in the last round, or was in another group then: the signal to the group may have
 * missed it.
 */
static bool reach_is_new(const struct reach_killed *killed, const struct process_info *info)
{
	int low = 0, high = killed->count;
	while (low < high) {
		int middle = low + (high - low) / 2;
		if (killed->processes[middle].pid < info->pid)
			low = middle + 1;
		else
			high = middle;
	}
	const struct process_info *was = &killed->processes[low];
	return low == killed->count || was->pid != info->pid || was->start != info->start ||
	       was->group != info->group;
}

static bool reach_has_new(const struct kin *kin, int run, const struct reach_killed *killed)
{
	int count;
	const int *members = kin_members(kin, run, &count);
	for (int i = 0; i < count; i++) {
		if (reach_share(kin, members[i], SIGKILL) &&
		    reach_is_new(killed, &kin->processes[members[i]]))
			return true;
	}
	return false;
}

static bool reach_kills(const struct reach *reach)
{
	for (unsigned i = 0; i < reach->signals.count; i++) {
		if (reach->signals.numbers[i] == SIGKILL)
			return true;
	}
	return false;
}

/* *left: how many runs had a process that the last round did not see.  0 or -ENOMEM. */
static int reach_kill_new(const struct kin *kin, struct reach *const *reaches, size_t count,
                          const struct reach_killed *killed, size_t *left)
{
	enum reach_mark *marks = calloc((size_t)kin->count + 1, sizeof(*marks));
	if (!marks)
		return -ENOMEM;
	*left = 0;
	for (size_t i = 0; i < count; i++) {
		if (!reaches[i]->again)
			continue;
		reaches[i]->again = reach_has_new(kin, reaches[i]->run, killed);
		if (reaches[i]->again)
			reach_run(kin, reaches[i]->run, SIGKILL, false, marks);
		*left += reaches[i]->again;
	}
	free(marks);
	return 0;
}

/* A process that was killed may have left a child that no look has seen. */
static int reach_kill_again(struct kin *kin, struct reach *const *reaches, size_t count)
{
	size_t left = 0;
	int error = 0;
	for (size_t i = 0; i < count; i++) {
		reaches[i]->again = reach_kills(reaches[i]);
		left += reaches[i]->again;
	}
	for (int round = 0; left > 0 && !error && round < ROUNDS_MAX; round++) {
		struct reach_killed killed = { .processes = kin->processes, .count = kin->count };
		kin->processes = NULL;
		error = kinship_find(kin);
		if (!error)
			error = reach_kill_new(kin, reaches, count, &killed, &left);
		free(killed.processes);
	}
	return error;
}

int reach_all(struct kin *kin, struct reach *const *reaches, size_t count)
{
	enum reach_mark *marks = calloc((size_t)kin->count + 1, sizeof(*marks));
	if (!marks)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++) {
		const struct reach_signals *signals = &reaches[i]->signals;
		for (unsigned j = 0; j < signals->count; j++)
			reach_run(kin, reaches[i]->run, signals->numbers[j], j < signals->group_had, marks);
	}
	free(marks);
	return reach_kill_again(kin, reaches, count);
}
