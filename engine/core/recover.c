#include "config.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <utlist.h>

#include "engine/core/core.h"

/*
 * What earlier servers left.  The store tells which tasks were claimed, the ledger which of these got a process, the anchor how
 * those ended that ended meanwhile.  What no one can tell is Failed, and says so.
 */

struct recovery {
	struct engine *engine;
	struct shared_environment *environment; /* of the latest row; NULL: none yet */
};

static int read_environment(void *ctx, const char *hash, const char *block, size_t length)
{
	struct recovery *recovery = ctx;
	struct shared_environment *shared;
	int error = registry_add_environment(&recovery->engine->registry, hash, block, length, &shared);
	if (!error)
		shared->stored = true;
	return error;
}

/* It had a process, or was to get one: what became of it is looked at once all tasks are there. */
static int read_process(struct engine *engine, struct task *task, const struct store_task *row)
{
	if (!task_state_active(task->status.state))
		return 0;
	struct run *run = run_new(engine, task, row->process.entry);
	if (!run)
		return -ENOMEM;
	run->process = row->process;
	/* A claim of another boot is told by its boot id; one bit of that is all that is needed later. */
	run->other_boot = strcmp(row->boot_id, engine->boot_id) != 0;
	return 0;
}

/* The environment that a row names, which is mostly that of the row before. */
static struct shared_environment *row_environment(struct recovery *recovery, const char *hash)
{
	if (!hash)
		return NULL;
	if (!recovery->environment || strcmp(recovery->environment->hash, hash) != 0)
		recovery->environment = registry_environment(&recovery->engine->registry, hash);
	return recovery->environment;
}

static int read_task(void *ctx, const struct store_task *row)
{
	struct recovery *recovery = ctx;
	struct engine *engine = recovery->engine;
	struct registry *registry = &engine->registry;
	struct task *parent = row->spec.parent ? order_find(&registry->order, row->spec.parent) : NULL;
	struct task *task = registry_make(registry, &row->spec, row_environment(recovery, row->spec.environment), parent);
	if (!task)
		return -ENOMEM;
	task->number = row->number;
	task->created_at = row->created_at;
	int error = task_status_copy(&task->status, &row->status);
	if (!error)
		error = registry_add(registry, task);
	if (error) {
		char gone[ENVIRONMENT_HASH_SIZE];
		registry_forget(registry, task, gone);
		return error;
	}
	return read_process(engine, task, row);
}

static int read_reserved(void *ctx, uint64_t id)
{
	return registry_reserve(&((struct recovery *)ctx)->engine->registry, id);
}

static int read_counters(void *ctx, uint64_t last_number, uint64_t next_id)
{
	struct registry *registry = &((struct recovery *)ctx)->engine->registry;
	if (last_number > registry->last_number)
		registry->last_number = last_number;
	if (next_id > registry->next_id)
		registry->next_id = next_id;
	return 0;
}

/* When a process began, from clock ticks since boot. */
static int64_t started_ms(const struct engine *engine, uint64_t ticks)
{
	struct timespec up;
	if (ticks == 0 || clock_gettime(CLOCK_BOOTTIME, &up))
		return engine_now(engine);
	int64_t up_ms = (int64_t)up.tv_sec * 1000 + up.tv_nsec / 1000000;
	return engine_now(engine) - up_ms + (int64_t)(ticks * 1000 / (uint64_t)sysconf(_SC_CLK_TCK));
}

/* Not the anchor's child: is what has this pid now still our process? */
static bool is_same(const struct task *task, pid_t pid, uint64_t start)
{
	struct process_info info;
	char id[TASK_ID_MAX + 1];
	if (process_read(pid, &info) || info.state == 'Z')
		return false;
	if (start != 0)
		return info.start == start;
	return info.session == pid && process_variable(pid, "KRTASK_ID", id, sizeof id) == 0 &&
	       strcmp(id, task_id(task)) == 0;
}

static bool find_parent(struct engine *engine, struct task *task, pid_t pid, uint64_t start)
{
	enum line_ending ending = LINE_NOT_MINE;
	int status;
	if (engine->line && line_status(engine->line, pid, &ending, &status) == 0 && ending != LINE_NOT_MINE) {
		struct run *run = task->run;
		run->parent = RUN_ANCHORS;
		run->pid = pid;
		HASH_ADD_INT(engine->anchored, pid, run);
		return true;
	}
	task->run->parent = RUN_NOBODYS;
	return is_same(task, pid, start);
}

