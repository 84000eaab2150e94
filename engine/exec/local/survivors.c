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

struct local_survivor {
	struct local_survivor *prev, *next;
	struct local_attempt *attempt;
	int pidfd;
	struct event event;
};

static void survivors_add(struct local_survivors *survivors, const struct process_info *info)
{
	if (survivors->count < LOCAL_SURVIVORS_MAX)
		survivors->found[survivors->count] = *info;
	survivors->count++;
}

static bool survivors_is_inside(const struct process_info *info, const struct local_attempt *attempt)
{
	return info->session == attempt->pid || info->group == attempt->pid;
}

/* Those that made a session of their own are known by the id in their environment. */
static bool survivors_has_left(const struct local_orphan *orphan, const struct local_attempt *attempt)
{
	return !survivors_is_inside(&orphan->info, attempt) &&
	       strcmp(orphan->id, task_id(attempt->run->task)) == 0;
}

/* What its orphans are: every one that is left of it is one of them, or under one. */
static void survivors_look_at_orphans(const struct local_look *look, const struct local_attempt *attempt,
                                      bool *inside, bool *left)
{
	*inside = *left = false;
	for (size_t i = 0; i < look->orphan_count; i++) {
		*inside = *inside || survivors_is_inside(&look->orphans[i].info, attempt);
		*left = *left || survivors_has_left(&look->orphans[i], attempt);
	}
}

/* Those of its session: inside its group, or outside. */
static void survivors_add_session(struct local_survivors *survivors, const struct local_look *look,
                                  const struct local_attempt *attempt, bool in_group)
{
	for (int i = 0; i < look->process_count; i++) {
		const struct process_info *info = &look->processes[i];
		bool inside = survivors_is_inside(info, attempt) && info->pid != attempt->pid;
		if (inside && (info->group == attempt->pid) == in_group)
			survivors_add(survivors, info);
	}
}

/* The group first: all others may be more than there is room for. */
int local_survivors_find(struct local_survivors *survivors, struct local_look *look,
                         const struct local_attempt *attempt)
{
	bool inside, left;
	survivors->count = survivors->in_group = 0;
	if (attempt->pid <= 0)
		return 0;
	survivors_look_at_orphans(look, attempt, &inside, &left);
	int may_be = inside || left;
	if (attempt->parent == LOCAL_PARENT_NOBODY) {
		/* Its orphans went to nobody we know, and its number may be another's. */
		inside = false;
		may_be = kill(-attempt->pid, 0) == 0 ? local_parent_keeps_group(attempt) : 0;
	}
	int error = may_be > 0 ? local_look_at_processes(look) : may_be;
	if (error)
		return error;
	if (may_be) {
		survivors_add_session(survivors, look, attempt, true);
		survivors->in_group = survivors->count;
		survivors_add_session(survivors, look, attempt, false);
	}
	/* Who was there a moment ago and has gone since may have left others behind. */
	if (inside && survivors->count == 0)
		return -EAGAIN;
	for (size_t i = 0; i < look->orphan_count && left; i++) {
		if (survivors_has_left(&look->orphans[i], attempt))
			survivors_add(survivors, &look->orphans[i].info);
	}
	return 0;
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

int local_survivors_watch(struct local_attempt *attempt, const struct local_survivors *survivors,
                          void (*emptied)(struct local_attempt *attempt))
{
	int trouble = -EAGAIN;
	attempt->emptied = emptied;
	for (unsigned i = 0; i < survivors->in_group && i < LOCAL_SURVIVORS_MAX; i++) {
		int error = survivor_watch(attempt, survivors->found[i].pid);
		if (error && error != -ESRCH)
			trouble = error;
	}
	return attempt->survivors ? 0 : trouble;
}

void local_survivors_unwatch(struct local_attempt *attempt)
{
	struct local_survivor *survivor, *next;
	DL_FOREACH_SAFE(attempt->survivors, survivor, next)
	{
		survivor_free(survivor);
	}
}
