/*
 * The server: the core with what engine/engine.c puts around it.  It is killed between two steps, or in the
 * midst of one: then nothing that the core still does in that step reaches the world.
 */
#ifndef KRTASK_SIMULATE_SERVER_H
#define KRTASK_SIMULATE_SERVER_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/core/core.h"

extern struct core server_core;
extern unsigned server_generation; /* how many servers there were */
extern bool server_is_failing;     /* the core is being told that a commit failed */

void server_start(void);
/* Frees the core, as the end of a process would. */
void server_end(void);
/* It is killed when it has reached the world so many times more; -1: it is not. */
void server_dies_after(int calls);
/* Asked by all that the core calls.  False: it is dead already. */
bool server_reaches_world(void);
bool server_is_dead(void);
/* What the store has to say. */
void server_hear_disk(void);
/* Its alarm rings, if it is due. */
void server_ring(void);
/* When it rings next; INT64_MAX: never. */
int64_t server_alarm(void);

#endif
