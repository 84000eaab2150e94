/*
 * Wishes: the tasks that somebody wants, each known by its nonce, and what was promised of each.
 *
 * Of everything that was asked about a wish it is known whether a reply has promised it (ANSWER_YES), whether
 * it was never asked or was refused (ANSWER_NO), or neither, since there is no reply yet (ANSWER_MAYBE).  The
 * oracle compares this with what is durable.
 */
#ifndef KRTASK_SIMULATE_WISHES_H
#define KRTASK_SIMULATE_WISHES_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/core/registry.h"
#include "tests/simulate/disk.h"

enum { WISHES_MAX = 48, WISH_TEXTS = 30, WISH_ENVIRONMENTS = 2, WISH_COMMAND_SIZE = 24 };

enum answer { ANSWER_NO, ANSWER_MAYBE, ANSWER_YES };

struct wish {
	bool queued;     /* it is to be started at once */
	bool id_is_made; /* by the server */
	char id[24];     /* that was asked for */
	int parent;      /* another wish, -1: none */
	int environment; /* 0: that of the server */
	enum answer created, started, stopped, removed;
	uint32_t texts;     /* which names it may have, by bits: 0 is none */
	unsigned last_text; /* that was asked for */
};

extern struct wish wishes[WISHES_MAX];
extern unsigned wishes_count;

/* The wish with this nonce, -1: none. */
int wish_of_nonce(const unsigned char nonce[TASK_NONCE_SIZE]);
unsigned wish_of_task(const struct task *task);
void wish_nonce(unsigned wish, unsigned char nonce[TASK_NONCE_SIZE]);
/* Its task, NULL: it is not there. */
struct task *wish_task(unsigned wish);
void wish_command(unsigned wish, char command[WISH_COMMAND_SIZE]);
/* Before memory can run out. */
void wish_make_environments(void);
/* The environment number of all that are sent, from 1 on: its block and its length. */
const char *wish_environment(int number, size_t *length);
/* After a server was killed: what is durable of it (NULL: nothing) is what there is. */
void wish_settle(struct wish *wish, const struct disk_row *row);

#endif
