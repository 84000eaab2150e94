#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <utlist.h>

#include "engine/exec/local/survivors.h"
#include "engine/run/process.h"
#include "engine/task/messages.h"

/* How many processes a message names. */
enum { NAMED_MAX = 8 };

struct local_survivor {
	struct local_survivor *prev, *next;
	struct local_attempt *attempt;
	int pidfd;
	struct event event;
};

static void survivors_add(struct local_survivors *survivors, const struct process_info *info, bool awaited,
                          bool guessed)
{
	survivors->count++;
	survivors->awaited += awaited;
	if (survivors->listed_count == LOCAL_SURVIVORS_MAX)
		return;
	survivors->listed[survivors->listed_count++] = (struct local_listed){
		.info = *info,
		.pidfd = awaited ? process_pidfd_of(info) : -1,
		.guessed = guessed,
	};
}

/* Processes that are awaited come first, since there may not be room for all the others. */
int local_survivors_gather(struct local_survivors *survivors, const struct kin *kin, int run, bool await_all)
{
	int count;
	const int *members = kin_members(kin, run, &count);
	*survivors = (struct local_survivors){ .listed = NULL };
	if (count == 0)
		return 0;
	survivors->listed = calloc(LOCAL_SURVIVORS_MAX, sizeof(*survivors->listed));
	if (!survivors->listed)
		return -ENOMEM;
	for (int i = 0; i < 2 * count; i++) {
		int member = members[i % count];
		bool awaited = kin_in_session(kin, member) || (await_all && !kin->guessed[member]);
		if (awaited == (i < count) && kin->processes[member].pid != kin->runs[run].leader)
			survivors_add(survivors, &kin->processes[member], awaited, kin->guessed[member]);
	}
	return 0;
}

void local_survivors_release(struct local_survivors *survivors)
{
	for (unsigned i = 0; i < survivors->listed_count; i++) {
		if (survivors->listed[i].pidfd >= 0)
			close(survivors->listed[i].pidfd);
	}
	free(survivors->listed);
	*survivors = (struct local_survivors){ .listed = NULL };
}

int local_survivors_list(const struct local_survivors *survivors, struct strings *processes)
{
	int error = 0;
	for (unsigned i = 0; i < survivors->listed_count && !error; i++) {
		const struct process_info *info = &survivors->listed[i].info;
		struct plan_left left = { .pid = info->pid, .start = info->start };
		memcpy(left.name, info->name, sizeof(left.name));
		if (!survivors->listed[i].guessed)
			error = plan_add_left(processes, &left);
	}
	return error;
}

bool local_survivors_describe(const struct local_survivors *survivors, char *text, size_t size)
{
	size_t used = 0;
	for (unsigned i = 0; i < survivors->listed_count && i < NAMED_MAX && used < size; i++) {
		const struct process_info *info = &survivors->listed[i].info;
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

static void survivor_watch(struct local_attempt *attempt, int pidfd)
{
	struct local_survivor *survivor = calloc(1, sizeof(*survivor));
	if (!survivor) {
		close(pidfd);
		return;
	}
	survivor->attempt = attempt;
	survivor->pidfd = pidfd;
	DL_APPEND(attempt->survivors, survivor);
	event_assign(&survivor->event, attempt->local->base, pidfd, EV_READ, survivor_gone, survivor);
	if (event_add(&survivor->event, NULL))
		survivor_free(survivor);
}

bool local_survivors_watch(struct local_attempt *attempt, struct local_survivors *survivors,
                           void (*emptied)(struct local_attempt *attempt))
{
	attempt->emptied = emptied;
	for (unsigned i = 0; i < survivors->listed_count; i++) {
		int pidfd = survivors->listed[i].pidfd;
		survivors->listed[i].pidfd = -1;
		if (pidfd >= 0)
			survivor_watch(attempt, pidfd);
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
