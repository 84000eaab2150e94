/*
 * A task: what was requested (struct task_spec, of which only name and description change), its status
 * (struct task_status), and its process while it has one (struct task_process).
 *
 * These are plain values.  The registry owns them, the store writes them, and the wire shows them.  Times are
 * milliseconds since 1970-01-01 UTC; 0 means "not yet".
 */
#ifndef KRTASK_TASK_TASK_H
#define KRTASK_TASK_TASK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "engine/task/plan.h"
#include "engine/task/state.h"
#include "engine/task/strings.h"
#include "engine/task/usage.h"

enum {
	TASK_ID_MAX = 64,             /* bytes of an id */
	TASK_NAME_MAX = 1024,         /* bytes of a name */
	TASK_DESCRIPTION_MAX = 65536, /* bytes of a description */
	TASK_GROUP_MAX = 64,          /* bytes of a group's name; same alphabet as an id */
	TASK_MESSAGE_MAX = 1024,      /* bytes of a status message; longer ones are cut at a character */
	TASK_NONCE_SIZE = 16,         /* bytes of the number that makes a Create safe to repeat */
};

struct task_spec {
	char *id;                 /* owned; NULL in a request: the server makes one */
	char *name;               /* owned; NULL: "Task ID" */
	char *description;        /* owned; NULL: none */
	char *group;              /* owned; NULL: none */
	char *cwd;                /* owned; absolute; bytes, not text */
	struct strings command;   /* at least one string */
	struct strings variables; /* K=V, over those of the environment: --env and --arg */
	char *environment; /* owned; hash that names an environment; NULL in a request: the server's own */
	uint64_t parent;   /* internal number, 0: none */
	uint64_t max_log;  /* bytes kept of each output file, 0: all */
	struct task_plan *plan; /* owned; NULL: that of every task */
	bool merge;             /* standard error goes to standard output */
	bool has_nonce;
	unsigned char nonce[TASK_NONCE_SIZE];
};

/* The status of a task.  Every task has one, so it is packed: 40 bytes. */
struct task_status {
	int64_t started_at; /* when it left Created or Queued for a process of its own */
	int64_t ended_at;
	uint64_t
		start_order : 44; /* number of its Start, or of its end; 0: not started, or by an earlier version */
	uint64_t cpu_time : 20; /* see task_status_usage() */
	char *message;     /* owned; NULL: none.  Its own message; after the end, the reason of the end */
	int16_t exit_code; /* 0 to 255, -1: none */
	uint16_t max_rss;  /* see task_status_usage() */
	enum task_state state : 8;
	uint8_t term_signal; /* the signal that ended it, 0: none */
	uint8_t percent;     /* 0 to 100 */
	bool percent_known;  /* something reported it */
};

/* In place of an entry: pid_start is the number of the job elsewhere that has the command. */
enum { TASK_ENTRY_REMOTE = -2 };

/* Only a task that is claimed, running or stopping has this. */
struct task_process {
	int32_t entry;       /* of the ledger, -1: none; TASK_ENTRY_REMOTE */
	pid_t pid;           /* 0: none */
	uint64_t pid_start;  /* field 22 of /proc/PID/stat, clock ticks since boot (proc(5)); 0: unknown */
	int32_t stop_signal; /* signal of a stop; 0: the stop sends none, -1: no stop */
	int64_t kill_at;     /* when SIGKILL is due, 0: never */
};

#define TASK_STATUS_INIT                                                                                     \
	{                                                                                                    \
		.state = TASK_CREATED, .exit_code = -1                                                       \
	}
#define TASK_PROCESS_INIT                                                                                    \
	{                                                                                                    \
		.entry = -1, .stop_signal = -1                                                               \
	}

void task_spec_release(struct task_spec *spec);
/* Make deep copies.  0 or -ENOMEM; then `to` is released. */
int task_spec_copy(struct task_spec *to, const struct task_spec *from);
void task_status_release(struct task_status *status);
int task_status_copy(struct task_status *to, const struct task_status *from);

/*
 * An id is 1 to 64 of A-Za-z0-9._-, of which the first is a letter or digit.  The same holds for names of
 * groups.
 */
bool task_id_valid(const char *id);

/*
 * Checks all of a request.  0, or -EINVAL and *error (free() it), which names the offending
 * value and says what it must be.  Checked are: id; name and description (not blank, UTF-8, length);
 * group; cwd (absolute); command (not empty, first string not empty); variables (NAME=VALUE, NAME not
 * empty); plan (plan_check()).
 */
int task_spec_check(const struct task_spec *spec, char **error);
/* The same for name and description only; either may be NULL. */
int task_text_check(const char *name, const char *description, char **error);

/*
 * Replaces the status message by a copy.  It is cut at TASK_MESSAGE_MAX bytes, repaired to be UTF-8, and its
 * control characters become spaces.  NULL removes the message.  0 or -ENOMEM.
 */
int task_status_set_message(struct task_status *status, const char *message);

/*
 * What its last attempt used; between two attempts it is kept, and with an exit status it is known.  Of one that is
 * not known max_rss is 0.
 */
void task_status_set_usage(struct task_status *status, struct task_usage usage);
struct task_usage task_status_usage(const struct task_status *status);
struct task_usage task_status_known_usage(const struct task_status *status);

/* How long it has been running at `now`, or how long it ran, in milliseconds; 0 before it started. */
int64_t task_duration(const struct task_status *status, int64_t now);

#endif
