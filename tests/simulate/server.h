/*
 * The server: the core, and what engine/engine.c adds around it.  It is killed between two steps or during a
 * step.  After that, nothing that the core does in that step reaches the world.
 */
#ifndef KRTASK_SIMULATE_SERVER_H
#define KRTASK_SIMULATE_SERVER_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/core/core.h"

extern struct core server_core;
extern unsigned server_generation; /* how many servers have started */
extern bool server_is_failing;     /* the core is being told that a commit failed */

void server_start(void);
/* Frees the core, as the end of a process would. */
void server_end(void);
/* The server is killed after so many more calls that reach the world; -1: it is not killed. */
void server_dies_after(int calls);
/* Every function that the core calls asks this.  False: the server is dead. */
bool server_reaches_world(void);
bool server_is_dead(void);
/* Tells the core what the store has done. */
void server_hear_disk(void);
/* Rings the core's alarm, if it is due.  Tells the core the time, if it is to be told. */
void server_ring(void);
/* Returns how long it will be until one of these is due; INT64_MAX: none will be. */
int64_t server_delay(void);
/* Returns when the alarm rings next; INT64_MAX: never. */
int64_t server_alarm(void);

#endif
