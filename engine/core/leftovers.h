/*
 * Leftovers: processes that a task which has ended left running, and which its message names.  Once they are
 * gone, the message says so, durably.
 *
 * Nothing of the core waits for them, so the executor may take its time.  Those that a user kills are watched at
 * once.  Loop thread only.
 */
#ifndef KRTASK_CORE_LEFTOVERS_H
#define KRTASK_CORE_LEFTOVERS_H

#include "engine/core/kernel.h"

/* Where the message of an end names them; NULL: nowhere. */
const char *leftovers_place(const char *message);
/*
 * The task has ended, durably.  Watches what its message names, if it names any.  If the task was paused, nobody
 * could resume that any more: so it is continued.
 */
void leftovers_watch(struct core *core, const struct task *task);
/* The same, of a task that was to wait for them before its next attempt, which there is not: unless it is watched. */
void leftovers_look(struct core *core, const struct task *task);
/* The last attempt of the task was paused at some time.  So what it left running may be stopped. */
bool leftovers_were_paused(const struct task *task);
/* The same for what the last attempt of a task has left. */
void leftovers_continue(struct core *core, const struct task *task);
/* They were killed. */
void leftovers_killed(struct core *core, const struct task *task);
/* They are gone. */
void leftovers_gone(struct core *core, uint64_t number);
/* Messages whose change was not stored, and what could not be continued. */
void leftovers_retry(struct core *core);
void leftovers_release(struct core *core);

#endif
