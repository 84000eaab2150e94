#include "tui/screen/away_view.h"

#include <stdlib.h>

#include "tui/screen/app.h"
#include "tui/screen/details_view.h"
#include "tui/screen/draw.h"
#include "tui/screen/help_view.h"
#include "tui/screen/host.h"
#include "tui/screen/log_view.h"
#include "tui/screen/page_view.h"
#include "tui/screen/table_rows.h"
#include "tui/screen/table_view.h"
#include "tui/text/alloc.h"
#include "tui/text/screen_messages.h"
#include "tui/text/text.h"
#include "tui/view/news_page.h"

enum { AWAY_WHEEL = 3 }; /* rows of a turn of the wheel */

/* What the page does about a server. */
struct away_part {
	bool asked;  /* a call is outstanding */
	bool failed; /* it could not answer, and is not asked again */
	bool seen;   /* it was told */
};

struct away_view {
	struct page_view page;
	struct news_page news;
	struct away_part *parts; /* one for each server */
	bool stale;              /* a reply has come since the page was written */
	int64_t line;            /* of the screen, in which the selected row began then */
	bool moved;              /* the selected row is to be brought onto the screen */
};

/* Takes over the text. */
static void away_view_say(const struct host *host, char *text)
{
	app_say(host->app, host_say(host, text), true);
	free(text);
}

static bool away_view_failed(const struct host *host, struct away_part *part,
                             const struct client_reply *reply)
{
	if (reply && !reply->error)
		return false;
	part->failed = reply != NULL; /* else it is asked again when there is a connection */
	away_view_say(host, reply ? app_error(reply) : alloc_string(MSG_SAY_CONNECTION_LOST));
	return true;
}

/* The line of the screen that the selected row begins in. */
static int64_t away_view_offset(const struct away_view *away)
{
	const struct news_page *news = &away->news;

	if (news->length == 0)
		return 0;
	return (int64_t)pager_line_of(&away->page.pager, news->rows[news_page_row(news)].entry) -
	       (int64_t)away->page.pager.top;
}

/* What a call was for, as its tag. */
static size_t away_view_tag(size_t index, enum news_wish wish)
{
	return index * NEWS_WISHES + wish;
}

static void away_view_taken(void *ctx, size_t tag, const struct client_reply *reply)
{
	struct away_view *away = ctx;
	size_t index = tag / NEWS_WISHES;

	away->parts[index].asked = false;
	if (away_view_failed(&away->page.view.app->hosts[index], &away->parts[index], reply))
		return;
	if (!away->stale)
		away->line = away_view_offset(away);
	news_page_take(&away->news, index, (enum news_wish)(tag % NEWS_WISHES), reply->parameters);
	away->stale = true;
}

/* Asks for what the page needs of the server, if anything. */
static void away_view_ask(struct away_view *away, size_t index)
{
	struct feed *feed = &away->page.view.app->hosts[index].feed;
	struct away_part *part = &away->parts[index];
	enum news_wish wish = news_page_wish(&away->news, index, draw_body_lines());
	struct jsonw params = JSONW_INIT;

	if (wish == NEWS_NOTHING || part->asked || part->failed || !channel_up(&feed->calls))
		return;
	part->asked = true;
	news_part_request(&away->news.parts[index], wish, &params);
	feed_call(feed, "Away", &params, away_view_taken, away, away_view_tag(index, wish));
}

static bool away_view_has_answer(const struct away_view *away, size_t index)
{
	return away->news.parts[index].items != NULL;
}

/* Says that there is nothing, once none is waited for. */
static void away_view_settle(struct away_view *away)
{
	bool answered = false;

	for (size_t i = 0; i < away->news.count; i++) {
		answered |= away_view_has_answer(away, i);
		if (away->parts[i].asked)
			return;
	}
	if (answered && away->page.pager.count == 0)
		pager_add(&away->page.pager, STYLE_DIM, NULL, STYLE_DIM, MSG_NEWS_NONE);
}

/* Writes the page anew; the selected row stays in its line. */
static void away_view_fill(struct away_view *away)
{
	struct pager *pager = &away->page.pager;

	news_page_fill(&away->news, pager);
	page_view_layout(&away->page);
	pager_scroll(pager, away_view_offset(away) - away->line);
	away->stale = false;
	away->moved = true;
}

/* A server may come up while the page is open. */
static void away_view_turn(struct view *view)
{
	struct away_view *away = (struct away_view *)view;

	for (size_t i = 0; i < away->news.count; i++)
		away_view_ask(away, i);
	if (away->stale)
		away_view_fill(away);
	away_view_settle(away);
}

static void away_view_told(void *ctx, size_t index, const struct client_reply *reply)
{
	const struct app *app = ctx;

	if (reply && reply->error)
		away_view_say(&app->hosts[index], app_error(reply));
}

