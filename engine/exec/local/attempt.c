#define HASH_NONFATAL_OOM 1

#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <utlist.h>

#include "engine/core/registry.h"
#include "engine/exec/local/attempt.h"
#include "engine/run/ledger.h"
#include "engine/run/output.h"

struct local_attempt *local_attempt_new(struct local *local, struct run *run, int entry)
{
	struct local_attempt *attempt = calloc(1, sizeof(*attempt));
	if (!attempt)
		return NULL;
	attempt->local = local;
	attempt->run = run;
	attempt->number = run->task->number;
	attempt->created_at = run->task->created_at;
	attempt->ordinal = task_plan(run->task)->marks.attempt + 1;
	attempt->entry = entry;
	attempt->files = -1;
	attempt->pidfd = attempt->progress_fd = -1;
	attempt->exit_code = -1;
	DL_APPEND(local->attempts, attempt);
	run->execution = attempt;
	return attempt;
}

struct local_attempt *local_attempt_of_left(struct local *local, uint64_t number, int64_t created_at)
{
	struct local_attempt *attempt = calloc(1, sizeof(*attempt));
	if (!attempt)
		return NULL;
	attempt->local = local;
	attempt->number = number;
	attempt->created_at = created_at;
	attempt->entry = attempt->files = -1;
	attempt->pidfd = attempt->progress_fd = -1;
	attempt->stage = LOCAL_GONE;
	attempt->parent = LOCAL_PARENT_NOBODY;
	attempt->remnant = true;
	DL_APPEND(local->attempts, attempt);
	return attempt;
}

void local_attempt_free(struct local_attempt *attempt)
{
	struct local *local = attempt->local;
	local_list_remove(attempt);
	DL_DELETE(local->attempts, attempt);
	local_attempt_lose_parent(attempt);
	local->sparing -= attempt->sparing;
	local->spared -= attempt->spared;
	/* Tasks continue when the server ends, and the next server must find them in the ledger. */
	output_give_back(local->output, attempt->files);
	ledger_release(local->ledger, attempt->entry);
	free(attempt->message);
	free(attempt->remarks);
	strings_release(&attempt->processes);
	free(attempt);
}

int local_attempt_take_files(struct local_attempt *attempt)
{
	const struct local *local = attempt->local;
	int files = output_take(local->output);
	if (files < 0)
		return files;
	attempt->files = files;
	ledger_set_files(local->ledger, attempt->entry, files, attempt->number);
	return 0;
}

void local_attempt_give_files_back(struct local_attempt *attempt)
{
	const struct local *local = attempt->local;
	if (attempt->files < 0)
		return;
	/* The next user of these files must be the only one. */
	ledger_set_files(local->ledger, attempt->entry, -1, attempt->number);
	output_give_back(local->output, attempt->files);
	attempt->files = -1;
}

int local_attempt_lead(struct local_attempt *attempt, pid_t pid, enum local_parent parent)
{
	struct local *local = attempt->local;
	attempt->pid = pid;
	HASH_ADD(by_pid, local->leaders, pid, sizeof(attempt->pid), attempt);
	if (!attempt->by_pid.tbl) {
		attempt->pid = 0;
		return -ENOMEM;
	}
	attempt->parent = parent;
	local->anchored += parent == LOCAL_PARENT_ANCHOR;
	return 0;
}

void local_attempt_lose_parent(struct local_attempt *attempt)
{
	struct local *local = attempt->local;
	if (attempt->by_pid.tbl) {
		HASH_DELETE(by_pid, local->leaders, attempt);
		local->anchored -= attempt->parent == LOCAL_PARENT_ANCHOR;
	}
	attempt->by_pid.tbl = NULL;
	attempt->parent = LOCAL_PARENT_NOBODY;
}

void local_list_append(struct local_attempt **list, struct local_attempt *attempt)
{
	local_list_remove(attempt);
	DL_APPEND2(*list, attempt, list_prev, list_next);
	attempt->list = list;
}

void local_list_remove(struct local_attempt *attempt)
{
	if (attempt->list)
		DL_DELETE2(*attempt->list, attempt, list_prev, list_next);
	attempt->list = NULL;
}

void local_retry_later(struct local *local)
{
	struct timeval later = { .tv_sec = LOCAL_RETRY_MS / 1000, .tv_usec = LOCAL_RETRY_MS % 1000 * 1000 };
	/* out of memory: too often is better than never */
	if (!event_pending(local->retry_event, EV_TIMEOUT, NULL) && event_add(local->retry_event, &later))
		event_active(local->retry_event, EV_TIMEOUT, 0);
}

/* Kept free for connections, files and the store. */
static unsigned local_reserve(const struct local *local)
{
	/* The server's own descriptors, 27, and a few connections.  Without these nobody could reach it. */
	const unsigned least = 36;
	unsigned half = local->descriptors / 2;
	if (local->descriptors >= 1200)
		return 600;
	return half > least ? half : least;
}

/* Room is asked for before it is known who has a pipe. */
bool local_may_pipe(const struct local *local)
{
	unsigned used = local->pipes + local->active + local->spared;
	return used < local->descriptors / 2 && used + local_reserve(local) < local->descriptors;
}

unsigned local_room(const struct local *local)
{
	unsigned used = local->active + local->pipes + local->spared + local_reserve(local);
	return used < local->descriptors ? local->descriptors - used : 0;
}
