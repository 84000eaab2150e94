#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "engine/exec/local/kin.h"

static int kin_compare_runs(const void *a, const void *b)
{
	const struct kin_run *left = a, *right = b;
	return (left->number > right->number) - (left->number < right->number);
}

int kin_run(const struct kin *kin, uint64_t number)
{
	const struct kin_run key = { .number = number };
	const struct kin_run *run =
		kin->run_count == 0 ? NULL
				    : bsearch(&key, kin->runs, kin->run_count, sizeof(key), kin_compare_runs);
	return run ? (int)(run - kin->runs) : -1;
}

static int kin_compare_processes(const void *a, const void *b)
{
	const struct process_info *left = a, *right = b;
	return (left->pid > right->pid) - (left->pid < right->pid);
}

int kin_process(const struct kin *kin, pid_t pid)
{
	const struct process_info key = { .pid = pid };
	const struct process_info *info =
		bsearch(&key, kin->processes, (size_t)kin->count, sizeof(key), kin_compare_processes);
	return info ? (int)(info - kin->processes) : -1;
}

bool kin_in_session(const struct kin *kin, int process)
{
	int owner = kin->owners[process];
	const struct process_info *info = &kin->processes[process];
	return owner >= 0 &&
	       (info->session == kin->runs[owner].leader || info->pid == kin->runs[owner].leader);
}

/* The one that has a first process comes before those that only stand for who is left. */
static int kin_compare_twins(const void *a, const void *b)
{
	const struct kin_run *left = a, *right = b;
	int compared = kin_compare_runs(a, b);
	return compared ? compared : (left->leader < right->leader) - (left->leader > right->leader);
}

void kin_sort_runs(struct kin *kin)
{
	size_t count = 0;
	qsort(kin->runs, kin->run_count, sizeof(*kin->runs), kin_compare_twins);
	for (size_t i = 0; i < kin->run_count; i++) {
		struct kin_run *last = count > 0 ? &kin->runs[count - 1] : NULL;
		if (!last || last->number != kin->runs[i].number) {
			kin->runs[count++] = kin->runs[i];
			continue;
		}
		last->left |= kin->runs[i].left;
		last->written |= kin->runs[i].written;
	}
	kin->run_count = count;
}

void kin_know_directory(struct kin *kin, int fd)
{
	char link[48];
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	ssize_t length = readlink(link, kin->directory, sizeof(kin->directory) - 1);
	kin->directory[length > 0 ? length : 0] = '\0';
}

struct kin *kin_of_run(struct kin_run *run, int fd)
{
	struct kin *kin = calloc(1, sizeof(*kin));
	if (!kin)
		return NULL;
	kin->runs = run;
	kin->run_count = 1;
	kin_know_directory(kin, fd);
	return kin;
}

const int *kin_members(const struct kin *kin, int run, int *count)
{
	*count = kin->first[run + 1] - kin->first[run];
	return kin->members + kin->first[run];
}

void kin_forget_processes(struct kin *kin)
{
	free(kin->processes);
	free(kin->owners);
	free(kin->guessed);
	free(kin->members);
	free(kin->first);
	kin->processes = NULL;
	kin->owners = kin->members = kin->first = NULL;
	kin->guessed = NULL;
	kin->count = 0;
}

void kin_release(struct kin *kin)
{
	kin_forget_processes(kin);
	free(kin->runs);
	free(kin->strays);
}
