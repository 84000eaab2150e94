#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HASH_NONFATAL_OOM 1
#define uthash_nonfatal_oom(element) (out_of_memory = true)

#include <utlist.h>

#include "engine/core/ids.h"
#include "engine/core/registry.h"

void registry_init(struct registry *registry)
{
	*registry = (struct registry){ .next_id = 1 };
}

void registry_release(struct registry *registry)
{
	for (size_t i = 0; i < registry->order.length; i++) {
		struct task *task = registry->order.entries[i];
		if (!task)
			continue;
		ids_remove(&registry->ids, task);
		if (task->spec.has_nonce)
			HASH_DELETE(by_nonce, registry->nonces, task);
		task->children = NULL;
		task->parent = NULL;
		task_free(registry, task);
	}
	struct shared_environment *shared, *next;
	HASH_ITER(hh, registry->environments, shared, next)
	{
		HASH_DEL(registry->environments, shared);
		environment_release(&shared->environment);
		free(shared);
	}
	order_release(&registry->order);
	free(registry->reserved);
	*registry = (struct registry){ 0 };
}

struct task *registry_find(const struct registry *registry, const char *id)
{
	return ids_find(registry->ids, id);
}

struct task *registry_find_nonce(const struct registry *registry, const unsigned char nonce[TASK_NONCE_SIZE])
{
	struct task *task;
	HASH_FIND(by_nonce, registry->nonces, nonce, TASK_NONCE_SIZE, task);
	return task;
}

static int index_task(struct registry *registry, struct task *task)
{
	int error = ids_add(&registry->ids, task);
	if (error)
		return error;
	if (!task->spec.has_nonce)
		return 0;
	bool out_of_memory = false;
	HASH_ADD_KEYPTR(by_nonce, registry->nonces, task->spec.nonce, TASK_NONCE_SIZE, task);
	if (out_of_memory) {
		ids_remove(&registry->ids, task);
		return -ENOMEM;
	}
	return 0;
}

static void unindex_task(struct registry *registry, struct task *task)
{
	ids_remove(&registry->ids, task);
	if (task->spec.has_nonce)
		HASH_DELETE(by_nonce, registry->nonces, task);
}

static void unlink_parent(struct task *task)
{
	if (task->parent)
		DL_DELETE2(task->parent->children, task, sibling_before, sibling_after);
}

void registry_set_parent(struct task *task, struct task *parent)
{
	task->parent = parent;
	if (parent)
		DL_APPEND2(parent->children, task, sibling_before, sibling_after);
}

int registry_add(struct registry *registry, struct task *task)
{
	int error = index_task(registry, task);
	if (error)
		return error;
	error = order_append(&registry->order, task);
	if (error) {
		unindex_task(registry, task);
		return error;
	}
	registry->counts[task->status.state]++;
	if (task->number > registry->last_number)
		registry->last_number = task->number;
	registry_touch(registry, task);
	return 0;
}

void registry_remove(struct registry *registry, struct task *task)
{
	registry->counts[task->status.state]--;
	order_remove(&registry->order, task);
	unindex_task(registry, task);
	unlink_parent(task);
	registry->version++;
	registry->removals++;
}

int registry_restore(struct registry *registry, struct task *task)
{
	int error = index_task(registry, task);
	if (error)
		return error;
	error = order_restore(&registry->order, task);
	if (error) {
		unindex_task(registry, task);
		return error;
	}
	registry->counts[task->status.state]++;
	registry_set_parent(task, task->parent);
	registry_touch(registry, task);
	return 0;
}

void registry_set_state(struct registry *registry, struct task *task, enum task_state state)
{
	registry->counts[task->status.state]--;
	registry->counts[state]++;
	task->status.state = state;
	registry_touch(registry, task);
}

void registry_touch(struct registry *registry, struct task *task)
{
	task->version = ++registry->version;
}

void task_free(struct registry *registry, struct task *task)
{
	if (task->environment)
		registry_drop_environment(registry, task->environment);
	task_spec_release(&task->spec);
	task_status_release(&task->status);
	free(task);
}

const char *task_id(const struct task *task)
{
	return task->spec.id;
}

const char *task_given_name(const struct task *task)
{
	return task->spec.name;
}

