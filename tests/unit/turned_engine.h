/*
 * What tests with an engine on a loop of their own share, with clients (served_engine.h) and without (gated_engine.h).
 */
#ifndef KRTASK_TESTS_TURNED_ENGINE_H
#define KRTASK_TESTS_TURNED_ENGINE_H

#include <event2/event.h>

#include "engine/engine.h"

extern struct event_base *base;
extern struct engine *engine;
extern int gate; /* a FIFO, held open: a task that reads a line of it waits until open_gate() */

/* Makes the scratch directory, the gate and the loop. */
void make_surroundings(void);
void remove_surroundings(void);
void open_gate(void);
void turn(void);
struct task *find(const char *id);
/* Turns the loop until the task is in this state and all is reported.  Check's time-out limits the wait. */
void until(const char *id, enum task_state state);

#endif
