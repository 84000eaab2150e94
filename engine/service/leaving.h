/*
 * Tasks that are removed once they are Completed (--rm).  Who made such a task, and is still connected, can wait
 * for it and read its output first; so can everybody who does so already.
 */
#ifndef KRTASK_ENGINE_SERVICE_LEAVING_H
#define KRTASK_ENGINE_SERVICE_LEAVING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/service/chores.h"

struct service;
struct task;
struct leave;

struct leaving {
	struct chore chore; /* first */
	struct service *service;
	struct leave *waiting;  /* to be removed (utlist) */
	bool failed;            /* a commit failed, and none has succeeded since */
	uint64_t failed_at;     /* all up to this were durable then */
	struct leave *removing; /* whose removal is on its way to the store, the oldest first (utlist) */
};

/* Tasks that a connection has made.  Part of its session. */
struct leaving_holder {
	struct leaving_holder *prev, *next; /* in service->holders (utlist), while it holds any */
	struct service *service;
	uint64_t *numbers; /* owned; rising */
	size_t count, size;
};

/* Finds those that an earlier server has left. */
void leaving_init(struct service *service);
void leaving_release(struct service *service);
/* The holder's connection has made the task.  If memory runs out, it is not held. */
void leaving_hold(struct leaving_holder *holder, struct service *service, const struct task *task);
/* The connection is over. */
void leaving_let_go(struct leaving_holder *holder);
/* The hooks of the engine. */
void leaving_ended(struct service *service, const struct task *task);
void leaving_committed(struct service *service, uint64_t number);
void leaving_failed(struct service *service, uint64_t number);
/* Something that kept tasks from being removed may be over. */
void leaving_look(struct service *service);

#endif
