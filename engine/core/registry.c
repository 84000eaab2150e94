#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/task/array.h"

#define HASH_NONFATAL_OOM            1
#define uthash_nonfatal_oom(element) (out_of_memory = true)

#include "engine/core/registry.h"

void registry_init(struct registry *registry)
{
	*registry = (struct registry){ .next_id = 1 };
}

void registry_release(struct registry *registry)
{
	for (size_t i = 0; i < registry->order.length; i++) {
		if (registry->order.entries[i])
			record_free(&registry->slabs, registry->order.entries[i]);
	}
	slabs_release(&registry->slabs);
	origins_release(&registry->origins);
	struct shared_environment *shared, *next;
	HASH_ITER(hh, registry->environments, shared, next)
	{
		HASH_DEL(registry->environments, shared);
		environment_release(&shared->environment);
		free(shared);
	}
	shelves_release(&registry->shelves);
	order_release(&registry->order);
	ids_release(&registry->ids);
	free(registry->reserved);
	*registry = (struct registry){ 0 };
}

struct task *registry_find(const struct registry *registry, const char *id)
{
	return ids_find(&registry->ids, id);
}

struct task *registry_find_nonce(const struct registry *registry, const unsigned char nonce[TASK_NONCE_SIZE])
{
	return ids_find_nonce(&registry->ids, nonce);
}

void registry_weigh(struct registry *registry, const struct task *task)
{
	uint32_t weight = task_plan(task)->weight;
	if (weight > registry->heaviest)
		registry->heaviest = weight;
}

struct task *registry_make(struct registry *registry, const struct task_spec *spec,
                           struct shared_environment *environment, struct task *parent)
{
	ids_expect(&registry->ids, spec->id, spec->has_nonce ? spec->nonce : NULL);
	struct origin *origin = origin_take(&registry->origins, environment, spec->cwd, spec->group);
	if (!origin)
		return NULL;
	struct task *task = record_new(&registry->slabs, spec, origin, parent);
	if (task) {
		registry_weigh(registry, task);
		return task;
	}
	/* The caller still has the environment. */
	struct shared_environment *unused = origin_drop(&registry->origins, origin);
	if (unused)
		unused->references--;
	return NULL;
}

static uint64_t *registry_count_of(struct registry *registry, const struct task *task)
{
	uint64_t *counts = task_is_hidden(task) ? registry->hidden : registry->counts;
	return &counts[task->status.state];
}

uint64_t registry_hides(const struct registry *registry)
{
	uint64_t sum = 0;
	for (int state = 0; state < TASK_STATE_COUNT; state++)
		sum += registry->hidden[state];
	return sum;
}

static void registry_note(struct registry *registry, const struct task *task)
{
	registry->recent[++registry->version % REGISTRY_RECENT] = task->number;
}

void registry_doubt(struct registry *registry)
{
	registry->version += REGISTRY_RECENT + 1;
}

int registry_add(struct registry *registry, struct task *task)
{
	int error = ids_add(&registry->ids, task);
	if (error)
		return error;
	error = order_append(&registry->order, task);
	if (error) {
		ids_remove(&registry->ids, task);
		ids_forget(&registry->ids, task);
		return error;
	}
	record_link(task);
	++*registry_count_of(registry, task);
	if (task->number > registry->last_number)
		registry->last_number = task->number;
	registry_touch(registry, task);
	return 0;
}

void registry_remove(struct registry *registry, struct task *task)
{
	--*registry_count_of(registry, task);
	order_remove(&registry->order, task);
	shelves_take(&registry->shelves, task);
	ids_remove(&registry->ids, task);
	record_unlink(task);
	registry_note(registry, task);
	registry->removals++;
}

void registry_restore(struct registry *registry, struct task *task)
{
	order_restore(&registry->order, task);
	ids_restore(&registry->ids, task);
	record_relink(task);
	++*registry_count_of(registry, task);
	registry_touch(registry, task);
}

bool registry_forget(struct registry *registry, struct task *task, char gone[ENVIRONMENT_HASH_SIZE])
{
	if (task->ordered) {
		order_forget(&registry->order, task);
		ids_forget(&registry->ids, task);
	}
	struct shared_environment *environment = origin_drop(&registry->origins, task->origin);
	record_free(&registry->slabs, task);
	if (!environment)
		return false;
	memcpy(gone, environment->hash, sizeof(environment->hash));
	return registry_drop_environment(registry, environment);
}

void registry_set_state(struct registry *registry, struct task *task, enum task_state state)
{
	--*registry_count_of(registry, task);
	record_set_state(task, state);
	++*registry_count_of(registry, task);
	registry_touch(registry, task);
}

void registry_touch(struct registry *registry, struct task *task)
{
	registry_note(registry, task);
	task->version = (uint32_t)registry->version;
	if (task->ordered && !task->removed)
		shelves_loosen(&registry->shelves, task);
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
	uint64_t *reserved = array_grow(registry->reserved, &registry->reserved_size,
	                                registry->reserved_count + 1, sizeof(*reserved));
	if (!reserved)
		return -ENOMEM;
	registry->reserved = reserved;
	size_t place = reserved_place(registry, number);
	memmove(registry->reserved + place + 1, registry->reserved + place,
	        (registry->reserved_count - place) * sizeof(*registry->reserved));
	registry->reserved[place] = number;
	registry->reserved_count++;
	return 0;
}

/*
 * Numbers that the counter has passed stay in the list.  They do no harm, since only later ones are searched
 * for and few users give many numeric ids.
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

int registry_unpack_environment(const char *hash, const char *block, size_t length,
                                struct shared_environment **out)
{
	struct shared_environment *shared = calloc(1, sizeof(*shared));
	if (!shared)
		return -ENOMEM;
	int error = environment_unpack(&shared->environment, block, length);
	if (error) {
		free(shared);
		return error;
	}
	strcpy(shared->hash, hash); /* NOLINT: both are ENVIRONMENT_HASH_SIZE */
	*out = shared;
	return 0;
}

void registry_free_environment(struct shared_environment *shared)
{
	if (!shared)
		return;
	environment_release(&shared->environment);
	free(shared);
}

int registry_join_environment(struct registry *registry, struct shared_environment *shared)
{
	bool out_of_memory = false;
	HASH_ADD_STR(registry->environments, hash, shared);
	return out_of_memory ? -ENOMEM : 0;
}

int registry_add_environment(struct registry *registry, const char *hash, const char *block, size_t length,
                             struct shared_environment **out)
{
	struct shared_environment *shared;
	int error = registry_unpack_environment(hash, block, length, &shared);
	if (error)
		return error;
	error = registry_join_environment(registry, shared);
	if (error) {
		registry_free_environment(shared);
		return error;
	}
	*out = shared;
	return 0;
}

bool registry_drop_environment(struct registry *registry, struct shared_environment *shared)
{
	if (--shared->references > 0)
		return false;
	HASH_DEL(registry->environments, shared);
	registry_free_environment(shared);
	return true;
}
