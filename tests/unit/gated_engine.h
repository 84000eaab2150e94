/*
 * An engine on a loop of its own, without a socket or an anchor, whose tasks wait at a gate.
 */
#ifndef KRTASK_TESTS_GATED_ENGINE_H
#define KRTASK_TESTS_GATED_ENGINE_H

#include <event2/event.h>

#include "engine/engine.h"

extern struct event_base *base;
extern struct engine *engine;
extern int slots;         /* of the next engine */
extern unsigned failures; /* how many failed commits the hooks reported */
extern int gate;          /* a FIFO, held open: a task that reads a line of it waits until open_gate() */

void setup(void);
void teardown(void);
void open_gate(void);
/* Closes the engine and opens the next one on the same directory. */
void reopen(void);
void turn(void);
/* A worker removes the directory. */
void await_removal(const char *name);
struct task *make(const char *id, const char *code, bool start);
struct task *make_child(const char *id, struct task *parent);
struct task *find(const char *id);
/* Turns the loop until the task is in this state and all is reported.  Check's time-out limits the wait. */
void until(const char *id, enum task_state state);
void settle_engine(void);
/* Returns a descriptor of the task's output, or -errno. */
int output_of(const struct task *task, enum executor_stream stream);

extern const struct stop_options term;

#endif
