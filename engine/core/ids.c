#include "config.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

static unsigned fold_hash(const void *key, size_t length)
{
	const unsigned char *bytes = key;
	uint64_t hash = 14695981039346656037u; /* FNV-1a, http://www.isthe.com/chongo/tech/comp/fnv/ */
	for (size_t i = 0; i < length; i++) {
		unsigned char c = bytes[i];
		if (c >= 'A' && c <= 'Z')
			c = (unsigned char)(c + ('a' - 'A'));
		hash = (hash ^ c) * 1099511628211u;
	}
	return (unsigned)(hash ^ hash >> 32);
}

#define HASH_FUNCTION(key, length, hash) ((hash) = fold_hash((key), (length)))
#define HASH_KEYCMP(a, b, length) strncasecmp((a), (b), (length))
#define HASH_NONFATAL_OOM 1
#define uthash_nonfatal_oom(element) (out_of_memory = true)

#include "engine/core/ids.h"
#include "engine/core/registry.h"

struct task *ids_find(struct task *head, const char *id)
{
	struct task *task;
	HASH_FIND(by_id, head, id, strlen(id), task);
	return task;
}

int ids_add(struct task **head, struct task *task)
{
	bool out_of_memory = false;
	HASH_ADD_KEYPTR(by_id, *head, task->spec.id, strlen(task->spec.id), task);
	return out_of_memory ? -ENOMEM : 0;
}

void ids_remove(struct task **head, struct task *task)
{
	HASH_DELETE(by_id, *head, task);
}
