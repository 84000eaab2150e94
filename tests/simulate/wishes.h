/*
 * Wishes: the tasks that users want, each known by its nonce, and what users were promised about each.
 *
 * Each request about a wish has an answer.  ANSWER_YES: a reply has promised it.  ANSWER_NO: nobody asked for
 * it, or it was refused.  ANSWER_MAYBE: there is no reply yet.  The oracle compares the answers with what is
 * durable.
 */
#ifndef KRTASK_SIMULATE_WISHES_H
#define KRTASK_SIMULATE_WISHES_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/core/registry.h"
#include "tests/simulate/disk.h"

enum {
	WISHES_MAX = 48,
	WISH_TEXTS = 30,
	WISH_ENVIRONMENTS = 2,
	WISH_COMMAND_SIZE = 24,
	WISH_AFTER = 2,
	WISH_KEYS = 2
};

enum answer { ANSWER_NO, ANSWER_MAYBE, ANSWER_YES };

/* What can be changed of a task while it waits. */
struct wish_form {
	int group; /* as in grouped.h */
	bool is_planned;
	struct task_plan plan; /* its after is not used */
	struct plan_after after[WISH_AFTER];
};

struct wish {
	bool queued;     /* the user asked to start it at once */
	bool id_is_made; /* by the server */
	bool hooked;     /* hooks are to follow its end */
	char id[24];     /* as the user asked for it */
	int parent;      /* another wish, -1: none */
	int key;         /* which only one task may have that has not ended; 0: none */
	uint64_t source; /* it is made again from this task, and takes over from it; 0: from none */
	int environment; /* 0: the server's environment */
	enum answer created, started, stopped, removed;
	uint32_t texts;                         /* the names that it may have, as bits; 0 is none */
	unsigned last_text;                     /* the last one that was asked for */
	struct wish_form forms[WISH_TEXTS + 1]; /* with each of these names */
};

extern struct wish wishes[WISHES_MAX];
extern unsigned wishes_count;

/* Returns the wish with this nonce, or -1. */
int wish_of_nonce(const unsigned char nonce[TASK_NONCE_SIZE]);
/* A hook is nobody's wish, and neither is a copy. */
bool wish_is_task(const struct task *task);
unsigned wish_of_task(const struct task *task);
void wish_nonce(unsigned wish, unsigned char nonce[TASK_NONCE_SIZE]);
/* Returns its task, or NULL if the task is not there. */
struct task *wish_task(unsigned wish);
void wish_command(unsigned wish, char command[WISH_COMMAND_SIZE]);
/* Its key, or NULL. */
char *wish_key(const struct wish *wish);
/* Must be called before memory can run out. */
void wish_make_environments(void);
/* Returns the block of the environment with this number, from 1 on, and its length. */
const char *wish_environment(int number, size_t *length);
/* After a server was killed: what is durable (NULL: nothing) decides what has become of the wish. */
void wish_settle(struct wish *wish, const struct disk_row *row);

#endif