/* The user has seen all that there is of this server, so it is no news any more. */
static void away_view_see(struct away_view *away, size_t index)
{
	struct app *app = away->page.view.app;
	struct away_part *part = &away->parts[index];
	struct jsonw params = JSONW_INIT;

	part->seen = true;
	news_release(&app->hosts[index].news);
	app_resize(app);
	jsonw_object(&params);
	jsonw_key(&params, "cursor");
	jsonw_int(&params, away->news.parts[index].cursor);
	jsonw_end_object(&params);
	feed_call(&app->hosts[index].feed, "AwaySeen", &params, away_view_told, app, index);
}

/* The page was shown to its end. */
static void away_view_shown(struct away_view *away, size_t index)
{
	const struct away_part *part = &away->parts[index];
	bool left = away->news.parts[index].left && !part->failed;

	if (away_view_has_answer(away, index) && !part->asked && !part->seen && !left)
		away_view_see(away, index);
}

/* The title; of several servers it names those that have not answered.  malloc'ed. */
static char *away_view_title(const struct away_view *away)
{
	const struct app *app = away->page.view.app;
	struct text names = TEXT_INIT;
	char *title;

	for (size_t i = 0; host_several(app) && i < app->host_count; i++) {
		if (!away_view_has_answer(away, i))
			text_format(&names, "%s%s", names.length ? ", " : "", app->hosts[i].label);
	}
	title = names.length ? alloc_format(MSG_NEWS_WITHOUT, names.data) : alloc_string(MSG_NEWS_TITLE);
	text_release(&names);
	return title;
}

/* Which lines the selected row has; after a key that has moved it, they are on the screen. */
static void away_view_point(struct away_view *away)
{
	struct page_view *page = &away->page;
	const struct news_page *news = &away->news;
	size_t row = news_page_row(news), first, end;

	page->selected = page->selected_end = 0;
	if (news->length == 0)
		return;
	first = news->rows[row].entry;
	end = news_page_end_of(news, row, &page->pager);
	if (away->moved)
		pager_reveal(&page->pager, first, end);
	away->moved = false;
	page->selected = pager_line_of(&page->pager, first);
	page->selected_end = pager_line_of(&page->pager, end);
}

static void away_view_draw(struct view *view)
{
	struct away_view *away = (struct away_view *)view;
	const struct pager *pager = &away->page.pager;
	char *title = away_view_title(away), place[64];

	page_view_layout(&away->page);
	away_view_point(away);
	news_page_place(&away->news, place, sizeof(place));
	page_view_draw_lines(&away->page, title, place);
	free(title);
	if (pager->top + (size_t)pager->height < pager->length)
		return;
	for (size_t i = 0; i < away->news.count; i++)
		away_view_shown(away, i);
}

static void away_view_resize(struct view *view)
{
	((struct away_view *)view)->moved = true;
}

static void away_view_release(struct view *view)
{
	struct away_view *away = (struct away_view *)view;

	host_forget(view->app, view);
	news_page_release(&away->news);
	free(away->parts);
	page_view_release(view);
}

/* --- keys */

static void away_view_select(struct away_view *away, int64_t row)
{
	news_page_select(&away->news, row);
	away->moved = true;
}

/* By rows; but what has more lines than the screen is read to its end first. */
static void away_view_move(struct away_view *away, int rows, int lines)
{
	struct page_view *page = &away->page;
	struct pager *pager = &page->pager;
	bool more = rows > 0 ? page->selected_end > pager->top + (size_t)pager->height
	                     : page->selected < pager->top;

	if (more && page->selected < page->selected_end)
		pager_scroll(pager, lines);
	else
		away_view_select(away, (int64_t)news_page_row(&away->news) + rows);
}

static void away_view_up(struct view *view)
{
	away_view_move((struct away_view *)view, -1, -1);
}

static void away_view_down(struct view *view)
{
	away_view_move((struct away_view *)view, 1, 1);
}

/* The rows between the selected one and that which is a page of lines away, at least one. */
static int away_view_rows(const struct away_view *away, int pages)
{
	const struct pager *pager = &away->page.pager;
	int64_t line = (int64_t)away->page.selected + (int64_t)pages * pager->height;
	size_t from = news_page_row(&away->news), to;

	if (line < 0)
		return -(int)from;
	to = line < (int64_t)pager->length ? news_page_row_of(&away->news, pager->lines[line].entry)
	                                   : away->news.length;
	return to == from ? pages : (int)to - (int)from;
}

static void away_view_page_up(struct view *view)
{
	struct away_view *away = (struct away_view *)view;

	away_view_move(away, away_view_rows(away, -1), -away->page.pager.height);
}

