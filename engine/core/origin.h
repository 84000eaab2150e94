/*
 * Where tasks come from: the environment, the directory and the group that many of them share, kept once
 * and counted.  Loop thread only.
 */
#ifndef KRTASK_CORE_ORIGIN_H
#define KRTASK_CORE_ORIGIN_H

#include <stdbool.h>
#include <stdint.h>
#include <uthash.h>

#include "engine/core/lookup.h"
#include "engine/task/environment.h"

/* An environment that at least one task uses, or that a connection has just sent. */
struct shared_environment {
	UT_hash_handle hh;
	char hash[ENVIRONMENT_HASH_SIZE];
	struct environment environment;
	unsigned references;
	struct session *sessions; /* of the service: connections that keep it (utlist) */
	bool stored;              /* in the store, or on its way there */
};

struct origin {
	struct shared_environment *environment; /* a reference; NULL: the server's own */
	uint64_t hash;
	uint32_t references;
	uint32_t group; /* where the group begins in texts, 0: there is none */
	char texts[];   /* the directory, then the group */
};

struct origins {
	struct lookup lookup;
	struct origin *latest; /* the last that was taken: the next one is mostly the same */
};

/*
 * Finds or makes one, and adds a reference to it; a new one adds a reference to the environment.
 * environment and group may be NULL.  NULL: out of memory.
 */
struct origin *origin_take(struct origins *origins, struct shared_environment *environment, const char *cwd,
                           const char *group);
/*
 * Drops a reference.  With the last one, the reference to the environment passes to the caller, as the
 * result.  Otherwise, and without an environment, NULL.
 */
struct shared_environment *origin_drop(struct origins *origins, struct origin *origin);
const char *origin_cwd(const struct origin *origin);
const char *origin_group(const struct origin *origin); /* NULL: none */
/* Frees all origins, even those that are referred to.  Environments are not touched. */
void origins_release(struct origins *origins);

#endif
