/*
 * The engine's inside, shared by the files that make it up: life.c (what happens to a task), change.c (what is on its
 * way to the store), schedule.c (who may run), begin.c (spawning), end.c (exits, survivors), recover.c.  Loop thread only.
 */
#ifndef KRTASK_ENGINE_CORE_H
#define KRTASK_ENGINE_CORE_H

#include <event2/event.h>
#include <event2/event_struct.h>

#include "engine/engine.h"
#include "engine/run/follow.h"
#include "engine/run/ledger.h"
#include "engine/run/output.h"
#include "engine/run/pool.h"
#include "engine/run/process.h"
#include "engine/run/spawn.h"
#include "engine/store/store.h"

/* How far claims run ahead of free slots, and how many may be on their way to the store at once. */
enum { CLAIMS_AHEAD = 100, CLAIMS_AT_ONCE = 256 };
/* After trouble with the system (no descriptors, no disk), when to try again. */
enum { RETRY_MS = 1000 };

#define CANCELLED_BEFORE_START "Cancelled before start"

struct change;

struct engine {
	struct event_base *base;
	struct engine_hooks hooks;
	struct line *line;
	char *address;
	int64_t (*now)(void);
	char boot_id[37];
	bool paused;
	bool troubled; /* a commit failed: nothing that can wait is put before one has succeeded */

	struct registry registry;
	struct shared_environment *own_environment; /* the server's, for callers that sent none */

	struct store *store;
	struct event *store_event;
	struct change *changes; /* not committed yet, oldest first (utlist) */
	uint64_t sequence, committed;

	struct ledger *ledger;
	struct output *output;
	struct pool *pool;
	struct event *pool_event;
	struct follow *follow;
	struct event *follow_event;
	struct event *child_event; /* SIGCHLD */
	struct event *retry_event;
	struct event *finish_event; /* tasks have ended: see end.c */
	struct event *cap_event;   /* while tasks with --max-log run */

	struct task *queue;        /* Queued, first to be claimed first */
	struct task *ready;        /* claims that are committed and wait for a slot */
	struct task *unfinished;   /* it ended, and that is to be written down */
	struct task *unwatched;    /* running, but no descriptor was left for a pidfd */
	struct run *capped;        /* running with --max-log (utlist) */
	struct run *anchored;      /* children of the anchor, by pid (uthash) */
	struct event *strays_event; /* a look at the anchor's orphans is due */
	unsigned claiming;         /* claims not committed yet */
	unsigned ready_count;
	unsigned runs;             /* tasks with a struct run: claimed and not over, durably */
	unsigned active;           /* tasks that have a process, or are getting one */
	unsigned pipes;            /* progress pipes that are open */
	unsigned slots;
	unsigned descriptors;      /* RLIMIT_NOFILE */
};

enum run_parent {
	RUN_OURS,    /* our child: waitid() tells its status */
	RUN_ANCHORS, /* a child of the anchor: the line tells */
	RUN_NOBODYS, /* found by pid and start time: its status can not be known */
};

/* From the claim to the end. */
struct run {
	struct engine *engine;
	struct task *task;
	enum run_parent parent;
	bool claimed;  /* the claim is committed */
	bool queued;   /* in engine->ready */
	bool spawning; /* a worker has it */
	bool signal_due; /* a stop was committed meanwhile */
	bool exited;   /* its process is over; what is left is to write that down */
	bool never_began; /* a stop overtook the claim; what is left is to write that down */
	bool waiting;  /* in engine->unfinished */
	bool unwatched; /* in engine->unwatched */
	bool in_capped;
	bool known;    /* exit_code and term_signal are */
	struct task_process process;
	bool other_boot; /* while recovering: claimed in another boot */
	int exit_code, term_signal;
	struct run *prev, *next; /* in engine->capped */
	pid_t pid;               /* the key in engine->anchored, else 0 */
	UT_hash_handle hh;
	int pidfd;
	struct event exit_event;
	int progress_fd;
	struct event progress_event;
	char line[512]; /* of the progress pipe, not ended yet */
	size_t line_length;
	struct event kill_event;
	char *failure;  /* why its command did not begin; NULL */
	struct survivor *survivors;
};

