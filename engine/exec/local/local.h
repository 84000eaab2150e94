/*
 * The local executor: commands are processes of this machine, each the leader of a session of its own.
 *
 *     local_open()  core_init() (which sets what it reports to)  adopt …  local_sweep()
 *     local_silence()  pool_free()  local_close()
 *
 * Its handle is an entry of the ledger (engine/run/ledger.h), where the kernel writes the pid before the
 * command can run.  Only this directory knows pids, entries and output files.  Loop thread only.
 */
#ifndef KRTASK_EXEC_LOCAL_H
#define KRTASK_EXEC_LOCAL_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/core/executor.h"
#include "engine/exec/local/anchor.h"

struct environment;
struct event_base;
struct pool;

struct local_options {
	struct event_base *base; /* borrowed, as all of the following that are pointers; strings are copied */
	const char *directory;   /* the server's state directory, there already */
	const char *boot_id;
	const char *address;                       /* for KRTASK_SERVER: "unix:/path" */
	struct pool *pool;                         /* for what blocks; the caller reaps it */
	const struct local_anchor *anchor;         /* NULL: none */
	int64_t (*now)(void);                      /* milliseconds since 1970; any thread */
	const struct environment *own_environment; /* of tasks that have none */
	unsigned descriptors;                      /* how many this process may have */
};

/* 0 or -errno with *error a clause, or NULL.  This process becomes a subreaper. */
int local_open(struct executor **executor, const struct local_options *options, char **error);
/* From now on it reports nothing. */
void local_silence(struct executor *executor);
/* Commands go on.  No job of it may be in the pool any more; runs are not looked at. */
void local_close(struct executor *executor);

/*
 * Once, when all that earlier servers left has been adopted: output of tasks that are not known is removed,
 * and what else died there is reaped.
 */
void local_sweep(struct executor *executor, bool (*is_known)(void *ctx, uint64_t number), void *ctx);
/* The anchor's notice that some child of it changed. */
void local_anchor_child(struct executor *executor);

#endif
