/*
 * What a server says of itself: the type Status of io.krtask.
 */
#ifndef KRTASK_TUI_VIEW_SERVER_STATUS_H
#define KRTASK_TUI_VIEW_SERVER_STATUS_H

#include <jansson.h>
#include <stdint.h>

#include "engine/task/state.h"

struct server_status {
	char *name, *address, *version;
	int64_t started_ms;
	int64_t slots; /* 0: no limit */
	int64_t running;
	int64_t tasks[TASK_STATE_COUNT];
};

/* 0, or -EPROTO: it is none, and status is as it was. */
int server_status_parse(struct server_status *status, const json_t *object);
void server_status_release(struct server_status *status);

/* RFC 3339 as the server writes it, in milliseconds since 1970; 0 if it is not that. */
int64_t server_status_time(const char *text);

#endif
