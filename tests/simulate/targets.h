/* Targets: tasks in states that are seldom, and in which most can go wrong.  Users choose them more often than others. */
#ifndef KRTASK_SIMULATE_TARGETS_H
#define KRTASK_SIMULATE_TARGETS_H

#include <stdbool.h>

struct task;

/* Returns a task for which this is true, if there is one, and this one otherwise. */
struct task *target_that(struct task *first, bool (*is)(struct task *task));
/* It is being started or adopted, so a pause or a stop is sent only when that is over. */
bool target_in_transit(struct task *task);
/* It is being started, or is paused, and has a time limit: what runs until a pause is sent counts. */
bool target_counts(struct task *task);
/* Its attempt has left some, and the executor could not be asked to wait for them, or to continue them. */
bool target_lingers(struct task *task);
/* One of its attempts has ended, and another one follows. */
bool target_is_tried_again(struct task *task);
/* Another attempt follows, and waits for what this one leaves. */
bool target_leaves(struct task *task);
/* It was paused and resumed while it was being started, which was not possible. */
bool target_was_postponed(struct task *task);
bool target_has_limit(struct task *task);
bool target_is_stopping(struct task *task);
bool target_is_paused(struct task *task);
/* It waits in the default group, whose tasks are claimed before those of others. */
bool target_is_served_first(struct task *task);
bool target_is_held(struct task *task);
bool target_runs(struct task *task);
bool target_is_prepared(struct task *task);
/* Its attempt has ended, which is not durable, and another one follows. */
bool target_is_between(struct task *task);
bool target_waits(struct task *task);

#endif
