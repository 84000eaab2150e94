/*
 * Removes tasks that have ended long ago, or whose output takes too much room, as `server set` says.  A family is
 * removed as a whole or not at all.  What others wait for stays, and so does what has failed and nobody has seen.
 *
 * It looks at all tasks in slices: when something was set, when a task has become old enough, and, for the room, a
 * while after tasks have ended.  While nothing is set it does nothing.
 */
#ifndef KRTASK_ENGINE_SERVICE_RETENTION_H
#define KRTASK_ENGINE_SERVICE_RETENTION_H

struct service;
struct task;
struct retention;

/* 0 or -ENOMEM. */
int retention_init(struct service *service);
void retention_release(struct service *service);
/* What is kept was changed: looks at all tasks. */
void retention_changed(struct service *service);
/* The hook of the engine. */
void retention_ended(struct service *service, const struct task *task);

#endif
