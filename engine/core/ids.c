#include "config.h"

#include <assert.h>
#include <string.h>

#include "engine/core/ids.h"
#include "engine/core/record.h"

static unsigned char ids_fold(char c)
{
	return (unsigned char)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
}

static uint64_t ids_hash(const char *id)
{
	uint64_t hash = 14695981039346656037u; /* FNV-1a, http://www.isthe.com/chongo/tech/comp/fnv/ */
	for (; *id; id++)
		hash = (hash ^ ids_fold(*id)) * 1099511628211u;
	return hash;
}

static uint64_t ids_hash_nonce(const unsigned char *nonce)
{
	uint64_t halves[2];
	static_assert(sizeof(halves) == TASK_NONCE_SIZE, "a nonce is two halves");
	memcpy(halves, nonce, sizeof(halves));
	/* Callers choose the nonce.  So equal halves, or a half that is 0, must do no harm. */
	return (halves[0] * 0xff51afd7ed558ccdu) ^ halves[1];
}

static bool ids_same_id(const void *task, const void *id)
{
	const char *a = task_id(task), *b = id;
	while (*a && ids_fold(*a) == ids_fold(*b)) {
		a++;
		b++;
	}
	return ids_fold(*a) == ids_fold(*b);
}

static bool ids_same_nonce(const void *task, const void *nonce)
{
	return memcmp(task_nonce(task), nonce, TASK_NONCE_SIZE) == 0;
}

struct task *ids_find(const struct ids *ids, const char *id)
{
	return lookup_find(&ids->by_id, ids_hash(id), ids_same_id, id);
}

struct task *ids_find_nonce(const struct ids *ids, const unsigned char *nonce)
{
	return lookup_find(&ids->by_nonce, ids_hash_nonce(nonce), ids_same_nonce, nonce);
}

void ids_expect(const struct ids *ids, const char *id, const unsigned char *nonce)
{
	lookup_expect(&ids->by_id, ids_hash(id));
	if (nonce)
		lookup_expect(&ids->by_nonce, ids_hash_nonce(nonce));
}

int ids_reserve(struct ids *ids, size_t count)
{
	int error = lookup_reserve(&ids->by_id, count);
	return error ? error : lookup_reserve(&ids->by_nonce, count);
}

int ids_add(struct ids *ids, struct task *task)
{
	uint64_t hash = ids_hash(task_id(task));
	int error = lookup_add(&ids->by_id, hash, task);
	if (error || !task_nonce(task))
		return error;
	error = lookup_add(&ids->by_nonce, ids_hash_nonce(task_nonce(task)), task);
	if (error)
		lookup_remove(&ids->by_id, hash, task);
	return error;
}

void ids_remove(struct ids *ids, struct task *task)
{
	lookup_take_out(&ids->by_id, ids_hash(task_id(task)), task);
	if (task_nonce(task))
		lookup_take_out(&ids->by_nonce, ids_hash_nonce(task_nonce(task)), task);
}

void ids_restore(struct ids *ids, struct task *task)
{
	lookup_put_back(&ids->by_id, ids_hash(task_id(task)), task);
	if (task_nonce(task))
		lookup_put_back(&ids->by_nonce, ids_hash_nonce(task_nonce(task)), task);
}

void ids_forget(struct ids *ids, const struct task *task)
{
	lookup_forget(&ids->by_id);
	if (task_nonce(task))
		lookup_forget(&ids->by_nonce);
}

void ids_release(struct ids *ids)
{
	lookup_release(&ids->by_id);
	lookup_release(&ids->by_nonce);
}
