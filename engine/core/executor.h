/*
 * An executor: where the commands of tasks run.  The interface that the core calls, and what it wants to hear.
 *
 * The verbs take lists, return at once and may be slow behind that: what comes of them arrives as reports, on the loop thread, either
 * from inside the verb or later.  No verb is called from inside a report about the same run, except where a report says so.
 * The life of a run:
 *
 *     prepare ─► prepared(handle) ─► (the core commits the claim with the handle) ─► go ─► began ─► ended ─► seal ─► forget
 *                                                                                       └► postponed: go comes again later
 *     after a restart: adopt ─► began, ended, never_began or lost
 *
 * At most once: between prepare and go nothing of the task may run, and a handle that is adopted must tell whether go was ever
 * carried out.  Nothing above an executor knows pids, ledger entries or output files; a struct task_process is carried
 * and stored as the executor gave it.
 *
 * An executor reads a run's task through engine/core/registry.h and may keep its own data in run->execution, which it frees in forget
 * (or, where the server ends without one, in its own close).
 */
#ifndef KRTASK_CORE_EXECUTOR_H
#define KRTASK_CORE_EXECUTOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/core/run.h"

struct executor;
struct task;

enum executor_stream { EXECUTOR_STDOUT, EXECUTOR_STDERR };

/* Where the bytes of one stream of a task are. */
struct executor_output {
	int fd;           /* open for reading, the caller's to close; -1: it has written nothing, or fd was not wanted */
	char path[4400];  /* of the file that grows while it runs, for inotify(7); "" if it cannot be followed */
};

/* What describe tells, for people.  Empty strings and 0 where there is nothing to tell. */
struct executor_place {
	char host[256];
	char job[64];
	int64_t pid;      /* of the command on that host; 0: none, or not known */
};

struct executor_verbs {
	/* Make what the claims of these runs will name.  Reports prepared or refused for each. */
	void (*prepare)(struct executor *executor, struct run *const *runs, size_t count);
	/* The claims are durable: run the commands.  Reports began or postponed for each, and once began, ended or lost. */
	void (*go)(struct executor *executor, struct run *const *runs, size_t count);
	/* To every process of these runs, each continued after it (SIGCONT), unless it is SIGKILL or SIGSTOP.  0 sends nothing. */
	void (*signal)(struct executor *executor, struct run *const *runs, size_t count, int signal);
	/* Runs that an earlier server claimed, process as it was stored.  other_boot: it was claimed before the machine was restarted.
	 * 0, or -ENOMEM: what some of them are is not known, and nobody may go on as if it were. */
	int (*adopt)(struct executor *executor, struct run *const *runs, const bool *other_boot, size_t count);
	/* A run that has ended gets its output files' final names, before its end is stored.  May be called again.
	 * 0, or -errno: not now. */
	int (*seal)(struct executor *executor, struct run *run);
	/* Their ends, or that they never began, are durable, or their claims never will be: let go of them.  Handles are free again.
	 * Of a run that is still being prepared nothing is reported any more. */
	void (*forget)(struct executor *executor, struct run *const *runs, size_t count);
	/* Where the bytes of a task are, whether it runs or has ended.  want_fd: open it.  0 or -errno (-ENOENT: it has written nothing). */
	int (*output)(struct executor *executor, const struct task *task, enum executor_stream stream, bool want_fd,
		      struct executor_output *output);
	/* The task is removed, durably: its output goes too. */
	void (*discard)(struct executor *executor, uint64_t number);
	/* Where it runs. */
	void (*describe)(struct executor *executor, const struct run *run, struct executor_place *place);
	/* How many more may be told to go now: descriptors, processes, memory. */
	unsigned (*room)(struct executor *executor);
	/* Whoever waited for memory or descriptors may try again. */
	void (*retry)(struct executor *executor);
};

struct executor_began {
	struct task_process process; /* the handle, now with what was learnt; stop_signal and kill_at are not looked at */
	int64_t started_at;          /* milliseconds since 1970 */
};

enum executor_progress_source {
	EXECUTOR_PROGRESS_REPORTED, /* by the task itself */
	EXECUTOR_PROGRESS_SEEN,     /* read out of its output */
};

/* What the core hears.  ctx is what came with these functions. */
struct executor_reports {
	void *ctx;
	void (*prepared)(void *ctx, struct run *run, const struct task_process *process);
	/* prepare did not work: not now.  error: -errno.  The run is freed before this returns. */
	void (*refused)(void *ctx, struct run *run, int error);
	void (*postponed)(void *ctx, struct run *run, int error);
	void (*began)(void *ctx, struct run *run, const struct executor_began *began);
	/* percent -1: not known.  message NULL: as it was. */
	void (*progress)(void *ctx, struct run *run, int percent, const char *message,
			 enum executor_progress_source source);
	/* Its first process is gone.  end->left > 0: others of its session are not; then it is reported again, once, when they
	 * are.  end is borrowed.  seal and forget may be called from inside. */
	void (*ended)(void *ctx, struct run *run, const struct run_end *end);
	/* An adopted run: it never began. */
	void (*never_began)(void *ctx, struct run *run);
	/* Room may have grown. */
	void (*room)(void *ctx);
};

/* What executors begin with. */
struct executor {
	const struct executor_verbs *verbs;
	struct executor_reports reports;
};

#endif
