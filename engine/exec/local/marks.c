#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine/exec/local/marks.h"
#include "engine/exec/local/variables.h"
#include "engine/run/output.h"

struct kin_evidence {
	const struct kin *kin;
	int owner;
};

/*
 * "N.out" and "N-2.out" in the directory of output files belong to task N. "slot-N.out" belongs to the run that has this
 * pair now.
 */
static int kin_owner_of_file(const struct kin *kin, const char *target)
{
	size_t length = strlen(kin->directory);
	if (length == 0 || strncmp(target, kin->directory, length) != 0 || target[length] != '/')
		return KIN_NONE;
	struct output_owner owner;
	int files;
	if (!output_parse_name(target + length + 1, &owner, &files))
		return KIN_NONE;
	if (files < 0)
		return kin_run(kin, owner.number);
	for (size_t i = 0; i < kin->run_count; i++) {
		if (kin->runs[i].files == files)
			return (int)i;
	}
	return KIN_NONE;
}

static int kin_owner_of_pipe(const struct kin *kin, const char *target)
{
	static const char prefix[] = "pipe:[";
	if (strncmp(target, prefix, sizeof(prefix) - 1) != 0)
		return KIN_NONE;
	ino_t inode = strtoull(target + sizeof(prefix) - 1, NULL, 10);
	for (size_t i = 0; i < kin->run_count; i++) {
		if (kin->runs[i].pipe != 0 && kin->runs[i].pipe == inode)
			return (int)i;
	}
	return KIN_NONE;
}

static bool kin_is_evidence(void *ctx, const char *target)
{
	struct kin_evidence *evidence = ctx;
	evidence->owner = kin_owner_of_file(evidence->kin, target);
	if (evidence->owner < 0)
		evidence->owner = kin_owner_of_pipe(evidence->kin, target);
	return evidence->owner >= 0;
}

/* One that executes another program for long has no mark to be waited for. */
static int kin_unmarked(struct kin *kin, int error)
{
	if (process_trouble(error) && error != -EAGAIN)
		kin->trouble = error;
	return KIN_NONE;
}

int kin_owner_by_token(struct kin *kin, const struct process_info *info)
{
	char token[LOCAL_TOKEN_SIZE];
	uint64_t number;
	int64_t created_at;
	int error = process_variable(info->pid, LOCAL_TOKEN, token, sizeof(token));
	if (error || !local_token_parse(token, kin->identity, &number, &created_at))
		return kin_unmarked(kin, error);
	int run = kin_run(kin, number);
	return run >= 0 && kin->runs[run].created_at == created_at ? run : KIN_NO_RUN;
}

int kin_owner_by_files(struct kin *kin, const struct process_info *info)
{
	struct kin_evidence evidence = { .kin = kin, .owner = KIN_NONE };
	int writes = process_writes(info->pid, kin_is_evidence, &evidence);
	return writes > 0 ? evidence.owner : kin_unmarked(kin, writes);
}

int kin_owner_by_marks(struct kin *kin, const struct process_info *info)
{
	int owner = kin_owner_by_token(kin, info);
	return owner == KIN_NONE ? kin_owner_by_files(kin, info) : owner;
}

int kin_owner_of_scattered(struct kin *kin, const struct process_info *info, bool alone)
{
	return alone ? kin_owner_by_marks(kin, info) : kin_owner_by_token(kin, info);
}
