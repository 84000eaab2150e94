#include "config.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <utlist.h>

#include "engine/core/registry.h"
#include "engine/exec/local/parent.h"
#include "engine/exec/local/survivors.h"
#include "engine/task/messages.h"

/* How many a message names. */
enum { NAMED_MAX = 8 };

struct local_orphan {
	struct process_info info;
	char id[TASK_ID_MAX + 1]; /* KRTASK_ID in its environment, or empty */
};

struct local_survivor {
	struct local_survivor *prev, *next;
	struct local_attempt *attempt;
	int pidfd;
	struct event event;
};

/* What is not trouble that passes will not get better: what cannot be seen is not there. */
static int look_error(int error)
{
	return error == -ENOMEM || error == -EMFILE || error == -ENFILE ? error : 0;
}

/* First processes of runs that an earlier server left to the anchor are none. */
static bool look_is_orphan(const struct local *local, pid_t pid, struct local_orphan *orphan)
{
	struct local_attempt *attempt;
	HASH_FIND(by_pid, local->anchored, &pid, sizeof(pid), attempt);
	if (attempt || pid == getpid() || process_read(pid, &orphan->info) || orphan->info.state == 'Z')
		return false;
	if (process_variable(pid, "KRTASK_ID", orphan->id, sizeof(orphan->id)))
		*orphan->id = '\0';
	return true;
}

static int look_add_children(struct local_look *look, const struct local *local, pid_t reaper)
{
	pid_t *pids = NULL;
	int count = process_children(reaper, &pids);
	if (count <= 0) {
		free(pids);
		return look_error(count);
	}
	size_t size = look->orphan_count + (size_t)count;
	struct local_orphan *orphans = realloc(look->orphans, size * sizeof(*orphans));
	if (!orphans) {
		free(pids);
		return -ENOMEM;
	}
	look->orphans = orphans;
	for (int i = 0; i < count; i++) {
		if (look_is_orphan(local, pids[i], &orphans[look->orphan_count]))
			look->orphan_count++;
	}
	free(pids);
	return 0;
}

int local_look_begin(struct local_look *look, const struct local *local)
{
	*look = (struct local_look){ 0 };
	int error = look_add_children(look, local, getpid());
	if (!error && local->anchored)
		error = look_add_children(look, local, local->anchor->pid);
	if (error)
		local_look_end(look);
	return error;
}

void local_look_end(struct local_look *look)
{
	free(look->orphans);
	free(look->processes);
	*look = (struct local_look){ 0 };
}

static int look_at_processes(struct local_look *look)
{
	if (look->processes)
		return 0;
	int count = process_all(&look->processes);
	look->process_count = count < 0 ? 0 : count;
	return look_error(count);
}

static void survivors_add(struct local_survivors *survivors, const struct process_info *info, pid_t leader)
{
	if (survivors->count == LOCAL_SURVIVORS_MAX)
		return;
	survivors->found[survivors->count++] = *info;
	survivors->in_group += info->group == leader;
}

/*
 * Members of its session are counted with all of them; those that made a session of their own are known by
 * the id in their environment, and added here.
 */
static bool survivors_among_orphans(struct local_survivors *survivors, const struct local_look *look,
                                    const struct local_attempt *attempt)
{
	const char *id = task_id(attempt->run->task);
	bool in_session = false;
	for (size_t i = 0; i < look->orphan_count; i++) {
		const struct local_orphan *orphan = &look->orphans[i];
		if (orphan->info.session == attempt->pid || orphan->info.group == attempt->pid)
			in_session = true;
		else if (strcmp(orphan->id, id) == 0)
			survivors_add(survivors, &orphan->info, attempt->pid);
	}
	return in_session;
}

int local_survivors_find(struct local_survivors *survivors, struct local_look *look,
                         const struct local_attempt *attempt)
{
	survivors->count = survivors->in_group = 0;
	if (attempt->pid <= 0)
		return 0;
	bool in_session = survivors_among_orphans(survivors, look, attempt);
	/* Its orphans went to nobody we know. */
	if (attempt->parent == LOCAL_PARENT_NOBODY)
		in_session = kill(-attempt->pid, 0) == 0 && local_parent_keeps_group(attempt);
	if (!in_session)
		return 0;
	int error = look_at_processes(look);
	for (int i = 0; i < look->process_count; i++) {
		const struct process_info *info = &look->processes[i];
		if (info->session == attempt->pid && info->pid != attempt->pid)
			survivors_add(survivors, info, attempt->pid);
	}
	return error;
}

bool local_survivors_describe(const struct local_survivors *survivors, char *text, size_t size)
{
	size_t used = 0;
	for (unsigned i = 0; i < survivors->count && i < NAMED_MAX && used < size; i++) {
		const struct process_info *info = &survivors->found[i];
		int added = snprintf(text + used, size - used, "%s%d (%s)", i > 0 ? ", " : MSG_LEFT_RUNNING,
		                     info->pid, info->name);
		used += added > 0 ? (size_t)added : 0;
	}
	if (survivors->count > NAMED_MAX && used < size)
		snprintf(text + used, size - used, MSG_LEFT_MORE, survivors->count - NAMED_MAX);
	return survivors->count > 0;
}

static void survivor_free(struct local_survivor *survivor)
{
	DL_DELETE(survivor->attempt->survivors, survivor);
	event_del(&survivor->event);
	close(survivor->pidfd);
	free(survivor);
}

static void survivor_gone(evutil_socket_t fd, short what, void *ctx)
{
	(void)fd, (void)what;
	struct local_survivor *survivor = ctx;
	struct local_attempt *attempt = survivor->attempt;
	survivor_free(survivor);
	if (!attempt->survivors)
		attempt->emptied(attempt);
}

/* 0, -ESRCH: it is gone, -errno. */
static int survivor_watch(struct local_attempt *attempt, pid_t pid)
{
	int pidfd = process_pidfd(pid);
	if (pidfd < 0)
		return pidfd;
	struct local_survivor *survivor = calloc(1, sizeof(*survivor));
	if (!survivor) {
		close(pidfd);
		return -ENOMEM;
	}
	survivor->attempt = attempt;
	survivor->pidfd = pidfd;
	DL_APPEND(attempt->survivors, survivor);
	event_assign(&survivor->event, attempt->local->base, pidfd, EV_READ, survivor_gone, survivor);
	if (event_add(&survivor->event, NULL) == 0)
		return 0;
	survivor_free(survivor);
	return -ENOMEM;
}

bool local_survivors_watch(struct local_attempt *attempt, const struct local_survivors *survivors,
                           void (*emptied)(struct local_attempt *attempt))
{
	attempt->emptied = emptied;
	for (unsigned i = 0; i < survivors->count; i++) {
		const struct process_info *info = &survivors->found[i];
		if (info->group == attempt->pid)
			survivor_watch(attempt, info->pid);
	}
	return attempt->survivors;
}

void local_survivors_unwatch(struct local_attempt *attempt)
{
	struct local_survivor *survivor, *next;
	DL_FOREACH_SAFE(attempt->survivors, survivor, next)
	{
		survivor_free(survivor);
	}
}
