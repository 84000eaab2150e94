/*
 * What has ended since the user looked, on each server: a line about all of it, and a page.  Pure except for the time zone.
 */
#ifndef KRTASK_TUI_VIEW_NEWS_H
#define KRTASK_TUI_VIEW_NEWS_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/task/state.h"
#include "engine/wire/jsonw.h"
#include "tui/view/pager.h"

struct news {
	const char *server;              /* stands before ids; NULL: there is only one */
	json_t *items;                   /* News of io.krtask, in the order of the ends; NULL: none yet */
	size_t counts[TASK_STATE_COUNT]; /* of them, by state */
	int64_t cursor;                  /* that of the last one; -1: not known */
	bool left;                       /* more of them follow */
	size_t written;                  /* items that are on the page */
};

void news_init(struct news *news, const char *server);
void news_release(struct news *news);
/* Writes the parameters of Away for the next ones. */
void news_request(const struct news *news, int64_t rows, struct jsonw *params);
/* Takes its reply. */
void news_take(struct news *news, const json_t *reply);
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
/* Adds those to the page that are not there yet.  It may also have those of other servers. */
void news_fill(struct news *news, struct pager *pager);

#endif