/* change.c: what is on its way to the store.  effect runs once it is committed; if the commit fails the change is undone. */
typedef void (*change_effect)(struct engine *engine, struct task *task);
int change_created(struct engine *engine, struct task *task);
/* before: the status it had; taken over. */
int change_status(struct engine *engine, struct task *task, struct task_status *before, bool urgent, change_effect effect);
/* As change_status(), and its process was so before. */
int change_stop(struct engine *engine, struct task *task, struct task_status *before, const struct task_process *process,
                change_effect effect);
/* before: taken over. */
int change_text(struct engine *engine, struct task *task, struct task_text *before);
int change_removed(struct engine *engine, struct task *task);
int change_environment(struct engine *engine, struct shared_environment *shared, const char *block, size_t length);
/* gone is only compared, not looked at. */
void change_forget_environment(struct engine *engine, const char *hash, const struct shared_environment *gone);
int change_reserved(struct engine *engine, uint64_t id);
/* Nothing that anybody sees, so no answer waits for it. */
int change_probe(struct engine *engine);
void change_poll(evutil_socket_t fd, short what, void *engine);
void change_release_all(struct engine *engine);

/* life.c */
bool life_apply(struct engine *engine, struct task *task, enum task_event event); /* the state table; false: refused */
void life_touch(struct engine *engine, struct task *task);
void life_touched(struct engine *engine);
void life_ended(struct engine *engine, struct task *task); /* as an effect: tells that it is terminal */

/* schedule.c: the run queue and the claims. */
void schedule_enqueue(struct engine *engine, struct task *task);
void schedule_dequeue(struct engine *engine, struct task *task);
void schedule(struct engine *engine);
void schedule_retry(struct engine *engine); /* in a second */
void schedule_ready(struct engine *engine, struct task *task, bool first);
void schedule_not_ready(struct engine *engine, struct task *task);
void schedule_ready_again(struct engine *engine, struct task *task); /* an end that never began was undone */
void schedule_claim_undone(struct engine *engine, struct task *task);
void schedule_retry_now(evutil_socket_t fd, short what, void *engine);

/* begin.c: from a committed claim to a process. */
struct run *run_new(struct engine *engine, struct task *task, int entry);
void run_free(struct task *task); /* closes what it holds, forgets the slot */
void begin(struct engine *engine, struct task *task);
bool begin_may_pipe(const struct engine *engine);
void run_watch_exit(struct run *run); /* the pidfd alone */
void run_watch(struct run *run); /* pidfd, progress pipe, kill timer of a process that runs */
void run_arm_kill(struct run *run);
void run_read_progress(struct run *run);
void run_signal(struct run *run, int signal);

/* end.c: exits. */
void end_never_began(struct engine *engine, struct task *task); /* a claim that a stop overtook */
void end_exited(evutil_socket_t fd, short what, void *run);
void end_finish_all(evutil_socket_t fd, short what, void *engine);
void end_soon(struct engine *engine, struct task *task); /* its process is over: in this turn of the loop */
void end_lost(struct engine *engine, struct task *task, const char *message);
void end_unwatch_survivors(struct run *run);
void end_reap_strays(evutil_socket_t fd, short what, void *engine);

void end_reap_anchors_strays(evutil_socket_t fd, short what, void *engine);
void end_look_again(struct engine *engine); /* at tasks that have no pidfd */

/* cap.c: --max-log, while tasks that have it run. */
void cap_watch(struct run *run);
void cap_unwatch(struct run *run);
void cap_task(struct engine *engine, const struct task *task, int slot);
void cap_tick(evutil_socket_t fd, short what, void *engine);

/* recover.c */
int recover(struct engine *engine, const char *directory, char **error);

#endif
