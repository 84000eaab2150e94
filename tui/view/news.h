/*
 * What has ended since the user looked: how many on each server, and the latest that failed, for a line about all of it.  Pure.
 */
#ifndef KRTASK_TUI_VIEW_NEWS_H
#define KRTASK_TUI_VIEW_NEWS_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/task/state.h"
#include "engine/wire/jsonw.h"

struct news {
	const char *server;              /* stands before ids; NULL: there is only one */
	size_t counts[TASK_STATE_COUNT]; /* by state */
	bool left;      /* there are more: an older server does not count those that it does not send */
	json_t *failed; /* News of io.krtask: the latest that failed; owned; NULL: none has */
};

void news_init(struct news *news, const char *server);
void news_release(struct news *news);
/* Writes the parameters of Away. */
void news_request(struct jsonw *params);
/* Takes its reply. */
void news_take(struct news *news, const json_t *reply);
/* How many there are. */
size_t news_count(const struct news *news);

/* The news of all servers, for the line about it; it refers to them. */
struct news_sum {
	size_t counts[TASK_STATE_COUNT];
	bool left;
	const json_t *failed; /* the latest one that failed; NULL: none has */
	const char *server;   /* of that one */
};

void news_add_up(struct news_sum *sum, const struct news *news);
/* "While you were away: 2 Failed, 14 Completed; a:5 tests: 3 tests failed".  NULL: there is none.  malloc'ed. */
char *news_strip(const struct news_sum *sum);

/* Of News: a text of its task, "" if there is none; its state, -1 if it is not known. */
const char *news_text(const json_t *item, const char *key);
int news_state(const json_t *item);
/* Its last error, or what its status does not say; NULL: neither. */
const char *news_error(const json_t *item);
/* "7" or "a:7"; malloc'ed. */
char *news_id(const char *server, const json_t *item);

#endif