const char *task_description(const struct task *task)
{
	return task->spec.description;
}

const char *task_group(const struct task *task)
{
	return task->spec.group;
}

const char *task_cwd(const struct task *task)
{
	return task->spec.cwd;
}

struct strings task_command(const struct task *task)
{
	return task->spec.command;
}

struct strings task_variables(const struct task *task)
{
	return task->spec.variables;
}

struct shared_environment *task_environment(const struct task *task)
{
	return task->environment;
}

uint64_t task_max_log(const struct task *task)
{
	return task->spec.max_log;
}

bool task_merge(const struct task *task)
{
	return task->spec.merge;
}

const unsigned char *task_nonce(const struct task *task)
{
	return task->spec.has_nonce ? task->spec.nonce : NULL;
}

struct task *task_parent(const struct task *task)
{
	return task->parent;
}

struct task *task_first_child(const struct task *task)
{
	return task->children;
}

struct task *task_next_sibling(const struct task *task)
{
	return task->sibling_after;
}

const char *task_name(const struct task *task, char buffer[TASK_DEFAULT_NAME_SIZE])
{
	if (task->spec.name)
		return task->spec.name;
	snprintf(buffer, TASK_DEFAULT_NAME_SIZE, "Task %s", task->spec.id);
	return buffer;
}

uint64_t registry_id_number(const char *id)
{
	if (*id < '1' || *id > '9' || strlen(id) > 18)
		return 0;
	char *end;
	uint64_t number = strtoull(id, &end, 10);
	return *end ? 0 : number;
}

static size_t reserved_place(const struct registry *registry, uint64_t number)
{
	size_t low = 0, high = registry->reserved_count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (registry->reserved[middle] < number)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

bool registry_is_reserved(const struct registry *registry, uint64_t number)
{
	size_t place = reserved_place(registry, number);
	return place < registry->reserved_count && registry->reserved[place] == number;
}

int registry_reserve(struct registry *registry, uint64_t number)
{
	if (registry->reserved_count == registry->reserved_size) {
		size_t size = registry->reserved_size ? registry->reserved_size * 2 : 16;
		uint64_t *reserved = realloc(registry->reserved, size * sizeof *reserved);
		if (!reserved)
			return -ENOMEM;
		registry->reserved = reserved;
		registry->reserved_size = size;
	}
	size_t place = reserved_place(registry, number);
	memmove(registry->reserved + place + 1, registry->reserved + place,
	        (registry->reserved_count - place) * sizeof *registry->reserved);
	registry->reserved[place] = number;
	registry->reserved_count++;
	return 0;
}

/*
 * Numbers that the counter has passed stay in the list: it is consulted by those to come only, and a user
 * who gives many numeric ids is rare.
 */
void registry_take_id(struct registry *registry, char id[TASK_ID_MAX + 1])
{
	while (registry_is_reserved(registry, registry->next_id))
		registry->next_id++;
	snprintf(id, TASK_ID_MAX + 1, "%llu", (unsigned long long)registry->next_id++);
}

struct shared_environment *registry_environment(struct registry *registry, const char *hash)
{
	struct shared_environment *shared;
	HASH_FIND_STR(registry->environments, hash, shared);
	return shared;
}

int registry_add_environment(struct registry *registry, const char *hash, const char *block, size_t length,
                             struct shared_environment **out)
{
	struct shared_environment *shared = calloc(1, sizeof *shared);
	if (!shared)
		return -ENOMEM;
	int error = environment_unpack(&shared->environment, block, length);
	if (error) {
		free(shared);
		return error;
	}
	strcpy(shared->hash, hash); /* NOLINT: both are ENVIRONMENT_HASH_SIZE */
	bool out_of_memory = false;
	HASH_ADD_STR(registry->environments, hash, shared);
	if (out_of_memory) {
		environment_release(&shared->environment);
		free(shared);
		return -ENOMEM;
	}
	*out = shared;
	return 0;
}

bool registry_drop_environment(struct registry *registry, struct shared_environment *shared)
{
	if (--shared->references > 0)
		return false;
	HASH_DEL(registry->environments, shared);
	environment_release(&shared->environment);
	free(shared);
	return true;
}
