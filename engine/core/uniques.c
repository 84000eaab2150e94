#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define HASH_NONFATAL_OOM            1
#define uthash_nonfatal_oom(element) (out_of_memory = true)

#include <uthash.h>

#include "engine/core/uniques.h"

/* The task is known by its number, since it may have been removed by now. */
struct unique {
	uint64_t number;
	UT_hash_handle hh;
	char key[];
};

static struct unique *uniques_of(const struct core *core, const char *key)
{
	struct unique *unique = NULL;
	if (core->uniques && key)
		HASH_FIND_STR(core->uniques, key, unique);
	return unique;
}

struct task *uniques_find(const struct core *core, const char *key)
{
	const struct unique *unique = uniques_of(core, key);
	struct task *task = unique ? order_find(&core->registry.order, unique->number) : NULL;
	return task && !task_state_terminal(task->status.state) ? task : NULL;
}

static struct unique *uniques_make(struct core *core, const char *key)
{
	bool out_of_memory = false;
	size_t size = strlen(key) + 1;
	struct unique *unique = calloc(1, sizeof(*unique) + size);
	if (!unique)
		return NULL;
	memcpy(unique->key, key, size);
	HASH_ADD_STR(core->uniques, key, unique);
	if (!out_of_memory)
		return unique;
	free(unique);
	return NULL;
}

static void uniques_set(struct core *core, struct unique *unique, uint64_t number)
{
	unique->number = number;
	if (number > 0)
		return;
	HASH_DEL(core->uniques, unique);
	free(unique);
}

int uniques_enter(struct core *core, const struct task *task, uint64_t *before)
{
	const char *key = task_plan(task)->unique;
	struct unique *unique = uniques_of(core, key);
	*before = 0;
	if (!key)
		return 0;
	if (!unique)
		unique = uniques_make(core, key);
	if (!unique)
		return -ENOMEM;
	*before = unique->number;
	unique->number = task->number;
	return 0;
}

void uniques_put_back(struct core *core, const struct task *task, uint64_t before)
{
	struct unique *unique = uniques_of(core, task_plan(task)->unique);
	if (unique && unique->number == task->number)
		uniques_set(core, unique, before);
}

void uniques_forget(struct core *core, const struct task *task)
{
	uniques_put_back(core, task, 0);
}

void uniques_release(struct core *core)
{
	struct unique *unique, *next;
	HASH_ITER(hh, core->uniques, unique, next)
	{
		HASH_DEL(core->uniques, unique);
		free(unique);
	}
}
