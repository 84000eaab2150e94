#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine/exec/local/look.h"

/* How often the children of a reaper are read at most, while some of them die. */
enum { LOOK_READINGS_MAX = 16 };

/* One reading of a reaper's children. */
struct look_reading {
	pid_t *pids; /* owned */
	int count;
	int gone; /* how many of them are dead by now, and moved to the front of pids */
};

/* 1: it lives and is an orphan; 0: it is none; -ESRCH: it is dead; -errno: not now. */
static int look_at_orphan(const struct local *local, pid_t pid, struct local_orphan *orphan)
{
	struct local_attempt *attempt;
	/* First processes of runs that an earlier server left to the anchor are none. */
	HASH_FIND(by_pid, local->anchored, &pid, sizeof(pid), attempt);
	if (attempt || pid == getpid())
		return 0;
	int error = process_read(pid, &orphan->info);
	if (!error && orphan->info.state == 'Z')
		error = -ESRCH;
	if (error)
		return error == -ESRCH ? error : process_trouble(error);
	error = process_variable(pid, "KRTASK_ID", orphan->id, sizeof(orphan->id));
	if (!error)
		return 1;
	*orphan->id = '\0';
	error = process_trouble(error);
	return error ? error : 1;
}

static int look_at_children(struct local_look *look, const struct local *local, struct look_reading *reading)
{
	size_t size = look->orphan_count + (size_t)reading->count;
	struct local_orphan *orphans = realloc(look->orphans, (size + 1) * sizeof(*orphans));
	if (!orphans)
		return -ENOMEM;
	look->orphans = orphans;
	for (int i = 0; i < reading->count; i++) {
		int found = look_at_orphan(local, reading->pids[i], &orphans[look->orphan_count]);
		if (found == -ESRCH)
			reading->pids[reading->gone++] = reading->pids[i];
		else if (found < 0)
			return found;
		else
			look->orphan_count += (size_t)found;
	}
	return 0;
}

/*
 * Who died after its parent's children were read may have left children of its own behind, who were not read.  Who was dead in the
 * reading before has left none since then; and the kernel lists children in the order in which they came.
 */
static bool look_is_complete(const struct look_reading *reading, const struct look_reading *before)
{
	int known = 0;
	for (int i = 0; i < reading->gone; i++) {
		while (known < before->gone && before->pids[known] != reading->pids[i])
			known++;
		if (known == before->gone)
			return false;
	}
	return true;
}

static int look_add_children(struct local_look *look, const struct local *local, pid_t reaper)
{
	struct look_reading before = { .pids = NULL };
	size_t others = look->orphan_count;
	int error = -EAGAIN;
	for (int i = 0; i < LOOK_READINGS_MAX && error == -EAGAIN; i++) {
		struct look_reading reading = { .pids = NULL };
		look->orphan_count = others;
		reading.count = process_children(reaper, &reading.pids);
		error = reading.count < 0 ? process_trouble(reading.count)
		                          : look_at_children(look, local, &reading);
		if (!error && !look_is_complete(&reading, &before))
			error = -EAGAIN;
		free(before.pids);
		before = reading;
	}
	free(before.pids);
	return error;
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

int local_look_at_processes(struct local_look *look)
{
	if (look->processes)
		return 0;
	int count = process_all(&look->processes);
	look->process_count = count < 0 ? 0 : count;
	return count < 0 ? process_trouble(count) : 0;
}

void local_look_end(struct local_look *look)
{
	free(look->orphans);
	free(look->processes);
	*look = (struct local_look){ 0 };
}
