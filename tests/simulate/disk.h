/*
 * The store: which changes are durable, which are not yet, and which fail.  It takes batches from the core,
 * as the real store does (engine/store/store.h), and keeps two images:
 *
 *     durable    what the next server finds
 *     ahead      what the core expects: the durable changes, and all that it has put since
 *
 * The store's thread and the loop are separate, as in a server.  disk_write() makes changes durable, or
 * fails.  The core hears of it by disk_poll(), or never, if the server is killed first.
 */
#ifndef KRTASK_SIMULATE_DISK_H
#define KRTASK_SIMULATE_DISK_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/core/recovery.h"
#include "engine/store/hash.h"

enum {
	DISK_AFTER = 2,
	DISK_RETRIES = 2,
	DISK_TASKS = 128,
	DISK_WORDS = 160,
	DISK_ENVIRONMENTS = 4,
	DISK_NUMBERS = 256,
	DISK_USERS = 2,
	DISK_ADOPTIONS = 16,
	DISK_GROUPS = 3, /* the first is `default`, to which all tasks without a group belong */
};

#define DISK_RULE     "on 1" /* of a retry: only this exit status */
#define DISK_ON_EMPTY "x"    /* of a group: the hook */

struct disk_row {
	bool exists;
	bool has_nonce; /* of a wish */
	bool copied;    /* it has the nonce of one that was taken over in slices */
	unsigned char nonce[TASK_NONCE_SIZE];
	char id[24];
	char name[24]; /* as the user gave it; "": none */
	char command[24];
	uint64_t parent;
	int group;       /* as in grouped.h */
	int environment; /* index in the image's list; -1: none */
	int64_t created_at, started_at, ended_at;
	int state, exit_code, term_signal, percent;
	int64_t cpu_ms, max_rss;
	bool percent_known;
	struct task_process process;
	uint64_t start_order;
	bool planned;
	struct task_plan plan; /* its after is not used */
	struct plan_after after[DISK_AFTER];
	bool hooked;                                /* hooks are to follow its end */
	uint64_t target;                            /* it follows the end of this task; 0: none */
	char key[4];                                /* the plan's; "": none */
	bool has_rule;                              /* the plan's; there is only one */
	struct plan_attempt attempts[DISK_RETRIES]; /* without their texts */
	char words[DISK_RETRIES][DISK_WORDS];       /* how they ended */
	char left[DISK_RETRIES][64];                /* of these */
	char boot_id[37];
	char message[TASK_MESSAGE_MAX + 1];
};

struct disk_environment {
	bool exists;
	unsigned char hash[SHA256_SIZE];
	char block[64];
	size_t length;
};

struct disk_group {
	bool exists;
	struct group_settings settings; /* its texts are not used */
	char devices[24];               /* "": none */
	bool has_hook;                  /* when it is empty */
};

/* A task takes over others, which goes on. */
struct disk_adoption {
	uint64_t source, made;
	bool start;
	uint64_t at; /* so far it has come */
};

struct disk_image {
	struct disk_row rows[DISK_TASKS + 1]; /* by number */
	struct disk_environment environments[DISK_ENVIRONMENTS];
	bool reserved[DISK_NUMBERS];
	struct disk_group groups[DISK_GROUPS];
	bool has_slots, paused;
	uint64_t cancelling;
	enum group_sweep sweep;
	unsigned slots;
	struct disk_adoption adoptions[DISK_ADOPTIONS]; /* the earliest first */
	unsigned adoption_count;
	int64_t hook_limit; /* 0: nobody has set it */
	uint64_t last_number, next_id;
	uint64_t seen[DISK_USERS]; /* by uid */
	struct keep keep;
};

extern struct disk_image disk_durable, disk_ahead;
/* The settings, which borrow from the group. */
struct group_settings disk_group_settings(const struct disk_group *group);
/* Of a task that is hooked. */
extern const struct plan_hooks disk_hooks;

/* The disk is nearly full: only what ends or goes away can be written. */
extern bool disk_scarce;
bool disk_is_scarce(void *ctx);

void disk_reset(void);
/* For struct core_options. */
int disk_put(void *ctx, struct store_batch *batch, bool urgent, uint64_t *sequence);
/* The latest number that was put, and the latest that a user can see. */
uint64_t disk_latest(void);
uint64_t disk_latest_seen(void);
/* The latest Start or end of a task that is there, ahead; 0: there is none. */
uint64_t disk_last_start(void);
/* Returns how many changes are not durable. */
unsigned disk_waiting(void);
/* True if a change that is not durable writes the row of this task. */
bool disk_row_waits(uint64_t number);
/* The store's thread makes so many more changes durable.  fail: the changes after them are lost. */
void disk_write(unsigned count, bool fail);
/* Tells the loop what the store has done.  True: all changes above *committed failed. */
bool disk_poll(uint64_t *committed);
/* True if the loop has not heard everything yet; the second asks about the status of one task. */
bool disk_has_news(void);
bool disk_row_has_news(uint64_t number);
/* The server has been killed, so changes that are not durable are lost. */
void disk_crash(void);
/* What a write does to an image (disk_rows.c), and the rows whose status became durable since the loop was told. */
struct op;
void disk_write_op(struct disk_image *image, const struct op *op);
extern bool disk_row_news[DISK_TASKS + 1];
/* Loads what the next server reads.  Returns 0 or -ENOMEM. */
int disk_load(struct recovery *recovery);

#endif