static void adopt(struct engine *engine, struct task *task, pid_t pid, uint64_t start)
{
	struct run *run = task->run;
	life_apply(engine, task, TASK_EVENT_SPAWN);
	run->process.pid = pid;
	run->process.pid_start = start;
	task->status.started_at = started_ms(engine, start);
	engine->active++;
	run->progress_fd = begin_may_pipe(engine) ? spawn_progress_reopen(pid) : -1;
	if (run->progress_fd >= 0)
		engine->pipes++;
	else
		run->progress_fd = -1;
	run_watch(run);
	if (task->status.state == TASK_STOPPING) {
		run_signal(run, run->process.stop_signal);
		run_arm_kill(run);
	}
}

static void unclaimed(struct engine *engine, struct task *task)
{
	run_free(task);
	/* A stop that came meanwhile is a change of its own. */
	if (task->status.state == TASK_QUEUED)
		schedule_enqueue(engine, task);
}

static int never_began(struct engine *engine, struct task *task)
{
	if (task->status.state == TASK_STOPPING) {
		end_never_began(engine, task);
		return 0;
	}
	struct task_status before;
	if (task_status_copy(&before, &task->status))
		return -ENOMEM;
	life_apply(engine, task, TASK_EVENT_UNCLAIM);
	return change_status(engine, task, &before, false, unclaimed);
}

static int recover_claim(struct engine *engine, struct task *task, bool same_boot)
{
	int entry = task->run->process.entry;
	if (entry < 0 || ledger_adopt(engine->ledger, entry))
		return entry < 0 ? -EINVAL : -ENOMEM;
	task->run->claimed = true;
	task->run->process.pid = 0;
	if (task->run->other_boot || !same_boot) {
		end_lost(engine, task, "the machine was restarted meanwhile: it may have started, and how it ended is not known");
		return 0;
	}
	pid_t pid = ledger_pid(engine->ledger, entry);
	uint64_t start = ledger_start(engine->ledger, entry);
	if (pid <= 0)
		return never_began(engine, task);
	if (find_parent(engine, task, pid, start)) {
		adopt(engine, task, pid, start);
	} else {
		/* Its leader is gone; others of its group may not be. */
		life_apply(engine, task, TASK_EVENT_SPAWN);
		task->run->process.pid = pid;
		task->run->exited = true;
		task->run->exit_code = -1;
		if (task->status.state == TASK_STOPPING) {
			run_arm_kill(task->run);
		}
		end_soon(engine, task);
	}
	return 0;
}

static void forget_unused_environments(struct engine *engine)
{
	struct shared_environment *shared, *next;
	HASH_ITER(hh, engine->registry.environments, shared, next)
	{
		if (shared->references > 0)
			continue;
		change_forget_environment(engine, shared->hash, shared);
		shared->references = 1;
		registry_drop_environment(&engine->registry, shared);
	}
}

/* Files of tasks that were forgotten just before an earlier server died. */
static void sweep_outputs(struct engine *engine)
{
	int fd = openat(output_dirfd(engine->output), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *folder = fd < 0 ? NULL : fdopendir(fd);
	if (!folder) {
		if (fd >= 0)
			close(fd);
		return;
	}
	for (struct dirent *entry; (entry = readdir(folder));) {
		char *end;
		uint64_t number = strtoull(entry->d_name, &end, 10);
		bool ours = end > entry->d_name && (strcmp(end, ".out") == 0 || strcmp(end, ".err") == 0);
		if (ours && !order_find(&engine->registry.order, number))
			unlinkat(fd, entry->d_name, 0);
	}
	closedir(folder);
}

static int recover_all(struct engine *engine, bool same_boot)
{
	int error = 0;
	for (struct task *task = order_at(&engine->registry.order, 0); task && !error;
	     task = order_next(&engine->registry.order, task)) {
		switch (task->status.state) {
		case TASK_QUEUED:
			schedule_enqueue(engine, task);
			break;
		case TASK_CLAIMED:
		case TASK_RUNNING:
		case TASK_STOPPING:
			error = recover_claim(engine, task, same_boot);
			break;
		default:
			break;
		}
	}
	return error;
}

int recover(struct engine *engine, const char *directory, char **error)
{
	static const struct store_reader reader = {
		.environment = read_environment,
		.task = read_task,
		.reserved = read_reserved,
		.counters = read_counters,
	};
	struct recovery recovery = { .engine = engine };
	bool same_boot;
	int code = store_load(engine->store, &reader, &recovery, error);
	if (!code)
		code = ledger_open(&engine->ledger, directory, engine->boot_id, &same_boot, error);
	/* Pids of another boot mean nothing, and every row carries the boot of its claim. */
	if (!code && !same_boot)
		ledger_reset(engine->ledger, engine->boot_id);
	if (!code)
		code = store_start(engine->store);
	if (!code)
		code = recover_all(engine, same_boot);
	if (!code) {
		forget_unused_environments(engine);
		sweep_outputs(engine);
	}
	/* What died among the anchor's children while no server was there, and is no task that is still open. */
	if (!code && engine->line)
		end_reap_anchors_strays(-1, 0, engine);
	return code;
}
