/*
 * The local executor: commands are processes of this machine, each the first process of a session of
 * its own.
 *
 *     local_open()  core_init() (which sets the reports)  adopt …  local_sweep()
 *     local_silence()  pool_free()  local_close()
 *
 * A handle is an entry of the ledger (engine/run/ledger.h), where the kernel writes the process id
 * before the command can run.  Only this directory knows process ids, entries and output files.  Loop
 * thread only.
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
	const char *directory;   /* the server's state directory, which exists */
	const char *boot_id;
	const char *address;                       /* for KRTASK_SERVER: "unix:/path" */
	const char *identity;                      /* of the server, among those of this user; "": none */
	struct pool *pool;                         /* for what blocks; the caller reaps it */
	const struct local_anchor *anchor;         /* NULL: none */
	int64_t (*now)(void);                      /* milliseconds since 1970; any thread */
	const struct environment *own_environment; /* of tasks that have none */
	unsigned descriptors;                      /* how many this process may have */
	int linger_ms; /* a worker that starts a command waits so long for its end; 0: not at all */
};

/* 0, or -errno and *error, which may be NULL.  This process becomes a subreaper. */
int local_open(struct executor **executor, const struct local_options *options, char **error);
/* Stops all reports. */
void local_silence(struct executor *executor);
/* Commands keep running.  The pool must have no job of it any more.  Runs are not touched. */
void local_close(struct executor *executor);

/*
 * Called once, when all runs of earlier servers have been adopted: removes output of unknown tasks, and
 * reaps other dead processes.
 */
void local_sweep(struct executor *executor, bool (*is_known)(void *ctx, uint64_t number), void *ctx);
/* The anchor said that one of its children changed. */
void local_anchor_child(struct executor *executor);

#endif
