/*
 * An executor runs the commands of tasks.  This is the interface that the core calls, and the reports that
 * the core gets back.
 *
 * The verbs take lists and return at once.  Their results arrive as reports on the loop thread, from
 * inside the verb or later.  No verb is called from inside a report about the same run, unless the
 * report allows it.  The life of a run:
 *
 *     prepare ─► prepared(handle) ─► (the core commits the claim) ─► go ─► began ─► ended ─► seal ─► forget
 *                                                                     └► postponed: go comes again later
 *     after a restart: adopt ─► began, ended or never_began
 *
 * With go, the run holds what holdings.h says.  The executor gives it to the command (run->holding, and
 * holdings_devices()), and records it before the command begins, for the next server: see the report holds.
 *
 * At most once: between prepare and go nothing of the task may run, and from a handle that is adopted
 * the executor must know whether go was ever carried out.  Only the executor knows process ids, ledger
 * entries and output files; a struct task_process is stored as the executor gave it.
 *
 * An executor reads the task of a run through engine/core/registry.h, and may keep its own data in
 * run->execution.  It frees that in forget, or in its own close if the server ends first.
 */
#ifndef KRTASK_CORE_EXECUTOR_H
#define KRTASK_CORE_EXECUTOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/core/run.h"

struct executor;
struct environment;
struct task;

enum executor_stream { EXECUTOR_STDOUT, EXECUTOR_STDERR };

/* Where one of the two output streams of a task is. */
struct executor_output {
	int fd; /* open for reading, and closed by the caller; -1: nothing was written, or fd was not wanted */
	char path
		[4400]; /* the file that grows while the task is running, for inotify(7), or that is left of it; "" if there is none */
	bool elsewhere; /* another machine writes it, which inotify(7) does not see */
};

/* Where a command runs, for people.  Empty strings and 0 for what is unknown. */
struct executor_place {
	char host[256];
	char job[64];
	char directory[4096]; /* in which its output is; "": on this machine */
	int64_t pid;          /* of the command on that host; 0: none, or unknown */
};

struct executor_verbs {
	/* Make the handles that the claims of these runs will name.  Reports prepared or refused for each. */
	void (*prepare)(struct executor *executor, struct run *const *runs, size_t count);
	/*
	 * The claims are durable: run the commands.  Reports began or postponed for each, and after
	 * began, ended.
	 */
	void (*go)(struct executor *executor, struct run *const *runs, size_t count);
	/*
	 * Report began for what has begun, where that takes time to be reported: somebody asks, who may have
	 * learnt of it from the command itself.  And progress for what this run has said until now; run may be NULL.
	 * NULL: that cannot be.
	 */
	void (*look)(struct executor *executor, const struct run *run);
	/*
	 * A stop or a pause is durable before began was reported.  What can still be kept from beginning is:
	 * reports withheld, or began all the same.
	 */
	void (*withhold)(struct executor *executor, struct run *const *runs, size_t count);
	/*
	 * Signal every process of these runs.  Also continue it with SIGCONT, unless the signal is SIGKILL or
	 * SIGSTOP.  0 sends nothing.
	 */
	void (*signal)(struct executor *executor, struct run *const *runs, size_t count, int signal);
	/*
	 * Kill the processes that are left of a task that has ended.  False: none are known, and nothing was
	 * done.
	 */
	bool (*kill_left)(struct executor *executor, const struct task *task);
	/*
	 * Continue with SIGCONT the processes that are left of a task, or of its last attempt, which was paused.
	 * 0 or -ENOMEM.
	 */
	int (*continue_left)(struct executor *executor, const struct task *task);
	/*
	 * Report left_gone once these processes (plan_add_left()) are gone, and all others that the attempts
	 * of the task have left.  0 or -ENOMEM.  processes NULL: nothing waits for that, so it may be reported
	 * somewhat later.
	 */
	int (*watch_left)(struct executor *executor, const struct task *task,
	                  const struct strings *processes);
	/*
	 * Take over runs that an earlier server claimed, with process as it was stored: all of them in one
	 * call.  other_boot: it was claimed before the last reboot.  0, or -ENOMEM: it is unknown what became
	 * of some, and the server must not continue.
	 */
	int (*adopt)(struct executor *executor, struct run *const *runs, const bool *other_boot,
	             size_t count);
	/*
	 * Give the output files of a run that has ended their final names, before its end is
	 * stored.  May be called again.  0, or -errno: not now.
	 */
	int (*seal)(struct executor *executor, struct run *run);
	/*
	 * Release the handles.  The ends of these runs are durable, or it is durable that they never began,
	 * or their claims will never become durable.  Nothing more is reported about a run that is still
	 * being prepared.
	 */
	void (*forget)(struct executor *executor, struct run *const *runs, size_t count);
	/*
	 * Where the output of an attempt of a task is (from 1), running or ended.  want_fd: open it.  0 or
	 * -errno (-ENOENT: nothing was written).
	 */
	int (*output)(struct executor *executor, const struct task *task, uint32_t attempt,
	              enum executor_stream stream, bool want_fd, struct executor_output *output);
	/* The removal of a task is durable: remove the output of so many attempts. */
	void (*discard)(struct executor *executor, const struct task *task, uint32_t attempts);
	/* Tells where the command runs. */
	void (*describe)(struct executor *executor, const struct run *run, struct executor_place *place);
	/* Why a command for which there was go has not begun, as text for people.  NULL: it takes a moment. */
	const char *(*reason)(struct executor *executor, const struct run *run);
	/* How many more commands can be started now, by descriptors, processes and memory. */
	unsigned (*room)(struct executor *executor);
	/* Says what is missing while room is 0, as text for people. */
	const char *(*shortage)(struct executor *executor);
	/*
	 * Writes into text, for people, what a command cannot get of that environment.  False: it gets all of
	 * it.
	 */
	bool (*shortfall)(struct executor *executor, const struct environment *environment, char *text,
	                  size_t size);
	/* Try again whatever failed for lack of memory or descriptors. */
	void (*retry)(struct executor *executor);
};

