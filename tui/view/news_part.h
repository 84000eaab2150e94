/*
 * The news of one server as far as the page of news has them: those near the place that is shown, however many there are.
 *
 *     news_part_init()
 *     news_part_request(), news_part_take()     with the same wish, as the place moves
 *     news_part_release()
 *
 * An older server knows only NEWS_BEGIN and NEWS_AFTER, and not how many there are; then all are kept that it has sent.  Pure.
 */
#ifndef KRTASK_TUI_VIEW_NEWS_PART_H
#define KRTASK_TUI_VIEW_NEWS_PART_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/wire/jsonw.h"

/* Rows that one call returns, and that are kept. */
enum { NEWS_ROWS = 200, NEWS_KEPT = 1000 };

/* Which rows are to be there: the first, those before and those after the ones that there are, the last. */
enum news_wish { NEWS_NOTHING, NEWS_BEGIN, NEWS_BEFORE, NEWS_AFTER, NEWS_END, NEWS_WISHES };

struct news_part {
	const char *server;    /* stands before ids; NULL: there is only one */
	json_t *items;         /* News of io.krtask, in the order of the ends; NULL: not known yet */
	int64_t start, cursor; /* before all of them; behind the last that is here */
	size_t place, total;   /* how many come before those that are here; of all */
	bool preceded, left;   /* some come before, and after, those that are here */
	bool old;              /* the server is an older one */
	size_t before,
		dropped; /* by the last reply: put before those that were here; taken from their beginning */
};

void news_part_init(struct news_part *part, const char *server);
void news_part_release(struct news_part *part);
size_t news_part_count(const struct news_part *part);
/* Writes the parameters of Away. */
void news_part_request(const struct news_part *part, enum news_wish wish, struct jsonw *params);
/* Takes its reply. */
void news_part_take(struct news_part *part, enum news_wish wish, const json_t *reply);

#endif
