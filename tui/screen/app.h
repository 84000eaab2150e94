/*
 * The screen as a whole: the stack of views, and what all of them use: the server, the configuration, the
 * message line.
 */
#ifndef KRTASK_TUI_SCREEN_APP_H
#define KRTASK_TUI_SCREEN_APP_H

#include <stdint.h>

#include "tui/confirm/confirm.h"
#include "tui/screen/feed.h"
#include "tui/screen/view.h"

struct arguments;
struct typed_command;
struct table_view;

struct app {
	const struct arguments *arguments; /* of the command line and the configuration, for commands */
	struct confirm_options options;
	struct feed feed;
	struct typed_command *command; /* lines of the batch language */

	struct view *top;         /* of the stack; overlays are above all others */
	struct table_view *table; /* its lowest */

	struct terminal_event held; /* a key on a task that is not known yet: it and those behind it wait */
	int64_t held_until;         /* 0: none does */

	char *message; /* NULL: none */
	bool message_bad;
	char *notice; /* the same of an overlay, which covers the message, until the next key; NULL: none */
	bool asking;  /* a question has been opened and is not to be seen yet: no key answers it */
	bool quit;
	int status; /* exit status */
};

/* Milliseconds since boot: nobody sets that clock. */
int64_t app_now(void);

/* Puts a view of this class onto the stack: the first member of a block that app_close() frees. */
void app_open(struct app *app, struct view *view, const struct view_class *class);
/* From wherever in the stack it is, but not the lowest one. */
void app_close(struct view *view);
/* All views, from the top down. */
void app_release_views(struct app *app);
/* The highest view that is no overlay. */
struct view *app_view(const struct app *app);
/* The highest one of this class; NULL: none is open. */
struct view *app_find(const struct app *app, const struct view_class *class);

/* Takes over the malloc'ed text; NULL takes the message away. */
void app_say(struct app *app, char *text, bool bad);
/* Why what was typed or pasted was not taken. */
void app_input_error(struct app *app, char *text);
/* What an error answer says, malloc'ed; NULL where it is none. */
char *app_error(const struct client_reply *reply);

/* What all views do, each where it has something to do. */
void app_draw(struct app *app);
void app_resize(struct app *app);
void app_turn(struct app *app);
void app_news(struct app *app);
int app_wait(const struct app *app);

#endif
