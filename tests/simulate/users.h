/*
 * The users: what they ask of the server, what they were answered, and so what was promised to them.
 *
 * A wish is a task that somebody wants, known by its nonce.  Of everything that was asked about it, it is known whether that was promised
 * (ANSWER_YES: a reply said so), was not (ANSWER_NO: never asked, or refused), or may be (ANSWER_MAYBE: no reply yet).  The oracle
 * compares this with what is durable.  A reply that is lost, and a server that is killed, leave MAYBE; who got no reply to a creation
 * asks again with the same nonce.
 */
#ifndef KRTASK_SIMULATE_USERS_H
#define KRTASK_SIMULATE_USERS_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/core/registry.h"

enum { USERS_WISHES = 48, USERS_TEXTS = 30 };

enum users_answer { ANSWER_NO, ANSWER_MAYBE, ANSWER_YES };

struct users_wish {
	bool used;
	bool queued;     /* it is to be started at once */
	bool id_is_made; /* by the server */
	char id[24];     /* that was asked for */
	int parent;      /* another wish, -1: none */
	int environment; /* 0: that of the server */
	enum users_answer created, started, stopped, removed;
	uint32_t texts;     /* which names it may have, by bits: 0 is none */
	unsigned last_text; /* that was asked for */
};

extern struct users_wish users_wishes[USERS_WISHES];
extern uint32_t users_slots; /* how many slots there may be, by bits */

void users_reset(void);
/* One of them does something. */
void users_act(void);
/* A connection breaks: nobody hears the replies to what was asked. */
void users_lose_replies(void);
/* Replies to what waited for changes up to this number. */
void users_hear_commit(uint64_t committed);
/* What waited for more has failed. */
void users_hear_failure(uint64_t committed);
/* The end of a task is told. */
void users_hear_end(const struct task *task);
/* The server is gone: what is durable of all that had no reply is what there is. */
void users_crash(void);
/* The task of a wish, NULL: it is not there. */
struct task *users_task(int wish);
/* The wish with this nonce, -1: none. */
int users_of_nonce(const unsigned char nonce[TASK_NONCE_SIZE]);
void users_command(int wish, char command[24]);
/* The environment number of all that users send: its block and its length. */
const char *users_environment(int number, size_t *length);
/* No reply is owed to anybody. */
void users_check_over(void);

#endif
