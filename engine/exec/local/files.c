#include "config.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "engine/core/registry.h"
#include "engine/exec/local/discard.h"
#include "engine/exec/local/files.h"
#include "engine/run/ledger.h"
#include "engine/run/output.h"

static const enum output_stream streams[] = {
	[EXECUTOR_STDOUT] = OUTPUT_STDOUT,
	[EXECUTOR_STDERR] = OUTPUT_STDERR,
};

int local_seal(struct executor *executor, struct run *run)
{
	struct local_attempt *attempt = local_attempt_of(run);
	if (!attempt || attempt->stage < LOCAL_LEFT || attempt->files < 0)
		return 0;
	struct output *output = local_of(executor)->output;
	int error = output_finish(output, attempt->files, local_attempt_owner(attempt), attempt->left);
	if (error)
		return error;
	/*
	 * This is recorded because this server may end before the end of the run is durable.  The next server
	 * must not take the files of another run for those of this one.
	 */
	ledger_set_named(attempt->local->ledger, attempt->entry);
	output_give_back(output, attempt->files);
	attempt->files = -1;
	return 0;
}

bool local_files_are_written(const struct local_attempt *attempt)
{
	return attempt->files >= 0 && output_is_written(attempt->local->output, attempt->files);
}

/*
 * If this much space is left, the disk is checked again only after this time.  Below the lower limit it
 * counts as full.
 */
enum { FILES_ROOMY = 1 << 30, FILES_ROOMY_MS = 100, FILES_FULL = 16384 };

bool local_files_disk_is_full(struct local *local)
{
	struct statfs status;
	int64_t now = local->now();
	/* (The clock may have been set back.) */
	if (now < local->roomy_until && local->roomy_until - now <= FILES_ROOMY_MS)
		return false;
	if (fstatfs(output_dirfd(local->output), &status) || status.f_blocks == 0)
		return false;
	uint64_t blocks = geteuid() == 0 ? status.f_bfree : status.f_bavail;
	uint64_t bytes = blocks * (uint64_t)status.f_bsize;
	if (bytes > FILES_ROOMY)
		local->roomy_until = now + FILES_ROOMY_MS;
	return bytes < FILES_FULL;
}

int local_output(struct executor *executor, const struct task *task, uint32_t ordinal,
                 enum executor_stream stream, bool want_fd, struct executor_output *output)
{
	const struct local *local = local_of(executor);
	const struct local_attempt *attempt = local_attempt_of(task->run);
	struct output_owner owner = { task->number, ordinal };
	bool runs = attempt && attempt->ordinal == ordinal && attempt->stage >= LOCAL_RUNNING;
	int files = runs ? attempt->files : -1;
	*output = (struct executor_output){ .fd = -1 };
	if (files >= 0 || task_state_terminal(task->status.state)) {
		char name[64];
		output_path(owner, files, streams[stream], name, sizeof(name));
		snprintf(output->path, sizeof(output->path), "%s/%s", output_directory(local->output), name);
		/* Only what is not empty has a file after the end. */
		if (files < 0 && access(output->path, F_OK))
			output->path[0] = '\0';
	}
	if (!want_fd)
		return 0;
	int fd = output_read_open(local->output, owner, files, streams[stream]);
	if (fd < 0)
		return fd;
	output->fd = fd;
	return 0;
}

void local_discard(struct executor *executor, const struct task *task, uint32_t attempts)
{
	local_discards_add(local_of(executor)->discards, task->number, 1, attempts);
}

void local_files_sweep(struct local *local, bool (*is_known)(void *ctx, uint64_t number), void *ctx)
{
	int fd = openat(output_dirfd(local->output), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *directory = fd < 0 ? NULL : fdopendir(fd);
	if (!directory) {
		if (fd >= 0)
			close(fd);
		return;
	}
	for (struct dirent *entry; (entry = readdir(directory));) {
		struct output_owner owner;
		int pair;
		if (!output_parse_name(entry->d_name, &owner, &pair))
			continue;
		if (pair < 0 && !is_known(ctx, owner.number))
			local_discards_add(local->discards, owner.number, owner.attempt, owner.attempt);
		else if (pair >= OUTPUT_KEPT_MAX && output_is_free(local->output, pair))
			unlinkat(fd, entry->d_name, 0);
	}
	closedir(directory);
}
