#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "engine/core/origin.h"

struct origin_key {
	const struct shared_environment *environment;
	const char *cwd, *group;
};

/* FNV-1a, http://www.isthe.com/chongo/tech/comp/fnv/ */
static uint64_t origin_hash_text(uint64_t hash, const char *text)
{
	for (const char *c = text; c && *c; c++)
		hash = (hash ^ (unsigned char)*c) * 1099511628211u;
	return hash * 1099511628211u; /* the end of each text counts too */
}

static uint64_t origin_hash(const struct origin_key *key)
{
	uint64_t hash = 14695981039346656037u ^ (uintptr_t)key->environment;
	return origin_hash_text(origin_hash_text(hash, key->cwd), key->group);
}

static bool origin_equal(const void *item, const void *key_given)
{
	const struct origin *origin = item;
	const struct origin_key *key = key_given;
	const char *group = origin_group(origin);
	return origin->environment == key->environment && strcmp(origin_cwd(origin), key->cwd) == 0 &&
	       (group && key->group ? strcmp(group, key->group) == 0 : group == key->group);
}

static struct origin *origin_make(struct origins *origins, struct shared_environment *environment,
                                  const struct origin_key *key, uint64_t hash)
{
	size_t cwd_size = strlen(key->cwd) + 1, group_size = key->group ? strlen(key->group) + 1 : 0;
	struct origin *origin = malloc(sizeof(*origin) + cwd_size + group_size);
	if (!origin || lookup_add(&origins->lookup, hash, origin)) {
		free(origin);
		return NULL;
	}
	*origin = (struct origin){ .environment = environment,
		                   .hash = hash,
		                   .group = key->group ? (uint32_t)cwd_size : 0 };
	memcpy(origin->texts, key->cwd, cwd_size);
	if (key->group)
		memcpy(origin->texts + cwd_size, key->group, group_size);
	if (environment)
		environment->references++;
	return origin;
}

struct origin *origin_take(struct origins *origins, struct shared_environment *environment, const char *cwd,
                           const char *group)
{
	const struct origin_key key = { environment, cwd, group };
	struct origin *origin = origins->latest;
	if (!origin || !origin_equal(origin, &key)) {
		uint64_t hash = origin_hash(&key);
		origin = lookup_find(&origins->lookup, hash, origin_equal, &key);
		if (!origin)
			origin = origin_make(origins, environment, &key, hash);
		if (!origin)
			return NULL;
	}
	origin->references++;
	origins->latest = origin;
	return origin;
}

struct shared_environment *origin_drop(struct origins *origins, struct origin *origin)
{
	if (--origin->references > 0)
		return NULL;
	struct shared_environment *environment = origin->environment;
	if (origins->latest == origin)
		origins->latest = NULL;
	lookup_remove(&origins->lookup, origin->hash, origin);
	free(origin);
	return environment;
}

const char *origin_cwd(const struct origin *origin)
{
	return origin->texts;
}

const char *origin_group(const struct origin *origin)
{
	return origin->group ? origin->texts + origin->group : NULL;
}

void origins_release(struct origins *origins)
{
	lookup_settle(&origins->lookup);
	for (size_t place = 0; place < origins->lookup.table.size; place++)
		free(origins->lookup.table.cells[place].item);
	lookup_release(&origins->lookup);
	origins->latest = NULL;
}
