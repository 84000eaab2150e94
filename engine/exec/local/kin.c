#include "config.h"

#include <stdlib.h>

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
	return owner >= 0 && kin->processes[process].session == kin->runs[owner].leader;
}

void kin_sort_runs(struct kin *kin)
{
	size_t count = 0;
	qsort(kin->runs, kin->run_count, sizeof(*kin->runs), kin_compare_runs);
	for (size_t i = 0; i < kin->run_count; i++) {
		if (count == 0 || kin->runs[count - 1].number != kin->runs[i].number)
			kin->runs[count++] = kin->runs[i];
	}
	kin->run_count = count;
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
