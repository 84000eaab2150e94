#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/exec/local/holding.h"
#include "engine/exec/local/traces.h"
#include "engine/exec/local/variables.h"
#include "engine/run/ledger.h"
#include "engine/run/output.h"
#include "engine/run/process.h"

enum { TRACES_TRIES = 250 /* of process_variable(): five seconds */ };

/* A process that may be the first of a run. */
struct local_trace {
	uint64_t number;
	int64_t created_at;
	pid_t pid;
	uint64_t start;
	bool anchored;
};

struct local_traces {
	size_t count;
	struct local_trace traces[];
};

/* Of two candidates for the same run, the better one comes first. */
static int traces_compare(const void *a, const void *b)
{
	const struct local_trace *left = a, *right = b;
	if (left->number != right->number)
		return left->number > right->number ? 1 : -1;
	if (left->created_at != right->created_at)
		return left->created_at > right->created_at ? 1 : -1;
	if (left->anchored != right->anchored)
		return left->anchored ? -1 : 1;
	return (left->start > right->start) - (left->start < right->start);
}

static bool traces_is_ours(pid_t pid)
{
	struct stat status;
	char path[32];
	snprintf(path, sizeof(path), "/proc/%d", pid);
	return stat(path, &status) == 0 && status.st_uid == geteuid();
}

/* One that executes another program has its token again soon, unless its disk hangs. */
static int traces_token(pid_t pid, char token[LOCAL_TOKEN_SIZE])
{
	int error = -EAGAIN;
	for (int tries = 0; error == -EAGAIN && tries < TRACES_TRIES; tries++)
		error = process_variable(pid, LOCAL_TOKEN, token, LOCAL_TOKEN_SIZE);
	return error == -EAGAIN ? -ENOENT : error;
}

/* 1; 0: it is no candidate; -errno. */
static int traces_read(const struct local *local, const struct process_info *info, struct local_trace *trace)
{
	char token[LOCAL_TOKEN_SIZE];
	if (info->session != info->pid || !traces_is_ours(info->pid))
		return 0;
	int error = traces_token(info->pid, token);
	if (error)
		return process_trouble(error);
	trace->pid = info->pid;
	trace->start = info->start;
	trace->anchored = local->anchor && info->parent == local->anchor->pid;
	return local_token_parse(token, local->identity, &trace->number, &trace->created_at);
}

static int traces_make(struct local *local)
{
	struct process_info *infos = NULL;
	int count = process_all(&infos), found = 0;
	struct local_traces *traces =
		count < 0 ? NULL : calloc(1, sizeof(*traces) + (size_t)count * sizeof(*traces->traces));
	for (int i = 0; traces && found >= 0 && i < count; i++) {
		found = traces_read(local, &infos[i], &traces->traces[traces->count]);
		traces->count += found > 0;
	}
	free(infos);
	if (count < 0 || !traces || found < 0) {
		free(traces);
		return count < 0 ? count : found < 0 ? found : -ENOMEM;
	}
	qsort(traces->traces, traces->count, sizeof(*traces->traces), traces_compare);
	local->traces = traces;
	return 0;
}

static const struct local_trace *traces_of(const struct local *local, const struct local_attempt *attempt)
{
	/* Before all that can be found. */
	const struct local_trace key = { .number = attempt->number,
		                         .created_at = attempt->created_at,
		                         .anchored = true };
	const struct local_traces *traces = local->traces;
	size_t low = 0, high = traces->count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (traces_compare(&traces->traces[middle], &key) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	const struct local_trace *found = &traces->traces[low];
	return low < traces->count && found->number == key.number && found->created_at == key.created_at
	               ? found
	               : NULL;
}

/* A file of a pair in the directory of output files. */
struct traces_files {
	const char *directory;
	int pair;
};

static bool traces_is_of_pair(void *ctx, const char *target)
{
	struct traces_files *files = ctx;
	struct output_owner owner;
	size_t length = strlen(files->directory);
	if (length == 0 || strncmp(target, files->directory, length) != 0 || target[length] != '/' ||
	    !output_parse_name(target + length + 1, &owner, &files->pair))
		return false;
	return files->pair >= 0;
}

/* Its pair of output files, or -1: its output went elsewhere.  0, or -errno: not possible now. */
static int traces_pair(const struct local *local, pid_t pid, int *pair)
{
	char link[48], directory[4200];
	snprintf(link, sizeof(link), "/proc/self/fd/%d", output_dirfd(local->output));
	ssize_t length = readlink(link, directory, sizeof(directory) - 1);
	directory[length > 0 ? length : 0] = '\0';
	struct traces_files files = { .directory = directory, .pair = -1 };
	int writes = process_writes(pid, traces_is_of_pair, &files);
	*pair = writes > 0 ? files.pair : -1;
	return writes < 0 ? writes : 0;
}

int local_traces_find(struct local_attempt *attempt)
{
	struct local *local = attempt->local;
	struct run_holding holding;
	int pair, error = local->traces ? 0 : traces_make(local);
	if (error)
		return error;
	const struct local_trace *trace = traces_of(local, attempt);
	if (!trace)
		return 0;
	error = local_holding_find(attempt, trace->pid, &holding);
	if (!error)
		error = traces_pair(local, trace->pid, &pair);
	if (error)
		return error;
	if (attempt->entry < 0)
		attempt->entry = ledger_take(local->ledger);
	if (attempt->entry < 0)
		return 0;
	*ledger_pid_word(local->ledger, attempt->entry) = trace->pid;
	ledger_set_start(local->ledger, attempt->entry, trace->start);
	if (holding.slot >= 0)
		ledger_set_holding(local->ledger, attempt->entry, holding.slot, &holding.devices);
	ledger_set_files(local->ledger, attempt->entry, pair, attempt->number);
	return 1;
}

void local_traces_forget(struct local *local)
{
	free(local->traces);
	local->traces = NULL;
}
