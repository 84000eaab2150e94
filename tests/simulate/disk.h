/*
 * The store: what is durable, what is on its way there, and what fails.  It takes the batches of the core as
 * the real one does (engine/store/store.h) and keeps two images:
 *
 *     durable    what the next server finds
 *     ahead      what the core believes: durable, and all that it has put since
 *
 * The thread of the store and the loop are apart, as they are in a server: disk_write() makes durable, or
 * fails; the core hears of it by disk_poll(), or never, if the server is killed before.
 */
#ifndef KRTASK_SIMULATE_DISK_H
#define KRTASK_SIMULATE_DISK_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/core/recovery.h"
#include "engine/store/hash.h"

enum { DISK_TASKS = 64, DISK_ENVIRONMENTS = 4, DISK_NUMBERS = 256 };

struct disk_row {
	bool exists;
	bool has_nonce;
	unsigned char nonce[TASK_NONCE_SIZE];
	char id[24];
	char name[24]; /* as it was given; "": none */
	char command[24];
	uint64_t parent;
	int environment; /* its place in the image, -1: none */
	int64_t created_at, started_at, ended_at;
	int state, exit_code, term_signal, percent;
	bool percent_known;
	struct task_process process;
	uint64_t start_order;
	struct plan_marks marks;
	bool planned;
	char boot_id[37];
	char message[TASK_MESSAGE_MAX + 1];
};

struct disk_environment {
	bool exists;
	unsigned char hash[SHA256_SIZE];
	char block[64];
	size_t length;
};

struct disk_image {
	struct disk_row rows[DISK_TASKS + 1]; /* by number */
	struct disk_environment environments[DISK_ENVIRONMENTS];
	bool reserved[DISK_NUMBERS];
	bool has_slots, paused;
	unsigned slots;
	uint64_t last_number, next_id;
};

extern struct disk_image disk_durable, disk_ahead;

void disk_reset(void);
/* For struct core_options. */
int disk_put(void *ctx, struct store_batch *batch, bool urgent, uint64_t *sequence);
/* The latest number that was put; the latest that shows. */
uint64_t disk_latest(void);
uint64_t disk_latest_seen(void);
/* How many changes are not durable. */
unsigned disk_waiting(void);
/* One of them writes the row of this task. */
bool disk_row_waits(uint64_t number);
/* The thread of the store makes so many more changes durable.  fail: those behind them are lost. */
void disk_write(unsigned count, bool fail);
/* What the loop hears.  True: all above *committed failed. */
bool disk_poll(uint64_t *committed);
/* Something is to be heard; of this task. */
bool disk_has_news(void);
bool disk_row_has_news(uint64_t number);
/* The server is gone: what was not durable is lost. */
void disk_crash(void);
/* What the next server reads.  0 or -ENOMEM. */
int disk_load(struct recovery *recovery);

#endif
