/*
 * The requests of users about tasks.  Each returns when it is done in memory and on its way to the store.
 * Nobody is told of it before the change with the number that core->asked then has is committed.  Loop thread
 * only.
 *
 * They return 0 (a command says True), -EPERM if the table of states refuses (False), or -ENOMEM.  On failure
 * nothing has changed.
 */
#ifndef KRTASK_CORE_REQUESTS_H
#define KRTASK_CORE_REQUESTS_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/core/kernel.h"

int requests_start(struct core *core, struct task *task);

struct stop_options {
	bool given;         /* one of the following was given: a second signal for a task that is stopping */
	int signal;         /* number, 0: none */
	int64_t kill_after; /* milliseconds, -1: never */
};
/* True if a stop would send a signal now.  The signal is sent even if the stop cannot be recorded. */
bool requests_stop_sends(const struct task *task, const struct stop_options *options);
int requests_stop(struct core *core, struct task *task, const struct stop_options *options);
/* How many tasks run at once, 0: no limit. */
int requests_set_slots(struct core *core, unsigned slots);
/*
 * Progress that the task reports itself.  It is not journaled.  percent is clamped.  A NULL message changes
 * nothing, "" clears it.
 */
int requests_progress(struct core *core, struct task *task, int percent, const char *message);

#endif
