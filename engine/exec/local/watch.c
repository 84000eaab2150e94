#include "config.h"

#include <errno.h>
#include <unistd.h>
#include <utlist.h>

#include "engine/exec/local/watch.h"
#include "engine/run/process.h"

static void watch_readable(evutil_socket_t fd, short what, void *ctx)
{
	(void)fd, (void)what;
	struct local_attempt *attempt = ctx;
	attempt->exited(attempt);
}

static void watch_close(struct local_attempt *attempt)
{
	if (attempt->pidfd < 0)
		return;
	if (event_initialized(&attempt->exit_event))
		event_del(&attempt->exit_event);
	close(attempt->pidfd);
	attempt->pidfd = -1;
}

/* If no parent keeps the pid for it, the pid may belong to another process by now. */
static int watch_open(struct local_attempt *attempt)
{
	struct process_info now;
	int fd = process_pidfd(attempt->pid);
	attempt->sure = attempt->parent != LOCAL_PARENT_NOBODY;
	if (fd < 0 || attempt->sure)
		return fd;
	/* If the process that has the pid now began before fd was opened, it had the pid then too. */
	int error = process_read(attempt->pid, &now);
	attempt->sure = !error && now.start == attempt->start;
	if (attempt->sure || process_trouble(error))
		return fd;
	(void)close(fd);
	return -ESRCH;
}

static bool watch_by_pidfd(struct local_attempt *attempt)
{
	if (attempt->pidfd < 0)
		attempt->pidfd = watch_open(attempt);
	if (attempt->pidfd < 0) {
		attempt->pidfd = -1;
		return false;
	}
	event_assign(&attempt->exit_event, attempt->local->base, attempt->pidfd, EV_READ, watch_readable,
	             attempt);
	if (event_add(&attempt->exit_event, NULL) == 0)
		return true;
	watch_close(attempt);
	return false;
}

void local_watch_without_pidfd(struct local_attempt *attempt)
{
	watch_close(attempt);
	local_list_append(&attempt->local->unwatched, attempt);
	event_add(attempt->local->child_event, NULL);
}

void local_watch(struct local_attempt *attempt, void (*exited)(struct local_attempt *attempt))
{
	attempt->exited = exited;
	if (watch_by_pidfd(attempt))
		return;
	local_watch_without_pidfd(attempt);
	local_retry_later(attempt->local);
}

void local_watch_exited(struct local_attempt *attempt, void (*exited)(struct local_attempt *attempt))
{
	attempt->exited = exited;
	exited(attempt);
}

void local_watch_stop(struct local_attempt *attempt)
{
	watch_close(attempt);
	if (attempt->list == &attempt->local->unwatched)
		local_list_remove(attempt);
}

/* A descriptor may be free by now.  Attempts that still get none move to the end of the list. */
void local_watch_look(struct local *local)
{
	unsigned count;
	struct local_attempt *attempt;
	DL_COUNT2(local->unwatched, attempt, count, list_next);
	while (count-- > 0 && (attempt = local->unwatched)) {
		local_list_remove(attempt);
		if (!watch_by_pidfd(attempt))
			attempt->exited(attempt);
	}
}
