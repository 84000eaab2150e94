/*
 * The attempts of a task as JSON.  For a task that is tried once there are none: its own fields say everything.
 */
#ifndef KRTASK_SERVICE_ATTEMPTS_H
#define KRTASK_SERVICE_ATTEMPTS_H

#include "engine/core/registry.h"
#include "engine/wire/jsonw.h"

/* The array of them.  started_at: of the last one, if it runs. */
void attempts_write(struct jsonw *w, const struct task *task, int64_t started_at);
/* "1: exited with status 75; 2: killed by signal KILL", those that have ended; null: none. */
void attempts_write_texts(struct jsonw *w, const struct task *task);
/* In seconds; null: the usual one. */
void attempts_write_delay(struct jsonw *w, int64_t delay, int64_t usual);
/* The array of the ends that a list has, divided by commas; null for NULL. */
void attempts_write_ends(struct jsonw *w, const char *list);

#endif