static void away_view_page_down(struct view *view)
{
	struct away_view *away = (struct away_view *)view;

	away_view_move(away, away_view_rows(away, 1), away->page.pager.height);
}

static void away_view_home(struct view *view)
{
	struct away_view *away = (struct away_view *)view;

	news_page_home(&away->news);
	away->moved = true;
}

static void away_view_end(struct view *view)
{
	struct away_view *away = (struct away_view *)view;

	news_page_end(&away->news);
	away->moved = true;
}

/* The id of the selected task, whose server becomes the current one.  NULL: none, which was said. */
static const char *away_view_chosen(struct away_view *away)
{
	struct app *app = away->page.view.app;
	const json_t *item = news_page_item(&away->news);

	if (!item) {
		app_say(app, alloc_string(MSG_NOTHING_SELECTED), true);
		return NULL;
	}
	table_rows_visit(app->table, away->news.part);
	return news_text(item, "id");
}

static void away_view_details(struct view *view)
{
	const char *id = away_view_chosen((struct away_view *)view);

	if (id)
		details_view_open(view->app, id, NULL);
}

static void away_view_log(struct view *view)
{
	const char *id = away_view_chosen((struct away_view *)view);

	if (id)
		log_view_open(view->app, id);
}

static void away_view_mouse(struct view *view, const struct terminal_event *event)
{
	struct away_view *away = (struct away_view *)view;
	const struct pager *pager = &away->page.pager;
	size_t line = pager->top + (size_t)(event->y - 1);

	if (event->key != TERMINAL_CLICK)
		away_view_move(away, event->key == TERMINAL_WHEEL_UP ? -AWAY_WHEEL : AWAY_WHEEL,
		               event->key == TERMINAL_WHEEL_UP ? -AWAY_WHEEL : AWAY_WHEEL);
	else if (event->y > 0 && event->y <= pager->height && line < pager->length)
		away_view_select(away, (int64_t)news_page_row_of(&away->news, pager->lines[line].entry));
}

/* Until the row at the end is here, which was asked for, no other is meant. */
static bool away_view_due(const struct view *view)
{
	return ((const struct away_view *)view)->news.jump != NEWS_NOTHING;
}

static const struct key away_view_keys[] = {
	{ { '?', TERMINAL_F1 }, "?", "Help", "show this help; also F1", help_view_open, false },
	{ { 'q', TERMINAL_ESCAPE, 'A', TERMINAL_F10 },
	  "q",
	  "Back",
	  "leave the page; what was shown to its end has been seen",
	  app_close,
	  false },
	{ { TERMINAL_ENTER },
	  "Enter",
	  "Details",
	  "show all about the selected task",
	  away_view_details,
	  true },
	{ { 'l' }, "l", "Log", "show its output", away_view_log, true },
	{ { TERMINAL_UP, 'k' }, "Up k", NULL, "up a row", away_view_up, true },
	{ { TERMINAL_DOWN, 'j' }, "Down j", NULL, "down a row", away_view_down, true },
	{ { TERMINAL_PAGE_UP, CONTROL('B'), CONTROL('U') },
	  "PgUp",
	  NULL,
	  "up a page; also C-b and C-u",
	  away_view_page_up,
	  true },
	{ { TERMINAL_PAGE_DOWN, ' ', CONTROL('F'), CONTROL('D') },
	  "PgDn",
	  NULL,
	  "down a page; also Space, C-f and C-d",
	  away_view_page_down,
	  true },
	{ { TERMINAL_HOME, 'g' }, "Home", NULL, "to the first task; also g", away_view_home, true },
	{ { TERMINAL_END, 'G' }, "End", NULL, "to the last task; also G", away_view_end, true },
	KEYS_END,
};

static const struct view_class away_view_class = {
	.title = MSG_NEWS_TITLE,
	.keys = away_view_keys,
	.draw = away_view_draw,
	.mouse = away_view_mouse,
	.turn = away_view_turn,
	.resize = away_view_resize,
	.due = away_view_due,
	.release = away_view_release,
};

void away_view_open(struct view *view)
{
	struct app *app = view->app;
	struct away_view *away = alloc_zero(1, sizeof(*away));
	bool asked = false;

	away->parts = alloc_zero(app->host_count, sizeof(*away->parts));
	news_page_init(&away->news, app->host_count);
	app_open(app, &away->page.view, &away_view_class);
	for (size_t i = 0; i < app->host_count; i++) {
		news_part_init(&away->news.parts[i], app->hosts[i].news.server);
		away_view_ask(away, i);
		asked |= away->parts[i].asked;
	}
	if (!asked)
		app_say(app, alloc_string(MSG_NOT_CONNECTED), true);
}
