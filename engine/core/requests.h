/*
 * What users ask for: the acts on tasks.  Each returns when it is done in memory and on its way to the store;
 * it may be told to anybody once core->asked, as it is then, is committed.  Loop thread only.
 *
 * They answer 0 where a command says True, -EPERM where the table of states refuses (False), and -ENOMEM;
 * then nothing has changed.
 */
#ifndef KRTASK_CORE_REQUESTS_H
#define KRTASK_CORE_REQUESTS_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/core/kernel.h"

int requests_start(struct core *core, struct task *task);

struct stop_options {
	bool given;         /* any of the following was: a second signal for a task that is stopping */
	int signal;         /* number, 0: none */
	int64_t kill_after; /* milliseconds, -1: never */
};
/* A stop now would send a signal: it goes out even where the stop cannot be recorded. */
bool requests_stop_sends(const struct task *task, const struct stop_options *options);
int requests_stop(struct core *core, struct task *task, const struct stop_options *options);
/* NULL leaves as it is.  -EINVAL with *error, -ENOMEM. */
int requests_set_text(struct core *core, struct task *task, const char *name, const char *description,
                      char **error);
/* How many tasks run at once, 0: no limit. */
int requests_set_slots(struct core *core, unsigned slots);
/* What the task says of itself: not journaled.  percent is clamped; message NULL leaves it, "" clears it. */
int requests_progress(struct core *core, struct task *task, int percent, const char *message);

#endif