struct executor_began {
	struct task_process process; /* the handle, with the process; stop_signal and kill_at are ignored */
	int64_t started_at;          /* milliseconds since 1970 */
	int64_t tick;                /* the same in milliseconds since boot; 0: now */
	const char *note;            /* a problem with the way it runs, borrowed; NULL: none */
};

enum executor_progress_source {
	EXECUTOR_PROGRESS_REPORTED, /* by the task itself */
	EXECUTOR_PROGRESS_SEEN,     /* read from its output */
};

/* The reports to the core.  ctx is passed to each function. */
struct executor_reports {
	void *ctx;
	void (*prepared)(void *ctx, struct run *run, const struct task_process *process);
	/* prepare is not possible now.  error: -errno.  The run is freed before this returns. */
	void (*refused)(void *ctx, struct run *run, int error);
	void (*postponed)(void *ctx, struct run *run, int error);
	/*
	 * The command has not begun, and will not without another go.  void_handle: with this handle it never
	 * will.
	 */
	void (*withheld)(void *ctx, struct run *run, bool void_handle);
	void (*began)(void *ctx, struct run *run, const struct executor_began *began);
	/* percent -1: unknown.  message NULL: unchanged. */
	void (*progress)(void *ctx, struct run *run, int percent, const char *message,
	                 enum executor_progress_source source);
	/*
	 * The first process has ended.  If end->left > 0, other processes of its session still run, and the
	 * run is reported once more when they have ended.  end is borrowed.  seal and forget may be called
	 * from inside.
	 */
	void (*ended)(void *ctx, struct run *run, const struct run_end *end);
	/*
	 * From inside adopt, before anything else about the run: what its command was given when it was
	 * started.  Not reported if that is unknown, or if it never was.
	 */
	void (*holds)(void *ctx, struct run *run, const struct run_holding *holding);
	/* The command of an adopted run never began. */
	void (*never_began)(void *ctx, struct run *run);
	/* Nothing runs any more of what the attempts of a task had left.  It may be reported twice. */
	void (*left_gone)(void *ctx, uint64_t number);
	/* room may return more than before. */
	void (*room)(void *ctx);
};

/* The beginning of every executor. */
struct executor {
	const struct executor_verbs *verbs;
	struct executor_reports reports;
};

#endif
