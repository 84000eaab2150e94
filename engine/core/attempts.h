/*
 * Attempts: an end that another attempt of the same task follows.
 *
 * The end, the task back in its queue and the time before which it does not begin again are one commit.  Only
 * then is the process reaped, and may anything be claimed.  So whatever crashes when, an attempt begins after
 * the durable end of the one before, or never.  While processes that an attempt left still run, the next one
 * waits.  What a user stopped is not tried again: the table of states refuses it.  Loop thread only.
 */
#ifndef KRTASK_CORE_ATTEMPTS_H
#define KRTASK_CORE_ATTEMPTS_H

#include "engine/core/kernel.h"
#include "engine/task/state.h"

/* True if this end of the run is one that another attempt follows. */
bool attempts_follow(const struct run *run, enum task_event event);
/*
 * Puts that end, which message describes.  undone is called if it does not become durable.  0 or -errno.
 */
int attempts_again(struct core *core, struct run *run, const char *message, bool urgent,
                   void (*undone)(struct core *core, struct task *task));
/* Waits for the processes that the last attempt left, if there are any in this boot. */
void attempts_await_left(struct core *core, struct task *task);
/* The same for those for which there was no memory. */
void attempts_retry(struct core *core);
/*
 * To be called when the plan of a task that waits has changed, between journal_open() and journal_close(): if it has
 * no other attempt any more, its last end is the end of the task.  0 or -errno.
 */
int attempts_judge(struct core *core, struct task *task);
/* When the next attempt of a task may begin by this plan; 0: its first one has not ended. */
int64_t attempts_not_before(const struct task *task, const struct task_plan *plan);
/* They are gone. */
void attempts_left_gone(struct core *core, uint64_t number);
/* Says before which attempt a task was stopped, and what the last one left.  Returns text. */
char *attempts_describe_stop(const struct task *task, char *text, size_t size);

#endif
