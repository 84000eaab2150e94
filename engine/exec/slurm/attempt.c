#include "config.h"

#define HASH_NONFATAL_OOM            1
#define uthash_nonfatal_oom(element) (out_of_memory = true)

#include "engine/exec/slurm/attempt.h"

#include <stdlib.h>
#include <string.h>
#include <utlist.h>

#include "engine/core/registry.h"

struct slurm_attempt *slurm_attempt_new(struct slurm *slurm, struct run *run, enum slurm_stage stage,
                                        const char *directory)
{
	struct slurm_attempt *attempt = calloc(1, sizeof(*attempt));
	char *copy = strdup(directory ? directory : "");
	bool out_of_memory = false;
	if (!attempt || !copy) {
		free(copy);
		free(attempt);
		return NULL;
	}
	attempt->directory = copy;
	attempt->slurm = slurm;
	attempt->run = run;
	attempt->stage = stage;
	attempt->serial = ++slurm->last_serial;
	attempt->number = run->task->number;
	attempt->ordinal = task_plan(run->task)->marks.attempt + 1;
	slurm_base(attempt->base, attempt->number, attempt->ordinal);
	HASH_ADD_STR(slurm->by_base, base, attempt);
	if (out_of_memory) {
		free(copy);
		free(attempt);
		return NULL;
	}
	run->execution = attempt;
	DL_APPEND(slurm->attempts, attempt);
	return attempt;
}

void slurm_attempt_free(struct slurm_attempt *attempt)
{
	if (attempt->run)
		attempt->run->execution = NULL;
	if (attempt->slurm->hint == attempt)
		attempt->slurm->hint = attempt->next;
	HASH_DEL(attempt->slurm->by_base, attempt);
	DL_DELETE(attempt->slurm->attempts, attempt);
	free(attempt->directory);
	free(attempt->error);
	free(attempt);
}

/* Mostly they are looked for in the order in which they are. */
struct slurm_attempt *slurm_attempt_find(struct slurm *slurm, uint64_t serial)
{
	struct slurm_attempt *attempt = slurm->hint;
	if (!attempt || attempt->serial > serial)
		attempt = slurm->attempts;
	while (attempt && attempt->serial < serial)
		attempt = attempt->next;
	slurm->hint = attempt;
	return attempt && attempt->serial == serial ? attempt : NULL;
}

struct slurm_attempt *slurm_attempt_of_base(struct slurm *slurm, const char *base)
{
	struct slurm_attempt *attempt;
	HASH_FIND_STR(slurm->by_base, base, attempt);
	return attempt && attempt->run ? attempt : NULL;
}
