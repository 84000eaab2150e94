/*
 * The status of a server: the type Status of io.krtask.
 */
#ifndef KRTASK_TUI_VIEW_SERVER_STATUS_H
#define KRTASK_TUI_VIEW_SERVER_STATUS_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "engine/task/state.h"

struct server_status {
	char *name, *address, *version;
	int64_t started_ms;
	int64_t slots; /* 0: no limit */
	int64_t used;  /* slots, not tasks */
	bool paused;   /* nothing is started until it is resumed */
	int64_t tasks[TASK_STATE_COUNT];
};

/* 0, or -EPROTO: it is not a Status; then status is unchanged. */
int server_status_parse(struct server_status *status, const json_t *object);
void server_status_release(struct server_status *status);

#endif
