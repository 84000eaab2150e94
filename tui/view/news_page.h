/*
 * The page of what has ended since the user looked: the news of each server, one server after the other, and which of them is
 * selected.
 *
 *     news_page_init()
 *     news_page_wish(), news_page_take()        what each server is to be asked for, at each turn; its reply
 *     news_page_fill()                          after a reply
 *     news_page_select() …                      keys
 *     news_page_release()
 *
 * Pure except for the time zone.
 */
#ifndef KRTASK_TUI_VIEW_NEWS_PAGE_H
#define KRTASK_TUI_VIEW_NEWS_PAGE_H

#include "tui/view/news_part.h"
#include "tui/view/pager.h"

/* A task on the page. */
struct news_row {
	size_t part, item;
	size_t entry; /* the first one of the pager */
};

struct news_page {
	struct news_part *parts; /* one for each server */
	size_t count;
	struct news_row *rows; /* of what is here */
	size_t length, room;
	size_t part, item;   /* the selected one, if there are rows */
	bool moved;          /* by a key; until then the first one is selected */
	enum news_wish jump; /* NEWS_BEGIN or NEWS_END: the selection goes there once it is here */
};

void news_page_init(struct news_page *page, size_t count);
void news_page_release(struct news_page *page);
/* What is to be asked for, of a server.  height: lines of the screen. */
enum news_wish news_page_wish(const struct news_page *page, size_t part, int height);
/* Takes the reply. */
void news_page_take(struct news_page *page, size_t part, enum news_wish wish, const json_t *reply);
/* Writes the page anew. */
void news_page_fill(struct news_page *page, struct pager *pager);

/* The number of the selected row among those that are here. */
size_t news_page_row(const struct news_page *page);
/* The row that has this entry. */
size_t news_page_row_of(const struct news_page *page, size_t entry);
/* The entry behind those of the row. */
size_t news_page_end_of(const struct news_page *page, size_t row, const struct pager *pager);
/* Selects this row of those that are here, or the nearest. */
void news_page_select(struct news_page *page, int64_t row);
/* To the first, or the last, of all that there are. */
void news_page_home(struct news_page *page);
void news_page_end(struct news_page *page);

/* The selected item of News; NULL: none. */
const json_t *news_page_item(const struct news_page *page);
/* "3/221", the number of the selected one and of all; "": there are none. */
void news_page_place(const struct news_page *page, char *buf, size_t size);

#endif
