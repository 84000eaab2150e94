/*
 * The parts of an engine.  Only the files beside this one know them.
 */
#ifndef KRTASK_ENGINE_PARTS_H
#define KRTASK_ENGINE_PARTS_H

#include <event2/event.h>
#include <stdbool.h>

#include "engine/core/core.h"
#include "engine/engine.h"
#include "engine/run/follow.h"
#include "engine/run/pool.h"
#include "engine/store/store.h"
#include "engine/task/environment.h"

struct engine {
	struct core core;
	bool core_ready; /* core_init() was called */
	bool lost;       /* the latest commit failed, since the files of the store are gone */
	struct event_base *base;
	struct engine_hooks hooks;
	int64_t (*now)(void);
	void (*fault)(const char *text);
	char *(*record)(const struct engine *engine, const struct task *task, int64_t now);
	struct environment own_environment; /* for callers that sent none */
	struct store *store;
	struct executor *executor; /* of this machine */
	struct executor *slurm;
	struct pool *pool;
	bool abandoned; /* a worker was blocked when it was closed */
	struct follow *follow;
	struct event *pool_event, *follow_event, *store_event, *alarm_event, *wake_event;
	int alarm_fd, wake_fd; /* timers by the clock that nobody sets, and by the wall clock; -1: none */
	bool clock_was_set;    /* the core does not know it yet */
};

#endif
