/*
 * The servers that the screen shows.  Each has a feed, a live list and alerts of its own, so none waits for another.
 * One of them is current: that of the selected row.  The other views are about it, except for what has ended meanwhile, and it
 * stays while one of them is open.
 *
 *     host_begin()      connects for the first time; one server alone is waited for, several are not
 *     host_open_lists() with the table
 *     host_close_lists()
 *     host_end()
 */
#ifndef KRTASK_TUI_SCREEN_HOST_H
#define KRTASK_TUI_SCREEN_HOST_H

#include <time.h>

#include "tui/cli/chosen.h"
#include "tui/screen/alerts.h"
#include "tui/screen/live.h"
#include "tui/view/news.h"

struct app;

enum host_state { HOST_CONNECTING, HOST_UP, HOST_DOWN };

struct host {
	struct app *app;
	const char *label;
	size_t index; /* among app->hosts */
	struct feed feed;
	struct live live;
	struct alerts alerts;
	struct news news;              /* what had ended before the screen asked, and was not seen */
	bool news_asked;               /* it was asked, once */
	int64_t measured_id, measured; /* the reply whose rows have been measured for the widths of columns */
	int64_t seen_id, seen_total;   /* of the window whose hidden tags were asked about last */
	char *unread;                  /* what it said since the user last pressed a key; NULL: nothing */
	bool unread_passes;            /* when it is connected, that is not true any more */
	bool targets_asked; /* the operation that begins waits for it: which of its tasks are visible, or in which states */
	bool targets_known; /* the operation that begins has heard which of its tagged tasks are visible */
	bool was_up, was_live;
	bool stale;        /* its rows are those of an earlier query: it was down */
	time_t down_since; /* 0: it is not known to be down */
	int64_t up_at;     /* it was up then (app_now()) */
	int polled;        /* where its channels begin in the array for poll(2) */
};

/* 0, or -errno and *error: there is only one, and it cannot be reached. */
int host_begin(struct app *app, const struct chosen *servers, char **error);
void host_end(struct app *app);
void host_open_lists(struct app *app, void (*news)(void *ctx), void *ctx);
void host_close_lists(struct app *app);
/* This one is current from now on. */
void host_choose(struct app *app, size_t index);
/* True if several servers are shown. */
bool host_several(const struct app *app);

enum host_state host_state(const struct host *host);
/* True if its tasks are not in the one order of all: it is down, and nobody else knows which of them belong there. */
bool host_left_out(const struct host *host);
/* The time, by app_now(), of its rows: they are as they were when it was up last. */
int64_t host_clock(const struct host *host);
/* The one that has not answered for the longest time; NULL: all answer. */
const struct host *host_late(const struct app *app);
/* "7", or "a:7" if there are several; malloc'ed. */
char *host_id(const struct host *host, const char *id);
/* The text, with the server before it if there are several; malloc'ed. */
char *host_say(const struct host *host, const char *text);
/*
 * How many of its tasks an operation is for: those that are tagged and shown on any server, or else the selected one; and of all
 * servers.
 */
size_t host_meant(const struct host *host);
size_t host_meant_count(const struct app *app);
/* How many are tagged, hidden or not, and how many of these the filter hides. */
size_t host_tagged(const struct app *app);
size_t host_hidden(const struct app *app);
/*
 * Puts the screen away and lets ssh ask its question about the server with this label, or the current one if it is empty, and
 * connects that.
 */
void host_ask(struct app *app, const char *label);
/* Drops the replies to calls with this ctx, from all of them. */
void host_forget(struct app *app, const void *ctx);

/* Around poll(2), as those of a feed.  ready has room for FEED_CHANNELS_MAX entries for each. */
int host_poll(struct app *app, struct pollfd *ready);
void host_receive(struct app *app, const struct pollfd *ready, int64_t now);
int host_turn(struct app *app, int64_t now);
/* Asks each whose rows are visible for a sign of life, as feed_ask() does. */
void host_ask_for_signs(struct app *app, int64_t within);
/* Milliseconds until one whose page is shown is to be asked; -1: none is. */
int host_sign_wait(const struct app *app, int64_t now, int64_t within);
/* What keys have asked for, and has no answer yet, is given up: if a server is late, that of the late ones.  False: there is none. */
bool host_give_up(struct app *app);
/*
 * Tells the user what ssh said, and once why there is no connection, on the message line.  What servers say together, or one
 * after another before it is read, is told together.  That there is no connection is told no longer than that.
 */
void host_tell_news(struct app *app);
void host_read_news(struct app *app);

#endif
