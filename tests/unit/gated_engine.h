/*
 * An engine on a loop of its own, without a socket or an anchor, whose tasks wait at a gate.
 */
#ifndef KRTASK_TESTS_GATED_ENGINE_H
#define KRTASK_TESTS_GATED_ENGINE_H

#include "engine/engine.h"
#include "tests/unit/turned_engine.h"

extern int slots;         /* of the next engine */
extern unsigned failures; /* how many failed commits the hooks reported */

void setup(void);
void teardown(void);
/* Closes the engine and opens the next one on the same directory. */
void reopen(void);
/* A worker removes the directory. */
void await_removal(const char *name);
struct task *make(const char *id, const char *code, bool start);
struct task *make_child(const char *id, struct task *parent);
void settle_engine(void);
/* Returns a descriptor of the task's output, or -errno. */
int output_of(const struct task *task, enum executor_stream stream);

extern const struct stop_options term;

#endif
